"""Monitoring reports made by hand: a batch in which nothing was found, and what is changed."""

from dataclasses import replace

from retencion_lib.home.watch_report import Expected, Realised, Side, WatchReport
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.estimation import Estimate

AUC = {"roc_auc": Estimate(0.8, 0.7, 0.9)}


def shift(name: str, status: str = "ok", **changes) -> Shift:
    """A column of numbers whose mean goes from 10 to 11."""
    found = Shift(
        name=name, kind="numeric", psi=0.13, psi_expected=0.01, psi_corrected=0.12, ks=0.1,
        ks_error=0.0, p_value=0.001, wasserstein=0.2, jensen_shannon=0.1, n_reference=3000,
        n_current=500, category=None, before=10.0, now=11.0, visible=0.1, status=status,
    )  # fmt: skip
    return replace(found, **changes)


def measured(batch: str, **changes) -> Realised:
    """A batch with all its outcomes and nothing to say of them."""
    found = Realised(
        batch=batch, n_labelled=500, n_missing=0, measured=AUC, expected=AUC, line=None, ece=0.01,
        ece_noise=0.01, score_gap=float("nan"), n_contacted=0, n_control=0, retired="",
        own_exam={}, miscalibrated=False,
    )  # fmt: skip
    return replace(found, **changes)


def expected(estimates: dict[str, Estimate]) -> Expected:
    """What was estimated of a batch whose reference has no outcomes."""
    return Expected(500, estimates, None, float("nan"), False, [], 0.0)


def quiet(**changes) -> WatchReport:
    """A batch of 500 in which nothing was found."""
    found = WatchReport(
        created_at="2026-11-07T09:00:00+00:00", status="ok",
        reference=Side("monitoring/train_with_score.csv", "a" * 64, 3000),
        current=Side("lote.csv", "b" * 64, 500), customers="b1", settings=Settings(),
        features=[], score=shift("score"), quality=[], alerts=[],
    )  # fmt: skip
    return replace(found, **changes)

"""What the outcomes say of each batch: ranking, precision, calibration, against what was expected.

A fall is said when it is both clear and large: the 99 % interval of the difference with the
exam of 03 lies below zero and the difference is at least `FALL`. The same for calibration.

A call changes its customer's outcome, so that a campaign that works would look like a model
that fails. Those contacted are left out, and the control group, drawn at random among them,
stands for them. Without a control group no fall is said of a batch that was contacted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from retencion_lib.home.watch_report import Line, Realised
from retencion_lib.maths import estimation, metrics
from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.estimation import Curve, Estimate
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.monitor.performance.effect import effect_of
from retencion_lib.tables.outcomes import Outcomes, same_scores

SURE = norm.ppf(0.995) / norm.ppf(0.975)  # from a 95 % interval to a 99 % one
FALL = 0.02  # of ROC-AUC: less than this changes no decision
MISFIT_P, MISFIT_ECE = 0.01, 0.03  # calibration: clear, and three points at least


@dataclass(frozen=True)
class Yardstick:
    """What batches are measured with, and held against."""

    capacity: float  # share of customers that the team can contact
    curve: Curve | None = None  # calibration on the reference, for what was expected
    # Exam of each model that scored a batch and is not in use any more, by its name.
    retired: Mapping[str, dict[str, Estimate]] = field(default_factory=dict)
    money: Campaign | None = None  # the terms in force; None where 03 has left none


def measure_batches(outcomes: Outcomes | None, by: Yardstick) -> list[Realised]:
    """Measure every batch that has an outcome, the current one first."""
    if outcomes is None:
        return []
    tables = dict(tuple(outcomes.table.groupby("batch")))
    return [_measured(batch, tables[batch], by) for batch in outcomes.batches]


def _measured(batch: str, table: pd.DataFrame, by: Yardstick) -> Realised:
    known, missing = table[table.y.notna()], table[table.y.isna()].score
    y, p = same_scores(known)
    given = {"threshold": float(table.threshold.iloc[-1]), "k": metrics.k_of(len(y), by.capacity)}
    group = known.group.to_numpy()
    weights = untreated_weights(group)
    used = np.ones(len(y), bool) if weights is None else weights > 0
    rest = None if weights is None else weights[used]
    ece, noise = calibration_error(y[used], p[used], rest)
    line = estimation.calibration_curve(y[used], p[used], weights=rest)
    contact, control = (int((group == g).sum()) for g in ("contact", "control"))
    scored_by = table.model.iloc[-1]
    return Realised(
        batch=batch,
        n_labelled=len(y),
        n_missing=len(missing),
        measured=estimation.realised(y[used], p[used], weights=rest, **given),
        expected=estimation.expected(p, curve=by.curve, **given),
        line=line_of(line),
        ece=ece,
        ece_noise=noise,
        score_gap=float(p.mean() - missing.mean()) if len(missing) else float("nan"),
        n_contacted=contact,
        n_control=control,
        retired=scored_by if scored_by in by.retired else "",
        own_exam=by.retired.get(scored_by, {}),
        miscalibrated=(control > 0 or not contact) and is_misfit(line, ece - noise),
        effect=effect_of(known, by.money),
    )


def line_of(curve: Curve | None) -> Line | None:
    """Calibration of degree 1 as it is reported."""
    return None if curve is None else Line(*curve.intervals, n=curve.n)


def is_misfit(line: Curve | None, beyond_chance: float) -> bool:
    """True if scores are clearly and largely not what happened.

    Parameters
    ----------
    beyond_chance : float
        Calibration error less the mean one of true scores.
    """
    if line is None:
        return False
    return bool(chi2.sf(line.misfit(), 2) < MISFIT_P and beyond_chance >= MISFIT_ECE)


def untreated_weights(group: np.ndarray) -> np.ndarray | None:
    """How many customers each stands for so that no call has a part; None where none is needed.

    Those contacted stand for nobody and each of the control group for its share of both; without
    a control group everybody stands for themselves, since nobody else can.
    """
    contact, control = (int((group == g).sum()) for g in ("contact", "control"))
    if not contact or not control:
        return None
    return np.where(group == "contact", 0.0, np.where(group == "control", 1 + contact / control, 1))


def calibration_error(
    y: np.ndarray,
    p: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    draws: int = 100,
    seed: int = 0,
) -> tuple[float, float]:
    """Expected calibration error over ten equal bins, and its mean if the scores were true."""
    rng = np.random.default_rng(seed)
    w = np.ones(len(p)) if weights is None else weights
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]

    def error(outcome: np.ndarray) -> float:
        return sum(abs(w[part] @ (p[part] - outcome[part])) for part in parts) / w.sum()

    noise = [error(rng.random(len(p)) < p) for _ in range(draws)]
    return float(error(y)), float(np.mean(noise))


def realised_alerts(found: Sequence[Realised], exam: dict[str, Estimate]) -> list[Alert]:
    """RET041 for a ROC-AUC below the exam, RET042 for probabilities that are not true.

    Each batch is held against the exam of the model that scored it; `exam` is that of the one
    in use.
    """
    return [a for r in found for a in (*_fall_alert(r, exam), *_misfit_alert(r))]


def _fall_alert(r: Realised, exam: dict[str, Estimate]) -> list[Alert]:
    now, before = r.measured["roc_auc"], (r.own_exam or exam).get("roc_auc")
    gap = fall(now, before)
    if gap is None or r.muddled:
        return []
    facts = {"batch": r.batch, "retired": r.retired, "measured": now.value, "exam": before.value,
             "low": gap.low, "high": gap.high}  # fmt: skip
    return [Alert(Code.REALISED_FALL, "alert", None, gap.value, -FALL, facts)]


def _misfit_alert(r: Realised) -> list[Alert]:
    if not r.miscalibrated:
        return []
    level = "alert" if r.ece - r.ece_noise >= 2 * MISFIT_ECE else "warning"
    foreseen, left = (side["positive_rate"].value for side in (r.expected, r.measured))
    facts = {"batch": r.batch, "retired": r.retired, "by_chance": r.ece_noise,
             "foreseen": foreseen, "left": left}  # fmt: skip
    return [Alert(Code.MISCALIBRATED, level, None, r.ece, MISFIT_ECE, facts)]


def fall(now: Estimate, before: Estimate | None) -> Estimate | None:
    """Difference with the exam if it is a clear and large fall, else None."""
    if before is None or np.isnan(now.value):
        return None
    gap = estimation.difference(now, before)
    clear = gap.value + SURE * (gap.high - gap.value) < 0
    return gap if clear and gap.value <= -FALL else None

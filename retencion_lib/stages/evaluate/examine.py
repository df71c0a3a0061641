"""Judge the chosen model once, on customers that nothing before has seen."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import registry
from retencion_lib.home.exam import Baseline, Confusion, Exam, Threshold
from retencion_lib.home.experiments import Experiment, experiments
from retencion_lib.home.registry import Entry
from retencion_lib.maths import metrics
from retencion_lib.models import BASELINE, FittedModel, fit_baseline
from retencion_lib.models.choice import Choice, choose
from retencion_lib.models.features import describe
from retencion_lib.models.stored import load_known
from retencion_lib.tables import load_training
from retencion_lib.tables.partition import Partition, partition
from retencion_lib.words import listed

POLICIES = ("f1", "capacity", "profit")  # by which a threshold for notices is found


@dataclass(frozen=True)
class Opening:
    """What 03 starts from, read once: every candidate, the chosen one, and whom it knows."""

    log: list[Experiment]
    choice: Choice
    model: FittedModel  # the chosen one
    parts: Partition  # as 02 made it
    standing: Entry | None  # the model in use


def opening(data: str, target: str, id_col: str, *, simplicity: float) -> Opening:
    """Choose among the newest candidates, and make the split that 02 made from the same file.

    Raises
    ------
    DataError
        If the table is not the one that the model learnt from.
    """
    log = experiments()
    choice = choose(log, simplicity=simplicity)
    model = load_known(choice.winner.artifact.path, log)
    logged = choice.winner.data
    training = load_training(
        data, target=target, id_col=id_col, positive=model.positive,
        drop_cols=logged.dropped, sensitive=logged.sensitive,
        unlabelled=model.contract.unlabelled,
    )  # fmt: skip
    if training.sha256 != logged.sha256:
        raise DataError(
            f"{training.path}: no es la tabla con la que se entrenó la versión {model.version} "
            f"({logged.path}, SHA-256 {logged.sha256[:12]}…). El examen no sería limpio: "
            "usa aquella tabla, o entrena antes con esta ('retencion train')."
        )
    parts = partition(training, test_share=model.test_share, seed=model.seed)
    return Opening(log, choice, model, parts, registry.read().champion)


@dataclass(frozen=True)
class Examined:
    """A model on the test share, which nothing before has seen."""

    y: np.ndarray
    scores: np.ndarray
    exam: Exam  # what is measured on all of them; the campaign and the groups come later


def thresholds(choice: Choice, *, capacity: float, profit: float) -> dict[str, float]:
    """Threshold of each policy: on out-of-fold scores, never on test, or from the money alone."""
    scores = choice.scores
    return {
        "f1": metrics.f1_threshold(choice.oof["y"].to_numpy(), scores),
        "capacity": metrics.capacity_threshold(scores, capacity),
        "profit": min(1.0, profit),
    }


def examine(start: Opening, *, capacity: float, profit: float, policy: str = "f1") -> Examined:
    """Judge the chosen model once on test, at a threshold not found there.

    Parameters
    ----------
    capacity : float
        Share of customers that the team can contact.
    profit : float
        Probability from which a contact pays for itself.
    policy : str
        One of `POLICIES`: which threshold is used to flag customers.

    Raises
    ------
    ParameterError
        If there is no such policy.
    """
    if policy not in POLICIES:
        raise ParameterError(
            f"policy = '{policy}': debe ser uno de {listed(POLICIES, quote=True)}."
        )
    choice, model, parts = start.choice, start.model, start.parts
    y, scores = parts.test.y, model.predict(parts.test.X)
    cuts = thresholds(choice, capacity=capacity, profit=profit)
    # Found on what single members said; moved to where the whole model flags as many of these
    # customers, whose outcomes are not asked. What a call costs knows no members.
    cuts |= {p: model.cut_of_all(parts.test.X, cuts[p]) for p in ("f1", "capacity")}
    given = {"capacity": capacity, "threshold": cuts[policy]}
    dev = parts.dev
    plain = fit_baseline(dev.X, dev.y, describe(dev.X, dev.numeric, dev.categorical))
    bar = metrics.evaluate(y, plain.predict_proba(parts.test.X)[:, 1], capacity=capacity)
    artifact = choice.winner.artifact
    exam = Exam(
        family=model.family, version=model.version,
        artifact=artifact.path, artifact_sha256=artifact.sha256,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        n_rows=len(y), positive_rate=float(y.mean()), k=metrics.k_of(len(y), capacity),
        test=metrics.evaluate(y, scores, **given),
        test_ci=metrics.bootstrap_ci(y, scores, seed=model.seed, **given),
        threshold=Threshold(cuts[policy], policy, cuts),
        confusion_matrix=Confusion(**metrics.confusion(y, scores, cuts[policy])),
        baseline=Baseline(BASELINE, bar),
    )  # fmt: skip
    return Examined(y, scores, exam)

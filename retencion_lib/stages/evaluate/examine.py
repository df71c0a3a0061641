"""Judge the chosen model once, on customers that nothing before has seen."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import registry
from retencion_lib.home.exam import Baseline, Confusion, Exam, Future, Threshold
from retencion_lib.home.experiments import Experiment, Learnt, experiments
from retencion_lib.home.history import History
from retencion_lib.home.registry import Entry
from retencion_lib.maths import metrics
from retencion_lib.models import BASELINE, FittedModel, fit_baseline
from retencion_lib.models.choice import Choice, choose
from retencion_lib.models.features import describe
from retencion_lib.models.stored import load_known
from retencion_lib.tables import Training, load_training, open_source
from retencion_lib.tables.partition import Partition, partition
from retencion_lib.words import count


@dataclass(frozen=True)
class Opening:
    """What 03 starts from, read once: every candidate, the chosen one, and whom it knows."""

    log: list[Experiment]
    choice: Choice
    model: FittedModel  # the chosen one
    parts: Partition  # as 02 made it
    standing: Entry | None  # the model in use
    training: Training | None = None  # every row whose outcome is known


def opening(
    data: str, target: str, id_col: str, *, simplicity: float, history: History | None = None
) -> Opening:
    """Choose among the newest candidates, and make the split that 02 made from the same file.

    Parameters
    ----------
    history : History, optional
        What is asked of time; by default, and where it says no last day, as 02 was asked.

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
        open_source(data, sealed=logged.sha256), target=target, id_col=id_col,
        positive=model.positive, drop_cols=logged.dropped, sensitive=logged.sensitive,
        unlabelled=model.contract.unlabelled, history=_same_history(history, logged.history),
    )  # fmt: skip
    if training.sha256 != logged.sha256:
        raise DataError(
            f"{training.path}: no es la tabla con la que se entrenó la versión {model.version} "
            f"({logged.path}, SHA-256 {logged.sha256[:12]}…). El examen no sería limpio: "
            "usa aquella tabla, o entrena antes con esta ('retencion train')."
        )
    _need_same_rows(training, logged, model.version)
    parts = partition(training, test_share=model.test_share, seed=model.seed)
    return Opening(log, choice, model, parts, registry.read().champion, training)


def _need_same_rows(training: Training, logged: Learnt, version: str) -> None:
    """Refuse to examine on rows that may have been learnt from: the sample was another."""
    now = training.table_rows if training.whole else None
    if now != logged.table_rows:
        raise DataError(
            f"{training.path}: la versión {version} aprendió de {count(logged.n_rows)} filas, y "
            f"con el código de ahora se miran {count(training.n_rows)}: el examen no sería limpio. "
            "Entrena antes ('retencion train')."
        )


def _same_history(asked: History | None, learnt: History | None) -> History | None:
    """What 02 was asked of time, which nobody may change for the exam."""
    if asked is None:
        return learnt
    same = learnt and replace(asked, as_of=asked.as_of or learnt.as_of) == learnt
    if not same:
        was = "una fila por cliente"
        if learnt:
            was = (
                f"snapshot_col = '{learnt.snapshot_col}', horizon = '{learnt.horizon}', gap = "
                f"'{learnt.gap}', as_of = '{learnt.as_of}'"
            )
        raise ParameterError(
            f"snapshot_col = '{asked.snapshot_col}', horizon = '{asked.horizon}': el modelo se "
            f"entrenó con {was}, y su examen no puede ser otro. Deja vacíos esos parámetros para "
            "usar los de entonces, o entrena antes con estos ('retencion train')."
        )
    return learnt


@dataclass(frozen=True)
class Examined:
    """A model on the test share, which nothing before has seen."""

    y: np.ndarray
    scores: np.ndarray
    rows: Training  # the same rows
    exam: Exam  # what is measured on all of them; the campaign and the groups come later

    def newest(self) -> tuple[np.ndarray, np.ndarray]:
        """Outcome and score in the newest snapshot, one row a customer: a campaign's customers."""
        days = self.rows.snapshots
        last = slice(None) if days is None else days == days.max()
        return self.y[last], self.scores[last]


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
        One of `config.CHOICES`: which threshold is used to flag customers.

    Raises
    ------
    ParameterError
        If there is no such policy.
    """
    config.check_choice("policy", policy)
    choice, model, parts = start.choice, start.model, start.parts
    y, scores = parts.test.y, model.predict(parts.test.X)
    cuts = thresholds(choice, capacity=capacity, profit=profit)
    # Found on what single members said; moved to where the whole model flags as many of these
    # customers, whose outcomes are not asked. What a call costs knows no members.
    cuts |= {p: model.cut_of_all(parts.test.X, cuts[p]) for p in ("f1", "capacity")}
    given = {"capacity": capacity, "threshold": cuts[policy], "panel": parts.test.panel}
    dev = parts.dev
    plain = fit_baseline(dev.X, dev.y, describe(dev.X, dev.numeric, dev.categorical))
    plain_scores = plain.predict_proba(parts.test.X)[:, 1]
    bar = metrics.evaluate(y, plain_scores, capacity=capacity, panel=parts.test.panel)
    artifact = choice.winner.artifact
    exam = Exam(
        family=model.family, version=model.version,
        artifact=artifact.path, artifact_sha256=artifact.sha256,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        n_rows=len(y), positive_rate=float(y.mean()), k=_called_each_time(parts.test, capacity),
        test=metrics.evaluate(y, scores, **given),
        test_ci=metrics.bootstrap_ci(y, scores, seed=model.seed, **given),
        threshold=Threshold(cuts[policy], policy, cuts),
        confusion_matrix=Confusion(**metrics.confusion(y, scores, cuts[policy])),
        baseline=Baseline(BASELINE, bar), exam=_future(parts),
    )  # fmt: skip
    return Examined(y, scores, parts.test, exam)


def _called_each_time(rows: Training, capacity: float) -> int:
    """Customers that the team can contact, in the mean of the snapshots."""
    times = 1 if rows.snapshots is None else len(np.unique(rows.snapshots))
    return metrics.k_of(rows.n_rows // times, capacity)


def _future(parts: Partition) -> Future | None:
    """Where the exam lies in time; None where a customer has one row."""
    test = parts.test
    if test.snapshots is None:
        return None
    return Future(
        snapshots=[str(day) for day in np.unique(test.snapshots)],
        n_customers=test.n_customers, n_rows=test.n_rows,
        learnt_until=str(parts.dev.snapshots.max()),
        embargoed_rows=parts.embargoed, immature_rows=test.immature,
    )  # fmt: skip

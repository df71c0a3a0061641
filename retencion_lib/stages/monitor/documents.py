"""What earlier stages have left for 05, read once: model in use, exam and terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import registry, store
from retencion_lib.home.exam import read_exam
from retencion_lib.home.experiments import Experiment, Learnt, experiments, of_artifact
from retencion_lib.home.history import History
from retencion_lib.home.registry import Entry
from retencion_lib.home.terms import Terms, in_force
from retencion_lib.maths.estimation import MEASURES, Estimate
from retencion_lib.models import FittedModel
from retencion_lib.models.stored import load_known
from retencion_lib.tables.scored import Scored

NO_THRESHOLD = 0.5  # where there is no model in use
NO_CAPACITY = 0.10  # before 03 has run


@dataclass(frozen=True)
class InUse:
    """The model in use."""

    name: str  # as ``logreg__v0.1``
    threshold: float
    model: FittedModel


@dataclass(frozen=True)
class Documents:
    """All that 05 reads of earlier stages, but for the tables and the log."""

    champion: InUse | None
    exam: dict[str, Estimate]  # of the model in use; empty before 03
    terms: Terms | None
    learnt: pd.Series | None  # outcome by id of the customers that the last training run saw
    table: Learnt | None = None  # what the model in use learnt from

    @property
    def history(self) -> History | None:
        """What the model in use was asked of time when it learnt."""
        return self.table and self.table.history

    @property
    def threshold(self) -> float:
        """Score from which customers are flagged."""
        return self.champion.threshold if self.champion else NO_THRESHOLD

    @property
    def model(self) -> FittedModel | None:
        """The model in use, opened; None where there is none."""
        return self.champion.model if self.champion else None

    @property
    def capacity(self) -> float:
        """Share of customers that the team can contact, as in force."""
        return self.terms.money.capacity if self.terms else NO_CAPACITY


def read_documents() -> Documents:
    """Read what there is; what a stage has not written yet is empty or None."""
    try:
        log = experiments()
    except OrderError:
        log = []
    entry = registry.read().champion
    made = of_artifact(log, entry.sha256) if entry else None
    agreed = in_force()
    return Documents(
        champion=_in_use(entry, log) if entry else None,
        exam=measures_of(config.TEST_REPORT),
        terms=agreed.terms if agreed else None,
        learnt=_learnt(log),
        table=made.data if made else None,
    )


def measures_of(path: str) -> dict[str, Estimate]:
    """Test measures of a model with their intervals; empty where it has not been examined."""
    exam = read_exam(config.resolve(path))
    if exam is None:
        return {}
    values, intervals = exam.test, exam.test_ci
    return {name: Estimate(values[name], *intervals[name]) for name in MEASURES if name in values}


def reference_outcomes(known: pd.Series | None, reference: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and score of the reference's customers, where the training run logged them.

    Both arrays are empty if the reference is not of those customers.
    """
    if known is None:
        return np.array([], int), np.array([])
    y = reference.ids.map(known)
    there = y.notna().to_numpy()
    return y[there].to_numpy(int), reference.scores[there]


def _in_use(entry: Entry, log: Sequence[Experiment]) -> InUse:
    version, artifact = entry.scores
    name = f"{entry.family}__v{version}"
    return InUse(name, entry.threshold.value, load_known(artifact, log))


def _learnt(log: Sequence[Experiment]) -> pd.Series | None:
    """Outcomes of the out-of-fold table that 02 keeps."""
    oof = config.resolve(log[-1].oof.path) if log else None
    if oof is None or not oof.is_file():
        return None
    known = store.read_csv(oof, made_by="train", usecols=["id", "y"], dtype={"id": str})
    # With a history a customer has many rows, and the reference is of later ones.
    return known.set_index("id").y if known["id"].is_unique else None

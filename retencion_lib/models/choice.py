"""Choose among the candidates of a training run, on what each said out of fold.

What is evidence and what is a rule is kept apart: two models that the same customers cannot
tell apart are tied, and then the simplest is used whose probabilities are hardly less true.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.home.experiments import Experiment
from retencion_lib.maths import metrics
from retencion_lib.tables import Training


@dataclass(frozen=True)
class Choice:
    """The candidates of the newest version, the winner first, and how it won."""

    entries: list[Experiment]
    oof: pd.DataFrame
    contest: metrics.Contest
    simplicity: float = metrics.GIVEN_UP  # see `choose`

    @property
    def winner(self) -> Experiment:
        """Experiment of the chosen family."""
        return self.entries[0]

    @property
    def scores(self) -> np.ndarray:
        """Out-of-fold probabilities of the winner, shape (n,)."""
        return self.oof[self.winner.family].to_numpy()

    def of(self, rows: Training) -> np.ndarray:
        """Out-of-fold probabilities of the winner for some rows, in their order."""
        return rows.keys.map(self.oof.set_index(keys_of(self.oof))[self.winner.family]).to_numpy()

    def table(self) -> pd.DataFrame:
        """Validation metrics of the candidates and their difference to the best."""
        valid = pd.DataFrame([{"family": e.family} | e.valid for e in self.entries])
        return valid.merge(self.contest.table.drop(columns="roc_auc"), on="family")


def choose(log: Sequence[Experiment], *, simplicity: float = metrics.GIVEN_UP) -> Choice:
    """Choose among the candidates of the newest training run, on out-of-fold scores.

    Parameters
    ----------
    simplicity : float
        Paired standard errors of log-loss that using the simplest of equals may cost; 0 takes
        the best of them.

    Raises
    ------
    ParameterError
        If `simplicity` is below zero.
    """
    if not simplicity >= 0:
        raise ParameterError(
            f"simplicity = {simplicity}: debe ser un número de errores típicos, 0 o más. Con 0 se "
            "usa el mejor de los que empatan; con 1, el más sencillo que apenas pierde."
        )
    newest = [e for e in log if e.run_id == log[-1].run_id]
    oof = read_oof(newest[0])
    scores = {e.family: oof[e.family].to_numpy() for e in newest}
    found = metrics.contest(
        oof["y"].to_numpy(), scores, given_up=simplicity, seed=newest[0].seed, panel=panel_in(oof)
    )
    order = sorted(newest, key=lambda e: (e.family != found.winner, -e.valid["roc_auc"]))
    return Choice(order, oof, found, simplicity)


def panel_in(oof: pd.DataFrame) -> metrics.Panel | None:
    """Which rows of out-of-fold scores are of one customer, and of one day; None if all differ."""
    return metrics.panel_of(oof["id"], oof["snapshot"]) if "snapshot" in oof else None


def keys_of(oof: pd.DataFrame) -> pd.Series:
    """Name of each row of out-of-fold scores, as `Training.keys`."""
    return oof["id"] + "@" + oof["snapshot"] if "snapshot" in oof else oof["id"]


def read_oof(experiment: Experiment) -> pd.DataFrame:
    """What a training run said out of fold: id as text, y, fold, and a column a candidate."""
    path = config.resolve(experiment.oof.path)
    return store.read_csv(path, made_by="train", dtype={"id": str, "snapshot": str})

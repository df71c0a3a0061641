"""The model that goes to work: the recipes of 02, learnt again from every known outcome.

The exam takes the newest months, which are worth most. Once the recipe is settled nothing is won
by keeping them apart: what scores learns from them too. Of these models nothing is measured; the
exam of the version without them covers the recipe.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from tqdm import tqdm

from retencion_lib import config
from retencion_lib.models import FittedModel, n_fits, prepare_columns, train_candidates
from retencion_lib.stages.train.train import Trained
from retencion_lib.tables import Training, fold_numbers, infer_contract, sort_order

AUTO, YES, NO = "auto", "yes", "no"  # auto: where customers have a history


@dataclass(frozen=True)
class Again:
    """Every candidate learnt again, and whom each row of theirs is; empty where none is wanted."""

    models: Mapping[str, FittedModel]
    oof: pd.DataFrame  # id, snapshot where there is one, y and fold

    @property
    def learnt_until(self) -> str:
        """Newest snapshot learnt from, ISO; empty without a history."""
        return self.oof["snapshot"].max() if "snapshot" in self.oof else ""


NONE = Again({}, pd.DataFrame())


def check_mode(refit: str) -> None:
    """Whether `refit` is one of `config.CHOICES`, before anything is learnt.

    Raises
    ------
    ParameterError
        If it is not.
    """
    config.check_choice("refit", refit)


def relearn(
    trained: Trained, models: Mapping[str, FittedModel], customers: Training, *, refit: str
) -> Again:
    """Learn the recipes again from every row whose outcome is known, the exam's too.

    Parameters
    ----------
    models : mapping of str to FittedModel
        By family: what the exam will judge, whose thresholds and background these keep.
    customers : Training
        The whole table.
    refit : str
        One of `config.CHOICES`.

    """
    check_mode(refit)
    if refit == NO or (refit == AUTO and customers.snapshots is None):
        return NONE
    seed = trained.seed
    rows = customers.take(sort_order(customers.keys, seed))
    folds = fold_numbers(rows.ids, rows.y, seed)
    given = rows.X, rows.y, folds
    columns, _ = prepare_columns(*given, rows.numeric, rows.categorical, seed)
    with tqdm(total=n_fits(folds), file=sys.stderr, unit="modelo", desc="Con todo") as bar:
        found = train_candidates(*given, columns, seed, tick=bar.update)
    contract = infer_contract(rows)
    made = {
        name: replace(
            model,
            version=f"{model.version}r",
            predictor=found[name].fit.predictor,
            calibrator=found[name].calibrator,
            contract=contract,
            positive_rate=rows.positive_rate,
        )
        for name, model in models.items()
    }
    return Again(made, _who(rows, folds))


def _who(rows: Training, folds: np.ndarray) -> pd.DataFrame:
    who = pd.DataFrame({"id": rows.ids, "y": rows.y, "fold": folds})
    if rows.snapshots is not None:
        who.insert(1, "snapshot", rows.snapshots.astype(str))
    return who

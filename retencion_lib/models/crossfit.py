"""Fit the folds once: what they say out of fold, and the models that said it.

Out-of-fold log-odds serve the choice within each family, the stack, the calibration, the
thresholds and the drift reference; the fold models themselves, averaged, are the predictor.
How they are combined is in `combine`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from retencion_lib.features import Columns
from retencion_lib.models.families import Family, Variant
from retencion_lib.models.fitted import Predictor
from retencion_lib.models.threads import one_thread


@dataclass(frozen=True)
class CrossFit:
    """A candidate: its out-of-fold log-odds and the predictor of new rows."""

    name: str  # of the family
    variant: str  # which variant, or which mean of them
    margin: np.ndarray  # out-of-fold log-odds, shape (n,)
    predictor: Predictor
    seconds: float


def cross_fit(
    variant: Variant,
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    columns: Columns,
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> tuple[np.ndarray, list[Pipeline]]:
    """Fit one model a fold; each row is judged by the one that never saw it.

    Parameters
    ----------
    folds : array of shape (n,)
        Fold of each row.
    tick : callable
        Called after each fold, for a progress bar.

    Returns
    -------
    ndarray of shape (n,)
        Out-of-fold log-odds.
    list of Pipeline
        The fold models.
    """
    margin, members = np.full(len(y), np.nan), []
    with one_thread():
        for fold in np.unique(folds):
            held = folds == fold
            member = variant.build(columns, seed).fit(X[~held], y[~held])
            margin[held] = member.decision_function(X[held])
            members.append(member)
            tick()
    return margin, members


def fit_variants(family: Family, *given: object, **more: object) -> list[CrossFit]:
    """Cross-fit every variant of a family; the other arguments are those of `cross_fit`."""
    fitted = []
    for variant in family.variants:
        start = time.process_time()
        margin, members = cross_fit(variant, *given, **more)
        seconds = time.process_time() - start
        fitted.append(CrossFit(family.name, variant.name, margin, _mean(members), seconds))
    return fitted


def _mean(members: list[Pipeline]) -> Predictor:
    n = len(members)
    return Predictor(tuple(members), (1 / n,) * n, 0.0, tuple(range(n)))

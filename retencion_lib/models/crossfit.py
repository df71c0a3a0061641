"""Fit the folds once: what they say out of fold, and the models that said it.

Out-of-fold log-odds serve the choice within each family, the stack, the calibration, the
thresholds and the drift reference; the fold models themselves, averaged, are the predictor.
How they are combined is in `combine`.

What learns in stages learns in all folds side by side, so that many rows say where to stop and none
need be kept aside for that. Each model stops where the others do best on the rows that they lack:
how it does on the rows that it is judged on has no say.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from retencion_lib.features import Columns
from retencion_lib.metrics import margin_log_loss
from retencion_lib.models.estimators import Staged
from retencion_lib.models.families import Family, Variant
from retencion_lib.models.fitted import Predictor
from retencion_lib.models.threads import one_thread

# Share of the log-loss by which a stage must be better to count: with many rows there is always a
# little left to learn, and it is worth less and less.
WORTH = 3e-4


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
    y = np.asarray(y)
    held = [folds == fold for fold in np.unique(folds)]
    members = [variant.build(columns, seed) for _ in held]
    margin, staged = np.empty(len(y)), isinstance(members[0][-1], Staged)
    with one_thread():
        if staged:
            _fit_together(members, X, y, held)
        for member, rows in zip(members, held, strict=True):
            if not staged:
                member.fit(X[~rows], y[~rows])
            margin[rows] = member.decision_function(X[rows])
            tick()
    return margin, members


def _fit_together(
    members: list[Pipeline], X: pd.DataFrame, y: np.ndarray, held: list[np.ndarray]
) -> None:
    """Fit a model a fold, each up to the stage at which the others have the best log-loss.

    Parameters
    ----------
    held : list of bool arrays of shape (n,)
        Rows that each model does not see.
    """
    learning = [
        _stages(member, X[~rows], y[~rows], X[rows])
        for member, rows in zip(members, held, strict=True)
    ]
    size = np.array([rows.sum() for rows in held])
    best, since = np.full(len(held), np.inf), np.zeros(len(held), int)
    kept: list[object] = [None] * len(held)
    for stage in zip(*learning, strict=True):
        loss = [margin_log_loss(y[rows], m) for rows, (m, _) in zip(held, stage, strict=True)]
        lost = size * loss
        others = (lost.sum() - lost) / (len(y) - size)
        better = others < best * (1 - WORTH)
        best, since = np.where(better, others, best), np.where(better, 0, since + 1)
        for i in np.flatnonzero(better):
            kept[i] = stage[i][1]
        if (since >= members[0][-1].patience).all():
            break
    for member, point in zip(members, kept, strict=True):
        member[-1].settle(point)


def _stages(
    member: Pipeline, X: pd.DataFrame, y: np.ndarray, held: pd.DataFrame
) -> Iterator[tuple[np.ndarray, object]]:
    """Prepare the rows of one fold, and learn from them stage by stage."""
    prepare = member[:-1]
    known = prepare.fit_transform(X, y)  # not `transform`: a row's own outcome must stay out of it
    return member[-1].stages(known, y, prepare.transform(held))


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

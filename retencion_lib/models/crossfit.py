"""Fit the folds once: what they say out of fold, and the models that said it.

Out-of-fold log-odds serve the choice within each family, the stack, the calibration, the
thresholds and the drift reference; the fold models themselves, averaged, are the predictor.
How they are combined is in `combine`.

What learns in stages learns in all folds side by side, so that many rows say where to stop and none
need be kept aside for that. Each model stops where the others do best on the rows that they lack:
how it does on the rows that it is judged on has no say.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from retencion_lib.maths.metrics import margin_log_loss
from retencion_lib.models.estimators import Staged
from retencion_lib.models.families import Family, Variant
from retencion_lib.models.features import Columns
from retencion_lib.models.fitted import Predictor, weighted_sum
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
    # Log-odds of every row by the model of each fold, shape (n_folds, n): of the rows that it has
    # learnt, as it learnt them. Not kept for what learns in stages.
    by_fold: np.ndarray | None = None


@dataclass(frozen=True)
class Part:
    """One fold: what a model learns from, and the rows that judge it, as matrices."""

    held: np.ndarray  # which rows judge it, shape (n,)
    prepare: Pipeline  # fitted on the other rows
    known: np.ndarray  # matrix of the other rows
    unseen: np.ndarray  # matrix of the rows held

    def beside(self, more: np.ndarray) -> "Part":
        """With more columns, shape (n, n_more), that need no preparation."""
        known = np.hstack([self.known, more[~self.held].astype(self.known.dtype)])
        return replace(self, known=known, unseen=np.hstack([self.unseen, more[self.held]]))


def fold_parts(
    variant: Variant,
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    columns: Columns,
    seed: int,
) -> Iterator[Part]:
    """Prepare the rows for a variant, and for others that prepare them alike, fold by fold.

    Parameters
    ----------
    folds : array of shape (n,)
        Fold of each row.

    Yields
    ------
    Part
        One a fold, in order.
    """
    for fold in np.unique(folds):
        held, prepare = folds == fold, variant.preparation(columns, seed)
        # Not `transform`: a row's own outcome must stay out of it.
        known = prepare.fit_transform(X[~held], y[~held])
        if isinstance(variant.estimator(seed), Staged):
            known = known.astype(np.float32)  # as they learn; all folds are held at once
        yield Part(held, prepare, known, prepare.transform(X[held]))


def cross_fit(
    variant: Variant,
    y: np.ndarray,
    parts: Iterable[Part],
    seed: int,
    tick: Callable[[], object] = lambda: None,
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, list[Pipeline], np.ndarray | None]:
    """Fit one model a fold; each row is judged by the one that never saw it.

    Parameters
    ----------
    y : array of shape (n,)
        1 = left.
    parts : iterable of Part
        From `fold_parts`.
    tick : callable
        Called after each fold, for a progress bar.
    start : array of shape (n_folds, n), optional
        Log-odds that the model of each fold, which must be of trees, starts from and corrects.

    Returns
    -------
    ndarray of shape (n,)
        Out-of-fold log-odds, with those of `start`.
    list of Pipeline
        The fold models, without `start`.
    ndarray of shape (n_folds, n), or None
        `CrossFit.by_fold`.
    """
    y, members, by_fold = np.asarray(y), [], []
    margin = np.empty(len(y))
    with one_thread():
        for i, (part, model) in enumerate(_fitted(variant, y, parts, seed, start)):
            before = 0.0 if start is None else start[i][part.held]
            margin[part.held] = model.decision_function(part.unseen) + before
            members.append(Pipeline([*part.prepare.steps, ("model", model)]))
            if not isinstance(model, Staged):
                # Not the whole pipeline, whose matrix knows the outcome of each row it has learnt.
                own = np.array(margin)
                own[~part.held] = model.decision_function(part.known)
                by_fold.append(own)
            tick()
    return margin, members, np.array(by_fold) if by_fold else None


def _fitted(
    variant: Variant,
    y: np.ndarray,
    parts: Iterable[Part],
    seed: int,
    start: np.ndarray | None,
) -> Iterator[tuple[Part, BaseEstimator]]:
    """Model of each fold: side by side if they learn in stages, else one after the other."""
    if isinstance(variant.estimator(seed), Staged):
        parts = list(parts)
        models = [variant.estimator(seed) for _ in parts]
        _fit_together(models, y, parts, start)
        yield from zip(parts, models, strict=True)
    else:
        for part in parts:
            yield part, variant.estimator(seed).fit(part.known, y[~part.held])


def _fit_together(
    models: list[Staged], y: np.ndarray, parts: list[Part], start: np.ndarray | None
) -> None:
    """Fit a model a fold, each up to the stage at which the others have the best log-loss."""
    learning = []
    for i, (model, part) in enumerate(zip(models, parts, strict=True)):
        before = () if start is None else ((start[i][~part.held], start[i][part.held]),)
        learning.append(model.stages(part.known, y[~part.held], part.unseen, *before))
    held = [part.held for part in parts]
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
        if (since >= models[0].patience).all():
            break
    for model, point in zip(models, kept, strict=True):
        model.settle(point)


def fit_variants(
    family: Family,
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    columns: Columns,
    seed: int,
    *,
    earlier: Mapping[str, CrossFit] = MappingProxyType({}),
    tick: Callable[[], object] = lambda: None,
) -> list[CrossFit]:
    """Cross-fit every variant of a family; see `cross_fit`.

    Parameters
    ----------
    earlier : mapping of str to CrossFit
        Families already fitted on the same folds, by name: what a variant may correct.

    Raises
    ------
    ValueError
        If a variant corrects a family that learns in stages.
    """
    fitted = []
    for _, group in groupby(family.variants, key=lambda variant: variant.prepare):
        alike, spent = list(group), time.process_time()
        prepared = fold_parts(alike[0], X, y, folds, columns, seed)
        if len(alike) > 1:
            prepared = list(prepared)  # else fold by fold: few matrices at once
        for variant in alike:
            before = earlier[variant.corrects] if variant.corrects else None
            start = before and before.by_fold
            if before and start is None:
                raise ValueError(f"{variant.name}: {variant.corrects} learns in stages")
            margin, members, by_fold = cross_fit(variant, y, prepared, seed, tick, start)
            predictor = _mean(members)
            if before:
                predictor = weighted_sum([before.predictor, predictor], [1.0, 1.0])
            begun, spent = spent, time.process_time()
            fitted.append(
                CrossFit(family.name, variant.name, margin, predictor, spent - begun, by_fold)
            )
    return fitted


def _mean(members: list[Pipeline]) -> Predictor:
    n = len(members)
    return Predictor(tuple(members), (1 / n,) * n, 0.0, tuple(range(n)))

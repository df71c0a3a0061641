"""Fit the folds once: what they say out of fold, and the models that said it.

Out-of-fold log-odds serve the choice within each family, the stack, the calibration, the
thresholds and the drift reference; the fold models themselves, averaged, are the predictor.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from retencion_lib.features import Columns
from retencion_lib.models.families import Family, Variant
from retencion_lib.models.fitted import Predictor


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
    # Matrices here are small: threads of the linear algebra would wait more than they work,
    # and their number would change the last digits from one machine to another.
    with threadpool_limits(1, user_api="blas"):
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


def best_mean(variants: list[CrossFit], y: np.ndarray) -> CrossFit:
    """The variant, or the mean of several in log-odds, with the best out-of-fold log-loss."""
    groups = [
        group for size in range(1, len(variants) + 1) for group in combinations(variants, size)
    ]
    best = min(groups, key=lambda g: loss_of(y, np.mean([v.margin for v in g], axis=0)))
    predictor = weighted([v.predictor for v in best], np.full(len(best), 1 / len(best)))
    margin = np.mean([v.margin for v in best], axis=0)
    seconds = sum(v.seconds for v in variants)
    return CrossFit(best[0].name, " + ".join(v.variant for v in best), margin, predictor, seconds)


def weighted(parts: list[Predictor], weights: np.ndarray, offset: float = 0.0) -> Predictor:
    """Weighted sum of predictors in log-odds; those without weight are left out."""
    used = [(part, float(w)) for part, w in zip(parts, weights, strict=True) if w > 0]
    return Predictor(
        tuple(m for part, _ in used for m in part.members),
        tuple(w * own for part, w in used for own in part.weights),
        offset,
        tuple(fold for part, _ in used for fold in part.folds),
    )


def loss_of(y: np.ndarray, margin: np.ndarray) -> float:
    """Mean log-loss of log-odds."""
    return float(np.logaddexp(0, np.where(y == 1, -margin, margin)).mean())


def fit_stack(
    name: str, families: list[CrossFit], variants: list[CrossFit], y: np.ndarray, folds: np.ndarray
) -> CrossFit:
    """Combine what was fitted in the way that out-of-fold log-loss prefers.

    Learnt weights, the plain mean of the families, or the best variant alone: weights learnt
    from few customers lose more by their noise than they gain.
    """
    learnt = _learnt_stack(name, variants, y, folds)
    mean = weighted([f.predictor for f in families], np.full(len(families), 1 / len(families)))
    margin = np.mean([f.margin for f in families], axis=0)
    seconds = learnt.seconds
    ways = [
        *(CrossFit(name, f"solo {v.name} {v.variant}", v.margin, v.predictor, seconds)
          for v in variants),
        CrossFit(name, "media de las familias", margin, mean, seconds),
        learnt,
    ]  # fmt: skip
    return min(ways, key=lambda way: loss_of(y, way.margin))


def _learnt_stack(name: str, parts: list[CrossFit], y: np.ndarray, folds: np.ndarray) -> CrossFit:
    """Logistic regression on out-of-fold log-odds, itself out of fold.

    A part whose weight would be negative is left out: more risk for one of them never means
    less risk for the stack.
    """
    start = time.process_time()
    Z = np.column_stack([part.margin for part in parts])
    margin = np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        weights, offset = stack_weights(Z[~held], y[~held])
        margin[held] = Z[held] @ weights + offset
    weights, offset = stack_weights(Z, y)
    variant = ", ".join(
        f"{part.name} {part.variant} × {w:.2f}"
        for part, w in zip(parts, weights, strict=True)
        if w > 0
    )
    seconds = time.process_time() - start + sum(part.seconds for part in parts)
    predictor = weighted([part.predictor for part in parts], weights, offset)
    return CrossFit(name, variant, margin, predictor, seconds)


def stack_weights(Z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights, none negative, and offset of a logistic regression on log-odds."""
    kept = np.arange(Z.shape[1])
    while True:
        model = LogisticRegression(C=1.0, max_iter=1000).fit(Z[:, kept], y)
        negative = model.coef_[0] < 0
        if not negative.any() or len(kept) == 1:
            break
        kept = kept[~(model.coef_[0] == model.coef_[0].min())]
    weights = np.zeros(Z.shape[1])
    weights[kept] = np.maximum(0, model.coef_[0])
    return weights, float(model.intercept_[0])

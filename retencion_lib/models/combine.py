"""Combine what was fitted, and judge the stack on rows that had no say in it.

Every combination is a weighted sum of the variants' log-odds: one variant alone, the mean of
some, or weights learnt by a logistic regression. How the stack is made is learnt too, so the
log-odds that it is judged by are nested: for each fold, choice and weights come from the other
folds alone. Judged on the very rows that made it, it would look better than it is. A family only
picks among a few plain means: its log-odds are those that its members say of rows they never saw.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from sklearn.linear_model import LogisticRegression

from retencion_lib.models.crossfit import CrossFit
from retencion_lib.models.fitted import Predictor
from retencion_lib.models.threads import one_thread

# From log-odds of shape (n, n_variants), outcome and folds, to a weight a variant and an offset.
Way = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, float]]


def fit_family(variants: list[CrossFit], y: np.ndarray, folds: np.ndarray) -> CrossFit:
    """The variant, or the mean of several in log-odds, with the best out-of-fold log-loss."""
    start = time.process_time()
    Z = log_odds_of(variants)
    weights, offset = best_mean(range(len(variants)))(Z, y, folds)
    spent = time.process_time() - start
    return combined(variants[0].name, variants, weights, offset, Z @ weights, spent)


def fit_stack(
    name: str, families: list[list[CrossFit]], y: np.ndarray, folds: np.ndarray
) -> CrossFit:
    """Combine the variants of every family in the way that out-of-fold log-loss prefers.

    Learnt weights, the plain mean of the families, or the best variant alone: weights learnt
    from few customers lose more by their noise than they gain.
    """
    variants = [variant for family in families for variant in family]
    owners = np.repeat(range(len(families)), [len(family) for family in families])
    means = [best_mean(np.flatnonzero(owners == i)) for i in range(len(families))]

    def mean_of_families(*given: np.ndarray) -> tuple[np.ndarray, float]:
        return np.mean([mean(*given)[0] for mean in means], axis=0), 0.0

    alone = [mean_of([i]) for i in range(len(variants))]
    way = preferred([*alone, mean_of_families, learnt])
    start = time.process_time()
    Z = log_odds_of(variants)
    with one_thread():
        margin = out_of_fold(way, Z, y, folds)
        weights, offset = way(Z, y, folds)
    spent = time.process_time() - start
    return combined(name, variants, weights, offset, margin, spent)


def log_odds_of(variants: list[CrossFit]) -> np.ndarray:
    """Out-of-fold log-odds, shape (n, n_variants)."""
    return np.column_stack([variant.margin for variant in variants])


def combined(
    name: str,
    variants: list[CrossFit],
    weights: np.ndarray,
    offset: float,
    margin: np.ndarray,
    seconds: float,
) -> CrossFit:
    """The weighted sum of the variants as one candidate; those without weight are left out.

    Parameters
    ----------
    margin : array of shape (n,)
        Log-odds that judge it.
    seconds : float
        Spent on choosing the weights; those of the variants are added.
    """
    used = [(v, float(w)) for v, w in zip(variants, weights, strict=True) if w > 0]
    predictor = Predictor(
        tuple(m for v, _ in used for m in v.predictor.members),
        tuple(w * own for v, w in used for own in v.predictor.weights),
        offset,
        tuple(fold for v, _ in used for fold in v.predictor.folds),
    )
    said = ", ".join(f"{v.name} {v.variant} × {w:.2f}" for v, w in used)
    return CrossFit(name, said, margin, predictor, seconds + sum(v.seconds for v in variants))


def out_of_fold(way: Way, Z: np.ndarray, y: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Log-odds of each row by weights that were found without its fold, shape (n,).

    The variants' own log-odds are taken as they are: those of the other folds come from models
    that saw this one, as in any stack.
    """
    margin = np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        weights, offset = way(Z[~held], y[~held], folds[~held])
        margin[held] = Z[held] @ weights + offset
    return margin


def preferred(ways: Iterable[Way]) -> Way:
    """The way with the best out-of-fold log-loss, which is a way too."""
    ways = list(ways)

    def way(Z: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[np.ndarray, float]:
        best = min(ways, key=lambda way: loss_of(y, out_of_fold(way, Z, y, folds)))
        return best(Z, y, folds)

    return way


def mean_of(parts: Sequence[int]) -> Way:
    """Mean of the variants at the positions given."""

    def way(Z: np.ndarray, *_: np.ndarray) -> tuple[np.ndarray, float]:
        weights = np.zeros(Z.shape[1])
        weights[list(parts)] = 1 / len(parts)
        return weights, 0.0

    return way


def best_mean(parts: Sequence[int]) -> Way:
    """Mean of those of the variants given whose mean has the best log-loss."""
    sizes = range(1, len(parts) + 1)
    return preferred(mean_of(group) for size in sizes for group in combinations(parts, size))


def learnt(Z: np.ndarray, y: np.ndarray, *_: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights, none negative, and offset of a logistic regression on log-odds.

    A variant whose weight would be negative is left out: more risk for one of them never means
    less risk for the stack.
    """
    kept = np.arange(Z.shape[1])
    while True:
        model = LogisticRegression(C=1.0, solver="newton-cholesky").fit(Z[:, kept], y)
        negative = model.coef_[0] < 0
        if not negative.any() or len(kept) == 1:
            break
        kept = kept[~(model.coef_[0] == model.coef_[0].min())]
    weights = np.zeros(Z.shape[1])
    weights[kept] = np.maximum(0, model.coef_[0])
    return weights, float(model.intercept_[0])


def loss_of(y: np.ndarray, margin: np.ndarray) -> float:
    """Mean log-loss of log-odds."""
    return float(np.logaddexp(0, np.where(y == 1, -margin, margin)).mean())

"""Combine what was fitted, and judge the stack on rows that had no say in it.

Every combination is a weighted sum of the variants' log-odds. A family is the best plain mean of
its variants, and is judged by what its members say of rows that they never saw. The stack learns
its weights, so the log-odds that it is judged by are nested: those of each fold come from weights
that the other folds gave. Judged on the very rows that made it, it would look better than it is.
"""

import time
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from retencion_lib.maths.metrics import margin_log_loss
from retencion_lib.models.crossfit import CrossFit
from retencion_lib.models.fitted import weighted_sum
from retencion_lib.models.threads import one_thread

PULL = 10.0  # of the stack's weights towards the mean of the families; rows push against it


def fit_family(variants: list[CrossFit], y: np.ndarray) -> CrossFit:
    """The variant, or the mean of several in log-odds, with the best out-of-fold log-loss."""
    start = time.process_time()
    Z = log_odds_of(variants)
    weights = best_mean(Z, y, range(len(variants)))
    spent = time.process_time() - start
    return combined(variants[0].name, variants, weights, 0.0, Z @ weights, spent)


def fit_stack(
    name: str, families: list[list[CrossFit]], y: np.ndarray, folds: np.ndarray
) -> CrossFit:
    """Combine the variants of every family with the weights of `stack_weights`."""
    start = time.process_time()
    variants = [variant for family in families for variant in family]
    owners = np.repeat(range(len(families)), [len(family) for family in families])
    groups = [np.flatnonzero(owners == i) for i in range(len(families))]
    Z, margin = log_odds_of(variants), np.empty(len(y))
    with one_thread():
        for fold in np.unique(folds):
            held = folds == fold
            weights, offset = stack_weights(Z[~held], y[~held], groups)
            margin[held] = Z[held] @ weights + offset
        weights, offset = stack_weights(Z, y, groups)
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
    predictor = weighted_sum([v.predictor for v, _ in used], [w for _, w in used], offset)
    said = ", ".join(f"{v.name} {v.variant} × {w:.2f}" for v, w in used)
    spent = seconds + sum(v.seconds for v in variants)
    by_fold = None
    if used and all(v.by_fold is not None for v, _ in used):
        by_fold = offset + sum(w * v.by_fold for v, w in used)
    return CrossFit(name, said, margin, predictor, spent, by_fold)


def best_mean(Z: np.ndarray, y: np.ndarray, parts: Sequence[int]) -> np.ndarray:
    """Equal weights on those of some variants whose mean has the best log-loss, shape (k,).

    Parameters
    ----------
    Z : array of shape (n, k)
        Log-odds of each variant.
    parts : sequence of int
        Columns of `Z` to choose among.
    """
    sizes = range(1, len(parts) + 1)
    groups = [list(group) for size in sizes for group in combinations(parts, size)]
    best = min(groups, key=lambda group: margin_log_loss(y, Z[:, group].mean(axis=1)))
    weights = np.zeros(Z.shape[1])
    weights[best] = 1 / len(best)
    return weights


def stack_weights(
    Z: np.ndarray, y: np.ndarray, families: list[Sequence[int]]
) -> tuple[np.ndarray, float]:
    """Weights and offset of a logistic regression on log-odds, pulled to the families' mean.

    Few customers say little about weights, and the mean is a good guess; many overrule it. No
    weight is negative: more risk for one variant never means less risk for the stack.

    Parameters
    ----------
    Z : array of shape (n, k)
        Log-odds of each variant.
    families : list of sequences of int
        Columns of `Z` of each family.
    """
    around = np.mean([best_mean(Z, y, parts) for parts in families], axis=0)

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        weights, offset = found[:-1], found[-1]
        margin, away = Z @ weights + offset, weights - around
        wrong = expit(margin) - y
        slope = np.append(wrong @ Z + PULL * away, wrong.sum())
        return margin_log_loss(y, margin) + PULL / 2 * (away @ away) / len(y), slope / len(y)

    bounds = [(0, None)] * Z.shape[1] + [(None, None)]
    found = minimize(loss, np.append(around, 0.0), jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:-1], float(found.x[-1])

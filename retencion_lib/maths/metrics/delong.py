"""Is the difference between two ROC-AUC on the same customers more than noise?

DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), 837-845, by the mid-ranks of
Sun & Xu (2014), IEEE Signal Processing Letters 21(11), 1389-1393: n log n.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata


@dataclass(frozen=True)
class AucDifference:
    """First ROC-AUC minus second, on the same rows."""

    difference: float
    error: float  # standard error
    p_value: float  # two-sided; 1 where both rank every pair alike


def delong_covariance(y: np.ndarray, scores: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """ROC-AUC of several scores on the same rows, and their covariance.

    Parameters
    ----------
    y : array of shape (n,)
        1 = left; at least two of each class.
    scores : sequence of k arrays of shape (n,)

    Returns
    -------
    ndarray of shape (k,)
        ROC-AUC.
    ndarray of shape (k, k)
        Their estimated covariance.
    """
    left = np.asarray(y) == 1
    m, n = int(left.sum()), int((~left).sum())
    above, below = np.empty((len(scores), m)), np.empty((len(scores), n))
    for row, score in enumerate(map(np.asarray, scores)):
        rank = rankdata(score)
        # Share of the other class that each one beats, ties as one half.
        above[row] = (rank[left] - rankdata(score[left])) / n
        below[row] = 1 - (rank[~left] - rankdata(score[~left])) / m
    covariance = np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    return above.mean(axis=1), covariance


def auc_difference(y: np.ndarray, first: np.ndarray, second: np.ndarray) -> AucDifference:
    """DeLong's paired test of two scores on the same rows."""
    auc, covariance = delong_covariance(y, [first, second])
    gap = float(auc[0] - auc[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    error = float(np.sqrt(max(0.0, variance)))
    p_value = float(2 * norm.sf(abs(gap) / error)) if error > 1e-12 else float(gap == 0)
    return AucDifference(gap, error, p_value)

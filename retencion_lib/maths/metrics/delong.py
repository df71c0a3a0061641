"""Is the difference between two ROC-AUC on the same customers more than noise?

DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), 837-845, by the mid-ranks of
Sun & Xu (2014), IEEE Signal Processing Letters 21(11), 1389-1393: n log n. Where customers have
many rows, within snapshots and clustered by customer: Obuchowski (1997), Biometrics 53(2), 567-578.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from retencion_lib.maths.metrics.panel import Panel


@dataclass(frozen=True)
class AucDifference:
    """First ROC-AUC minus second, on the same rows."""

    difference: float
    error: float  # standard error
    p_value: float  # two-sided; 1 where both rank every pair alike


def delong_covariance(
    y: np.ndarray, scores: Sequence[np.ndarray], panel: Panel | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """ROC-AUC of several scores on the same rows, and their covariance.

    Parameters
    ----------
    y : array of shape (n,)
        1 = left; at least two of each class.
    scores : sequence of k arrays of shape (n,)
    panel : Panel, optional
        Whose each row is and of when; without one, each row is a customer of its own.

    Returns
    -------
    ndarray of shape (k,)
        ROC-AUC; in a panel, the mean over its snapshots (NaN if none has two of each class).
    ndarray of shape (k, k)
        Their estimated covariance.
    """
    if panel is not None:
        auc, influence = auc_influence(y, scores, panel)
        return auc, panel.covariance(influence)
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


def auc_influence(
    y: np.ndarray, scores: Sequence[np.ndarray], panel: Panel
) -> tuple[np.ndarray, np.ndarray]:
    """Mean ROC-AUC over snapshots of several scores, and what each row moves it by.

    Returns
    -------
    ndarray of shape (k,)
        Mean over the snapshots with at least two of each class; NaN if there is none.
    ndarray of shape (k, n)
        Zero in the other snapshots; each line sums to zero.
    """
    influence = np.zeros((len(scores), len(y)))
    rows = np.flatnonzero(panel.ranked(y))
    if len(rows) == 0:
        return np.full(len(scores), np.nan), influence * np.nan
    left = np.asarray(y)[rows] == 1
    found, month = np.unique(panel.snapshots[rows], return_inverse=True)
    size = np.bincount(month[left])[month] * left + np.bincount(month[~left])[month] * ~left
    areas = []
    for line, score in enumerate(scores):
        placement = _placements(left, np.asarray(score)[rows], month)
        area = np.bincount(month, placement * left / size)
        influence[line, rows] = (placement - area[month]) / size / len(found)
        areas.append(area.mean())
    return np.array(areas), influence


def _placements(left: np.ndarray, score: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Share of the other class of its month that each leaver beats, or that beats who stayed.

    Ties are one half. Months are 0, 1, 2 and so on.
    """
    # One ranking serves all months if those before lie wholly below.
    rank = rankdata(score, method="dense") + month * len(score)
    lower = rankdata(rank)
    for label in (True, False):
        own = left == label
        others = np.bincount(month[~own])
        before = np.append(0, np.cumsum(others)[:-1])
        lower[own] = (lower[own] - rankdata(rank[own]) - before[month[own]]) / others[month[own]]
    return np.where(left, lower, 1 - lower)


def auc_difference(
    y: np.ndarray, first: np.ndarray, second: np.ndarray, panel: Panel | None = None
) -> AucDifference:
    """DeLong's paired test of two scores on the same rows; in a panel, that of its customers."""
    auc, covariance = delong_covariance(y, [first, second], panel)
    gap = float(auc[0] - auc[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if panel is not None and np.isnan(variance):
        return AucDifference(gap, np.nan, 1.0)  # one customer, or no snapshot to rank: no evidence
    error = float(np.sqrt(max(0.0, variance)))
    p_value = float(2 * norm.sf(abs(gap) / error)) if error > 1e-12 else float(gap == 0)
    return AucDifference(gap, error, p_value)

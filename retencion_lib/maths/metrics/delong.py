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
    left, scores = np.asarray(y) == 1, np.stack([np.asarray(score) for score in scores])
    ranked = panel.ranked(y)
    found, influence = [], np.zeros(scores.shape)
    for snapshot in np.unique(panel.snapshots[ranked]):
        here = panel.snapshots == snapshot
        above, below = np.flatnonzero(here & left), np.flatnonzero(here & ~left)
        beaten, beating = _placements(scores[:, above], scores[:, below])
        found.append(beaten.mean(axis=1))
        influence[:, above] = (beaten - found[-1][:, None]) / len(above)
        influence[:, below] = (beating - found[-1][:, None]) / len(below)
    if not found:
        return np.full(len(scores), np.nan), influence * np.nan
    return np.mean(found, axis=0), influence / len(found)


def _placements(above: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the others that each leaver beats, and that beat each who stayed; ties one half."""
    m, n = above.shape[1], below.shape[1]
    rank = rankdata(np.hstack([above, below]), axis=1)
    beaten = (rank[:, :m] - rankdata(above, axis=1)) / n
    return beaten, 1 - (rank[:, m:] - rankdata(below, axis=1)) / m


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

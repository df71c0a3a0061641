"""How good a ranking is within a snapshot, on average: pooled, it would be paid for the month.

Every row has a weight, how often it is in a bootstrap draw, so that what is sorted is sorted once.
"""

from dataclasses import dataclass

import numpy as np

from retencion_lib.maths.metrics.panel import Panel
from retencion_lib.maths.metrics.ranking import k_of

WITHIN = ("roc_auc", "pr_auc", "precision_at_k", "lift_at_k")


@dataclass(frozen=True)
class Within:
    """Rows of the snapshots that can be ranked: by snapshot, in each from the highest score."""

    order: np.ndarray  # rows; equal scores keep their order
    left: np.ndarray  # 1. where that row left
    first: np.ndarray  # place in `order` of the first row of each snapshot
    last: np.ndarray  # place in `order` of the last of equal scores of a snapshot
    levels: np.ndarray  # place in `last` of the highest score of each snapshot
    start: np.ndarray  # of each place in `last`, the first row of its snapshot


def ranked_within(y: np.ndarray, p: np.ndarray, panel: Panel) -> Within:
    """Sort the rows of the snapshots that have at least two of each class."""
    order = np.lexsort((-np.asarray(p), panel.snapshots))
    order = order[panel.ranked(y)[order]]
    snapshots, scores = panel.snapshots[order], np.asarray(p)[order]
    turns = np.diff(snapshots) != 0
    # Where no row can be ranked, one snapshot without any: it has not both classes.
    first = np.flatnonzero(np.append(True, turns))
    last = np.flatnonzero(np.append(turns | (np.diff(scores) != 0), True))
    levels = np.searchsorted(last, first)
    start = np.repeat(first, np.diff(np.append(levels, len(last))))
    left = (np.asarray(y)[order] == 1).astype(float)
    return Within(order, left, first, last, levels, start)


def measures_within(within: Within, weight: np.ndarray, capacity: float = 0.10) -> np.ndarray:
    """The measures of `WITHIN`, shape (4,): the plain mean over the snapshots.

    Parameters
    ----------
    within : Within
        Of `ranked_within`.
    weight : array of shape (n,)
        How often each row is there. A snapshot that a draw leaves without both classes is left
        out of that draw; without any, all is NaN.
    capacity : float
        Share of the rows of each snapshot that the team can contact; its K.
    """
    hits, chosen = _totals(within, weight)
    ends = np.append(within.first[1:], len(within.order))
    n_left, n = hits[ends] - hits[within.first], chosen[ends] - chosen[within.first]
    both = (n_left > 0) & (n > n_left)
    if not both.any():
        return np.full(len(WITHIN), np.nan)
    pairs, precise = _areas(within, hits, chosen)
    k = np.array([k_of(size, capacity) for size in n])
    top = _hits_of_top(within, hits, chosen, k)
    found = np.stack([pairs, precise, top, top])[:, both]
    n_left, n, k = n_left[both], n[both], k[both]
    sizes = np.stack([n_left * (n - n_left), n_left, k, k * n_left / n])
    return (found / sizes).mean(axis=1)


def _totals(within: Within, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leavers and rows before each place of the order, and in all."""
    weight = weight[within.order]
    return np.append(0, np.cumsum(weight * within.left)), np.append(0, np.cumsum(weight))


def _areas(within: Within, hits: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By snapshot: pairs in order, ties one half, and precision summed over the leavers."""
    until, reached = hits[within.last + 1], chosen[within.last + 1]
    new, new_rows = np.diff(until, prepend=0.0), np.diff(reached, prepend=0.0)
    higher, reached = until - new - hits[within.start], reached - chosen[within.start]
    pairs = (new_rows - new) * (higher + new / 2)
    precise = new * (higher + new) / np.maximum(reached, 1)
    return np.add.reduceat(pairs, within.levels), np.add.reduceat(precise, within.levels)


def _hits_of_top(within: Within, hits: np.ndarray, chosen: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Leavers among the k highest of each snapshot; of a row drawn often, as often as it fits."""
    wanted = chosen[within.first] + k
    place = np.minimum(np.searchsorted(chosen, wanted), len(chosen) - 1)
    beyond = (chosen[place] - wanted) * within.left[place - 1]
    return hits[place] - hits[within.first] - beyond

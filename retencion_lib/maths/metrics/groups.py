"""A group against everybody else, where customers have many rows and may move between groups.

Whoever has rows on both sides moves both measures: their difference is clustered over both
together.
"""

from dataclasses import dataclass

import numpy as np

from retencion_lib.maths.metrics.delong import auc_influence
from retencion_lib.maths.metrics.panel import Panel


@dataclass(frozen=True)
class Contrast:
    """A measure of a group and of the rest; NaN where it cannot be had."""

    own: float
    rest: float
    own_error: float  # standard error of `own`
    gap_error: float  # of own minus rest


def mean_contrast(values: np.ndarray, inside: np.ndarray, panel: Panel) -> Contrast:
    """Mean over the rows of a group, and over the others.

    Parameters
    ----------
    values : array of shape (n,)
    inside : array of bool of shape (n,)
        Rows of the group.
    panel : Panel
        Whose each row is.
    """
    values, means, influence = np.asarray(values, float), [], []
    for rows in (inside, ~inside):
        means.append(float(values[rows].mean()) if rows.any() else np.nan)
        influence.append(rows * (values - means[-1]) / max(1, rows.sum()))
    return _contrast(means, influence, inside, panel)


def auc_contrast(y: np.ndarray, p: np.ndarray, inside: np.ndarray, panel: Panel) -> Contrast:
    """Mean ROC-AUC of a group and of the others, over the snapshots in which both can be ranked.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and score.
    inside, panel
        As in `mean_contrast`.
    """
    shared = rankable_in_both(y, inside, panel)
    areas, influence = [], []
    for part in (inside, ~inside):
        rows = np.flatnonzero(part & shared)
        area, moved = auc_influence(y[rows], [p[rows]], panel.take(rows))
        areas.append(float(area[0]))
        influence.append(np.bincount(rows, moved[0], len(inside)))
    return _contrast(areas, influence, inside, panel)


def rankable_in_both(y: np.ndarray, inside: np.ndarray, panel: Panel) -> np.ndarray:
    """True, shape (n,), in snapshots where the group and the rest have two of each class."""
    found = []
    for rows in (inside, ~inside):
        part = panel.take(rows)
        found.append(part.snapshots[part.ranked(y[rows])])
    return np.isin(panel.snapshots, np.intersect1d(*found))


def _contrast(
    values: list[float], influence: list[np.ndarray], inside: np.ndarray, panel: Panel
) -> Contrast:
    if np.isnan(values).any():
        return Contrast(*values, np.nan, np.nan)
    own = panel.take(inside).error(influence[0][inside])
    return Contrast(*values, own, panel.error(influence[0] - influence[1]))

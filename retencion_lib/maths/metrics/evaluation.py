"""All the measures of one set of scores, and their intervals.

Where customers have many rows, what measures a ranking is taken within each snapshot and averaged,
and what measures probabilities over all rows; intervals redraw customers, not rows.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from retencion_lib.maths.metrics.delong import auc_influence
from retencion_lib.maths.metrics.losses import row_log_loss
from retencion_lib.maths.metrics.panel import Panel
from retencion_lib.maths.metrics.ranking import f1_at, f1_threshold, k_of, lift_at_k, precision_at_k
from retencion_lib.maths.metrics.within import WITHIN, measures_within, ranked_within

METRICS = ("roc_auc", "pr_auc", "f1", "precision_at_k", "lift_at_k", "brier", "log_loss")


def roc_auc(y: np.ndarray, p: np.ndarray, panel: Panel | None = None) -> float:
    """ROC-AUC; in a panel, its mean over the snapshots with at least two of each class."""
    if panel is None:
        return float(roc_auc_score(y, p))
    return float(auc_influence(y, [p], panel)[0][0])


def evaluate(
    y: np.ndarray,
    p: np.ndarray,
    *,
    capacity: float = 0.10,
    threshold: float | None = None,
    panel: Panel | None = None,
) -> dict[str, float]:
    """All `METRICS` of one set of scores.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and score.
    capacity : float
        Share of customers that the team can contact; K of Precision@K and Lift@K.
    threshold : float, optional
        Where F1 is taken; by default where it is best on these very scores.
    panel : Panel, optional
        Of when each row is: ROC-AUC, PR-AUC, Precision@K and Lift@K are then means over the
        snapshots with at least two of each class (NaN without any), K being that of each.
    """
    k = k_of(len(y), capacity)
    found = {
        "roc_auc": float(roc_auc_score(y, p)),
        "pr_auc": float(average_precision_score(y, p)),
        "f1": f1_at(y, p, f1_threshold(y, p) if threshold is None else threshold),
        "precision_at_k": precision_at_k(y, p, k),
        "lift_at_k": lift_at_k(y, p, k),
        "brier": float(brier_score_loss(y, p)),
        "log_loss": float(log_loss(y, p)),
    }
    if panel is None:
        return found
    within = measures_within(ranked_within(y, p, panel), np.ones(len(y)), capacity)
    return found | dict(zip(WITHIN, within.tolist(), strict=True))


def bootstrap_ci(
    y: np.ndarray,
    p: np.ndarray,
    *,
    capacity: float,
    threshold: float,
    seed: int,
    repeats: int = 500,
    panel: Panel | None = None,
) -> dict[str, tuple[float, float]]:
    """95 % percentile bootstrap interval of each metric, widened to hold the value itself.

    Rows are drawn within each class, so that every draw has leavers; in a panel, customers are,
    each with all its rows.
    """
    y, p = np.asarray(y), np.asarray(p)
    seen = evaluate(y, p, capacity=capacity, threshold=threshold, panel=panel)
    if panel is None:
        draws = _drawn_rows(y, p, capacity, threshold, seed, repeats)
    else:
        draws = _drawn_customers(y, p, capacity, threshold, panel.redrawn(seed, repeats), panel)
    table = pd.DataFrame(draws)
    low, high = table.quantile(0.025), table.quantile(0.975)
    return {m: (min(low[m], seen[m]), max(high[m], seen[m])) for m in METRICS}


def _drawn_rows(
    y: np.ndarray, p: np.ndarray, capacity: float, threshold: float, seed: int, repeats: int
) -> list[dict[str, float]]:
    rng = np.random.default_rng(seed)
    classes = [np.flatnonzero(y == label) for label in (0, 1)]
    draws = []
    for _ in range(repeats):
        rows = np.concatenate([rng.choice(members, len(members)) for members in classes])
        draws.append(evaluate(y[rows], p[rows], capacity=capacity, threshold=threshold))
    return draws


def _drawn_customers(
    y: np.ndarray,
    p: np.ndarray,
    capacity: float,
    threshold: float,
    weights: Iterable[np.ndarray],
    panel: Panel,
) -> list[dict[str, float]]:
    left, flagged, within = y == 1, p >= threshold, ranked_within(y, p, panel)
    sizes = np.stack([np.ones(len(y)), left & flagged, left, flagged, (p - y) ** 2])
    sizes = np.vstack([sizes, row_log_loss(y, p)])
    draws = []
    for weight in weights:
        found = dict(zip(WITHIN, measures_within(within, weight, capacity), strict=True))
        rows, hits, leavers, chosen, square, loss = (sizes * weight).sum(axis=1)
        found["f1"] = 2 * hits / max(1, chosen + leavers)
        draws.append(found | {"brier": square / rows, "log_loss": loss / rows})
    return draws

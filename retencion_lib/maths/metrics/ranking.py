"""How good is a ranking, and whom it reaches: pure maths on arrays.

Throughout, `y` has shape (n,) with 1 = left and `p` has shape (n,) with the score in [0, 1].
"""

import numpy as np
import pandas as pd


def k_of(n: int, capacity: float) -> int:
    """Customers that a team can contact out of n: the share rounded up, at least one."""
    return max(1, int(np.ceil(round(n * capacity, 9))))


def top_k(p: np.ndarray, k: int) -> np.ndarray:
    """Positions of the k highest scores; equal scores keep their order."""
    return np.argsort(-np.asarray(p), kind="stable")[:k]


def precision_at_k(y: np.ndarray, p: np.ndarray, k: int) -> float:
    """Share that left among the k highest scores."""
    return float(np.asarray(y)[top_k(p, k)].mean())


def lift_at_k(y: np.ndarray, p: np.ndarray, k: int) -> float:
    """`precision_at_k` over the share that left among all."""
    return precision_at_k(y, p, k) / float(np.mean(y))


def f1_at(y: np.ndarray, p: np.ndarray, threshold: float) -> float:
    """F1 of contacting every score at or above the threshold; 0 if nobody is."""
    chosen, y = np.asarray(p) >= threshold, np.asarray(y) == 1
    return float(2 * (chosen & y).sum() / max(1, chosen.sum() + y.sum()))


def f1_threshold(y: np.ndarray, p: np.ndarray) -> float:
    """Score that maximises F1 when everyone at or above it is chosen (the highest if tied)."""
    order = np.argsort(-np.asarray(p), kind="stable")
    scores, hits = np.asarray(p)[order], np.cumsum(np.asarray(y)[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + hits[-1])
    last_of_tie = np.append(scores[1:] != scores[:-1], True)
    return float(scores[np.argmax(f1 * last_of_tie)])


def capacity_threshold(p: np.ndarray, capacity: float) -> float:
    """Lowest score among those the team can contact."""
    return float(np.asarray(p)[top_k(p, k_of(len(p), capacity))[-1]])


def same_share(cut: float, scores: np.ndarray, others: np.ndarray) -> float:
    """Cut that chooses as large a share of `others` as `cut` chooses of `scores`.

    Where that is nobody, the cut stays as it is.
    """
    k = int(float(np.mean(np.asarray(scores) >= cut)) * len(others) + 0.5)
    return float(np.sort(others)[-k]) if k else float(cut)


def gains_curve(y: np.ndarray, p: np.ndarray) -> pd.DataFrame:
    """Share of the leavers reached by contacting each share of customers, best first."""
    hits = np.cumsum(np.asarray(y)[np.argsort(-np.asarray(p), kind="stable")])
    n = len(hits)
    return pd.DataFrame(
        {
            "share_contacted": np.arange(n + 1) / n,
            "share_captured": np.append(0, hits) / hits[-1],
        }
    )


def confusion(y: np.ndarray, p: np.ndarray, threshold: float) -> dict[str, int]:
    """Counts ``tn fp fn tp`` of contacting every score at or above the threshold."""
    chosen, y = np.asarray(p) >= threshold, np.asarray(y) == 1
    return {
        "tn": int((~chosen & ~y).sum()),
        "fp": int((chosen & ~y).sum()),
        "fn": int((~chosen & y).sum()),
        "tp": int((chosen & y).sum()),
    }

"""Which drifts matter: what each feature's change does to the scores and to who is called. Pure.

The inputs are a model's own attributions: a row's contributions plus a base are its log-odds,
so that the mean shift of the log-odds is exactly the sum of the features' mean shifts. What a
feature does to decisions is asked the other way round: had its contributions been distributed
as in the reference, in the same order of customers, who would have been flagged?
"""

import numpy as np
import pandas as pd
from scipy.stats import norm

COLUMNS = ["name", "shift", "low", "high", "p_value", "flagged_change", "list_change"]


def attribute(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    cut: float,
    k: int,
    base: float | np.ndarray = 0.0,
) -> pd.DataFrame:
    """Share of the score's shift that comes from each feature, largest effect first.

    Parameters
    ----------
    reference, current : DataFrame of shape (n, n_features) and (m, n_features)
        Contributions to the log-odds, the same columns in both.
    cut : float
        Log-odds from which a customer is flagged.
    k : int
        Customers on the call list.
    base : float or array of shape (m,)
        What the current customers' contributions are added to.

    Returns
    -------
    DataFrame
        ``name``; ``shift``, ``low``, ``high``: mean contribution now less in the reference,
        with its 95 % interval; ``p_value`` of no shift (Welch's z); ``flagged_change``: share
        flagged now less without this feature's drift; ``list_change``: share of the call list
        that would be other customers without it.

    Raises
    ------
    ValueError
        If the columns differ or a side has fewer than two customers.
    """
    if list(reference.columns) != list(current.columns) or min(len(reference), len(current)) < 2:
        raise ValueError(
            f"reference tiene {reference.shape} y current {current.shape}: hacen falta las "
            "mismas columnas y al menos dos clientes en cada una."
        )
    margin = base + current.sum(axis=1).to_numpy(float)
    flagged, listed = np.mean(margin >= cut), set(_first(margin, k))
    rows = []
    for name in current.columns:
        now, before = (f[name].to_numpy(float) for f in (current, reference))
        shift = now.mean() - before.mean()
        error = np.sqrt(now.var(ddof=1) / len(now) + before.var(ddof=1) / len(before))
        p_value = 2 * norm.sf(abs(shift) / error) if error > 0 else float(shift == 0)
        half = norm.ppf(0.975) * error
        undone = margin - now + as_before(now, before)
        change = flagged - np.mean(undone >= cut)
        others = 1 - len(listed & set(_first(undone, k))) / len(listed)
        rows.append((name, shift, shift - half, shift + half, p_value, change, others))
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = np.lexsort((-table["shift"].abs(), -table["flagged_change"].abs().round(4)))
    return table.iloc[order].reset_index(drop=True)


def _first(margin: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(-margin, kind="stable")[:k]


def as_before(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Values of now moved to the reference's distribution, each keeping its rank.

    Customers with equal values stay equal: they get the mean of the reference's quantiles that
    their ranks cover.
    """
    n = len(now)
    targets = np.quantile(before, (np.arange(n) + 0.5) / n)
    _values, place, counts = np.unique(now, return_inverse=True, return_counts=True)
    means = np.add.reduceat(targets, np.append(0, np.cumsum(counts)[:-1])) / counts
    return means[place]


def cut_between(margin: np.ndarray, flagged: np.ndarray) -> float:
    """Log-odds that separate the flagged from the others; infinite if all are on one side."""
    margin, flagged = np.asarray(margin, float), np.asarray(flagged, bool)
    if flagged.all():
        return float("-inf")
    if not flagged.any():
        return float("inf")
    return float((margin[flagged].min() + margin[~flagged].max()) / 2)

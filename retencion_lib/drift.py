"""Has a column moved? Pure maths on counts and samples: PSI, KS, chi-square.

PSI is taken on bins of the reference's quantiles with open ends, nulls in a bin of their
own, and Jeffreys smoothing (half a customer in every bin), so that it is finite at any
size. Under no drift its mean is about (B - 1)(1/n + 1/m) (Yurdakul, 2018); the corrected
value takes that away. KS and chi-square are two-sample: the reference is a sample too.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

BINS = 10
POOL_BELOW = 5  # expected customers under which categories are pooled for chi-square


def psi(expected: np.ndarray, actual: np.ndarray) -> float:
    """Population stability index of two sets of counts over the same bins.

    Parameters
    ----------
    expected, actual : array of shape (n_bins,)
        Customers in each bin, in the reference and now.

    Returns
    -------
    float
        0 where the shares agree; Siddiqi (2006) reads 0.10 as a shift and 0.25 as a large one.
    """
    p, q = (_jeffreys(counts) for counts in (expected, actual))
    return float(np.sum((q - p) * np.log(q / p)))


def _jeffreys(counts: np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, float) + 0.5
    return counts / counts.sum()


def psi_noise(n_bins: int, n: int, m: int) -> float:
    """PSI to expect from two samples of one population: ``(B - 1)(1/n + 1/m)``."""
    return (n_bins - 1) * (1 / n + 1 / m)


def edges(reference: np.ndarray, n_bins: int = BINS) -> np.ndarray:
    """Inner bin edges: distinct quantiles of the reference, or the values if they are few."""
    values = np.asarray(reference, float)
    values = values[~np.isnan(values)]
    distinct = np.unique(values)
    if len(distinct) <= n_bins:
        return distinct[1:]
    return np.unique(np.quantile(values, np.arange(1, n_bins) / n_bins))


def bin_counts(values: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Customers in each bin, nulls last; a value on an edge belongs to the bin above."""
    values = np.asarray(values, float)
    null = np.isnan(values)
    place = np.searchsorted(inner, values[~null], side="right")
    return np.append(np.bincount(place, minlength=len(inner) + 1), null.sum())


def category_counts(
    reference: pd.Series, current: pd.Series
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Customers in each category of either side, nulls last, and the categories."""
    names = sorted({*reference.dropna().unique(), *current.dropna().unique()})
    counted = [
        np.append(
            column.value_counts().reindex(names, fill_value=0).to_numpy(), column.isna().sum()
        )
        for column in (reference, current)
    ]
    return counted[0], counted[1], names


def drop_empty(expected: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both counts without the bins that nobody is in, on either side."""
    filled = (expected + actual) > 0
    return expected[filled], actual[filled]


def ks(reference: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    """Two-sample Kolmogorov-Smirnov distance and p-value, nulls apart.

    Returns nan, nan if either side has no number.
    """
    a, b = (np.asarray(x, float) for x in (reference, current))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if not len(a) or not len(b):
        return float("nan"), float("nan")
    found = stats.ks_2samp(a, b, method="asymp")
    return float(found.statistic), float(found.pvalue)


def chi_square(expected: np.ndarray, actual: np.ndarray) -> float:
    """p-value of the two-sample chi-square test, rare categories pooled; nan if one is left."""
    table = np.array(drop_empty(np.asarray(expected), np.asarray(actual)), float)
    smallest = table.sum(axis=0) * min(table.sum(axis=1)) / table.sum()
    rare = smallest < POOL_BELOW
    if rare.any():
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    if table.shape[1] < 2:
        return float("nan")
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def benjamini_hochberg(p_values: np.ndarray, q: float) -> np.ndarray:
    """True where the test is a discovery at false-discovery rate q; nan is never one."""
    p = np.where(np.isnan(p_values), 1.0, p_values)
    order = np.argsort(p)
    passed = np.flatnonzero(p[order] <= q * np.arange(1, len(p) + 1) / len(p))
    found = np.zeros(len(p), bool)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found


@dataclass(frozen=True)
class Shift:
    """How far one column has moved, and how sure that is."""

    name: str
    kind: str  # numeric or categorical
    psi: float
    psi_corrected: float  # psi less what chance alone brings, 0 at least
    ks: float | None  # None for categories
    p_value: float  # KS for numbers, chi-square for categories


def compare_numbers(name: str, reference: pd.Series, current: pd.Series) -> Shift:
    """Shift of a numeric column."""
    inner = edges(reference.to_numpy(float))
    counts = drop_empty(*(bin_counts(c.to_numpy(float), inner) for c in (reference, current)))
    distance, p_value = ks(reference.to_numpy(float), current.to_numpy(float))
    return _shift(name, "numeric", *counts, distance, p_value)


def compare_categories(name: str, reference: pd.Series, current: pd.Series) -> Shift:
    """Shift of a categorical column."""
    expected, actual, _ = category_counts(reference, current)
    counts = drop_empty(expected, actual)
    return _shift(name, "categorical", *counts, None, chi_square(*counts))


def _shift(
    name: str,
    kind: str,
    expected: np.ndarray,
    actual: np.ndarray,
    distance: float | None,
    p_value: float,
) -> Shift:
    value = psi(expected, actual)
    noise = psi_noise(len(expected), int(expected.sum()), int(actual.sum()))
    return Shift(name, kind, value, max(0.0, value - noise), distance, p_value)

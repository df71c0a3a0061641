"""One definition of each statistic, on counts, the same at every size.

PSI is taken on bins of the reference's quantiles with open ends, nulls in a bin of their
own, and Jeffreys smoothing (half a customer in every bin), so that it is finite at any
size. Under no drift its mean is about (B - 1)(1/n + 1/m) (Yurdakul, 2018); the corrected
value takes that away. KS and chi-square are two-sample: the reference is a sample too.
"""

import numpy as np
from scipy import stats

from retencion_lib.maths.drift.ties import tie_factor

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


def jensen_shannon(expected: np.ndarray, actual: np.ndarray) -> float:
    """Jensen-Shannon distance of two sets of counts, base 2: 0 equal, 1 nothing in common."""
    p, q = (np.asarray(counts, float) / np.sum(counts) for counts in (expected, actual))
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(x > 0, x * np.log2(x / middle), 0.0).sum() for x in (p, q)]
    return float(np.sqrt(max(0.0, sum(terms) / 2)))


def drop_empty(expected: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both counts without the bins that nobody is in, on either side."""
    expected, actual = np.asarray(expected), np.asarray(actual)
    filled = (expected + actual) > 0
    return expected[filled], actual[filled]


def distribution(counts: np.ndarray) -> np.ndarray:
    """Share of the customers up to each step, shape (n_steps,)."""
    return np.cumsum(counts) / np.sum(counts)


def ks_distance(expected: np.ndarray, actual: np.ndarray) -> tuple[float, float]:
    """Largest distance of two distribution functions, from counts over the same steps.

    Returns
    -------
    distance : float
        Seen at the ends of the steps. Exact where a step is one value.
    slack : float
        How much larger it can be where a step holds many values.
    """
    f, g = distribution(expected), distribution(actual)
    seen = float(np.abs(f - g).max())
    before_f, before_g = np.append(0, f[:-1]), np.append(0, g[:-1])
    most = float(max((f - before_g).max(), (g - before_f).max()))
    return seen, max(0.0, most - seen)


def effective_size(n: int, m: int) -> float:
    """Size of a two-sample comparison: ``nm / (n + m)``."""
    return n * m / (n + m)


def ks_p_value(distance: float, expected: np.ndarray, actual: np.ndarray) -> float:
    """Chance of a KS distance this large from one population.

    Without ties it is the p-value of ``scipy.stats.ks_2samp(method="asymp")``. Where values
    repeat, that one is too large; the factor of `ties.tie_factor` puts it right.
    """
    n, m = int(np.sum(expected)), int(np.sum(actual))
    size = effective_size(n, m)
    plain = float(np.clip(stats.kstwo.sf(distance, max(1, round(size))), 0, 1))
    pooled = (np.asarray(expected) + np.asarray(actual)) / (n + m)
    return plain * tie_factor(np.sqrt(size) * distance, pooled, plain)


def wasserstein(
    points: np.ndarray, expected: np.ndarray, actual: np.ndarray, spread: float
) -> float:
    """Mean distance that customers have moved, in units of the reference's spread.

    `points` of shape (n_steps,) are where the steps end. 0 where the reference is constant.
    """
    if not spread > 0:
        return 0.0
    apart = np.abs(distribution(expected) - distribution(actual))[:-1]
    return float(np.sum(apart * np.diff(points)) / spread)


def pool_rare(expected: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Counts as a table of shape (2, n_left), what is too rare to test in one column."""
    table = np.array(drop_empty(expected, actual), float)
    smallest = table.sum(axis=0) * min(table.sum(axis=1)) / table.sum()
    rare = smallest < POOL_BELOW
    if rare.any():
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    return table


def chi_square(expected: np.ndarray, actual: np.ndarray) -> float:
    """p-value of the two-sample chi-square test, rare categories pooled; nan if one is left."""
    table = pool_rare(expected, actual)
    if table.shape[1] < 2 or not table.sum(axis=1).all():
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

"""Do probabilities mean what they say? Bins with intervals, Brier's parts, ECE, slope.

`y` has shape (n,) with 1 = left and `p` has shape (n,) with the score in [0, 1].
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import norm

from retencion_lib.maths.metrics.panel import Panel

BINS = 10


@dataclass(frozen=True)
class Reliability:
    """How true a set of probabilities is."""

    ece: float  # mean gap between what was said and what happened, in bins of equal size
    ece_perfect: float  # the same gap if every probability were exactly true, at this size
    ece_limit: float  # what 95 of 100 perfectly true sets of this size stay under
    slope: float  # 1 if true; below, too sure of itself; above, too timid
    intercept: float  # 0 if true; above, more leave than was said
    brier: float
    reliability: float  # part of Brier that is miscalibration; lower is better
    resolution: float  # part of Brier that is knowledge; higher is better
    uncertainty: float  # part of Brier that nobody can take away

    @property
    def trusted(self) -> bool:
        """True if the gap is one that perfectly true probabilities would show."""
        return self.ece <= self.ece_limit


def wilson(hits: np.ndarray, n: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of a share: Wilson (1927), JASA 22, 209-212."""
    z = norm.ppf((1 + level) / 2)
    share = hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Rounding must not put the share itself outside where nobody or everybody left.
    return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def share_interval(
    hits: np.ndarray, panel: Panel | None = None, level: float = 0.95
) -> tuple[float, float]:
    """Wilson's interval of the share of rows that are true, shape (n,).

    In a panel its size is the effective one: that of strangers with as large an error (at most
    the rows; the customers where no error shows). Korn & Graubard (1998), Survey Methodology
    24(2), 193-201.
    """
    if panel is None:
        low, high = wilson(hits.sum(), len(hits), level)
        return float(low), float(high)
    share = float(hits.mean())
    error = panel.error((hits - share) / len(hits))
    size = min(len(hits), share * (1 - share) / error**2) if error > 0 else panel.n_customers
    low, high = wilson(share * size, size, level)
    return float(low), float(high)


def _parts(p: np.ndarray, n_bins: int) -> list[np.ndarray]:
    order = np.argsort(p, kind="stable")
    return [part for part in np.array_split(order, n_bins) if len(part)]


def calibration_bins(
    y: np.ndarray, p: np.ndarray, n_bins: int = BINS, panel: Panel | None = None
) -> pd.DataFrame:
    """Mean score and share that left in bins of equal size, from low to high.

    Returns
    -------
    DataFrame
        ``bin, prob_pred, prob_true, count, low, high``: the last two are the 95 % interval of
        the share that left; in a panel, that of its customers.
    """
    y, p = np.asarray(y), np.asarray(p)
    parts = _parts(p, n_bins)
    sizes = np.array([len(part) for part in parts])
    hits = np.array([y[part].sum() for part in parts])
    if panel is None:
        low, high = wilson(hits, sizes)
    else:
        low, high = zip(*(share_interval(y[rows], panel.take(rows)) for rows in parts), strict=True)
    return pd.DataFrame(
        {
            "bin": range(1, len(parts) + 1),
            "prob_pred": [float(p[part].mean()) for part in parts],
            "prob_true": hits / sizes,
            "count": sizes,
            "low": low,
            "high": high,
        }
    )


def _ece(y: np.ndarray, p: np.ndarray, parts: list[np.ndarray]) -> float:
    return sum(abs(y[part].sum() - p[part].sum()) for part in parts) / len(p)


def expected_ece(
    p: np.ndarray, *, n_bins: int = BINS, repeats: int = 500, seed: int = 0
) -> tuple[float, float]:
    """ECE that these very probabilities show when they are exactly true: mean and 95th centile.

    Simulated: in each repeat, every bin's leavers are drawn from its own probabilities.
    """
    rng = np.random.default_rng(seed)
    p = np.asarray(p)
    gaps = np.zeros(repeats)
    for part in _parts(p, n_bins):
        spread = np.sqrt((p[part] * (1 - p[part])).sum())
        # The sum of many independent draws is close to normal, and costs one number a repeat.
        drawn = (
            rng.normal(0, spread, repeats)
            if spread > 5
            else (rng.random((repeats, len(part))) < p[part]).sum(axis=1) - p[part].sum()
        )
        gaps += np.abs(drawn)
    gaps /= len(p)
    return float(gaps.mean()), float(np.quantile(gaps, 0.95))


def clustered_ece(
    y: np.ndarray,
    p: np.ndarray,
    panel: Panel,
    *,
    n_bins: int = BINS,
    repeats: int = 500,
    seed: int = 0,
) -> tuple[float, float]:
    """`expected_ece` where a customer has many rows, which leave or stay together.

    Simulated: the gaps of all bins are drawn at once, normal around zero, as much alike as those
    of the same customers are. NaN where there is only one customer.
    """
    if panel.n_customers < 2:
        return np.nan, np.nan
    parts, gap = _parts(p, n_bins), np.asarray(y) - np.asarray(p)
    influence = np.zeros((len(parts), len(gap)))
    for line, rows in enumerate(parts):
        influence[line, rows] = gap[rows] / len(gap)  # around zero, as if they were true
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(np.zeros(len(parts)), panel.covariance(influence), repeats)
    gaps = np.abs(drawn).sum(axis=1)
    return float(gaps.mean()), float(np.quantile(gaps, 0.95))


def slope_and_intercept(y: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Logistic regression of the outcome on the log-odds: Cox (1958), Biometrika 45, 562-565.

    Slope of the fit, and intercept with the slope held at one (calibration in the large).
    """
    y = np.asarray(y, float)
    z = logit(np.clip(p, 1e-12, 1 - 1e-12))

    def loss(theta: np.ndarray, x: np.ndarray, offset: np.ndarray) -> tuple[float, np.ndarray]:
        eta = x @ theta + offset
        return float((np.logaddexp(0, eta) - y * eta).mean()), x.T @ (expit(eta) - y) / len(y)

    one = np.ones((len(y), 1))
    both = np.column_stack([one, z])
    free = minimize(loss, [0.0, 1.0], (both, np.zeros(len(y))), jac=True, method="BFGS")
    large = minimize(loss, [0.0], (one, z), jac=True, method="BFGS")
    return float(free.x[1]), float(large.x[0])


def brier_parts(y: np.ndarray, p: np.ndarray, n_bins: int = BINS) -> tuple[float, float, float]:
    """Reliability, resolution and uncertainty: Murphy (1973), J. Appl. Meteor. 12, 595-600.

    ``reliability - resolution + uncertainty`` is Brier's score of the bins' mean scores.
    """
    bins = calibration_bins(y, p, n_bins)
    weight, rate = bins["count"] / bins["count"].sum(), float(np.mean(y))
    reliable = float((weight * (bins["prob_pred"] - bins["prob_true"]) ** 2).sum())
    resolved = float((weight * (bins["prob_true"] - rate) ** 2).sum())
    return reliable, resolved, rate * (1 - rate)


def reliability(
    y: np.ndarray, p: np.ndarray, *, seed: int = 0, panel: Panel | None = None
) -> Reliability:
    """All of `Reliability` for one set of probabilities; in a panel, noise is by customers."""
    y, p = np.asarray(y), np.asarray(p)
    expected = (
        expected_ece(p, seed=seed) if panel is None else clustered_ece(y, p, panel, seed=seed)
    )
    slope, intercept = slope_and_intercept(y, p)
    brier = float(np.mean((p - y) ** 2))
    ece = _ece(y, p, _parts(p, BINS))
    return Reliability(ece, *expected, slope, intercept, brier, *brier_parts(y, p))

"""How good is a set of scores: expected before the outcomes arrive, measured after. Pure maths.

One table serves both. Customers with the same score form a group, from the highest score to
the lowest, with `counts` customers and `hits` leavers. Before the outcomes, the hits of a group
are its customers times their calibrated probability (CBPE, confidence-based performance
estimation); afterwards they are those that left. The measures are the same function of both.

Intervals: before the outcomes, where the measured value will fall in 95 of 100 batches with
these scores if the probabilities are true (labels are drawn, and so is the calibration,
which is itself known only from the reference). Afterwards, the bootstrap of the customers.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

MEASURES = (
    "roc_auc", "pr_auc", "precision", "capture", "f1", "precision_at_k", "lift_at_k",
    "positive_rate",
)  # fmt: skip
DRAWS = 400
GROUPS = 2000  # groups that the draws work on: memory does not grow with the batch
LEVEL = 0.95
EPS = 1e-6  # scores of 0 or 1 are moved by this to have log-odds


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval; nan where it cannot be known."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Groups:
    """Customers by score, highest first: shape (g,), or (draws, g) for counts and hits."""

    scores: np.ndarray
    counts: np.ndarray
    hits: np.ndarray

    def blocks(self, threshold: float, most: int = GROUPS) -> "Groups":
        """Neighbouring groups joined until there are about `most`, never across the threshold."""
        if len(self.scores) <= most:
            return self
        place = np.cumsum(self.counts) * most // (self.counts.sum() + 1)
        place = place + (self.scores < threshold)
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        counts, hits = (np.add.reduceat(v, starts) for v in (self.counts, self.hits))
        scores = np.add.reduceat(self.scores * self.counts, starts) / counts
        return Groups(scores, counts, hits)


def group(p: np.ndarray, hits: np.ndarray, weights: np.ndarray | None = None) -> Groups:
    """Group customers by score.

    Parameters
    ----------
    p : array of shape (n,)
        Score that decides, in [0, 1].
    hits : array of shape (n,)
        1 if the customer left, 0 if not, or the probability of it.
    weights : array of shape (n,), optional
        How many customers each stands for; one by default.
    """
    scores, place = np.unique(-np.asarray(p, float), return_inverse=True)
    hits = np.asarray(hits, float)
    if weights is None:
        return Groups(-scores, np.bincount(place), np.bincount(place, weights=hits))
    return Groups(
        -scores, np.bincount(place, weights=weights), np.bincount(place, weights=hits * weights)
    )


def measure(groups: Groups, *, threshold: float, k: int) -> dict[str, np.ndarray]:
    """All `MEASURES`, along the last axis; nan where one is not defined.

    Parameters
    ----------
    groups : Groups
        Counts and hits of shape (g,) or (draws, g).
    threshold : float
        Customers at or above it are flagged: precision, capture (share of the leavers that
        are flagged) and F1.
    k : int
        Customers that the team can contact, highest scores first; among equal scores, the
        expected value of choosing at random.
    """
    hits = np.asarray(groups.hits, float)
    counts = np.broadcast_to(np.asarray(groups.counts, float), hits.shape)
    n, tp = np.cumsum(counts, axis=-1), np.cumsum(hits, axis=-1)
    total, left = n[..., -1], tp[..., -1]
    flagged = int(np.searchsorted(-groups.scores, -threshold, side="right"))
    chosen, caught = (v[..., flagged - 1] if flagged else np.zeros_like(total) for v in (n, tp))
    with np.errstate(invalid="ignore", divide="ignore"):
        stayed_here = counts - hits
        area = (stayed_here * (tp - hits / 2)).sum(axis=-1)
        at_k = _hits_at(k, n, tp, counts, hits) / min(k, float(np.max(total)))
        return {
            "roc_auc": area / (left * (total - left)),
            "pr_auc": np.where(n > 0, hits * tp / n, 0.0).sum(axis=-1) / left,
            "precision": caught / chosen,
            "capture": caught / left,
            "f1": 2 * caught / (chosen + left),
            "precision_at_k": at_k,
            "lift_at_k": at_k / (left / total),
            "positive_rate": left / total,
        }


def _hits_at(
    k: int, n: np.ndarray, tp: np.ndarray, counts: np.ndarray, hits: np.ndarray
) -> np.ndarray:
    """Leavers among the k highest scores, sharing the group that k cuts."""
    whole = n <= k
    inside = np.where(whole, hits, 0.0).sum(axis=-1)
    cut = np.argmax(~whole, axis=-1)[..., None]
    rate = np.take_along_axis(hits, cut, -1) / np.take_along_axis(counts, cut, -1)
    room = k - (np.take_along_axis(n, cut, -1) - np.take_along_axis(counts, cut, -1))
    return inside + np.where(whole.all(axis=-1), 0.0, (room * rate)[..., 0])


@dataclass(frozen=True)
class Curve:
    """Calibration ``logit(truth) = polynomial(logit(score))`` and the covariance of its weights.

    Of degree 1 it is Cox's line (1958): a true score has intercept 0 and slope 1. Of degree 2
    it also bends, which a score that is too sure at one end only needs.
    """

    weights: np.ndarray  # shape (degree + 1,), from the constant up
    covariance: np.ndarray  # shape (degree + 1, degree + 1)
    span: tuple[float, float]  # log-odds it was fitted on; it does not bend outside them
    n: int

    def terms(self, p: np.ndarray) -> np.ndarray:
        """Powers of the log-odds of scores, shape (n, degree + 1)."""
        return np.vander(np.clip(log_odds(p), *self.span), len(self.weights), increasing=True)

    def corrected(self, p: np.ndarray) -> np.ndarray:
        """Probabilities that the curve gives to scores."""
        return expit(self.terms(p) @ self.weights)

    @property
    def intervals(self) -> tuple[Estimate, ...]:
        """Weights with their 95 % intervals."""
        half = norm.ppf(0.5 + LEVEL / 2) * np.sqrt(np.diag(self.covariance))
        return tuple(
            Estimate(float(v), float(v - h), float(v + h))
            for v, h in zip(self.weights, half, strict=True)
        )

    def misfit(self) -> float:
        """Wald statistic of a true score; chi-square with degree + 1 degrees of freedom."""
        away = self.weights - np.eye(len(self.weights))[1]
        return float(away @ np.linalg.solve(self.covariance, away))


def log_odds(p: np.ndarray) -> np.ndarray:
    """Log-odds of scores, those of exactly 0 or 1 moved inside."""
    return logit(np.clip(np.asarray(p, float), EPS, 1 - EPS))


def calibration_curve(
    y: np.ndarray, p: np.ndarray, degree: int = 1, weights: np.ndarray | None = None
) -> Curve | None:
    """Fit the calibration of scores by maximum likelihood (Newton).

    Returns
    -------
    Curve or None
        None where it is not defined: one class only, or classes that the score separates.
    """
    y, x = np.asarray(y, float), log_odds(p)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, float)
    design = np.vander(x, degree + 1, increasing=True)
    weights = np.eye(degree + 1)[1]
    for _ in range(50):
        rate = expit(design @ weights)
        information = design.T @ (design * (w * rate * (1 - rate))[:, None])
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (w * (y - rate)))
        weights = weights + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            inverse = np.linalg.inv(information)
            spread = design.T @ (design * (w**2 * rate * (1 - rate))[:, None])
            covariance = inverse @ spread @ inverse  # the inverse itself without weights
            return Curve(weights, covariance, (float(x.min()), float(x.max())), len(y))
    return None


def expected(
    p: np.ndarray,
    *,
    threshold: float,
    k: int,
    curve: Curve | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, Estimate]:
    """Estimate every measure of a batch whose outcomes are not known yet (CBPE).

    Parameters
    ----------
    p : array of shape (n,)
        Scores; they rank, and are taken at their word if there is no curve.
    threshold, k
        As in `measure`.
    curve : Curve, optional
        What such scores meant on labelled customers. It corrects the probabilities, and its
        uncertainty widens the interval.
    """
    truth = np.asarray(p, float) if curve is None else curve.corrected(p)
    groups = group(p, truth)
    values = measure(groups, threshold=threshold, k=k)
    rng = np.random.default_rng(seed)
    parts = groups.blocks(threshold)
    base = log_odds(parts.hits / parts.counts)[None, :]
    if curve is not None:
        moves = rng.multivariate_normal(np.zeros(len(curve.weights)), curve.covariance, size=draws)
        base = base + moves @ curve.terms(parts.scores).T
    rates = np.broadcast_to(expit(base), (draws, len(parts.scores)))
    drawn = Groups(parts.scores, parts.counts, rng.binomial(parts.counts, rates))
    return _with_intervals(values, measure(drawn, threshold=threshold, k=k))


def realised(
    y: np.ndarray,
    p: np.ndarray,
    *,
    threshold: float,
    k: int,
    weights: np.ndarray | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, Estimate]:
    """Measure a batch whose outcomes are known, with the bootstrap of its customers.

    Parameters
    ----------
    weights : array of shape (n,), optional
        How many customers each stands for: a control customer stands for those contacted.
    """
    rng = np.random.default_rng(seed)
    groups = group(p, y, weights)
    given = {"threshold": threshold, "k": k}
    values = measure(groups, **given)
    if weights is not None:
        again = [measure(_resampled(y, p, weights, rng), **given) for _ in range(draws)]
        return _with_intervals(values, {m: np.array([d[m] for d in again]) for m in MEASURES})
    parts = groups.blocks(threshold)
    cells = np.concatenate([parts.hits, parts.counts - parts.hits])
    drawn = rng.multinomial(round(cells.sum()), cells / cells.sum(), size=draws)
    hits, stayed = np.split(drawn, 2, axis=1)
    return _with_intervals(values, measure(Groups(parts.scores, hits + stayed, hits), **given))


def _resampled(y: np.ndarray, p: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Groups:
    rows = rng.integers(0, len(y), len(y))
    return group(p[rows], y[rows], w[rows])


def _with_intervals(values: dict, drawn: dict) -> dict[str, Estimate]:
    tail = (1 - LEVEL) / 2
    found = dict.fromkeys(values, Estimate(*[float("nan")] * 3))
    for name, value in values.items():
        seen = drawn[name][np.isfinite(drawn[name])]
        if not np.isfinite(value) or not len(seen):
            continue
        low, high = np.quantile(seen, [tail, 1 - tail])
        found[name] = Estimate(float(value), float(min(low, value)), float(max(high, value)))
    return found


def proportion(hits: int, n: int) -> Estimate:
    """Share with its Wilson score interval (Wilson, 1927)."""
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    z = norm.ppf(0.5 + LEVEL / 2)
    share, scale = hits / n, 1 + z**2 / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Estimate(share, float((middle - half) / scale), float((middle + half) / scale))


def difference(a: Estimate, b: Estimate) -> Estimate:
    """Difference ``a - b`` of two independent estimates, its interval from theirs.

    On two Wilson intervals this is Newcombe's method 10 (1998, Statistics in Medicine 17,
    873-890); in general the method of variance estimates recovery (Zou & Donner, 2008).
    """
    d = a.value - b.value
    low = np.hypot(a.value - a.low, b.high - b.value)
    high = np.hypot(a.high - a.value, b.value - b.low)
    return Estimate(d, float(d - low), float(d + high))

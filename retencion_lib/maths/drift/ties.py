"""What repeated values do to the Kolmogorov-Smirnov test.

Under no drift the difference of two distribution functions is a Brownian bridge, seen only
where there are values. A column of whole months or of zeros and ones is seen at few points,
so its largest distance is smaller and the textbook p-value is too large. Here the chance is
computed for the points that there are: a density is carried from point to point by
Gauss-Legendre quadrature; over stretches of values that hardly repeat the bridge is watched
all along, with the chance of touching the limit between two points (Durbin, 1985).
"""

from functools import cache

import numpy as np
from scipy import special

HEAVY = 1 / 150  # share of the customers on one value from which it is a step of its own
STRETCH = 1 / 64  # longest step between light values
FAR = 1.5  # limit beyond which a density is followed at more nodes: what is left of it is little
NODES, FAR_NODES = 64, 192
DECIDED = 1e-9  # p-values under this are not refined: the untied one is an upper bound


def tie_factor(limit: float, shares: np.ndarray, plain: float) -> float:
    """What to multiply the untied p-value by; 1 where no value is heavy.

    Parameters
    ----------
    limit : float
        ``sqrt(nm / (n + m))`` times the KS distance.
    shares : array of shape (n_values,)
        Share of the pooled customers on each value, in order.
    plain : float
        The untied p-value; under `DECIDED` the factor is 1.
    """
    if plain < DECIDED or limit <= 0 or not (shares > HEAVY).any():
        return 1.0
    lengths, watched = _steps(shares)
    untied = float(special.kolmogorov(limit))
    return float(np.clip(_touches(limit, lengths, watched) / untied, 0, 1))


def _steps(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps of time of the bridge, and whether it is watched inside each."""
    shares = shares[shares > 0]
    ends = np.cumsum(shares)
    heavy = shares > HEAVY
    piece = np.floor((ends - shares / 2) / STRETCH)
    new = np.append(True, heavy[1:] | heavy[:-1] | (piece[1:] != piece[:-1]))
    starts = np.flatnonzero(new)
    return _without_slivers(np.add.reduceat(shares, starts), ~heavy[starts])


def _without_slivers(lengths: np.ndarray, watched: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # The quadrature cannot follow a step shorter than HEAVY: it is joined to the next.
    kept, inside, waiting = [], [], 0.0
    for length, is_watched in zip(lengths, watched, strict=True):
        waiting += length
        if waiting >= HEAVY:
            kept.append(waiting)
            inside.append(bool(is_watched))
            waiting = 0.0
    if waiting:
        kept[-1] += waiting
    return np.array(kept), np.array(inside)


@cache
def _nodes(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(n)


def _touches(limit: float, lengths: np.ndarray, watched: np.ndarray) -> float:
    """Chance that the bridge leaves ``(-limit, limit)`` where it is looked at."""
    x, weights = (part * limit for part in _nodes(NODES if limit <= FAR else FAR_NODES))
    apart = (x[:, None] - x[None, :]) ** 2
    sides = [2 * (limit - x[:, None]) * (limit - x[None, :]),
             2 * (limit + x[:, None]) * (limit + x[None, :])]  # fmt: skip
    ends = [2 * limit * (limit - x), 2 * limit * (limit + x)]  # a step from 0, or back to it
    if len(lengths) < 2:
        return 0.0
    density = _step(x**2, ends, lengths[0], watched[0])
    for length, inside in zip(lengths[1:-1], watched[1:-1], strict=True):
        density = _step(apart, sides, length, inside) @ (weights * density)
    last = _step(x**2, ends, lengths[-1], watched[-1])
    return 1 - float(np.sum(weights * density * last)) * np.sqrt(2 * np.pi)


def _step(squares: np.ndarray, sides: list[np.ndarray], length: float, inside: bool) -> np.ndarray:
    moved = _normal(squares, length)
    return moved * _stays(sides, length) if inside else moved


def _normal(squares: np.ndarray, variance: float) -> np.ndarray:
    return np.exp(-squares / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def _stays(products: list[np.ndarray], length: float) -> np.ndarray:
    # Touching both sides in one short step is neglected.
    return np.clip(1 - sum(np.exp(-product / length) for product in products), 0, 1)

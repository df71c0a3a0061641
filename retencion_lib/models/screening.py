"""Which columns could be made from others, and which of them deserve to be tried.

Candidates are sums of columns of one unit, and ratios. They are ranked by what they hold of what a
probe model left unexplained.
"""

import re
from itertools import combinations, permutations

import numpy as np
import pandas as pd
from scipy.stats import chi2

from retencion_lib.models.features import Derived


def units(X: pd.DataFrame, numbers: list[str]) -> list[tuple[str, ...]]:
    """Groups of columns that may share a unit: a word at either end of the name, or the scale.

    ``total_day_charge`` and ``total_eve_charge`` share the unit *charge*; two columns also
    share one if their medians are within a factor of three and both are whole, or neither is.
    """
    groups: dict[object, list[str]] = {}
    for name in numbers:
        words = re.findall(r"[A-Z]?[a-záéíóúñ]+|[A-Z]+(?![a-z])|\d+", name)
        for end in {("first", words[0].lower()), ("last", words[-1].lower())} if words else ():
            groups.setdefault(end, []).append(name)
    found = {tuple(group) for group in groups.values() if len(group) > 1}
    scale = {name: float(X[name].abs().median()) for name in numbers}
    whole = {name: bool((X[name].dropna() % 1 == 0).all()) for name in numbers}
    for a, b in combinations(numbers, 2):
        low, high = sorted((scale[a], scale[b]))
        if whole[a] == whole[b] and low > 0 and high <= 3 * low:
            found.add((a, b))
    return sorted(found)


def candidates(X: pd.DataFrame, numbers: list[str], groups: list[tuple[str, ...]]) -> list[Derived]:
    """Sums within each unit, of two columns or of all, and the ratios of any two columns."""
    sums: set[tuple[str, ...]] = set()
    for group in groups:
        sums |= {group, *combinations(group, 2)}
    divisors = [name for name in numbers if (X[name].dropna() > 0).mean() > 0.9]
    ratios = [(a, b) for a, b in permutations(numbers, 2) if b in divisors]
    return [Derived("sum", s) for s in sorted(sums)] + [Derived("ratio", r) for r in ratios]


def screen(
    X: pd.DataFrame,
    y: np.ndarray,
    p: np.ndarray,
    pool: list[Derived],
    *,
    at_most: float,
) -> list[Derived]:
    """Candidate of each kind that holds most of what a model left unexplained, the best first.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome, and the out-of-fold probability of the model.
    at_most : float
        Logarithm of the largest chance that lets a candidate through, see `chance`.
    """
    chances = {c: chance(c.of(X), y, p) for c in pool}
    best: dict[str, Derived] = {}
    for column in sorted(chances, key=chances.get):
        if chances[column] <= at_most:
            best.setdefault(column.kind, column)
    return list(best.values())


def reshaped(
    X: pd.DataFrame,
    groups: list[tuple[str, ...]],
    y: np.ndarray,
    p: np.ndarray,
    column: Derived,
    longer: bool,
) -> Derived | None:
    """The sum with one column more, if any adds to it, or with one less, if two remain.

    Parameters
    ----------
    groups : list of tuple of str
        Columns that share a unit, see `units`: only these are added.
    """
    members, place = set(column.sources), list(X.columns).index
    if longer:
        others = {name for unit in groups if members & set(unit) for name in unit} - members
        sets, at_most = [members | {name} for name in others], chance(column.of(X), y, p)
    else:
        sets, at_most = [members - {name} for name in members if len(members) > 2], 0.0
    sums = sorted(tuple(sorted(some, key=place)) for some in sets)
    return next(iter(screen(X, y, p, [Derived("sum", s) for s in sums], at_most=at_most)), None)


def chance(values: np.ndarray, y: np.ndarray, p: np.ndarray, bins: int = 16) -> float:
    """Logarithm of the chance of what the bins of some values leave unexplained.

    In each bin, the residuals of a model that misses nothing add to zero within their
    variance; the squares of the standardised sums follow a chi-squared distribution. One bin
    alone tells nothing, whatever is in it: 0, the logarithm of certainty.
    """
    gaps = np.isnan(values)
    if gaps.all():
        return 0.0  # such as the sum of two columns that no customer has both of
    edges = np.unique(np.quantile(values[~gaps], np.linspace(0, 1, bins + 1)[1:-1]))
    code = np.where(gaps, bins, np.searchsorted(edges, values))
    unexplained = np.bincount(code, y - p, minlength=bins + 1)
    variance = np.bincount(code, p * (1 - p), minlength=bins + 1)
    used = variance > 0
    if used.sum() < 2:
        return 0.0
    statistic = float((unexplained[used] ** 2 / variance[used]).sum())
    return float(chi2.logsf(statistic, used.sum() - 1))

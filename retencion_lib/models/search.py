"""Find sums and ratios of columns that tell what no model sees in the columns alone.

A sum of charges, or a charge per minute, is a straight line to a person and a staircase to a
tree. Candidates are sums of columns of one unit and ratios. They are screened by what a probe
model left unexplained, as many at a time as there are, and each one kept must make the
out-of-fold log-loss of the probe fall by more than its noise; so must each column of a sum.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import chi2

from retencion_lib.maths.metrics import log_loss_difference
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.estimators import StagedXGB
from retencion_lib.models.families import Variant
from retencion_lib.models.features import Derived, describe

PROBE = Variant(
    "probe", "trees", lambda seed: StagedXGB(4, 0.8, learning_rate=0.2, step=5, seed=seed)
)
MAX_ROWS = 20_000  # the search looks at no more
MAX_COLUMNS = 30
MAX_KEPT = 4
SURE = 0.01  # chance that screening lets anything through where there is nothing
ERRORS = 2.0  # standard errors by which log-loss must fall


@dataclass(frozen=True)
class Found:
    """A derived column that was kept, and how much it helped the probe."""

    column: Derived
    gain: float  # fall of out-of-fold log-loss
    error: float  # its standard error


def search(
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    numeric: list[str],
    categorical: list[str],
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> list[Found]:
    """Add one derived column at a time while it helps beyond noise.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
        Numbers as float, categories as text with None where missing.
    y, folds : array of shape (n,)
        1 = left, and the fold of each row.
    tick : callable
        Called after each model of the probe; how many there will be, nobody knows.
    """
    if len(y) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(y), MAX_ROWS, replace=False))
        X, y, folds = X.iloc[rows].reset_index(drop=True), y[rows], folds[rows]
    numbers = list(describe(X, numeric, categorical).numbers)[:MAX_COLUMNS]
    if len(numbers) < 2:
        return []

    prepared = list(fold_parts(PROBE, X, y, folds, describe(X, numeric, categorical), seed))

    def probe(*derived: Derived) -> np.ndarray:
        more = np.array([d.of(X) for d in derived]).reshape(len(derived), len(y)).T
        return expit(cross_fit(PROBE, y, [p.beside(more) for p in prepared], seed, tick)[0])

    kept: list[Found] = []
    groups = units(X, numbers)
    pool = candidates(X, numbers, groups)
    p = probe()
    while pool and len(kept) < MAX_KEPT:
        best = screen(X, y, p, pool, at_most=np.log(SURE / len(pool)))
        if best is None:
            break
        added = partial(probe, *(f.column for f in kept))
        before, p = p, added(best)
        if not _better(y, before, p):
            break
        if best.kind == "sum":
            best, p = _right_length(best, p, added, partial(reshaped, X, groups, y, before), y)
        kept.append(Found(best, *log_loss_difference(y, before, p)))
        pool = [c for c in pool if c != best]
    return kept


def _right_length(
    column: Derived,
    p: np.ndarray,
    added: Callable[[Derived], np.ndarray],
    reshape: Callable[[Derived, bool], Derived | None],
    y: np.ndarray,
) -> tuple[Derived, np.ndarray]:
    """Lengthen a sum while that helps, then shorten it while that does no harm, beyond noise.

    Each column of the sum has then earned its place: one of another unit adds little but noise.
    """
    while (longer := reshape(column, True)) is not None:
        after = added(longer)
        if not _better(y, p, after):
            break
        column, p = longer, after
    short, q = column, p
    while (shorter := reshape(short, False)) is not None:
        after = added(shorter)
        if _better(y, after, p):
            break
        short, q = shorter, after
    return short, q


def _better(y: np.ndarray, before: np.ndarray, after: np.ndarray) -> bool:
    """True if log-loss falls beyond its noise."""
    gain, error = log_loss_difference(y, before, after)
    return gain > ERRORS * error


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
    X: pd.DataFrame, y: np.ndarray, p: np.ndarray, pool: list[Derived], *, at_most: float
) -> Derived | None:
    """Candidate that holds most of what a model left unexplained, if that is beyond chance.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome, and the out-of-fold probability of the model.
    at_most : float
        Logarithm of the largest chance that lets a candidate through, see `chance`.
    """
    chances = {c: chance(c.of(X), y, p) for c in pool}
    best = min(chances, key=chances.get, default=None)
    return best if best is not None and chances[best] <= at_most else None


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
    return screen(X, y, p, [Derived("sum", s) for s in sums], at_most=at_most)


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

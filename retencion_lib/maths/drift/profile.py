"""What a column looked like, in a summary that merges: no row is kept.

A `Plan` fixes, from the reference, where a column is cut: ten bins of quantiles for PSI,
a thousand cells for the distribution function, or the categories that are known. `count`
turns one block of values into a summary under that plan, and `merge` adds two of them:
counts, nulls and range add up exactly, whatever the blocks were. While a number has at most
`EXACT_VALUES` distinct values they are all kept, and every statistic is exact; beyond
that only the cells are, and a distance is known within the mass of one cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

BINS = 10  # of PSI
CELLS = 1000  # of the distribution function; the edges of the bins are among theirs
EXACT_VALUES = 10_000  # distinct values kept as they are
MAX_CATEGORIES = 1000  # the most frequent of the reference; the others are counted together
EXAMPLES = 20  # unknown categories, or texts among numbers, kept by name


@dataclass(frozen=True)
class NumberPlan:
    """Where a number is cut: inner edges, increasing, the ends open."""

    cells: np.ndarray
    bins: np.ndarray  # a subset of `cells`


@dataclass(frozen=True)
class LabelPlan:
    """Categories that are counted one by one."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """Summary of a numeric column."""

    plan: NumberPlan
    values: np.ndarray | None  # distinct values, increasing; None once there are too many
    counts: np.ndarray  # of `values`, or of the cells
    nulls: int = 0
    texts: Mapping[str, int] = field(default_factory=dict)  # not numbers: examples, counted
    n_texts: int = 0
    low: float = np.inf
    high: float = -np.inf
    mean: float = 0.0
    squares: float = 0.0  # sum of squared distances to the mean

    @property
    def n(self) -> int:
        """Rows, nulls and texts too."""
        return int(self.counts.sum()) + self.nulls + self.n_texts

    @property
    def spread(self) -> float:
        """Standard deviation of the population."""
        known = int(self.counts.sum())
        return float(np.sqrt(self.squares / known)) if known else float("nan")

    def cell_counts(self) -> np.ndarray:
        """Customers in each cell, shape (n_cells,)."""
        return self.counts if self.values is None else self._placed(self.plan.cells)

    def bin_counts(self) -> np.ndarray:
        """Customers in each bin of PSI, then nulls; a value on an edge is in the bin above."""
        if self.values is not None:
            placed = self._placed(self.plan.bins)
        else:
            starts = np.searchsorted(self.plan.cells, self.plan.bins) + 1
            placed = np.add.reduceat(self.counts, np.append(0, starts))
        return np.append(placed, self.nulls)

    def outside(self) -> tuple[int, int]:
        """Customers below and above the range of the reference."""
        counts = self.cell_counts()
        return (int(counts[0]), int(counts[-1])) if len(self.plan.cells) else (0, 0)

    def _placed(self, edges: np.ndarray) -> np.ndarray:
        below = np.searchsorted(self.values, edges, side="left")
        cumulative = np.append(0, np.cumsum(self.counts))
        return np.diff(np.concatenate([[0], cumulative[below], cumulative[-1:]]))

    def merge(self, other: "Numbers") -> "Numbers":
        """Summary of the rows of both; they must share the plan."""
        values, counts = self._together(other)
        n, m = int(self.counts.sum()), int(other.counts.sum())
        mean, squares = self.mean, self.squares
        if m:
            apart = other.mean - mean
            mean = (n * mean + m * other.mean) / (n + m)
            squares = squares + other.squares + apart**2 * n * m / (n + m)
        return Numbers(
            self.plan, values, counts, self.nulls + other.nulls,
            _examples(self.texts, other.texts), self.n_texts + other.n_texts,
            min(self.low, other.low), max(self.high, other.high), mean, squares,
        )  # fmt: skip

    def _together(self, other: "Numbers") -> tuple[np.ndarray | None, np.ndarray]:
        if self.values is not None and other.values is not None:
            values, counts = tally(
                np.concatenate([self.values, other.values]),
                np.concatenate([self.counts, other.counts]),
            )
            if len(values) <= EXACT_VALUES:
                return values, counts
        return None, self.cell_counts() + other.cell_counts()


@dataclass(frozen=True)
class Labels:
    """Summary of a categorical column."""

    plan: LabelPlan
    counts: np.ndarray  # of the plan's categories
    others: Mapping[str, int] = field(default_factory=dict)  # examples of the rest, counted
    n_others: int = 0
    nulls: int = 0

    @property
    def n(self) -> int:
        """Rows, nulls too."""
        return int(self.counts.sum()) + self.n_others + self.nulls

    def bin_counts(self) -> np.ndarray:
        """Customers in each category, then in any other, then nulls."""
        return np.concatenate([self.counts, [self.n_others, self.nulls]])

    def merge(self, other: "Labels") -> "Labels":
        """Summary of the rows of both; they must share the plan."""
        return Labels(
            self.plan, self.counts + other.counts, _examples(self.others, other.others),
            self.n_others + other.n_others, self.nulls + other.nulls,
        )  # fmt: skip


Column = Numbers | Labels


def _examples(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    # The first names by alphabet of both are among the first of each, so their counts are exact.
    names = sorted({*one, *two})[:EXAMPLES]
    return {name: one.get(name, 0) + two.get(name, 0) for name in names}


def tally(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values, increasing, and the sum of the counts of each."""
    order = np.argsort(values, kind="stable")
    values, counts = values[order], counts[order]
    if not len(values):
        return values, counts
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return values[starts], np.add.reduceat(counts, starts)


def count_numbers(
    plan: NumberPlan, values: np.ndarray, nulls: int = 0, texts: Mapping[str, int] | None = None
) -> Numbers:
    """Summary of one block of numbers.

    Parameters
    ----------
    plan : NumberPlan
        Where to cut.
    values : array of shape (n,)
        Numbers; nan counts as null.
    nulls : int
        Further nulls, already left out of `values`.
    texts : mapping of str to int
        What stands where a number should, and how often.
    """
    ordered = np.sort(np.asarray(values, float))  # nan goes last
    known = ordered[: np.searchsorted(ordered, np.nan)]
    nulls += len(ordered) - len(known)
    texts = dict(texts or {})
    told = _examples(texts, {}), sum(texts.values())
    if not len(known):
        return Numbers(plan, known, np.zeros(0, int), nulls, *told)
    mean = float(known.mean())
    squares = float(np.dot(known, known) - len(known) * mean**2)
    if squares < 1e-6 * len(known) * mean**2:  # the short formula has lost its digits
        squares = float(np.square(known - mean).sum())
    starts = np.flatnonzero(np.append(True, known[1:] != known[:-1]))
    if len(starts) <= EXACT_VALUES:
        kept, counts = known[starts], np.diff(np.append(starts, len(known)))
    else:
        below = np.searchsorted(known, plan.cells, side="left")
        kept, counts = None, np.diff(np.concatenate([[0], below, [len(known)]]))
    low, high = float(known[0]), float(known[-1])
    return Numbers(plan, kept, counts, nulls, *told, low, high, mean, squares)


def count_labels(plan: LabelPlan, names: list[str], counts: np.ndarray, nulls: int = 0) -> Labels:
    """Summary of one block of categories, given as distinct names and how often each."""
    place = {name: i for i, name in enumerate(plan.names)}
    known, others = np.zeros(len(place), int), {}
    for name, times in zip(names, np.asarray(counts).tolist(), strict=True):
        if not times:
            continue
        if name in place:
            known[place[name]] += times
        else:
            others[name] = others.get(name, 0) + times
    return Labels(plan, known, _examples(others, {}), sum(others.values()), nulls)


def empty(plan: NumberPlan | LabelPlan) -> Column:
    """Summary of no rows."""
    if isinstance(plan, LabelPlan):
        return count_labels(plan, [], np.zeros(0, int))
    return count_numbers(plan, np.zeros(0))


def plan_numbers(values: np.ndarray, weights: np.ndarray | None = None) -> NumberPlan:
    """Cuts at the quantiles of the reference.

    Parameters
    ----------
    values : array of shape (n,)
        Values of the reference, or points that stand for many rows.
    weights : array of shape (n,), optional
        Rows that each one stands for.
    """
    values = np.asarray(values, float)
    weights = np.ones(len(values), int) if weights is None else np.asarray(weights)
    known = ~np.isnan(values)
    distinct, counts = tally(values[known], weights[known])
    if not len(distinct):
        return NumberPlan(np.zeros(0), np.zeros(0))
    cumulative = np.cumsum(counts)
    ranks = np.arange(1, CELLS) / CELLS * cumulative[-1]
    points = distinct[np.searchsorted(cumulative, ranks, side="left")]
    tenths = points[CELLS // BINS - 1 :: CELLS // BINS]
    bins = distinct[1:] if len(distinct) <= BINS else np.unique(tenths)
    # A value that several quantiles share has a cell of its own, so that its mass hides nothing.
    heavy = points[1:][points[1:] == points[:-1]]
    cells = distinct if len(distinct) <= CELLS else np.concatenate(
        [points, heavy, np.nextafter(heavy, np.inf)]
    )  # fmt: skip
    ends = [distinct[0], np.nextafter(distinct[-1], np.inf)]  # outside them nobody was
    return NumberPlan(np.unique(np.concatenate([ends, cells, bins])), bins)


def plan_labels(counts: Mapping[str, int]) -> LabelPlan:
    """The categories of the reference, the most frequent if they are too many."""
    often = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_CATEGORIES]
    return LabelPlan(tuple(sorted(often)))

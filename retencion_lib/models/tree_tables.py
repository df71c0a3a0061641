"""Exact parts of many rows by trees: what a row would be walked down for is looked up instead.

The path-dependent Shapley values of a leaf (Lundberg et al. 2020) depend on a row by nothing but
which features of its path the row agrees with. The leaf is worth ``value`` times a factor for each
of them: of a known feature 1 where the row agrees and 0 where it does not, of an unknown one the
share of the training that went that way. The Shapley value of a product is an integral (Owen 1972)
of a polynomial, and Gauss-Legendre is exact on it.

Leaves that ask few different questions stand in one table: the answers to its questions are the
number of its line, and the line holds what all its leaves give to each feature.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from xgboost import Booster

QUESTIONS = 7  # of a table, which has a line for each combination of their answers
ROWS = 1 << 13  # looked up at a time
AT_ONCE = 64  # tables looked up in at a time: few enough to lie near the processor

Question = tuple[int, float, bool]  # column, threshold, and whether a gap goes left


@dataclass(frozen=True)
class Leaf:
    """A leaf by its way down."""

    value: float
    way: tuple[tuple[Question, bool, float], ...]  # question, goes left, share that goes so


@dataclass
class Unit:
    """Leaves that stand in one table, and the questions that they ask."""

    leaves: list[Leaf] = field(default_factory=list)
    questions: dict[Question, None] = field(default_factory=dict)  # an ordered set

    def fits(self, other: "Unit") -> bool:
        """Whether both could stand in one table."""
        return len(self.questions.keys() | other.questions.keys()) <= QUESTIONS

    def take(self, other: "Unit") -> None:
        """Take in the leaves of another."""
        self.leaves += other.leaves
        self.questions |= other.questions


def tree_parts(
    boosters: Iterable[tuple["Booster", float]], X: np.ndarray, spread: np.ndarray
) -> np.ndarray:
    """Parts of each feature in the weighted sum of some boosters' log-odds.

    Parameters
    ----------
    boosters : iterable of (Booster, float)
        Each with its weight; all read the same matrix.
    X : array of shape (n, n_columns)
        The matrix; nan is a gap.
    spread : array of shape (n_columns, n_features)
        Share of each column of the matrix that belongs to each feature.

    Returns
    -------
    ndarray of shape (n, n_features)
    """
    tables = packed(u for booster, weight in boosters for u in units(booster, weight))
    X, parts = X.astype(np.float32), np.zeros((len(X), spread.shape[1]))
    for first in range(0, len(tables), AT_ONCE):
        _look_up(tables[first : first + AT_ONCE], X, spread, parts)
    return parts


def units(booster: "Booster", weight: float) -> Iterator[Unit]:
    """Subtrees of a booster, each as large as a table may hold with its way from the root."""
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
    for tree in model["trees"]:
        yield from _cut(_unit(_Tree(tree, weight), 0, ()))


@dataclass(frozen=True)
class _Tree:
    """A tree as XGBoost stores it."""

    stored: dict[str, list]
    weight: float

    def children(self, node: int) -> tuple[int, int] | None:
        left = self.stored["left_children"][node]
        return None if left == -1 else (left, self.stored["right_children"][node])

    def question(self, node: int) -> Question:
        s = self.stored
        return s["split_indices"][node], s["split_conditions"][node], bool(s["default_left"][node])

    def share(self, child: int, node: int) -> float:
        cover = self.stored["sum_hessian"]
        return cover[child] / cover[node]

    def value(self, node: int) -> float:
        return self.weight * self.stored["split_conditions"][node]


def _unit(tree: _Tree, node: int, way: tuple) -> Unit | tuple:
    """Subtree of a node in one unit where it fits, else as the pair of what its children are."""
    below = tree.children(node)
    if below is None:
        return Unit([Leaf(tree.value(node), way)], dict.fromkeys(q for q, _, _ in way))
    asked = tree.question(node)
    left, right = (
        _unit(tree, child, (*way, (asked, goes_left, tree.share(child, node))))
        for child, goes_left in zip(below, (True, False), strict=True)
    )
    if isinstance(left, Unit) and isinstance(right, Unit) and left.fits(right):
        left.take(right)
        return left
    return left, right


def _cut(found: Unit | tuple) -> Iterator[Unit]:
    if isinstance(found, Unit):
        yield found
    else:
        for part in found:
            yield from _cut(part)


def packed(found: Iterable[Unit]) -> list[Unit]:
    """The units in few tables: neighbours by what they ask share one."""
    tables: list[Unit] = []
    for unit in sorted(found, key=lambda u: sorted(u.questions)):
        if tables and tables[-1].fits(unit):
            tables[-1].take(unit)
        else:
            tables.append(Unit(list(unit.leaves), dict(unit.questions)))
    return tables


def _look_up(tables: Sequence[Unit], X: np.ndarray, spread: np.ndarray, parts: np.ndarray) -> None:
    """Add to the parts of each row what some tables give it."""
    questions = {q: None for unit in tables for q in unit.questions}
    place = {question: i for i, question in enumerate(questions)}
    asked = [place[q] for unit in tables for q in unit.questions]
    bits = [1 << i for unit in tables for i in range(len(unit.questions))]
    ends = np.cumsum([0] + [len(unit.questions) for unit in tables])
    lines = csr_array((np.array(bits, np.int32), asked, ends), (len(tables), len(questions)))
    # Single precision, as that of the trees: what is added up here is small, and few.
    content = np.vstack([table_of(unit, spread) for unit in tables]).astype(np.float32)
    starts = np.cumsum([0] + [1 << len(unit.questions) for unit in tables[:-1]], dtype=np.int32)
    for first in range(0, len(X), ROWS):
        block = X[first : first + ROWS]
        found = ((lines @ answers(questions, block)).T + starts).ravel()
        ends = np.arange(0, len(found) + 1, len(tables), dtype=np.int32)
        ones = np.ones(len(found), np.float32)
        chosen = csr_array((ones, found, ends), (len(block), len(content)))
        parts[first : first + ROWS] += chosen @ content


def answers(questions: Collection[Question], X: np.ndarray) -> np.ndarray:
    """Whether each row goes left at each question, int32 of shape (n_questions, n)."""
    columns = np.ascontiguousarray(X.T)
    found = np.empty((len(questions), len(X)), np.int32)
    for i, (column, threshold, gap_left) in enumerate(questions):
        values, cut = columns[column], np.float32(threshold)
        found[i] = ~(values >= cut) if gap_left else values < cut
    return found


def table_of(unit: Unit, spread: np.ndarray) -> np.ndarray:
    """What the leaves of a unit give to each feature, by the answers to its questions.

    Returns
    -------
    ndarray of shape (2 ** n_questions, n_features)
        Bit i of a line's number is the answer to question i.
    """
    place = {question: i for i, question in enumerate(unit.questions)}
    line = np.arange(1 << len(place))
    goes_left = [(line >> i & 1).astype(bool) for i in range(len(place))]
    table = np.zeros((len(line), spread.shape[1]))
    alike: dict[int, list[tuple]] = {}
    for leaf in unit.leaves:
        agrees: dict[int, np.ndarray] = {}
        share: dict[int, float] = {}
        for question, left, part in leaf.way:
            column, own = question[0], goes_left[place[question]]
            own = own if left else ~own
            agrees[column] = agrees[column] & own if column in agrees else own
            share[column] = share.get(column, 1.0) * part
        alike.setdefault(len(share), []).append((leaf.value, agrees, share))
    for players, several in alike.items():
        values, shares = (
            np.array(found)
            for found in zip(*((v, list(own.values())) for v, _, own in several), strict=True)
        )
        agrees = np.array([list(own.values()) for _, own, _ in several])
        columns = [column for _, own, _ in several for column in own]
        every = (np.arange(1 << players) >> np.arange(players)[:, None] & 1).astype(float)
        worth = products(every, shares[:, :, None]) * values[:, None, None]
        which = (agrees << np.arange(players)[:, None]).sum(axis=1, keepdims=True)
        parts = np.take_along_axis(worth, which, axis=-1)
        table += parts.reshape(len(columns), -1).T @ spread[columns]
    return table


@cache
def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(count)


def products(known: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Shapley values of the game whose worth is a product of a factor for each player.

    Parameters
    ----------
    known, unknown : array of shape (…, n_players, n)
        Factor of a player that takes part, and above 0, of one that does not.

    Returns
    -------
    ndarray of shape (…, n_players, n)
    """
    players = known.shape[-2]
    points, weights = _nodes((players + 1) // 2)
    total = np.zeros(np.broadcast_shapes(known.shape, unknown.shape))
    for t, weight in zip((points + 1) / 2, weights / 2, strict=True):
        factors = t * known + (1 - t) * unknown
        total += weight * factors.prod(axis=-2, keepdims=True) / factors
    return (known - unknown) * total

"""What all rows of a table say of its customers and outcomes, where they are not all held.

A table of more than `config.TRAINING_ROWS` rows is gone over by blocks: whatever its ids, its days
or its outcomes are refused for is found in all of it, with the same words as in a small one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.history import History
from retencion_lib.tables.arrays import distinct
from retencion_lib.tables.clock import Days
from retencion_lib.tables.days import read_days
from retencion_lib.tables.history import known_outcomes, refuse_undated, settled
from retencion_lib.tables.ids import ROUNDED, refuse_blank, refuse_repeated, refuse_rounded
from retencion_lib.tables.labels import DROP, Classes, Told, classes_of
from retencion_lib.tables.repeats import Keys, distinct_keys, repeated
from retencion_lib.tables.sources import Block, Source


@dataclass(frozen=True)
class Asked:
    """What a labelled table is asked for."""

    key: str  # column of the id, or what numbers the rows
    target: str
    positive: str
    unlabelled: str
    history: History | None
    date: str  # of the run, ISO


@dataclass(frozen=True)
class Whole:
    """A table gone over by blocks: how many rows and customers, who left, and by which labels."""

    source: Source
    n_rows: int  # of the table
    known: int  # whose outcome is known
    left: int  # of the known
    n_customers: int  # of the known
    immature: int
    unlabelled: int  # of those that should have an outcome
    classes: Classes
    target: str
    history: History | None  # with its last day
    days: Mapping[str, np.datetime64]  # of the texts of the column of days
    mature: frozenset[str]  # texts of the days whose outcome is known
    # Once its columns are counted (`count.counted`):
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # of the known
    repeated: float | None = None  # share of the known that repeat another


def is_large(source: Source) -> bool:
    """True if a table has more rows than are learnt from: those of a CSV are counted."""
    if source.n_rows is not None:
        return source.n_rows > config.TRAINING_ROWS
    rows = 0
    try:
        for block in source.blocks(source.names[:1]):
            rows += block.n_rows
            if rows > config.TRAINING_ROWS:
                return True
    except DataError:
        pass  # who reads it whole says it better, with the line
    return False


def coded(array: pa.Array) -> tuple[np.ndarray, list[str]]:
    """Place of each row among the distinct canonical texts, -1 where blank, and those texts."""
    codes, texts = distinct(array)
    place: dict[str, int] = {}
    known = [place.setdefault(t, len(place)) if t else -1 for t in texts]
    return np.array([*known, -1])[codes], list(place)


def survey(source: Source, asked: Asked) -> Whole:
    """Go over a large table, and refuse what `load_training` refuses in a small one."""
    seen = _Seen(asked, source)
    for block in source.blocks(seen.columns, seen.columns[1:]):
        seen.add(block)
    seen.refuse()
    history, days, mature = asked.history, {}, {""}
    if history:
        days = seen.days()
        taken = np.array(list(days.values()))
        rows = np.array([seen.rows_of({text}) for text in days])
        history = settled(history, taken, source.where, date=asked.date, rows=rows)
        known = known_outcomes(history, taken, source.where)
        mature = {text for text, is_known in zip(days, known, strict=True) if is_known}
    told = seen.told(mature)
    classes = classes_of(told, source.where, asked.positive, asked.unlabelled)
    known, of_mature = sum(told.rows.values()), seen.rows_of(mature)
    customers = known
    if asked.key in source.names:
        _refuse_repeated(seen, days)
        customers = _customers(seen, mature) if history else known
    return Whole(
        source, seen.n_rows, known,
        sum(n for label, n in told.rows.items() if classes.outcome(label) == 1),
        customers, seen.n_rows - of_mature, of_mature - known, classes,
        asked.target, history, days, frozenset(mature),
    )  # fmt: skip


def _refuse_repeated(seen: "_Seen", days: Mapping[str, object]) -> None:
    """Refuse ids that repeat, or do so on one day."""
    source, key, where = seen.source, seen.asked.key, seen.source.where
    if not seen.day_col:
        by_id = Keys(source, (key,), lambda block: _ids(block.read(key)), seen.n_rows)
        return refuse_repeated(key, repeated(by_id)[1], where)

    def by_day(block: Block) -> pa.Array:
        codes, texts = coded(block.read(seen.day_col))
        said = pa.array([f" el {days[text]}" for text in texts], pa.large_string())
        return pc.binary_join_element_wise(
            _ids(block.read(key)), said.take(pa.array(codes)), pa.scalar("", pa.large_string())
        )

    found = repeated(Keys(source, (key, seen.day_col), by_day, seen.n_rows))[1]
    customers = len({said.rpartition(" el ")[0] for said in found})
    refuse_repeated(key, found, where, customers=customers)


def _customers(seen: "_Seen", mature: Collection[str]) -> int:
    """How many customers have a row whose outcome is known."""

    def known(block: Block) -> pa.Array:
        rows = _known(block, seen.asked.target, seen.day_col, mature)
        return _ids(block.read(seen.asked.key).take(pa.array(rows)))

    return distinct_keys(Keys(seen.source, tuple(seen.columns), known, seen.n_rows))


def _known(block: Block, target: str, day_col: str, mature: Collection[str]) -> np.ndarray:
    told, _ = coded(block.read(target))
    known = told >= 0
    if day_col:
        codes, texts = coded(block.read(day_col))
        known &= np.isin(texts, list(mature))[codes]
    return np.flatnonzero(known)


def known_rows(block: Block, whole: Whole) -> np.ndarray | None:
    """Rows of a block whose outcome is known, as positions; None where all of the table's are."""
    if whole.known == whole.n_rows:
        return None
    day_col = whole.history.snapshot_col if whole.history else ""
    return _known(block, whole.target, day_col, whole.mature)


def _ids(array: pa.Array) -> pa.Array:
    """Canonical text of each id; none is blank."""
    codes, texts = coded(array)
    return pa.array(texts, pa.large_string()).take(pa.array(codes))


@dataclass
class _Seen:
    """Ids, days and labels of the blocks gone over so far."""

    asked: Asked
    source: Source
    n_rows: int = 0
    # Rows of each day and label (None where blank), and the line of the first of them.
    pairs: dict[tuple[str | None, str | None], tuple[int, int]] = field(default_factory=dict)
    no_id: list[np.ndarray] = field(default_factory=list)  # lines
    no_day: list[np.ndarray] = field(default_factory=list)
    blank: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)  # lines, their days
    rounded: dict[str, None] = field(default_factory=dict)

    @property
    def day_col(self) -> str:
        return self.asked.history.snapshot_col if self.asked.history else ""

    @property
    def columns(self) -> list[str]:
        return [self.asked.key, self.asked.target, *([self.day_col] if self.day_col else [])]

    def add(self, block: Block) -> None:
        """Count a block."""
        line, self.n_rows = self.n_rows + 2, self.n_rows + block.n_rows
        if self.asked.key in block.names:
            codes, ids = coded(block.read(self.asked.key))
            self.no_id.append(line + np.flatnonzero(codes < 0))
            self.rounded |= dict.fromkeys(i for i in ids if "+" in i and ROUNDED.fullmatch(i))
        days, taken = np.zeros(block.n_rows, int), [""]
        if self.day_col:
            days, taken = coded(block.read(self.day_col))
            self.no_day.append(line + np.flatnonzero(days < 0))
        told, labels = coded(block.read(self.asked.target))
        taken, labels = [*taken, None], [*labels, None]
        found, first, rows = np.unique(
            days % len(taken) * len(labels) + told % len(labels), return_index=True,
            return_counts=True,
        )  # fmt: skip
        for pair, at, n in zip(found.tolist(), first.tolist(), rows.tolist(), strict=True):
            key = taken[pair // len(labels)], labels[pair % len(labels)]
            before, start = self.pairs.get(key, (0, line + at))
            self.pairs[key] = before + n, start
        if self.asked.unlabelled != DROP and (told < 0).any():
            rows = np.flatnonzero(told < 0)
            self.blank.append((line + rows, np.array(taken, object)[days[rows]]))

    def refuse(self) -> None:
        """Refuse rows without id or day, and ids that were rounded."""
        where, key = self.source.where, self.asked.key
        if self.no_id:
            refuse_blank(key, np.concatenate(self.no_id), where)
            refuse_rounded(key, self.rounded, where)
        if self.no_day:
            refuse_undated(self.day_col, np.concatenate(self.no_day), where)

    def days(self) -> dict[str, np.datetime64]:
        """Day of each text that says one."""
        texts = list(dict.fromkeys(day for day, _ in self.pairs))
        read: Days = read_days(texts, f"{self.source.where}, '{self.day_col}'")
        return dict(zip(texts, read, strict=True))

    def rows_of(self, days: Collection[str]) -> int:
        """How many rows are of some days, by their texts."""
        return sum(n for (day, _), (n, _) in self.pairs.items() if day in days)

    def told(self, days: Collection[str]) -> Told:
        """Labels of the rows of some days, by their texts."""
        rows: dict[str, int] = {}
        first: dict[str, int] = {}
        for (day, label), (n, line) in sorted(self.pairs.items(), key=lambda pair: pair[1][1]):
            if label is not None and day in days:
                rows[label] = rows.get(label, 0) + n
                first.setdefault(label, line)
        blank = [lines[np.isin(own, list(days))] for lines, own in self.blank]
        return Told(self.asked.target, rows, first, np.concatenate([np.zeros(0, int), *blank]))

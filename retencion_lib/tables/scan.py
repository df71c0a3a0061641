"""Scan a table into a profile, block by block and column by column, every row once.

Text is counted on dictionary codes, numbers are sorted block by block. Of the rows
themselves nothing is kept but, where asked, a sample that only their positions decide.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib.maths.drift import profile as columns
from retencion_lib.maths.drift.profile import Column, LabelPlan, NumberPlan
from retencion_lib.maths.drift.table import Plan, Profile, nothing, row_keys
from retencion_lib.tables.arrays import distinct
from retencion_lib.tables.blocks import Block, Columns, labels_in, plain_numbers, tallied
from retencion_lib.tables.dates import days
from retencion_lib.tables.engine import map_blocks
from retencion_lib.tables.ids import as_labels
from retencion_lib.tables.read import are_days
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.sources.chunks import sort
from retencion_lib.tables.typed import Place, has_codes, judge

POINTS = 20_000  # that stand for a number's values while the plan is made
Points = tuple[np.ndarray, np.ndarray]  # some of a number's values, and the rows of each


def scan(path: str | Path | Source, plan: Plan, sample: "Sample | None" = None) -> Profile:
    """Profile of a whole table under a plan.

    Parameters
    ----------
    path : str, Path or Source
        The table.
    plan : mapping of str to plan
        Columns to summarise; those that the table lacks are left out of the profile.
    sample : Sample, optional
        Filled with rows on the way.
    """
    source = open_source(path)
    here = {name: p for name, p in plan.items() if name in source.names}
    if sample is None:
        asked = {"columns": tuple(here), "labels": tuple(label_names(plan))}
        return map_blocks(
            source, _Counter(here, Columns(source)), Profile.merge, start=nothing(here), **asked
        )
    total, start, read = nothing(here), 0, Columns(source)
    for block in source.blocks(here, label_names(plan)):
        rows = None if sample is None else sample.choose(start, block.n_rows)
        total = total.merge(_profile(block, here, read, sample, rows))
        start += block.n_rows
    return total


@dataclass(frozen=True)
class _Counter:
    """Profile of a block, wherever it is asked for."""

    plan: Plan
    read: Columns

    def __call__(self, block: Block) -> Profile:
        return _profile(block, self.plan, self.read, None, None)


def label_names(plan: Plan) -> set[str]:
    """Columns that are counted as categories."""
    return {name for name, p in plan.items() if isinstance(p, LabelPlan)}


def _profile(block: Block, plan: Plan, read: Columns, sample: "Sample | None", rows) -> Profile:
    found, dates = {}, {}
    for name, cuts in plan.items():
        array = block.read(name)
        if cuts is None:
            dates[name] = newest(array)
            continue
        found[name] = count(array, cuts, read, name)
        if sample is not None:
            sample.keep(name, array.take(rows), cuts, read)
    return Profile(block.n_rows, found, dates)


def count(array: pa.Array, plan: NumberPlan | LabelPlan, read: Columns, name: str) -> Column:
    """Summary of one block of a column."""
    if isinstance(plan, LabelPlan):
        names, counts, nulls = labels_in(array, plan.names)
        return columns.count_labels(plan, names, counts, nulls)
    return columns.count_numbers(plan, *read.numbers(array, name))


def newest(array: pa.Array) -> str:
    """Newest date of a column as ISO text; empty if there is none."""
    names = tallied(array)[0]
    return max((day for day in days(names) or () if day), default="")


def make_plan(
    path: str | Path | Source, skip: set[str]
) -> dict[str, NumberPlan | LabelPlan | None]:
    """Where to cut each column of a reference, but those of `skip`.

    A column is what `read_table` finds that it is: a number, a date, which gets no cuts, or
    counted by category. Quantiles of a table in many blocks are within 1/20000 of the customers
    of the exact ones.
    """
    source = open_source(path)
    names = [name for name in source.names if name not in skip]
    numbers: dict[str, list[Points]] = {}
    labels: dict[str, dict[str, int]] = {}
    for block in source.blocks(names):
        for name in names:
            _learn(block.read(name), name, numbers, labels)
    read = Columns(source)
    return {
        name: _plan_texts(labels[name], read.place(name, number=False))
        if name in labels
        else _plan_points(numbers[name])
        for name in names
    }


def _plan_texts(labels: dict[str, int], place: Place) -> NumberPlan | LabelPlan | None:
    rows = np.fromiter(labels.values(), int, len(labels))
    reading = judge(list(labels), rows, place)
    if reading.kind == "date":
        return None
    if reading.kind == "text":
        return columns.plan_labels(labels)
    values = reading.values(list(labels))
    return columns.plan_numbers(values[~np.isnan(values)], rows[~np.isnan(values)])


def _plan_points(points: list[Points]) -> NumberPlan | None:
    values, weights = (np.concatenate(part) for part in zip(*points, strict=True))
    return None if are_days(values) else columns.plan_numbers(values, weights)


def _learn(
    array: pa.Array, name: str, numbers: dict[str, list[Points]], labels: dict[str, dict[str, int]]
) -> None:
    """Add a block of one column to what is known of it: points of a number, or texts."""
    if name not in labels:
        plain = plain_numbers(array)
        if plain is not None and not (sort(array.type) == "text" and has_codes(array)):
            numbers.setdefault(name, []).append(_points(plain))
            return
        labels[name] = {}
        for values, weights in numbers.pop(name, ()):  # an earlier block looked like numbers
            _add(labels[name], list(as_labels(pd.Series(values))), weights)
    names, counts, _ = tallied(array)
    _add(labels[name], names, counts)


def _add(known: dict[str, int], names: list[str], counts: np.ndarray) -> None:
    for name, times in zip(names, counts.tolist(), strict=True):
        known[name] = known.get(name, 0) + times


def _points(values: np.ndarray) -> Points:
    values = np.sort(values[~np.isnan(values.astype(float))].astype(float))
    if len(values) <= POINTS:
        return values, np.ones(len(values), int)
    ends = np.linspace(0, len(values), POINTS + 1).astype(int)
    middles = (ends[1:] + ends[:-1]) // 2
    middles[0], middles[-1] = 0, len(values) - 1  # the range stays exact
    return values[middles], np.diff(ends)


@dataclass
class Sample:
    """Rows with the least `row_keys`, filled while a table is scanned."""

    size: int
    keys: list[np.ndarray] = field(default_factory=list)
    parts: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def choose(self, start: int, n: int) -> np.ndarray:
        """Rows of a block that may be among the least, as positions in the block."""
        keys = row_keys(start, n)
        seen = np.concatenate(self.keys) if self.keys else np.zeros(0, np.uint64)
        least = np.sort(np.concatenate([seen, keys]))[: self.size]
        rows = np.flatnonzero(keys <= least[-1])
        self.keys.append(keys[rows])
        return rows

    def keep(self, name: str, taken: pa.Array, plan, read: Columns) -> None:
        """Remember a column of the chosen rows."""
        if isinstance(plan, NumberPlan):
            part = read.number_rows(taken, name)
        else:
            codes, labels = distinct(taken)
            part = np.array([*labels, None], dtype=object)[codes]
        self.parts.setdefault(name, []).append(part)

    def frame(self) -> pd.DataFrame:
        """The rows, in the order of the table."""
        keys = np.concatenate(self.keys)
        rows = np.sort(np.argsort(keys)[: self.size])
        return pd.DataFrame({name: np.concatenate(p)[rows] for name, p in self.parts.items()})

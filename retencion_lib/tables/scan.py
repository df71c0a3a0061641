"""Scan a table into a profile, block by block and column by column, every row once.

Text is counted on dictionary codes, numbers are sorted block by block. Of the rows
themselves nothing is kept but, where asked, a sample that only their positions decide.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.maths.drift import profile as columns
from retencion_lib.maths.drift.profile import Column, LabelPlan, NumberPlan
from retencion_lib.maths.drift.table import Plan, Profile, nothing, row_keys
from retencion_lib.tables.blocks import Block, blocks
from retencion_lib.tables.columns import looks_like_date
from retencion_lib.tables.training import as_labels
from retencion_lib.tables.typed import BLANKS, CODE, with_points

POINTS = 20_000  # that stand for a number's values while the plan is made


def scan(path: str | Path, plan: Plan, sample: "Sample | None" = None) -> Profile:
    """Profile of a whole table under a plan.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet.
    plan : mapping of str to plan
        Columns to summarise; those that the table lacks are left out of the profile.
    sample : Sample, optional
        Filled with rows on the way.
    """
    total, start = None, 0
    for block in blocks(path, label_names(plan)):
        here = {name: p for name, p in plan.items() if name in block.names}
        total = nothing(here) if total is None else total
        rows = None if sample is None else sample.choose(start, block.n_rows)
        total = total.merge(_profile(block, here, sample, rows))
        start += block.n_rows
    return total


def label_names(plan: Plan) -> set[str]:
    """Columns that are counted as categories."""
    return {name for name, p in plan.items() if isinstance(p, LabelPlan)}


def _profile(block: Block, plan: Plan, sample: "Sample | None", rows) -> Profile:
    found, dates = {}, {}
    for name, cuts in plan.items():
        array = block.read(name)
        if cuts is None:
            dates[name] = newest(array)
            continue
        found[name] = count(array, cuts, block.decimal_comma)
        if sample is not None:
            sample.keep(name, array.take(rows), cuts, block.decimal_comma)
    return Profile(block.n_rows, found, dates)


def count(array: pa.Array, plan: NumberPlan | LabelPlan, comma: bool = False) -> Column:
    """Summary of one block of a column."""
    if isinstance(plan, LabelPlan):
        names, counts, nulls = tallied(array)
        return columns.count_labels(plan, names, counts, nulls)
    numbers, nulls, texts = as_numbers(array, comma)
    return columns.count_numbers(plan, numbers, nulls, texts)


def as_numbers(array: pa.Array, comma: bool = False) -> tuple[np.ndarray, int, dict[str, int]]:
    """Numbers of a column, how many are null, and the texts that are not numbers."""
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return array.drop_null().to_numpy(zero_copy_only=False), array.null_count, {}
    if pa.types.is_decimal(array.type):
        return as_numbers(array.cast(pa.float64()))
    if pa.types.is_string(array.type) and not comma:
        try:
            return as_numbers(pc.cast(pc.utf8_trim_whitespace(array), pa.float64()))
        except pa.ArrowInvalid:
            pass  # some are texts: told apart below
    names, counts, nulls = tallied(array)
    values = pd.to_numeric(with_points(names) if comma else names, errors="coerce")
    values = np.asarray(values, float)
    wrong = np.isnan(values)
    texts = {name: int(times) for name, times, bad in zip(names, counts, wrong, strict=True) if bad}
    return np.repeat(values[~wrong], counts[~wrong]), nulls, texts


def tallied(array: pa.Array) -> tuple[list[str], np.ndarray, int]:
    """Distinct labels of a column, how often each, and how many are null or blank."""
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    codes = array.indices.drop_null().to_numpy(zero_copy_only=False)
    counts = np.bincount(codes, minlength=len(array.dictionary))
    names = _names(array.dictionary)
    nulls = array.null_count + int(counts[[name is None for name in names]].sum())
    kept = [i for i, name in enumerate(names) if name is not None and counts[i]]
    return [names[i] for i in kept], counts[kept], nulls


def _names(distinct: pa.Array) -> list[str | None]:
    if pa.types.is_boolean(distinct.type):
        return [None if v is None else str(v).lower() for v in distinct.to_pylist()]
    if pa.types.is_string(distinct.type) or pa.types.is_large_string(distinct.type):
        stripped = (text.strip() for text in distinct.to_pylist())
        return [None if text in BLANKS else text for text in stripped]
    return list(as_labels(distinct.to_pandas()))


def newest(array: pa.Array) -> str:
    """Newest date of a column as ISO text; empty if there is none."""
    names, _, _ = tallied(array)
    if not names:
        return ""
    local = "/" in names[0] or names[0][2:3] == "-"
    dates = pd.to_datetime(pd.Series(names), errors="coerce", dayfirst=local, format="mixed")
    return "" if dates.isna().all() else dates.max().date().isoformat()


def make_plan(path: str | Path, skip: set[str]) -> dict[str, NumberPlan | LabelPlan | None]:
    """Where to cut each column of a reference, but those of `skip`.

    A column is a number if every value that is there is one and none is a code with
    leading zeros; dates get no cuts, everything else is counted by category. Quantiles of a
    table in many blocks are within 1/20000 of the customers of the exact ones.
    """
    numbers: dict[str, list] = {}
    labels: dict[str, dict[str, int]] = {}
    for block in blocks(path):
        for name in block.names:
            if name not in skip:
                _learn(block, name, numbers, labels)
    plan: dict[str, NumberPlan | LabelPlan | None] = {}
    for name in block.names:
        if name in labels:
            dated = bool(labels[name]) and looks_like_date(pd.Series(list(labels[name])))
            plan[name] = None if dated else columns.plan_labels(labels[name])
        elif name in numbers:
            plan[name] = columns.plan_numbers(
                *(np.concatenate(part) for part in zip(*numbers[name], strict=True))
            )
    return plan


def _learn(block: Block, name: str, numbers: dict, labels: dict) -> None:
    """Add a block of one column to what is known of it: points of a number, or categories."""
    array = block.read(name)
    if name not in labels and not pa.types.is_boolean(array.type):
        found, _, texts = as_numbers(array, block.decimal_comma)
        if not texts and not _has_codes(array):
            numbers.setdefault(name, []).append(_points(found))
            return
    if name in numbers:  # an earlier block looked like numbers
        labels[name] = {}
        for values, weights in numbers.pop(name):
            shown = as_labels(pd.Series(values))
            _add(labels[name], list(shown), weights)
    names, counts, _ = tallied(array)
    _add(labels.setdefault(name, {}), names, counts)


def _add(known: dict[str, int], names: list[str], counts: np.ndarray) -> None:
    for name, times in zip(names, counts.tolist(), strict=True):
        known[name] = known.get(name, 0) + times


def _has_codes(array: pa.Array) -> bool:
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return False
    return bool(pc.any(pc.match_substring_regex(array, rf"^\s*{CODE.pattern}\s*$")).as_py())


def _points(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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

    def keep(self, name: str, taken: pa.Array, plan, comma: bool) -> None:
        """Remember a column of the chosen rows."""
        shown = taken.to_pandas()
        if isinstance(plan, NumberPlan):
            if not pd.api.types.is_numeric_dtype(shown):
                text = with_points(list(shown)) if comma else shown
                shown = pd.Series(pd.to_numeric(text, errors="coerce"))
            part = shown.to_numpy(float)
        else:
            part = as_labels(shown.astype(object)).to_numpy()
        self.parts.setdefault(name, []).append(part)

    def frame(self) -> pd.DataFrame:
        """The rows, in the order of the table."""
        keys = np.concatenate(self.keys)
        rows = np.sort(np.argsort(keys)[: self.size])
        return pd.DataFrame({name: np.concatenate(p)[rows] for name, p in self.parts.items()})

"""Read a table whole, its types found or, under a contract, known.

What a column is, is decided once, by the table that a model learns from: its contract then says
how every later table is read. Ids are text and never numbers.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables.arrays import LONGEST, distinct, is_number, numbers
from retencion_lib.tables.dates import days
from retencion_lib.tables.notation import shapes_of
from retencion_lib.tables.rules import Contract, Rule
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.sources.chunks import joined, sort
from retencion_lib.tables.typed import MARKS, Place, Reading, judge, marks

TRUTH = {"true": "1", "false": "0"}
LOOK = 1000  # texts of another column that say how decimals are written


def read_table(
    path: str | Path | Source,
    *,
    contract: Contract | None = None,
    texts: Collection[str] = (),
    spare: Collection[str] = (),
) -> pd.DataFrame:
    """Read a table, find its types and record it in the lineage.

    Parameters
    ----------
    path : str, Path or Source
        From the project's home if relative, or a source that is open.
    contract : Contract, optional
        Of the model that will read the table: it says the type of each of its columns.
    texts : collection of str
        Columns that are never numbers: ids and labels.
    spare : collection of str
        Columns that nobody asks about: where they can be read two ways they stay text.

    Returns
    -------
    DataFrame
        Numbers as int64 or float64; everything else as object with None where blank, dates as
        ISO days.

    Raises
    ------
    DataError
        If the table is missing, empty or cannot be read, or the numbers of a column can be read
        two ways and nobody says which.
    """
    return Reader(open_source(path), contract, texts, spare).frame()


class Reader:
    """A source on its way to be a table of known types."""

    def __init__(
        self,
        source: Source,
        contract: Contract | None = None,
        texts: Collection[str] = (),
        spare: Collection[str] = (),
    ) -> None:
        self.source, self.spare = source, frozenset(spare)
        self.rules = contract.columns if contract else {}
        given = (contract.id_col, contract.target) if contract else ()
        self.texts = frozenset([*texts, *given])
        self.all_spare = contract is not None
        self.readings: dict[str, Reading] = {}
        self._looks: dict[str, list[str]] = {}  # some texts of the columns that are read already

    def frame(self) -> pd.DataFrame:
        """The table; `readings` then says how each column of texts was read."""
        columns = {}
        for name in self.source.names:
            columns[name] = self._column(name)
            del self._columns[name]
        # Text as object: pandas would make it its own type, and None a number.
        frame = pd.DataFrame({n: pd.Series(v, dtype=v.dtype) for n, v in columns.items()})
        self.source.record()
        for name, reading in self.readings.items():
            if reading.gaps:
                self.source.note("gaps", name, gaps=dict(reading.gaps))
        return frame

    @cached_property
    def _columns(self) -> dict[str, list[pa.Array]]:
        """What the source gives, chunk by chunk; a column is let go once it is read."""
        tables = self.source.table()
        found: dict[str, list[pa.Array]] = {name: [] for name in self.source.names}
        for table in tables:
            for name, column in zip(table.schema.names, table.columns, strict=True):
                found[name] += column.chunks
        return found

    def _array(self, name: str) -> pa.Array:
        chunks = self._columns[name]
        return joined(chunks) if chunks else pa.nulls(0)

    def _distinct(self, name: str, array: pa.Array) -> tuple[np.ndarray, list[str | None]]:
        codes, labels = distinct(array)
        self._looks[name] = list(islice(filter(None, labels), LOOK))
        return codes, labels

    def _column(self, name: str) -> np.ndarray:
        array, rule = self._array(name), self.rules.get(name)
        if rule is not None and not rule.numeric:
            return recoded(_spread(*self._distinct(name, array)), rule.categories)
        if name in self.texts:
            return _spread(*self._distinct(name, array))
        if is_number(array):
            values = settled(numbers(array))
            return _dated(values) if rule is None else values
        codes, labels = self._distinct(name, array)
        if rule is not None and set(labels) <= {"true", "false", None} and array.type != pa.null():
            labels = [label and TRUTH[label] for label in labels]
        reading = self._judged(array, codes, labels, self._place(name, rule))
        self.readings[name] = reading
        return _spread(codes, reading.values(labels))

    def _judged(self, array, codes, labels, place: Place) -> Reading:
        kind = sort(array.type)
        if kind == "other" or (kind == "boolean" and not place.number):
            return Reading("text")
        rows = np.bincount(codes[codes >= 0], minlength=len(labels))
        try:
            return judge(labels, rows, place)
        except DataError:
            if place.column in self.spare or (self.all_spare and not place.number):
                return Reading("text")
            raise

    def _place(self, name: str, rule: Rule | None) -> Place:
        place = place_of(self.source, name, lambda: self._elsewhere(name), number=rule is not None)
        if rule is None:
            return place
        more = {text.casefold() for text in rule.gaps}
        return replace(place, decimal=rule.decimal or place.decimal, gaps=place.gaps | more)

    def _elsewhere(self, name: str) -> str:
        """Decimal mark that the other columns show, if they agree."""
        others = [n for n in self.source.names if n != name and n not in self.texts]
        for other in others:
            if other in self._columns and not is_number(array := self._array(other)):
                self._distinct(other, array)
        looks = (self._looks[other] for other in others if other in self._looks)
        return agreed(shapes_of(marks(texts)).sure for texts in looks)


def place_of(source: Source, name: str, elsewhere: Callable[[], str], *, number: bool) -> Place:
    """Where a column is, with what the home's settings say of numbers."""
    given = source.settings
    if given.decimal not in MARKS:
        raise ParameterError(
            f"{config.SETTINGS_FILE}: tables.decimal = '{given.decimal}': debe ser 'coma' o "
            "'punto'. Quítalo para que lo diga cada tabla."
        )
    gaps = frozenset(str(text).casefold() for text in given.gaps)
    return Place(
        source.where, name, source.separator, MARKS[given.decimal], gaps, elsewhere, number
    )


def agreed(found: Iterable[str]) -> str:
    """The one decimal mark of several; empty if there is none, or both."""
    known = {mark for mark in found if mark}
    return known.pop() if len(known) == 1 else ""


def _spread(codes: np.ndarray, values) -> np.ndarray:
    """Value of each row from the distinct ones; int64 where all are whole and there."""
    missing = codes < 0
    if not isinstance(values, np.ndarray) or values.dtype != float:
        return np.array([*values, None], dtype=object)[codes]
    return np.append(values, np.nan)[codes] if missing.any() else settled(values)[codes]


def settled(values: np.ndarray) -> np.ndarray:
    """Numbers as int64 where all are whole and there, as float64 where they are not."""
    if values.dtype == np.int64 or not len(values) or np.isnan(values).any():
        return values
    whole = (values == np.rint(values)).all() and np.abs(values).max() < LONGEST
    return values.astype(np.int64) if whole else values


def are_days(values: np.ndarray) -> bool:
    """True if every number is a date like 20230521."""
    if not len(values) or values.min() < 19000101 or values.max() > 21001231:
        return False
    several = np.unique(values)
    whole = bool((several == np.rint(several)).all())
    return whole and days([str(int(v)) for v in several]) is not None


def _dated(values: np.ndarray) -> np.ndarray:
    """Numbers as ISO days if every one that is there is a date."""
    there = ~np.isnan(values)
    if not are_days(values[there]):
        return values
    several, place = np.unique(values[there], return_inverse=True)
    column = np.full(len(values), None, dtype=object)
    column[there] = np.array(days([str(int(v)) for v in several]), object)[place]
    return column


def recoded(column: np.ndarray, categories: Collection[str]) -> np.ndarray:
    """Labels in the coding of a contract: true and false for 1 and 0, zeros before a code."""
    known = set(categories)
    new = {}
    for label in {v for v in column if v is not None} - known:
        if known <= {"true", "false"} and label in ("1", "0"):
            new[label] = "true" if label == "1" else "false"
        elif known <= {"1", "0"} and label in TRUTH:
            new[label] = TRUTH[label]
        elif label.isdecimal():
            padded = {label.zfill(len(c)) for c in known if c.isdecimal()} & known
            new |= {label: padded.pop()} if len(padded) == 1 else {}
    return np.array([*(new.get(v, v) for v in column), None], object)[:-1] if new else column

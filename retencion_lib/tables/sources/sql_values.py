"""A column of values as a database gives them, as the one Arrow type that holds them all.

No driver is believed about types: SQLite has none, and each of the others has its own.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from retencion_lib.tables.sources.memory_part import text

BYTES = {bytes, bytearray, memoryview}
MOMENT = pa.timestamp("us")
INSTANT = pa.timestamp("us", "UTC")


@dataclass
class Column:
    """What the values of a column have been so far."""

    types: set[type] = field(default_factory=set)
    whole: bool = True  # every decimal is written without a fraction
    low: int = 0
    high: int = 0
    zones: set[bool] = field(default_factory=set)  # whether moments say their zone

    def add(self, values: Sequence[object]) -> None:
        """Take in some more values; None and empty texts say nothing of the type."""
        there = [v for v in values if v is not None and v != ""]
        types = set(map(type, there))
        self.types |= types
        if Decimal in types:
            self.whole &= all(map(_is_whole, there))
        if types & {int, Decimal} and self.whole:
            numbers = [v for v in there if isinstance(v, int | Decimal)]
            self.low = min(self.low, int(min(numbers)))
            self.high = max(self.high, int(max(numbers)))
        if dt.datetime in types:
            self.zones |= {v.tzinfo is not None for v in there if isinstance(v, dt.datetime)}

    def type(self) -> pa.DataType:
        """The type that holds them; text where nothing else does."""
        kinds = self.types
        if kinds and kinds <= {int, Decimal} and self.whole:
            fits = self.low >= -(2**63) and self.high < 2**63
            return pa.int64() if fits else pa.string()
        if kinds == {dt.datetime} and self.zones == {True}:
            return INSTANT
        if kinds and kinds <= {dt.date, dt.datetime}:
            return pa.string() if True in self.zones else DAYS.get(frozenset(kinds), MOMENT)
        return next((kind for held, kind in TYPES if kinds and kinds <= held), pa.string())

    def array(self, values: Sequence[object]) -> pa.Array:
        """Some of the values, as that type."""
        kind = self.type()
        form = FORMS.get(kind, _same)
        if kind == pa.string() and self.types <= {str}:
            form = _same
        elif kind != pa.string():
            values = [None if v == "" else v for v in values]
        return pa.array([None if v is None else form(v) for v in values], kind)


TYPES = (
    ({bool}, pa.bool_()),
    ({int, float, Decimal}, pa.float64()),
    (BYTES, pa.binary()),
    ({dt.timedelta}, pa.duration("us")),
)
DAYS = {frozenset({dt.date}): pa.date32()}


def _is_whole(value: object) -> bool:
    if not isinstance(value, Decimal):
        return True
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0


def _same(value: object) -> object:
    return value


def _moment(value: dt.date) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())


def _text(value: object) -> str | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    return bytes(value).hex() if type(value) in BYTES else text(value)


FORMS = {
    pa.int64(): int,
    pa.float64(): float,  # of a decimal, the nearest: as if it had been read from a text
    pa.binary(): bytes,
    MOMENT: _moment,
    INSTANT: lambda value: value.astimezone(dt.UTC),
    pa.string(): _text,
}

"""A column of any file as canonical texts or as numbers."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.tables.sources.chunks import sort
from retencion_lib.tables.text import canonicals
from retencion_lib.tables.typed import finite

LONGEST = 10**15  # a whole number of more digits is a code: as a decimal it would lose some


def give_back() -> None:
    """Give the system what Arrow no longer holds anything in: it may be a block of a table."""
    pa.default_memory_pool().release_unused()


def is_number(array: pa.Array) -> bool:
    """True if the file itself says that the column is of numbers, and they are no long codes."""
    if pa.types.is_dictionary(array.type) or sort(array.type) != "number":
        return pa.types.is_duration(array.type)
    if not pa.types.is_integer(array.type):
        return True
    ends = pc.min_max(array).as_py()
    low, high = ends["min"], ends["max"]
    return high is None or (high < LONGEST and low > -LONGEST)


def numbers(array: pa.Array) -> np.ndarray:
    """Numbers of a column of numbers: int64 where all are there, else float64 with nan."""
    kind = array.type
    if pa.types.is_integer(kind) and not array.null_count:
        return array.to_numpy(zero_copy_only=False).astype(np.int64)
    if pa.types.is_duration(kind):
        return (
            array.cast(pa.duration("us"), safe=False)
            .cast(pa.int64())
            .cast(pa.float64())
            .to_numpy(zero_copy_only=False)
            / 86_400e6
        )  # days
    if pa.types.is_floating(kind) and kind != pa.float64():
        array = array.cast(pa.float32()).cast(pa.string())  # 0.1 of 32 bits is 0.1, as it prints
    return finite(array.cast(pa.float64()).to_numpy(zero_copy_only=False))


def distinct(array: pa.Array) -> tuple[np.ndarray, list[str | None]]:
    """Place of each row among the distinct texts (-1 where there is none), and those texts.

    The texts are canonical; two that were written in two ways stand twice.
    """
    if not pa.types.is_dictionary(array.type):
        array = as_text(array).dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes, canonicals(as_text(array.dictionary))


def as_text(array: pa.Array) -> pa.Array:
    """A column as text, value by value."""
    kind = array.type
    if sort(kind) == "text":
        return array.cast(pa.string()) if pa.types.is_string_view(kind) else array
    if sort(kind) == "date":
        return _moments(array)
    if pa.types.is_nested(kind):
        values = (None if v is None else json.dumps(v, ensure_ascii=False, default=str)
                  for v in array.to_pylist())  # fmt: skip
        return pa.array(values, pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = (None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist())
        return pa.array(values, pa.string())
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.array([None if v is None else _plain(v) for v in array.to_pylist()], pa.string())
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())


def _plain(value: object) -> str:
    """A decimal as text, whole ones without a fraction."""
    whole = value == value and abs(value) < LONGEST and value == int(value)
    return str(int(value)) if whole else str(value)


def _moments(array: pa.Array) -> pa.Array:
    """Days as ISO text; moments with their time of the day, by the clock of their zone."""
    kind = array.type
    if pa.types.is_timestamp(kind):
        if kind.tz:
            array = pc.local_timestamp(array)
        array = array.cast(pa.timestamp("s"), safe=False)
        if pc.all(
            pc.equal(array, array.cast(pa.date32(), safe=False).cast(pa.timestamp("s")))
        ).as_py():
            return array.cast(pa.date32(), safe=False).cast(pa.string())
    return array.cast(pa.string())

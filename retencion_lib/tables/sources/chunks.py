"""Batches of any size as blocks of one size, each column of one type."""

from collections.abc import Iterable, Iterator

import pyarrow as pa


def rechunked(
    batches: Iterable[pa.RecordBatch], rows: int
) -> Iterator[tuple[int, dict[str, pa.Array]]]:
    """Batches put together or cut, so that every block but the last has as many rows.

    Returns
    -------
    iterator of (int, dict)
        Rows, and the columns by name.
    """
    kept: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        start = 0
        while held + batch.num_rows - start >= rows:
            piece = batch.slice(start, rows - held)
            start += rows - held
            yield rows, _joined([*kept, piece])
            kept, held = [], 0
        if start < batch.num_rows:
            kept.append(batch.slice(start))
            held += batch.num_rows - start
    if held:
        yield held, _joined(kept)


def _joined(batches: list[pa.RecordBatch]) -> dict[str, pa.Array]:
    first = batches[0]
    if len(batches) == 1:
        return dict(zip(first.schema.names, first.columns, strict=True))
    return {
        name: joined([batch.column(i) for batch in batches])
        for i, name in enumerate(first.schema.names)
    }


def joined(arrays: list[pa.Array]) -> pa.Array:
    """Arrays one behind the other, of the type that holds them all."""
    kinds = {array.type for array in arrays}
    if len(kinds) > 1:
        arrays = [widest(array, kinds) for array in arrays]
    whole = pa.chunked_array(arrays)
    if pa.types.is_dictionary(whole.type):
        whole = whole.unify_dictionaries()
    return whole.combine_chunks() if whole.num_chunks != 1 else whole.chunk(0)


def widest(array: pa.Array, kinds: set[pa.DataType]) -> pa.Array:
    """An array as the type that holds all of `kinds`, which are of one sort."""
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    sorts = {sort(kind) for kind in kinds} - {"null"}
    if sorts == {"number"}:
        if all(pa.types.is_integer(k) or pa.types.is_null(k) for k in kinds):
            return array.cast(_whole(kinds))
        return array.cast(pa.float64())
    if sorts == {"date"}:
        return array.cast(pa.timestamp("us"), safe=False)
    return array.cast(pa.bool_() if sorts == {"boolean"} else pa.string())


def _whole(kinds: set[pa.DataType]) -> pa.DataType:
    return pa.uint64() if pa.uint64() in kinds else pa.int64()


def sort(kind: pa.DataType) -> str:
    """Sort of a type: number, boolean, date, text, null or other."""
    if pa.types.is_dictionary(kind):
        return sort(kind.value_type)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    for name, test in (
        ("boolean", pa.types.is_boolean), ("null", pa.types.is_null),
        ("text", pa.types.is_string), ("text", pa.types.is_large_string),
        ("text", pa.types.is_string_view),
    ):  # fmt: skip
        if test(kind):
            return name
    return "other"

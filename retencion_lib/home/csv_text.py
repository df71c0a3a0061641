"""Tables as CSV, by column and by distinct value: the bytes that pandas would write, for less.

A million rows have few distinct values in most columns, and each is put into words once.
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

ROWS = 1 << 17  # put into words at a time
SPECIAL = re.compile(r'[,"\r\n]')


def csv_bytes(table: pd.DataFrame, *, header: bool = True) -> bytes:
    """What ``table.to_csv(index=False)`` gives, floats in the shortest form that reads back."""
    return b"".join(csv_parts(table, header=header))


def csv_parts(table: pd.DataFrame, *, header: bool = True) -> Iterator[bytes]:
    """`csv_bytes` a few rows at a time."""
    if len(table.columns) < 2 or not all(map(_is_plain, table.dtypes, table.items())):
        yield table.to_csv(index=False, header=header, lineterminator="\n").encode()
        return
    if header:
        yield table.head(0).to_csv(index=False, lineterminator="\n").encode()
    yield from _lines(table)


def _is_plain(kind: np.dtype, named: tuple[object, pd.Series]) -> bool:
    if kind in (np.float64, np.int64):
        return True
    return kind == np.dtype(object) and pd.api.types.infer_dtype(named[1]) in ("string", "empty")


def _lines(table: pd.DataFrame) -> Iterator[bytes]:
    for start in range(0, len(table), ROWS):
        block = table.iloc[start : start + ROWS]
        texts = [value_texts(column, _cells, "") for _, column in block.items()]
        lines = joined(texts, ",", "", "\n")
        _, ends, content = lines.buffers()
        yield content.to_pybytes()[: np.frombuffer(ends, np.int64)[len(lines)]]


def _cells(values: list) -> list[str]:
    if values and isinstance(values[0], str):
        # Most columns have nothing to quote: that is seen at once.
        return list(map(_quoted, values)) if SPECIAL.search("".join(values)) else values
    return list(map(repr, values))


def _quoted(value: str) -> str:
    quoted = value.replace('"', '""')
    return f'"{quoted}"' if SPECIAL.search(value) else value


def value_texts(column: pd.Series, texts: Callable[[list], list[str]], gap: str) -> pa.Array:
    """Text of each row of a column of one kind; each distinct value is asked for once.

    Parameters
    ----------
    column : Series
        Of float64, int64, or texts with None.
    texts : callable
        Of some plain Python values of that kind.
    gap : str
        Text of a row without a value.
    """
    values = column.to_numpy()
    if values.dtype == float:  # by their bits: 0 and -0 are equal, and are written in two ways
        codes, bits = pd.factorize(np.ascontiguousarray(values).view(np.int64))
        distinct = bits.view(float)
        there = ~np.isnan(distinct)
        said = np.full(len(distinct), gap, object)
        said[there] = texts(distinct[there].tolist())
    else:
        codes, distinct = pd.factorize(values)
        said = texts(distinct.tolist())
    known = pa.array([*said, gap], pa.large_string())
    return known.take(pa.array(np.where(codes < 0, len(said), codes)))


def joined(texts: list[pa.Array], between: str, before: str, after: str) -> pa.Array:
    """Texts of each row, one after the other."""
    between, before, after, none = (pa.scalar(t, pa.large_string())
                                    for t in (between, before, after, ""))  # fmt: skip
    inside = pc.binary_join_element_wise(*texts, between)
    return pc.binary_join_element_wise(before, inside, after, none)

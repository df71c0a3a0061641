"""A table in blocks of rows, one column at a time: row groups of Parquet, pieces of a CSV.

Whatever the size of the file, no more than one block of one column is held as numbers.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables.read import PARQUET, csv_form, find_file, misfit, parquet_names

CSV_BYTES = 8 << 20


@dataclass(frozen=True)
class Block:
    """Some rows of a table."""

    n_rows: int
    names: tuple[str, ...]
    read: Callable[[str], pa.Array]  # one column of the block
    decimal_comma: bool = False


def blocks(path: str | Path, labels: Collection[str] = ()) -> Iterator[Block]:
    """Blocks of a CSV or Parquet table, in order.

    Parameters
    ----------
    path : str or Path
        From the project's home if relative; ``.parquet`` or ``.pq`` is Parquet, else CSV.
    labels : collection of str
        Columns to give as dictionary codes; the others of a CSV come as text.

    Raises
    ------
    DataError
        If the file is missing, without rows, not UTF-8, or cannot be read as what it says.
    """
    path = find_file(path)
    read = _parquet if path.suffix in PARQUET else _csv
    rows = 0
    try:
        for block in read(path, labels):
            rows += block.n_rows
            yield block
    except pa.ArrowInvalid as error:
        raise DataError(misfit(path, str(error))) from None
    if not rows:
        raise DataError(
            f"{config.relative(path)}: no tiene ninguna fila. Pide otra vez el extracto."
        )


def _parquet(path: Path, labels: Collection[str]) -> Iterator[Block]:
    with pq.ParquetFile(path) as plain:
        names = tuple(parquet_names(plain))
        texts = [f.name for f in plain.schema_arrow if _is_text(f.type)]
    with pq.ParquetFile(path, read_dictionary=[t for t in texts if t in labels]) as file:
        for group in range(file.num_row_groups):
            yield Block(
                file.metadata.row_group(group).num_rows,
                names,
                lambda name, group=group: (
                    file.read_row_group(group, columns=[name]).column(0).combine_chunks()
                ),
            )


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _csv(path: Path, labels: Collection[str]) -> Iterator[Block]:
    form = csv_form(path)
    names = tuple(name for name in form.names if name)
    options = form.options(labels, block_bytes=CSV_BYTES)
    with arrow_csv.open_csv(path, **options) as reader:
        for batch in reader:
            yield Block(
                batch.num_rows, names, partial(_column, batch, form.names), form.separator == ";"
            )


def _column(batch: pa.RecordBatch, names: list[str], name: str) -> pa.Array:
    return batch.column(names.index(name))

"""The CSV of the log of predictions: its first rows, and for small portfolios all of them."""

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from retencion_lib import config
from retencion_lib.home import door, store
from retencion_lib.home.blocks import Block

STEP = 1 << 24  # bytes that are searched at a time


def _blocks(path: Path) -> list[Block] | None:
    """What each run appended; None where the ledger does not say it of the whole file."""
    blocks = [b for b in door.said().logs.get(config.relative(path), []) if b.bytes]
    return blocks if sum(b.bytes for b in blocks) == path.stat().st_size else None


def rows(path: Path) -> int:
    """How many rows it has, or a few more; 0 where there is none."""
    if not path.is_file():
        return 0
    blocks = _blocks(path)
    if blocks is not None:
        return sum(b.rows for b in blocks)
    with path.open("rb") as handle:  # nobody has counted them
        return sum(1 for _ in handle)


def of_days(
    path: Path, days: Collection[str], columns: Collection[str], moment: int
) -> Iterator[pd.DataFrame]:
    """Some columns of the rows of some days, as texts; it may give others too.

    What a run appended is of one day: of a block of another, only the first row is looked at.
    Where the ledger does not say which blocks there are, all is read.

    Parameters
    ----------
    moment : int
        Place of the column with the moment, which begins with the day.
    """
    given = {"usecols": columns, "dtype": str}
    blocks = _blocks(path)
    if blocks is None:
        yield pd.read_csv(path, **given)
        return
    names = store.csv_header(path)
    with path.open("rb") as handle:
        for block in blocks:
            handle.seek(block.offset)
            titles = b"" if block.offset else handle.readline()
            first = next(csv.reader([handle.readline().decode()]), [])
            if len(first) > moment and first[moment][:10] in days:
                handle.seek(block.offset + len(titles))
                held = io.BytesIO(handle.read(block.bytes - len(titles)))
                yield pd.read_csv(held, names=names, **given)


def found(path: Path, column: str, value: str) -> list[dict[str, str]]:
    """Rows whose column holds a value, as texts, once the ledger vouches for the file."""
    door.sha256(path)
    texts = dict.fromkeys(store.csv_header(path), pa.string())
    reader = arrow_csv.open_csv(
        path, arrow_csv.ReadOptions(block_size=STEP),
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=texts, strings_can_be_null=False),
    )  # fmt: skip
    with reader:
        return [row for block in reader
                for row in block.filter(pc.equal(block[column], value)).to_pylist()]  # fmt: skip

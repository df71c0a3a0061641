"""Parts of the log of predictions: what one batch appended, in Parquet, beyond the log's CSV.

A part is written once, whole, and never added to. Its rows lie sorted by customer in groups of
`GROUP` rows, whose least and greatest id Parquet keeps: who follows one customer reads one group.
"""

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.home.csv_text import value_texts

NUMBERS = {"score": pa.float64(), "threshold": pa.float64(), "prediction": pa.int64(),
           "decile": pa.int64(), "expected_profit": pa.float64()}  # fmt: skip
GROUP = 1 << 13  # rows
OPTIONS = {"compression": "zstd", "compression_level": 1, "store_schema": False}
REPEATED = ("run_id", "scored_at", "model", "version", "group", "campaign", "snapshot")


def place(day: str) -> Path:
    """Where the next part of a day lies: its parts are numbered from 1."""
    folder = config.resolve(config.LOG_PARTS) / f"date={day}"
    there = [int(p.stem) for p in folder.glob("*.parquet") if p.stem.isdecimal()]
    return folder / f"{max(there, default=0) + 1:04}.parquet"


def day_of(path: str | Path) -> str:
    """ISO day of the predictions of a part."""
    return Path(path).parent.name.removeprefix("date=")


def chunks(blocks: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows of several blocks, as many at a time as a part has."""
    kept, size = [], 0
    for block in blocks:
        kept, size = [*kept, block], size + len(block)
        while size >= config.LOG_ROWS:
            rows = pd.concat(kept, ignore_index=True)
            yield rows.head(config.LOG_ROWS)
            kept, size = [rows.iloc[config.LOG_ROWS :]], size - config.LOG_ROWS
    if size:
        yield pd.concat(kept, ignore_index=True)


def content(rows: pd.DataFrame, id_col: str) -> bytes:
    """A part with these rows; what is no number is text as the CSV has it, and gaps are null."""
    columns = {name: _column(name, rows[name]) for name in rows}
    table = pa.table(columns)
    return _written(_in_groups(table.take(pc.sort_indices(columns[id_col])).combine_chunks()))


def _column(name: str, values: pd.Series) -> pa.Array:
    if name in NUMBERS:
        return pa.array(values.to_numpy(), NUMBERS[name], from_pandas=True)
    try:
        texts = pa.array(values.astype(object), pa.string(), from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # an id of whole numbers
        said = value_texts(values, lambda some: list(map(repr, some)), "")
        texts = said.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _in_groups(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(len(table), 1), GROUP):
        yield table.slice(start, GROUP)


def _written(groups: Iterator[pa.Table]) -> bytes:
    buffer, first = io.BytesIO(), next(groups)
    repeated = [name for name in first.column_names if name in REPEATED]
    with pq.ParquetWriter(buffer, first.schema, use_dictionary=repeated, **OPTIONS) as writer:
        for group in (first, *groups):
            writer.write_table(group, row_group_size=GROUP)
    return buffer.getvalue()


Choose = Callable[[pa.Array], pa.Array]  # of an array of ids, which are some customers'


def holds(path: Path, id_col: str, chosen: Choose) -> bool:
    """Whether a part has rows of some customers, wherever they lie."""
    with pq.ParquetFile(path) as file:
        groups = (file.read_row_group(n, columns=[id_col]) for n in range(file.num_row_groups))
        return any(pc.any(chosen(group[id_col].combine_chunks())).as_py() for group in groups)


def without(part: bytes, id_col: str, chosen: Choose) -> tuple[bytes, int]:
    """A part without some customers, and how many rows went; the other groups stay as they lie."""
    file, kept = pq.ParquetFile(io.BytesIO(part)), []
    for n in range(file.num_row_groups):
        group = file.read_row_group(n)
        kept.append(group.filter(pc.invert(chosen(group[id_col].combine_chunks()))))
    gone = file.metadata.num_rows - sum(map(len, kept))
    return (_written(iter(kept)), gone) if gone else (part, 0)


def names(path: Path) -> list[str]:
    """Columns of a part."""
    return pq.read_schema(path).names


def rows(path: Path) -> int:
    """How many rows a part has."""
    return pq.read_metadata(path).num_rows


def read(path: Path, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Rows of a part, or some columns of them, in the part's order; numbers are floats."""
    table = pq.read_table(path, columns=columns and list(columns), partitioning=None).to_pandas()
    return table.astype({name: float for name in table if name in NUMBERS})


def found(path: Path, column: str, value: str, *, by_id: bool) -> list[dict[str, str]]:
    """Rows whose text column holds a value, as texts.

    Parameters
    ----------
    by_id : bool
        Whether rows lie sorted by that column, so that most groups need not be read.
    """
    with pq.ParquetFile(path) as file:
        at, result = file.schema_arrow.get_field_index(column), []
        for n in range(file.num_row_groups):
            if by_id and not _may_hold(file.metadata.row_group(n).column(at), value):
                continue
            same = pc.equal(file.read_row_group(n, columns=[column])[column], value)
            if pc.any(same).as_py():
                result += map(_texts, file.read_row_group(n).filter(same).to_pylist())
    return result


def _may_hold(column: pq.ColumnChunkMetaData, value: str) -> bool:
    said = column.statistics
    if said is None or not said.has_min_max:  # none is kept of very long texts
        return True
    return said.min.encode() <= value.encode() <= said.max.encode()


def _texts(row: dict[str, object]) -> dict[str, str]:
    """A row as the CSV would hold it."""
    return {n: "" if v is None else v if isinstance(v, str) else repr(v) for n, v in row.items()}

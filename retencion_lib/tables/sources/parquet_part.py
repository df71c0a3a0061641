"""A Parquet file as a part of a table."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.chunks import sort
from retencion_lib.tables.text import name_text
from retencion_lib.words import listed

ROW_NUMBERS = re.compile(r"__index_level_\d+__")
BATCH = 1 << 17  # rows, as many as a block has


@dataclass
class ParquetPart:
    """A Parquet file."""

    path: Path
    where: str
    names: list[str]
    n_rows: int
    types: dict[str, pa.DataType]
    own: dict[str, str]  # name in the file of each column
    separator: str = ""

    @classmethod
    def of(cls, path: Path, where: str) -> "ParquetPart":
        """Open a Parquet file and read its schema.

        Raises
        ------
        DataError
            If it is no whole Parquet file, or repeats a column.
        """
        with _explained(where), pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
        # What pandas notes of an index is not followed: an index with a name is a column.
        fields = [f for f in schema if not ROW_NUMBERS.fullmatch(f.name)]
        names = [name_text(f.name) for f in fields]
        repeated = [name for name, times in Counter(names).items() if times > 1]
        if repeated:
            raise DataError(
                f"{where}: repite la columna {listed(repeated, quote=True)}. Cada columna necesita "
                "un nombre distinto: cámbialo en el extracto."
            )
        types = {name: f.type for name, f in zip(names, fields, strict=True)}
        own = {name: f.name for name, f in zip(names, fields, strict=True)}
        return cls(path, where, names, rows, types, own)

    def table(self, columns: Sequence[str], labels: Collection[str] | None) -> pa.Table:
        """The columns, whole; text as codes."""
        with _explained(self.where), self._file(labels) as file:
            found = file.read([self.own[name] for name in columns])
        return found.select([self.own[name] for name in columns]).rename_columns(list(columns))

    def batches(self, columns: Sequence[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        """The columns, a few rows at a time."""
        yield from self.span(columns, labels, 0, self.n_rows)

    def span(
        self, columns: Sequence[str], labels: Collection[str], start: int, stop: int
    ) -> Iterator[pa.RecordBatch]:
        """The columns of the rows from `start` to the one before `stop`, a few at a time."""
        own = [self.own[name] for name in columns]
        with _explained(self.where), self._file(labels) as file:
            for batch in _rows(file, own, start, stop):
                arrays = (
                    [batch.column(batch.schema.names.index(name)) for name in own]
                    if (batch.schema.names != own)
                    else batch.columns
                )
                yield pa.RecordBatch.from_arrays(arrays, names=list(columns))

    def _file(self, labels: Collection[str] | None) -> pq.ParquetFile:
        texts = [n for n, kind in self.types.items() if sort(kind) == "text"]
        chosen = [self.own[n] for n in texts if labels is None or n in labels]
        return pq.ParquetFile(self.path, read_dictionary=chosen)


def _rows(file: pq.ParquetFile, own: list[str], start: int, stop: int) -> Iterator[pa.RecordBatch]:
    """Batches of some rows; groups of rows that have none of them are not read."""
    ends = np.cumsum([file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)])
    begins = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    wanted = np.flatnonzero((ends > start) & (begins < stop)).tolist()
    at = int(begins[wanted[0]]) if wanted else 0
    for some in _together(file, wanted):
        for batch in file.iter_batches(BATCH, row_groups=some, columns=own):
            low, high = max(start - at, 0), min(stop - at, batch.num_rows)
            if low < high:
                yield batch.slice(low, high - low)
            at += batch.num_rows


def _together(file: pq.ParquetFile, wanted: list[int]) -> Iterator[list[int]]:
    """Groups of rows, as many at a time as make a batch: Arrow keeps all that it is asked for."""
    some, rows = [], 0
    for i in wanted:
        some, rows = [*some, i], rows + file.metadata.row_group(i).num_rows
        if rows >= BATCH:
            yield some
            some, rows = [], 0
    if some:
        yield some


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise DataError(
            f"{where}: no se puede leer como Parquet: está cortado, dañado o es otra cosa. "
            "Comprueba que el archivo está entero y que la extensión es la suya."
        ) from None

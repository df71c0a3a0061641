"""A Parquet file as a part of a table."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        own = [self.own[name] for name in columns]
        with _explained(self.where), self._file(labels) as file:
            for batch in file.iter_batches(BATCH, columns=own):
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

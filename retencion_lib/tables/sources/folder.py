"""A folder of parts as one table, its ``key=value`` folders as columns."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import unquote

import pyarrow as pa

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.chunks import sort
from retencion_lib.tables.sources.parquet_part import ParquetPart
from retencion_lib.tables.sources.source import Part
from retencion_lib.words import listed

MISSING = "__HIVE_DEFAULT_PARTITION__"
SORTS = {"number": "números", "text": "texto", "date": "fechas", "boolean": "sí o no",
         "other": "otra cosa"}  # fmt: skip


@dataclass
class KeyedPart:
    """A part of a folder, with what the names of its folders say."""

    part: Part
    keys: dict[str, str | None]

    def __post_init__(self) -> None:
        self.path, self.n_rows, self.separator = (
            self.part.path, self.part.n_rows, self.part.separator
        )  # fmt: skip
        self.keys = {k: v for k, v in self.keys.items() if k not in self.part.names}
        self.names = [*self.part.names, *self.keys]

    def table(self, columns: Sequence[str], labels: Collection[str] | None) -> pa.Table:
        """The columns, whole."""
        found = self.part.table(self._inside(columns), labels)
        return pa.table({name: self._column(found, name) for name in columns})

    def batches(self, columns: Sequence[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        """The columns, a few rows at a time."""
        for batch in self.part.batches(self._inside(columns), labels):
            arrays = [self._column(batch, name) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, names=list(columns))

    def span(
        self, columns: Sequence[str], labels: Collection[str], start: int, stop: int
    ) -> Iterator[pa.RecordBatch]:
        """The columns of some rows, where the part can be read so."""
        for batch in self.part.span(self._inside(columns), labels, start, stop):
            arrays = [self._column(batch, name) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, names=list(columns))

    def _inside(self, columns: Sequence[str]) -> list[str]:
        return [name for name in columns if name not in self.keys] or self.part.names[:1]

    def _column(self, found: pa.Table | pa.RecordBatch, name: str) -> pa.Array:
        if name not in self.keys:
            return found.column(found.schema.names.index(name))
        return pa.array([self.keys[name]] * found.num_rows, pa.string())


def folder_parts(folder: Path, where: str, opened: Callable[[Path, str], Part]) -> list[KeyedPart]:
    """Every file below a folder, by name; all of one form and with the same columns.

    Raises
    ------
    DataError
        If there are none, one cannot be read, or two disagree: it names the file.
    """
    files = sorted(
        f for f in folder.rglob("*") if f.is_file() and not is_hidden(f.relative_to(folder))
    )
    if not files:
        raise DataError(
            f"{where}: la carpeta está vacía. Indica la que contiene las partes de la tabla."
        )
    names = [f"{where}/{f.relative_to(folder).as_posix()}" for f in files]
    parquet = {f.suffix.lower() for f in files} & {".parquet", ".pq"}
    parts = []
    for file, name in zip(files, names, strict=True):
        part = opened(file, name)
        if parquet and not isinstance(part, ParquetPart):
            raise DataError(
                f"{name}: no es Parquet, y las otras partes de la carpeta sí. Sácalo de la carpeta."
            )
        parts.append(KeyedPart(part, _keys(file, folder)))
    for part, name in zip(parts[1:], names[1:], strict=True):
        _need_same(parts[0], part, names[0], name)
    return parts


def is_hidden(file: PurePath) -> bool:
    """Whether a file of a folder is no part of its table, by its path from there."""
    return any(p.startswith(("_", ".")) and "=" not in p for p in file.parts)


def _keys(file: Path, folder: Path) -> dict[str, str | None]:
    pairs = [p.split("=", 1) for p in file.relative_to(folder).parts[:-1] if "=" in p]
    return {unquote(k): None if v == MISSING else unquote(v) for k, v in pairs}


def _need_same(first: KeyedPart, part: KeyedPart, one: str, other: str) -> None:
    """Refuse two parts whose columns differ by more than order or width of type."""
    lacks = [n for n in first.names if n not in set(part.names)]
    more = [n for n in part.names if n not in set(first.names)]
    if lacks or more:
        said = [f"le falta {listed(lacks, quote=True)}"] * bool(lacks)
        said += [f"le sobra {listed(more, quote=True)}"] * bool(more)
        raise DataError(
            f"{other}: no tiene las columnas de {one} ({' y '.join(said)}). Todas las partes de "
            "una tabla llevan las mismas: corrígela o sácala de la carpeta."
        )
    ours, theirs = (getattr(p.part, "types", {}) for p in (first, part))
    for name in ours.keys() & theirs.keys():
        sorts = sort(ours[name]), sort(theirs[name])
        if sorts[0] != sorts[1] and "null" not in sorts:
            raise DataError(
                f"{other}: '{name}' tiene {SORTS[sorts[1]]} y en {one} tiene {SORTS[sorts[0]]}. "
                "Todas las partes de una tabla llevan los mismos tipos: corrígela o sácala de la "
                "carpeta."
            )

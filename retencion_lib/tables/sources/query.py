"""A query of the company's database as a table: asked once a run, and read from a sealed extract.

The rows come a few at a time and wait, as they came, until the types of all are known; then they
are one Parquet file, which the rest of the product reads like any other.
"""

import contextlib
import os
import pickle
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import disk, extracts, store
from retencion_lib.home.event import Content
from retencion_lib.tables.sources import database
from retencion_lib.tables.sources.parquet_part import ParquetPart
from retencion_lib.tables.sources.source import Source
from retencion_lib.tables.sources.sql_values import Column
from retencion_lib.tables.text import name_text
from retencion_lib.words import listed

CHUNK = 1 << 15  # rows that are held at a time
HELD = 1 << 24  # bytes that wait in memory; more wait on disk
QUERIES = ("select", "with", "values", "table")
NOISE = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$).*?\1""", re.S)
CHANGES = re.compile(r"[()]\s*(insert|update|delete|merge)\b", re.I)


def is_query(file: Path) -> bool:
    """Whether a file is a query, by its name."""
    return file.suffix.lower() == ".sql" and not file.is_dir()


def is_sealed(file: Path, sha256: str) -> bool:
    """Whether the home has the extract with this hash that this very query gave."""
    found = extracts.find(disk.sha256(file), sealed=sha256)
    return found is not None and found.sha256 == sha256


def open_query(file: Path, where: str, *, sealed: str = "") -> Source:
    """Ask a query, or open what it gave to this run before.

    Parameters
    ----------
    sealed : str
        SHA-256 of an extract: where the home has it of this very query, it is opened instead.

    Raises
    ------
    DataError
        If the file holds no query that only reads, or the database does not answer it with rows
        of columns that have names of their own.
    LibraryError, ParameterError
        If the database cannot be reached with what is installed and set.
    """
    content = file.read_bytes()
    asked = statement(content, where)
    store.record("input", file)
    found = extracts.find(disk.digest(content), sealed=sealed)
    if found is None:
        found = _extract(file, where, content, asked)
    path = config.resolve(found.path)
    store.record("input", path, found.rows)
    part = ParquetPart.of(path, where)
    source = Source(path, where, tuple(part.names), (part,), query=file)
    source.note("extract", found.path, rows=found.rows)
    return source


def statement(content: bytes, where: str) -> str:
    """The one query of a file.

    Raises
    ------
    DataError
        If it is not text, holds several statements, or one that does more than read.
    """
    try:
        text = content.decode("utf-8").lstrip("\ufeff").strip()
    except UnicodeDecodeError:
        raise DataError(f"{where}: no es texto UTF-8. Guárdalo así, y repite la orden.") from None
    plain = NOISE.sub(lambda m: " " if m[0].startswith(("--", "/*")) else "''", text).strip()
    plain = plain.rstrip("; \n\t\r")
    if not plain:
        raise DataError(f"{where}: está vacío. Escribe en él la consulta, un SELECT.")
    if ";" in plain:
        raise DataError(
            f"{where}: tiene varias instrucciones y hace falta una sola, un SELECT. No se ha "
            "ejecutado ninguna."
        )
    first = re.match(r"[\s(]*(\w*)", plain)[1]
    change = CHANGES.search(plain) if first.lower() == "with" else None
    if first.lower() not in QUERIES or change:
        raise DataError(
            f"{where}: no es un SELECT sino '{(change[1] if change else first).upper()[:20]}', y "
            "aquí solo se lee. No se ha ejecutado."
        )
    return text.rstrip("; \n\t\r")


def _extract(file: Path, where: str, content: bytes, asked: str) -> Content:
    folder, began = config.resolve(extracts.FOLDER), time.monotonic()
    with contextlib.ExitStack() as stack:
        spool = stack.enter_context(_Spool(folder))
        _ask(asked, where, spool)
        made = stack.enter_context(_made(folder, file.stem))
        with disk.explained(folder):
            spool.write(made)
        seconds = time.monotonic() - began
        return extracts.seal(made, file, content, rows=spool.rows, seconds=seconds)


def _ask(asked: str, where: str, spool: "_Spool") -> None:
    """Put the rows of a query on the spool."""
    with database.connection(where) as con, database.explained(where, "al hacer la consulta"):
        options = {"yield_per": CHUNK, "no_parameters": True}
        result = con.execution_options(**options).exec_driver_sql(asked)
        spool.names = _names(list(result.keys()), where)
        for rows in result.partitions(CHUNK):
            spool.add(list(zip(*rows, strict=True)), len(rows))
    if not spool.rows:
        raise DataError(
            f"{where}: la consulta no devuelve ninguna fila (columnas "
            f"{listed(spool.names, 30)}). Revisa sus condiciones."
        )


def _names(found: list[str], where: str) -> list[str]:
    names = [name_text(name) for name in found]
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise DataError(
            f"{where}: la consulta da varias columnas con el nombre "
            f"{listed(repeated, quote=True)}. Cada una necesita el suyo: dáselo con AS."
        )
    return names


class _Spool:
    """Rows on their way, as they came, and what their columns hold."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names, self.rows = folder, [], 0
        self.columns: list[Column] = []
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(HELD, dir=folder)  # noqa: SIM115

    def __enter__(self) -> "_Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def add(self, columns: list[tuple], rows: int) -> None:
        """Keep some rows, column by column."""
        self.columns = self.columns or [Column() for _ in columns]
        for column, values in zip(self.columns, columns, strict=True):
            column.add(values)
        with disk.explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            pickle.dump(columns, self.file)
        self.rows += rows

    def write(self, path: Path) -> None:
        """Write all of them as Parquet."""
        fields = zip(self.names, (c.type() for c in self.columns), strict=True)
        schema, rows = pa.schema(list(fields)), 0
        self.file.seek(0)
        with pq.ParquetWriter(path, schema) as writer:
            while rows < self.rows:
                values = pickle.load(self.file)
                arrays = [c.array(v) for c, v in zip(self.columns, values, strict=True)]
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
                rows += len(values[0])


@contextlib.contextmanager
def _made(folder: Path, stem: str) -> Iterator[Path]:
    """A file to be written beside its final place; it is gone unless it got its name."""
    prefix = f".{stem}.{disk.WRITER}-{os.getpid()}-"
    with disk.explained(folder):
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".tmp")
        os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)

"""One table, whatever it lies in: a file, a sheet of a workbook, a folder of parts, a database.

It is opened once and handed on. Whoever can work by blocks does; the blocks have the same rows
whatever the form of the file, so that what is summed over them is the same to the last digit.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import store
from retencion_lib.home.document import from_plain
from retencion_lib.tables.sources.chunks import rechunked
from retencion_lib.words import listed

ROWS = 1 << 17  # of a block


@dataclass(frozen=True)
class Note:
    """Something of a table that its reader should know; said by `tables.say`."""

    code: str
    column: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Numbers:
    """How numbers are written, where a home's settings say it."""

    decimal: str  # "coma", "punto", or empty
    gaps: tuple[str, ...]  # texts that mean no value


class Part(Protocol):
    """A file of a table."""

    path: Path
    names: list[str]
    n_rows: int | None  # where the file says it
    separator: str  # of a CSV; empty elsewhere

    def table(self, columns: Sequence[str], labels: Collection[str] | None) -> pa.Table:
        """The columns, whole; those of `labels` (None is all) as codes where that is cheap."""

    def batches(self, columns: Sequence[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        """The columns, a few rows at a time."""


@dataclass(frozen=True)
class Block:
    """Some rows of a table."""

    n_rows: int
    names: tuple[str, ...]
    arrays: dict[str, pa.Array] = field(repr=False)
    separator: str = ""

    def read(self, name: str) -> pa.Array:
        """One column of the block, as the file has it."""
        return self.arrays[name]


@dataclass
class Source:
    """A table that was opened.

    Attributes
    ----------
    where : str
        How it is named to readers, from the home.
    names : tuple of str
        Its columns, in order.
    notes : list of Note
        What was odd about it, in the order in which it was found.
    """

    path: Path
    where: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: list[Note] = field(default_factory=list)
    others: tuple[str, ...] = ()  # sheets that were not read
    query: Path | None = None  # what was asked, where the table is the extract of a database
    step: int = ROWS  # rows of a block
    _rows: int | None = None

    @cached_property
    def settings(self) -> Numbers:
        """What the home's settings say of the numbers of tables."""
        return from_plain(Numbers, config.settings()["tables"])

    @property
    def stem(self) -> str:
        """Name of the table in the names of what is made from it."""
        return (self.query or self.path).stem

    @property
    def separator(self) -> str:
        """What separates the cells of a CSV; empty elsewhere."""
        return self.parts[0].separator

    @property
    def n_rows(self) -> int | None:
        """Rows, where the files say it or somebody has counted them."""
        known = [part.n_rows for part in self.parts]
        return self._rows if None in known else sum(known)

    @cached_property
    def sha256(self) -> str:
        """Of the file; of the names and hashes of its parts where there are several."""
        if self.path.is_file():
            return store.sha256(self.path)
        lines = [f"{p.path.relative_to(self.path)}:{store.sha256(p.path)}" for p in self.parts]
        return sha256("\n".join(lines).encode()).hexdigest()

    def record(self) -> None:
        """Put the files in the lineage of the run."""
        for part in self.parts:
            alone = len(self.parts) == 1
            store.record("input", part.path, self.n_rows if alone else part.n_rows)

    def note(self, code: str, column: str = "", **facts) -> None:
        """Remember something that its reader should know, once."""
        found = Note(code, column, facts)
        if found not in self.notes:
            self.notes.append(found)

    @property
    def divides(self) -> bool:
        """Whether some of its blocks can be read without those before: its files are Parquet."""
        return bool(self.n_rows) and all(
            hasattr(getattr(part, "part", part), "span") for part in self.parts
        )

    def blocks(
        self, columns: Collection[str] | None = None, labels: Collection[str] = (),
        *, first: int = 0, last: int | None = None,
    ) -> Iterator[Block]:  # fmt: skip
        """Blocks of `step` rows, in order.

        Parameters
        ----------
        columns : collection of str, optional
            Those to read; all by default.
        labels : collection of str
            Those to give as dictionary codes where they are text.
        first, last : int
            Blocks to read, from 0 and up to the one before `last`; only of what `divides`.

        Raises
        ------
        DataError
            If there are no rows, or some cannot be read as what the file says it is.
        """
        names = [n for n in self.names if columns is None or n in columns]
        rows, some = 0, bool(first) or last is not None
        batches = self._span(names, labels, first, last) if some else self._batches(names, labels)
        for n_rows, arrays in rechunked(batches, self.step):
            rows += n_rows
            yield Block(n_rows, tuple(names), arrays, self.separator)
        if not some:
            self._count(rows)

    def _span(
        self, names: list[str], labels: Collection[str], first: int, last: int | None
    ) -> Iterator[pa.RecordBatch]:
        start, stop = first * self.step, self.n_rows if last is None else last * self.step
        for part in self.parts:
            if start < part.n_rows and stop > 0:
                own = names or part.names[:1]
                yield from part.span(own, labels, max(start, 0), min(stop, part.n_rows))
            start, stop = start - part.n_rows, stop - part.n_rows

    def _batches(self, names: list[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        for part in self.parts:
            yield from part.batches(names or part.names[:1], labels)

    def table(self) -> list[pa.Table]:
        """The whole table, part by part."""
        tables = [part.table(self.names, None) for part in self.parts]
        self._count(sum(table.num_rows for table in tables))
        return tables

    def _count(self, rows: int) -> None:
        self._rows = rows
        if not rows:
            raise DataError(
                f"{self.where}: tiene cabecera ({listed(self.names, limit=30)}) y ninguna fila. "
                "Pide otra vez el extracto."
            )

"""What an erasure will write, found and proved before anything is written."""

import io
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.audit.erase import copies, rows
from retencion_lib.audit.erase.forms import held, same
from retencion_lib.audit.erase.pages import in_page
from retencion_lib.audit.erase.spans import Edit, edited
from retencion_lib.audit.erase.values import in_json, in_notebook
from retencion_lib.errors import AuditError
from retencion_lib.home import call_list, disk, door, events, log_parts, store, workbook
from retencion_lib.home.blocks import Block
from retencion_lib.home.event import Event
from retencion_lib.home.predictions import header, id_columns
from retencion_lib.home.versions import Book

OOF = "artifacts/oof__"  # names its customers `id`, whatever the portfolio calls them
FOR_PEOPLE = "data/"  # tables that people open: formulas may be guarded there
COPY = re.compile(r"data/extracts/[^/]+/.+")  # of what lay in a store, as it was there
PLAIN = re.compile(r"[A-Za-z0-9_]+")
Finder = Callable[[str, str, Collection[str]], list[Edit]]


@dataclass
class Plan:
    """What an erasure will write, before anything is written."""

    customer: str
    contents: dict[str, bytes] = field(default_factory=dict)  # whole files, logs too
    blocks: dict[str, dict[str, dict]] = field(default_factory=dict)  # of logs, by old place
    objects: list[str] = field(default_factory=list)  # contents kept by hash that go
    rows: int = 0
    reports: int = 0
    before: dict[str, str] = field(default_factory=dict)  # hash of each file that will change
    resumed: bool = False  # a cut one was finished first
    first: dict[str, int] = field(default_factory=dict)  # first row that went, by table

    @property
    def empty(self) -> bool:
        """Whether there is nothing to erase."""
        return not (self.contents or self.objects)

    def change(self, path: str, before: bytes, after: bytes) -> None:
        """Note what a file holds, and what it will hold."""
        self.before[path], self.contents[path] = disk.digest(before), after

    def need_unchanged(self) -> None:
        """See to it that nobody wrote these files since they were read.

        Raises
        ------
        AuditError
            If one is another by now.
        """
        for path, sha256 in self.before.items():
            if disk.sha256(config.resolve(path)) != sha256:
                raise AuditError(
                    f"{path}: otra orden lo ha escrito mientras se preparaba el borrado. No se ha "
                    "borrado nada: repite la orden cuando la otra acabe."
                )


@dataclass(frozen=True)
class Names:
    """What the id's column is called: in the log, in models' tables, and in single runs."""

    everywhere: frozenset[str]
    by_run: dict[str, str]

    def of(self, path: str, book: Book) -> set[str]:
        """Names that the id has in a file."""
        if path.startswith(OOF):
            return {"id"}
        runs = {v.run_id for v in book.versions.get(path, [])}
        own = {self.by_run[run] for run in runs if run in self.by_run}
        return own or set(self.everywhere)


def names_of(found: list[Event]) -> Names:
    """Learn from the ledger, the log and the models what the id's column is called."""
    by_run = {
        e.run_id: said for e in found if e.event in ("run_started", "run_finished")
        if isinstance(said := e.parameters.get("id_col"), str) and said
    }  # fmt: skip
    known = {*id_columns(header()), *by_run.values(), *_learnt()}
    return Names(frozenset(known or {config.ID_COL}), by_run)


def _learnt() -> set[str]:
    path = config.resolve(config.EXPERIMENTS)
    try:
        log = json.loads(door.read(path)) if path.is_file() else []
        return {entry["data"]["id_col"] for entry in log if entry["data"]["id_col"]}
    except (ValueError, KeyError, TypeError):
        return set()  # an old log: the others say it


def plan(customer: str, found: list[Event]) -> Plan:
    """Find the customer in everything that runs wrote.

    Raises
    ------
    AuditError
        If a file of ours is not as the ledger says, or would not be sound afterwards.
    """
    done, book, names = Plan(customer), Book.of(found), names_of(found)
    for path, blocks in book.logs.items():
        if (file := config.resolve(path)).is_file():
            plan_log(done, path, door.read(file), blocks, names)
    for path in book.versions:
        if not events.NEVER_ERASED.fullmatch(path) and config.resolve(path).is_file():
            plan_file(done, path, names.of(path, book))
    for file in sorted(config.resolve(store.OBJECTS).glob("*/*")):
        if file.is_file() and _edits(in_json, file.read_bytes(), customer, names.everywhere):
            done.objects.append(file.name)
    return done


def plan_log(done: Plan, path: str, content: bytes, blocks: list[Block], names: Names) -> None:
    """Take the customer's rows out of each block; all else, known or not, stays."""
    parts, end = [], 0
    at = rows.places(rows.header(content), id_columns(rows.header(content)) or names.everywhere)
    for block in blocks:
        part = content[block.offset : block.end]
        kept, gone = rows.without(part, done.customer, at, head=int(block.offset == 0))
        if gone:
            done.blocks.setdefault(path, {})[str(block.offset)] = {
                "bytes": len(kept), "rows": block.rows - gone, "sha256": disk.digest(kept)
            }  # fmt: skip
            done.rows += gone
        parts += [content[end : block.offset], kept]
        end = max(end, block.end)
    if path in done.blocks:
        done.change(path, content, b"".join([*parts, content[end:]]))


def plan_file(
    done: Plan, path: str, names: Collection[str], read: Callable[[Path], bytes] = door.read
) -> None:
    """Take the customer out of one file, if an id place of it has the id."""
    file, kind = config.resolve(path), Path(path).suffix
    if events.PART.fullmatch(path):
        _plan_part(done, path, read)
    elif COPY.fullmatch(path) and kind != ".parquet":
        content = read(file)
        kept, gone = copies.without(content, done.customer, names)
        done.rows += gone
        if gone:
            done.change(path, content, kept)
    elif kind in TABLES and (kind != ".xlsx" or events.owner(path)):
        content = read(file)
        kept, gone = TABLES[kind](content, done.customer, names, path)
        done.rows += gone
        if gone:
            done.change(path, content, kept)
            done.first[path] = _first(content, kept)
    elif kind in FINDERS:
        content = read(file)
        if edits := _edits(FINDERS[kind], content, done.customer, names):
            done.change(path, content, _proved(path, content, edits, done.customer, names))
            done.reports += kind in (".html", ".ipynb")


def _plan_part(done: Plan, path: str, read: Callable[[Path], bytes]) -> None:
    """Take the customer's rows out of a part of the log, which is read whole only if it has any."""
    file = config.resolve(path)
    with door.blamed(file):
        id_col = id_columns(log_parts.names(file))[0]
        if not log_parts.holds(file, id_col, lambda ids: held(ids, done.customer)):
            return
    content = read(file)
    kept, gone = log_parts.without(content, id_col, lambda ids: held(ids, done.customer))
    done.rows += gone
    done.change(path, content, kept)


def _first(before: bytes, after: bytes) -> int:
    """Number of the first row that went, from 0."""
    pairs = zip(before.split(b"\n"), after.split(b"\n"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) - 1


def _csv(content: bytes, customer: str, names: Collection[str], path: str) -> tuple[bytes, int]:
    return rows.of_customer(content, customer, names, for_people=path.startswith(FOR_PEOPLE))


def _parquet(content: bytes, customer: str, names: Collection[str], path: str) -> tuple[bytes, int]:
    table = pq.read_table(io.BytesIO(content))
    at = rows.places(table.column_names, names)
    if not at:
        return content, 0
    ids = zip(*(pc.cast(table.column(i), "string").to_pylist() for i in at), strict=True)
    keep = [not any(v is not None and same(v, customer) for v in row) for row in ids]
    kept, buffer = table.filter(keep), io.BytesIO()
    pq.write_table(kept, buffer)
    return buffer.getvalue(), len(table) - len(kept)


def _workbook(
    content: bytes, customer: str, names: Collection[str], path: str
) -> tuple[bytes, int]:
    table = workbook.read_workbook(content)
    at = rows.places(list(table.columns), names)
    gone = pd.Series(False, table.index)
    for i in at:
        gone |= table.iloc[:, i].map(lambda value: same(str(value), customer, for_people=True))
    if not gone.any():
        return content, 0
    return workbook.workbook(table[~gone], call_list.CHOICES), int(gone.sum())


def _in_lines(text: str, customer: str, names: Collection[str]) -> list[Edit]:
    """Places of a file that holds one JSON a line."""
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            found += [Edit(e.start + start, e.end + start, e.text)
                      for e in in_json(line, customer, names)]  # fmt: skip
        start += len(line)
    return found


TABLES = {".csv": _csv, ".parquet": _parquet, ".xlsx": _workbook}
FINDERS: dict[str, Finder] = {
    ".json": in_json, ".jsonl": _in_lines, ".ipynb": in_notebook, ".html": in_page,
}  # fmt: skip


def _edits(finder: Finder, content: bytes, customer: str, names: Collection[str]) -> list[Edit]:
    """Places that hold the id; none in what cannot be read, which the last search looks at."""
    if PLAIN.fullmatch(customer) and customer.encode() not in content:
        return []  # it has no other form
    try:
        text = content.decode()
        if finder is in_page:
            return finder(text, customer, names)
        if finder is not _in_lines:
            json.loads(text)
        return finder(text, customer, names)
    except (ValueError, IndexError, RecursionError, AttributeError):
        return []


def _proved(
    path: str, content: bytes, edits: list[Edit], customer: str, names: Collection[str]
) -> bytes:
    """The content without the id, once it has been read again as what it is."""
    finder = FINDERS[Path(path).suffix]
    after = edited(content.decode(), edits)
    try:
        if finder in (in_json, in_notebook):
            json.loads(after)
        left = finder(after, customer, names)
    except (ValueError, IndexError):
        left = edits
    if left:
        raise AuditError(
            f"{path}: quitar el identificador lo dejaría ilegible. No se ha borrado nada, en "
            "ningún archivo: recupera ese archivo de una copia, o escribe a quien mantiene esto."
        )
    return after.encode()

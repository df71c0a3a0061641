"""What still holds a customer after an erasure: a search of the whole home, and of the sources."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib import config
from retencion_lib.audit.erase.forms import held, mentions, same
from retencion_lib.audit.erase.plan import names_of
from retencion_lib.audit.erase.rows import places
from retencion_lib.errors import UserError
from retencion_lib.home import ledger
from retencion_lib.home.event import Event
from retencion_lib.home.versions import Book
from retencion_lib.tables import open_source

SOURCE, OURS, UNREAD, DATABASE, DELIVERED = "source", "ours", "unread", "database", "delivered"
STORE, HELD = "store", "held"
TABLES = {".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".gz"}
STEP = 1 << 24  # bytes of a file that are held at a time


@dataclass(frozen=True)
class Left:
    """A file that an erasure does not touch and that holds, or may hold, the customer."""

    path: str
    kind: str  # SOURCE, HELD, OURS, UNREAD, DATABASE, STORE or DELIVERED


def left_alone(customer: str) -> list[Left]:
    """Files of the home, and sources wherever they lie, that still hold the customer."""
    found = ledger.read()
    book, names = Book.of(found), names_of(found)
    ours = book.versions.keys() | book.logs.keys()
    result = []
    for path in sorted({*_home(), *_read(found)}):
        mine = path in ours or path.startswith("runs/")
        wanted = names.of(path, book) if mine else names.everywhere
        if (kind := _look(path, customer, wanted, mine)) is not None:
            result.append(Left(path, kind))
    fetched = sorted({event.address for event in found if event.event == "fetch"})
    result += [Left(address, STORE) for address in fetched]
    return result + [Left(name, DELIVERED) for name in _delivered(found)]


def _home() -> Iterator[str]:
    for file in config.home().rglob("*"):
        hidden = any(part in (".git", ".venv") for part in file.relative_to(config.home()).parts)
        if file.is_file() and not hidden:
            yield config.relative(file)


def _read(found: list[Event]) -> set[str]:
    """Sources that the ledger says were read, in the home or elsewhere."""
    return {i.path for e in found if e.event == "run_finished" for i in e.inputs}


def _delivered(found: list[Event]) -> list[str]:
    """Tables of a database to which 04 may have appended its scores."""
    given = (e.parameters.get("output_table") for e in found if e.event == "run_started")
    return sorted({name for name in given if isinstance(name, str) and name})


def _look(path: str, customer: str, names: Collection[str], mine: bool) -> str | None:
    file = config.resolve(path)
    if file.suffix == ".sql":
        return DATABASE
    try:
        if file.suffix.lower() in TABLES and not path.startswith("runs/"):
            held = _in_table(file, customer, names)
            if held is not None:
                return (HELD if mine else SOURCE) if held else None
        if _in_text(file, customer):
            return OURS if mine else SOURCE
    except FileNotFoundError:
        return None  # a source that is no longer there
    except (OSError, UserError):
        return UNREAD
    return None


def _in_table(file: Path, customer: str, names: Collection[str]) -> bool | None:
    """Whether the id column of a table holds the customer; None where it has none."""
    try:
        source = open_source(file)
    except (UserError, ValueError):
        return None
    wanted = [source.names[i] for i in places(source.names, names)]
    if not wanted:
        return None
    for block in source.blocks(wanted):
        for name in wanted:
            if _held_in(pc.unique(block.read(name)), customer):
                return True
    return False


def _held_in(values: pa.Array, customer: str) -> bool:
    if pa.types.is_string(values.type):
        return bool(pc.any(held(values, customer, for_people=True)).as_py())
    texts = (str(v) for v in values.to_pylist() if v is not None)
    return any(same(text, customer) for text in texts)  # a spreadsheet obeys no number


def _in_text(file: Path, customer: str) -> bool:
    """Whether a file of any kind names the customer."""
    pattern, before = mentions(customer), b""
    with file.open("rb") as handle:
        while part := handle.read(STEP):
            if pattern.search(before + part):
                return True
            before = part[-4096:]
    return False

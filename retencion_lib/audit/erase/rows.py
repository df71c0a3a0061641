"""Rows of a customer in a CSV: only the id column decides, and no other byte changes."""

import csv
import io
from collections.abc import Collection

from retencion_lib.audit.erase.forms import same
from retencion_lib.home.sheet import guarded

START = 1 << 20  # bytes among which the names of the columns stand
csv.field_size_limit(1 << 30)  # a cell may be as long as it likes


def csv_lines(content: bytes) -> list[tuple[bytes, list[str]]]:
    """Raw bytes and values of each row; a quoted value may hold line ends."""
    lines = io.StringIO(content.decode(errors="surrogateescape"), newline="").readlines()
    position, found = 0, []
    reader = csv.reader(lines)
    for values in reader:
        raw = "".join(lines[position : reader.line_num])
        position = reader.line_num
        found.append((raw.encode(errors="surrogateescape"), values))
    return found


def header(content: bytes) -> list[str]:
    """Names of a CSV's columns."""
    text = io.StringIO(content[:START].decode(errors="replace"), newline="")
    return [name.removeprefix("\ufeff") for name in next(csv.reader(text), [])]


def places(names: Collection[str], id_columns: Collection[str]) -> list[int]:
    """Where the id columns stand, whose names may be guarded for spreadsheets."""
    wanted = {*id_columns, *map(guarded, id_columns)}
    return [at for at, name in enumerate(names) if name in wanted]


def without(
    content: bytes, customer: str, at: Collection[int], *, head: bool = True,
    for_people: bool = False,
) -> tuple[bytes, int]:  # fmt: skip
    """A CSV without the rows of a customer, byte for byte, and how many went.

    Parameters
    ----------
    at : collection of int
        Where the id columns stand.
    head : bool
        Whether the first row holds the names; a later block of a log has none.
    """
    rows = csv_lines(content)
    kept = [
        raw for n, (raw, values) in enumerate(rows)
        if (head and n == 0) or not any(
            i < len(values) and same(values[i], customer, for_people=for_people) for i in at
        )
    ]  # fmt: skip
    return b"".join(kept), len(rows) - len(kept)

"""Rows of a customer in a CSV: only the id column decides, and no other byte changes."""

import csv
import io
from collections.abc import Collection

from retencion_lib.audit.erase.forms import same
from retencion_lib.errors import DataError
from retencion_lib.home.sheet import guarded
from retencion_lib.tables.sources.csv_form import csv_form

START = 1 << 20  # bytes among which the names of the columns stand
csv.field_size_limit(1 << 30)  # a cell may be as long as it likes


def csv_lines(content: bytes, separator: str = ",") -> list[tuple[bytes, list[str]]]:
    """Raw bytes and values of each row; a quoted value may hold line ends."""
    lines = io.StringIO(content.decode(errors="surrogateescape"), newline="").readlines()
    position, found = 0, []
    reader = csv.reader(lines, delimiter=separator)
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
    content: bytes, customer: str, at: Collection[int], *, head: int = 1,
    for_people: bool = False, separator: str = ",",
) -> tuple[bytes, int]:  # fmt: skip
    """A CSV without the rows of a customer, byte for byte, and how many went.

    Parameters
    ----------
    at : collection of int
        Where the id columns stand.
    head : int
        How many rows come before the first customer's; a later block of a log has none.
    """
    rows = csv_lines(content, separator)
    kept = [
        raw for n, (raw, values) in enumerate(rows)
        if n < head or not any(
            i < len(values) and same(values[i], customer, for_people=for_people) for i in at
        )
    ]  # fmt: skip
    return b"".join(kept), len(rows) - len(kept)


def of_customer(
    content: bytes, customer: str, names: Collection[str], *, for_people: bool = False
) -> tuple[bytes, int]:
    """The same of a CSV whose separator, letters and id columns are yet to be found."""
    try:
        form = csv_form(io.BytesIO(content), "")
    except DataError:  # whoever cannot read it is told at the end what is left
        return content, 0
    wide = form.encoding.startswith(("utf-16", "utf-32"))
    text = content.decode(form.encoding).encode() if wide else content
    kept, gone = without(
        text, customer, places(form.names, names), head=form.skipped + 1, for_people=for_people,
        separator=form.separator,
    )  # fmt: skip
    return (kept.decode().encode(form.encoding) if wide else kept, gone) if gone else (content, 0)

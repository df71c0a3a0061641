"""A customer's id in a page: cells of the id's column or row, and sentences that name both.

The page is read as a browser would read it, and only the texts of those cells change.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate

from retencion_lib.audit.erase.forms import GONE, same
from retencion_lib.audit.erase.spans import Edit


@dataclass
class Cell:
    """One cell of a table: where it stands, and the places of its texts."""

    column: int
    heading: bool
    texts: list[tuple[int, int]] = field(default_factory=list)
    said: str = ""


@dataclass
class Table:
    """One table under way: its headings by column, and the row being read."""

    heads: dict[int, set[str]] = field(default_factory=dict)
    row: list[Cell] = field(default_factory=list)
    next: int = 0
    open: Cell | None = None


class Page(HTMLParser):
    """Cells of the tables of a page that stand under, or beside, one of the id's names."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.text, self.names = text, set(names)
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self.tables: list[Table] = []
        self.cells: list[Cell] = []  # of the id
        self.loose: list[tuple[int, int]] = []  # texts outside cells
        self.raw = False  # inside a script or a style
        self.feed(text)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Open a table, a row or a cell."""
        self.raw = tag in ("script", "style")
        if tag == "table":
            self.tables.append(Table())
        elif self.tables and tag == "tr":
            self._end_row()
        elif self.tables and tag in ("td", "th"):
            table, span = self.tables[-1], dict(attrs).get("colspan") or "1"
            table.open = Cell(table.next, tag == "th")
            table.row.append(table.open)
            table.next += int(span) if span.isdecimal() else 1

    def handle_endtag(self, tag: str) -> None:
        """Close a table, a row or a cell."""
        self.raw = False
        if self.tables and tag in ("td", "th"):
            self.tables[-1].open = None
        elif self.tables and tag in ("tr", "table"):
            self._end_row()
            if tag == "table":
                self.tables.pop()

    def handle_data(self, data: str) -> None:
        """Take in plain text."""
        self._text(len(data), data)

    def handle_entityref(self, name: str) -> None:
        """Take in a character by its name."""
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """Take in a character by its number."""
        self._reference(f"&#{name}")

    def _reference(self, said: str) -> None:
        said += ";" * (self.text[self._at() + len(said) :][:1] == ";")
        self._text(len(said), html.unescape(said))

    def _text(self, size: int, said: str) -> None:
        place = (self._at(), self._at() + size)
        cell = self.tables[-1].open if self.tables else None
        if cell is not None:
            cell.texts.append(place)
            cell.said += said
        if not self.raw:
            joined = self.loose and self.loose[-1][1] == place[0]
            self.loose[-1:] = [(self.loose[-1][0], place[1])] if joined else [
                *self.loose[-1:], place
            ]  # fmt: skip

    def _end_row(self) -> None:
        table = self.tables[-1]
        heading = all(cell.heading for cell in table.row)
        beside = any(c.heading and c.said.strip() in self.names for c in table.row)
        for cell in table.row:
            if heading:
                table.heads.setdefault(cell.column, set()).add(cell.said.strip())
            elif table.heads.get(cell.column, set()) & self.names or (beside and not cell.heading):
                self.cells.append(cell)
        table.row, table.next, table.open = [], 0, None


def in_page(text: str, customer: str, names: Collection[str]) -> list[Edit]:
    """Places of a page that hold the customer's id."""
    page, found = Page(text, names), []
    for cell in page.cells:
        if cell.texts and same(" ".join(cell.said.split()), " ".join(customer.split())):
            found += _emptied(text, cell.texts)
    for start, end in page.loose:
        found += in_sentence(text[start:end], customer, names, start)
    return found


def _emptied(text: str, places: list[tuple[int, int]]) -> list[Edit]:
    """Put the mark in place of the texts of a cell; tags and spaces around them stay."""
    joined: list[list[int]] = []
    for start, end in places:
        if joined and joined[-1][1] == start:
            joined[-1][1] = end
        elif text[start:end].strip():
            joined.append([start, end])
    marks = [GONE, *[""] * (len(joined) - 1)]
    return [
        Edit(start + len(said) - len(said.lstrip()), start + len(said.rstrip()), mark)
        for (start, end), mark in zip(joined, marks, strict=True)
        for said in [text[start:end]]
    ]


def in_sentence(text: str, customer: str, names: Collection[str], at: int = 0) -> list[Edit]:
    """Places of a prose that names the id column in quotes, and then the customer in quotes."""
    named = [m.end() for n in names for m in re.finditer(rf"'{re.escape(_escape(n))}'", text)]
    named += [m.end() for n in names for m in re.finditer(rf"'{re.escape(n)}'", text)]
    if not named:
        return []
    wanted = {customer, _escape(customer), html.escape(customer)}
    return [
        Edit(at + m.start(1), at + m.end(1), GONE)
        for form in sorted(wanted)
        for m in re.finditer(rf"'({re.escape(form)})'", text)
        if m.start() >= min(named)
    ]


def _escape(text: str) -> str:
    return html.escape(text, quote=False)

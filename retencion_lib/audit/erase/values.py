"""A customer's id in JSON and in notebooks: only values under the id's key, and id cells.

Each literal is changed where it stands, so that spaces, order and numbers stay as they were.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from json.decoder import scanstring

from retencion_lib.audit.erase.forms import GONE, same
from retencion_lib.audit.erase.pages import in_page, in_sentence
from retencion_lib.audit.erase.spans import Edit, edited

SPACE = re.compile(r"[ \t\n\r]*")
PLAIN = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True)
class Literal:
    """A value that is no list or object: where it stands, and under which keys."""

    keys: tuple
    start: int
    end: int
    value: object


def literals(text: str, at: int = 0, keys: tuple = ()) -> Iterator[Literal]:
    """Every literal of a JSON text that is sound."""
    yield from _value(text, at, keys, [0])


def _value(text: str, at: int, keys: tuple, end: list[int]) -> Iterator[Literal]:
    at = _skip(text, at)
    if text[at] in "{[":
        yield from _inside(text, at, keys, end)
        return
    if text[at] == '"':
        value, end[0] = scanstring(text, at + 1, False)
    else:
        end[0] = PLAIN.match(text, at).end()
        value = json.loads(text[at : end[0]])
    yield Literal(keys, at, end[0], value)


def _inside(text: str, at: int, keys: tuple, end: list[int]) -> Iterator[Literal]:
    named, n, at = text[at] == "{", 0, _skip(text, at + 1)
    while text[at] not in "}]":
        key: object = n
        if named:
            key, at = scanstring(text, at + 1, False)
            at = _skip(text, at) + 1
        yield from _value(text, at, (*keys, key), end)
        at = _skip(text, end[0])
        at = _skip(text, at + 1) if text[at] == "," else at
        n += 1
    end[0] = at + 1


def _skip(text: str, at: int) -> int:
    return SPACE.match(text, at).end()


def _under_id(keys: tuple, names: Collection[str]) -> bool:
    """Whether a literal stands under the id's key, alone or in a list."""
    while keys and isinstance(keys[-1], int):
        keys = keys[:-1]
    return bool(keys) and keys[-1] in names


def in_json(text: str, customer: str, names: Collection[str]) -> list[Edit]:
    """Places of a JSON text that hold the customer's id."""
    return [e for item in literals(text) for e in _of_literal(item, text, customer, names)]


def _of_literal(item: Literal, text: str, customer: str, names: Collection[str]) -> list[Edit]:
    value = item.value
    if _under_id(item.keys, names) and not isinstance(value, bool | None):
        said = value if isinstance(value, str) else text[item.start : item.end]
        if same(said, customer):
            return [Edit(item.start, item.end, json.dumps(GONE))]
    if isinstance(value, str) and (edits := in_sentence(value, customer, names)):
        return [_rewritten(item, text, edited(value, edits))]
    return []


def _rewritten(item: Literal, text: str, value: str) -> Edit:
    raw = text[item.start : item.end]
    ascii_only = json.dumps(item.value) == raw
    return Edit(item.start, item.end, json.dumps(value, ensure_ascii=ascii_only))


def in_notebook(text: str, customer: str, names: Collection[str]) -> list[Edit]:
    """Places of an executed notebook that hold the customer's id: only its outputs have any."""
    found, outputs = [], [i for i in literals(text) if i.keys[2:3] == ("outputs",)]
    for kind, items in groupby(outputs, key=_document):
        if kind[-1] == "text/html":
            found += _in_lines(list(items), text, customer, names)
        else:
            found += [e for item in items for e in _of_literal(item, text, customer, names)]
    return found


def _document(item: Literal) -> tuple:
    """Which output, and which of its forms, a literal belongs to."""
    return item.keys[:6] if item.keys[4:5] == ("data",) else item.keys[:5]


def _in_lines(items: list[Literal], text: str, customer: str, names: Collection[str]) -> list[Edit]:
    """Places of a page that a notebook holds in one string or line by line."""
    lines = [str(item.value) for item in items]
    starts = [0, *accumulate(map(len, lines))]
    edits, found = in_page("".join(lines), customer, names), []
    for item, line, start in zip(items, lines, starts, strict=False):
        own = [
            Edit(max(e.start - start, 0), min(e.end - start, len(line)),
                 e.text if e.start >= start else "")
            for e in edits if e.start < start + len(line) and e.end > start
        ]  # fmt: skip
        if own:
            found.append(_rewritten(item, text, edited(line, own)))
    return found

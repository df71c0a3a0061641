"""A customer's rows in a copy of what lay in an object store, in whatever form that was.

The rows go; of the others not a byte changes, but that a packed file is packed again.
"""

import gzip
import json
from collections.abc import Collection

from retencion_lib.audit.erase import rows
from retencion_lib.audit.erase.forms import same

PACKED, FOREIGN = b"\x1f\x8b", (b"PK", b"\xd0\xcf\x11\xe0")  # gzip; workbooks and packages
BETWEEN = " \t\r\n,"


def without(content: bytes, customer: str, names: Collection[str]) -> tuple[bytes, int]:
    """A table without a customer's rows, and how many went; as it is where that cannot be done."""
    if content.startswith(FOREIGN):
        return content, 0
    try:
        if content.startswith(PACKED):
            kept, gone = without(gzip.decompress(content), customer, names)
            return (gzip.compress(kept, mtime=0), gone) if gone else (content, 0)
        if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
            return records(content, customer, names)
    except (ValueError, OSError, EOFError, RecursionError):  # what is left is named at the end
        return content, 0
    return rows.of_customer(content, customer, names)


def records(content: bytes, customer: str, names: Collection[str]) -> tuple[bytes, int]:
    """JSON records, in a list or one behind another, without a customer's."""
    text, found = content.decode(), []
    place = len(text) - len(text.lstrip("\ufeff" + BETWEEN))
    listed = text[place] == "["
    place += listed
    while (place := _skip(text, place)) < len(text) and text[place] != "]":
        value, end = json.JSONDecoder().raw_decode(text, place)
        found.append((place, end, _is_of(value, customer, names)))
        place = end
    if listed and text[place:].strip() != "]":
        raise ValueError("a list without its end")
    kept, before = [], None
    for n, (start, end, gone) in enumerate(found):
        if not gone:
            between = text[found[n - 1][1] : start] if before is not None else ""
            kept.append(between + text[start:end])
            before = n
    if len(kept) == len(found):
        return content, 0
    text = text[: found[0][0]] + "".join(kept) + text[found[-1][1] :]
    return text.encode(), len(found) - len(kept)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in BETWEEN:
        place += 1
    return place


def _is_of(value: object, customer: str, names: Collection[str]) -> bool:
    known = [value[n] for n in names if n in value] if isinstance(value, dict) else []
    return any(same(v if isinstance(v, str) else json.dumps(v), customer) for v in known)

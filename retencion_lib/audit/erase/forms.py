"""The forms in which a customer's id may stand written, and when a value is that id.

An id is a text: 007 is not 7. Two texts are the same id if they are the same in Unicode's
composed form. What people open in a spreadsheet bears a quote before what would be a formula.
"""

import html
import json
import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.home.sheet import guarded

GONE = "[borrado]"


def composed(text: str) -> str:
    """A text in Unicode's composed form."""
    return unicodedata.normalize("NFC", text)


def same(value: str, customer: str, *, for_people: bool = False) -> bool:
    """Whether a value is the customer's id; a table for people may have it guarded."""
    value, customer = composed(value), composed(customer)
    return value == customer or (for_people and value == guarded(customer))


def held(values: pa.Array, customer: str, *, for_people: bool = False) -> pa.Array:
    """Which texts of a column are the customer's id, as `same` says of one."""
    wanted = {composed(customer)} | ({guarded(composed(customer))} if for_people else set())
    return pc.is_in(pc.utf8_normalize(values, "NFC"), pa.array(sorted(wanted), values.type))


def forms(customer: str) -> set[str]:
    """Every way in which the id may stand in a file."""
    plain = {unicodedata.normalize(form, customer) for form in ("NFC", "NFD")} | {customer}
    plain |= {guarded(text) for text in plain}
    found = set(plain)
    for text in plain:
        found |= {text.replace('"', '""'), html.escape(text), html.escape(text, quote=False),
                  json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1],
                  json.dumps(html.escape(text), ensure_ascii=False)[1:-1]}  # fmt: skip
    return found


def mentions(customer: str) -> re.Pattern[bytes]:
    """Where a file names the customer, in whatever form.

    A number is told from other numbers only by the quotes that sentences of ours give a value.
    """
    either = b"|".join(re.escape(f.encode()) for f in sorted(forms(customer), key=len)[::-1])
    if customer.strip().isdecimal():
        return re.compile(rb"'(?:" + either + rb")'")
    return re.compile(rb"(?<![\w-])(?:" + either + rb")(?![\w-])")

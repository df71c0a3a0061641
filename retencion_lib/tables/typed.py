"""Is a column numbers, dates or text? Found from its distinct texts, never assumed.

Numbers with a few codes among them stay numbers, and the codes are gaps that are named. Where
the texts can be read two ways and nobody can say which, the table is refused with the question.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables.dates import days, odd_among
from retencion_lib.tables.notation import Shapes, Written, decimal_mark, shapes_of, written
from retencion_lib.tables.text import is_gap
from retencion_lib.words import listed, pct, plural

CODE = r"^[+-]?(0\d+|\d{16,})$"  # a number would lose digits of these
_CODE = re.compile(CODE)
ODD_SHARE = 0.05  # of the rows: fewer texts among numbers are gaps, more are asked about
FEW = 50  # distinct values that a column of categories may have, with numbers among them
LARGEST = float(np.finfo(np.float32).max)  # beyond it no model can use a number
MARKS = {"": "", "coma": ",", "punto": "."}


@dataclass(frozen=True)
class Place:
    """Where a column is, and what its file and its home say of numbers."""

    where: str = ""  # file, from the home
    column: str = ""
    separator: str = ""  # of a CSV
    decimal: str = ""  # mark that a contract or a setting gives
    gaps: frozenset[str] = frozenset()  # codes that a contract or a setting gives, lower case
    elsewhere: Callable[[], str] = field(default=lambda: "", compare=False)  # mark of the others
    number: bool = False  # a contract says so

    def __str__(self) -> str:
        return f"{self.where}: la columna '{self.column}'"


@dataclass(frozen=True)
class Reading:
    """What a column is, and how its texts become values."""

    kind: str  # number, date or text
    decimal: str = ""
    gaps: Mapping[str, int] = field(default_factory=dict)  # codes taken as gaps, with their rows
    grouped: bool = False  # points between thousands were seen

    def values(self, texts: Sequence[str | None]) -> np.ndarray:
        """Texts as float64, or as object with None: dates as ISO days, the rest as they are."""
        if self.kind == "number":
            return to_numbers(texts, self.decimal)[0]
        read = list(texts)
        if self.kind == "date":
            read = days([None if text in self.gaps else text for text in read])
            read = read or [None] * len(texts)
        return np.array([*read, None], dtype=object)[:-1]


def finite(values: np.ndarray) -> np.ndarray:
    """Numbers that a model can use; infinities, and what is too large, as nan."""
    wrong = np.abs(values) > LARGEST
    return np.where(wrong, np.nan, values) if wrong.any() else values


def to_numbers(texts: Sequence[str | None], decimal: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Each text as a number, nan where it is none; and which of those that are there are none."""
    texts = list(texts)
    values = _plain(texts)
    blank = np.array([text is None for text in texts], bool)
    look = np.isnan(values) & ~blank
    if decimal == ",":  # 1.201 is a number as it stands, and another one
        look |= np.array([text is not None and "." in text for text in texts], bool)
    for i in np.flatnonzero(look):
        number = written(texts[i])
        values[i] = np.nan if number is None else number.value(decimal)
    wrong = look & np.isnan(values)
    return finite(values), wrong & np.array([t is not None and not _infinite(t) for t in texts])


def _infinite(text: str) -> bool:
    return text.lower().lstrip("+-") in ("inf", "infinity")


def _plain(texts: list[str | None]) -> np.ndarray:
    """Texts that are numbers as they stand; the others as nan."""
    try:
        read = pc.cast(pa.array(texts, pa.string()), pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        read = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(float)
    return np.array(read, float)


def judge(texts: Sequence[str | None], rows: np.ndarray, place: Place = Place()) -> Reading:
    """What the distinct texts of a column say that it is.

    Parameters
    ----------
    texts : sequence of str
        Distinct and canonical.
    rows : array of shape (n,)
        Rows that have each.

    Raises
    ------
    DataError
        If its numbers can be read two ways, or too many texts lie among them.
    """
    known = [i for i, text in enumerate(texts) if text is not None]
    labels, rows = [texts[i] for i in known], np.asarray(rows)[known]
    if not labels:
        return Reading("text")
    if not place.number and days(labels[:50]) and days(labels):
        return Reading("date", gaps=_tally(labels, rows, [is_gap(t) for t in labels]))
    array = pa.array(labels, pa.string())
    if not place.number and has_codes(array):
        return Reading("text")
    plain = _plain(labels)
    if not np.isnan(plain).any() and surely_points(plain, array):
        return Reading("number")
    wrong = to_numbers(labels)[1]
    if wrong.all() and not place.number and (odd := odd_among(labels, rows, ODD_SHARE)):
        return Reading("date", gaps=_tally(labels, rows, odd))
    if wrong.all() or (wrong.any() and not _may_have_gaps(labels, rows, wrong, place)):
        return Reading("text")
    numbers = [label for label, bad in zip(labels, wrong, strict=True) if not bad]
    decimal, grouped = _written(numbers, place)
    return Reading("number", decimal, _tally(labels, rows, wrong), grouped)


def has_codes(texts: pa.Array) -> bool:
    """True if some text is a code with leading zeros, or too long to be a number."""
    if len(texts) < 10:  # of a table with thousands of columns, each call counts
        return any(text and _CODE.match(text) for text in texts.to_pylist())
    return bool(pc.any(pc.match_substring_regex(texts, CODE)).as_py())


def surely_points(values: np.ndarray, texts: pa.Array) -> bool:
    """True if plain numbers cannot be read with points between their thousands."""
    parts = np.abs(values[values != np.rint(values)])
    if (parts < 1).any() or (parts >= 1000).any():
        return True
    thousandths = parts * 1000
    if (np.abs(thousandths - np.rint(thousandths)) > 1e-9 * thousandths).any():
        return True
    return not pc.any(pc.match_substring(texts, ".")).as_py()


def _may_have_gaps(labels: list[str], rows: np.ndarray, wrong: np.ndarray, place: Place) -> bool:
    """True if the texts among the numbers are gaps; False if the column is of categories."""
    gap = np.array([w and is_gap(t, place.gaps) for t, w in zip(labels, wrong, strict=True)])
    return _are_few(labels, rows, wrong & ~gap, gap, place)


def _tally(labels: list[str], rows: np.ndarray, chosen: Sequence[bool]) -> dict[str, int]:
    return {t: int(n) for t, n, c in zip(labels, rows, chosen, strict=True) if c}


def _are_few(labels, rows, odd, gap, place: Place) -> bool:
    total, strange = rows.sum(), rows[odd].sum()
    numbers = rows[~odd & ~gap].sum()
    if numbers <= ODD_SHARE * total and not place.number:
        return False
    if strange <= ODD_SHARE * total:
        return True
    if place.number or (~odd & ~gap).sum() <= FEW or numbers < total / 2:
        return False
    examples = [labels[i] for i in np.flatnonzero(odd)[np.argsort(-rows[odd], kind="stable")]]
    raise DataError(
        f"{place} tiene {plural(numbers, 'número', 'números')} y "
        f"{plural(strange, 'fila', 'filas')} con textos ({listed(examples, quote=True)}; "
        f"{pct(strange / total)}). ¿Quieren decir «sin dato»? Entonces escribe en "
        f"{config.SETTINGS_FILE}, bajo [tables], gaps = ["
        f"{', '.join(chr(34) + e + chr(34) for e in examples[:3])}]. Si no, corrige el extracto o "
        "deja fuera la columna con drop_cols."
    )


def _written(numbers: list[str], place: Place) -> tuple[str, bool]:
    """Decimal mark of a column of numbers, and whether points separate its thousands."""
    forms = marks(numbers)
    if not forms:
        return "", False
    _need_one_unit(forms, numbers, place)
    found = shapes_of(forms + [Written(t, "whole", False, "", False, "") for t in _short(numbers)])
    mark = decimal_mark(found, place.separator, "")
    if found.doubtful and not found.sure:
        mark = place.decimal or decimal_mark(found, place.separator, place.elsewhere())
    if mark is None:
        raise DataError(_which(found, numbers, place))
    return mark, mark == "," and any("." in form.body for form in forms)


def _marked(text: str) -> Written | None:
    return None if text.lstrip("+-").isdecimal() else written(text)


def marks(texts: Sequence[str]) -> list[Written]:
    """How the texts that are numbers with a mark are written."""
    return [form for text in texts if (form := _marked(text))]


def _short(numbers: list[str]) -> list[str]:
    """One whole number under a thousand, if there is one."""
    small = (t for t in numbers if len(t) <= 3 and t.isdecimal() and t != "0")
    return [text] if (text := next(small, "")) else []


def _need_one_unit(forms: list[Written], numbers: list[str], place: Place) -> None:
    money = sorted({form.money for form in forms if form.money})
    if len(money) > 1:
        raise DataError(
            f"{place} mezcla {listed(money)}. Pasa todos los importes a una moneda en el extracto, "
            "o deja fuera la columna con drop_cols."
        )
    per_cent = sum(form.percent for form in forms)
    plain = [t for t in numbers if "%" not in t and t.strip("0.,+-")]
    if per_cent and plain:
        raise DataError(
            f"{place} mezcla números con % y sin él ({listed(plain[:3], quote=True)}): no se sabe "
            "si 12 es 12 %. Escríbelos todos igual en el extracto, o deja fuera la columna con "
            "drop_cols."
        )


def _which(found: Shapes, numbers: list[str], place: Place) -> str:
    examples = [t for t in numbers if (w := _marked(t)) and w.shape in ("point3", "comma3")]
    example = written(examples[0])
    low, high = sorted(example.value(mark) for mark in ".,")
    return (
        f"{place} tiene {listed(examples[:3], quote=True)} y no se sabe si '{examples[0]}' es "
        f"{high:.0f}, con los miles separados, o {str(low).replace('.', ',')}, con decimales. Di "
        f"cuál es la marca de los decimales: escribe en {config.SETTINGS_FILE}, bajo [tables], "
        'decimal = "coma" o decimal = "punto"; '
        "o deja fuera la columna con drop_cols."
    )

"""Numbers as people write them: 1.234,50 · 1,234.50 · 1 234,5 · $12 · 1,50 € · 12 % · (300) · 300-.

Most of them say by themselves where their decimals are. "1.201" does not: it is one and a
fifth, or one thousand two hundred and one. Its column says which, or nobody does.
"""

import re
from collections import Counter
from dataclasses import dataclass

MONEY = r"(?:US\$|R\$|S/\.?|[$€£¥₹]|(?:EUR|USD|GBP|MXN|COP|CLP|ARS|PEN|CHF|BRL|euros?)\b)"
_SPACES = "\u00a0\u202f\u2009 "
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+]?)\s?(?P<before>{MONEY})?\s?(?P<inner>[-+]?)"
    rf"(?P<body>\d{{1,3}}(?:[{_SPACES}'’]\d{{3}})+(?:[.,]\d*)?|[\d.,]*\d[.,]?)"
    rf"(?P<exponent>[eE][-+]?\d{{1,3}})?"
    rf"(?P<last>-)?\s?(?P<after>{MONEY})?\s?(?P<percent>%)?(?P<close>\))?"
)
_GROUPS = re.compile(rf"[{_SPACES}'’]")
_SHAPES = {
    # Three digits behind one mark, and neither a zero before it nor a second group: either.
    "point3": re.compile(r"[1-9]\d{0,2}\.\d{3}"),
    "comma3": re.compile(r"[1-9]\d{0,2},\d{3}"),
    "whole": re.compile(r"\d+"),
    "comma": re.compile(r"\d*,\d*|\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,}"),
    # In India thousands are followed by hundreds of thousands: 1,23,456.50.
    "point": re.compile(
        r"\d*\.\d*|\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,}|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?"
    ),
}
AMBIGUOUS = ("point3", "comma3")


@dataclass(frozen=True)
class Written:
    """A number as it is written, before its decimals are known."""

    body: str  # digits, points and commas
    shape: str  # point3, comma3 (either way), whole, comma, point (only one way)
    negative: bool
    exponent: str
    percent: bool
    money: str

    def value(self, decimal: str) -> float:
        """The number, with `decimal` (a point or a comma) where its shape does not say."""
        mark = {"comma": ",", "point": "."}.get(self.shape, decimal or ".")
        digits = self.body.replace("." if mark == "," else ",", "").replace(",", ".")
        if self.shape in ("comma", "point") and digits.count(".") > 1:
            digits = digits.replace(".", "")  # 1.234.567
        power = int(self.exponent[1:] or 0) if self.exponent else 0
        # The exponent is moved in the text, so that 12,3 % is 0.123 and not 12.3 / 100.
        number = float(f"{digits}e{power - 2 * self.percent}")
        return -number if self.negative else number


def written(text: str) -> Written | None:
    """How a text writes a number; None if it is none.

    Examples
    --------
    >>> [written(t).value(".") for t in ("1.234,50", "$1,234.50", "12%", "1.201", "1 234,5")]
    [1234.5, 1234.5, 0.12, 1.201, 1234.5]
    >>> written("1.201").value(",")
    1201.0
    """
    found = _NUMBER.fullmatch(text.replace("−", "-"))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    grouped = _GROUPS.search(found["body"])
    body = _GROUPS.sub("", found["body"])
    shape = next((name for name, form in _SHAPES.items() if form.fullmatch(body)), None)
    if shape is None or body in (".", ","):
        return None
    if grouped and shape in AMBIGUOUS:
        shape = shape.removesuffix("3")
    negative = "-" in found["sign"] + found["inner"] + (found["last"] or "") or bool(found["open"])
    money = (found["before"] or found["after"] or "").replace("euros", "euro")
    return Written(
        body, shape, negative, found["exponent"] or "", bool(found["percent"]), money.strip()
    )


@dataclass(frozen=True)
class Shapes:
    """How the numbers of a column are written, together."""

    shapes: Counter  # distinct texts of each shape
    grouped_like: bool  # whole ones under a thousand and a zero at the end: as thousands go

    @property
    def sure(self) -> str:
        """The decimal mark that some text shows; empty if none, or both, do."""
        point, comma = self.shapes["point"], self.shapes["comma"]
        return "" if bool(point) == bool(comma) else "." if point else ","

    @property
    def doubtful(self) -> bool:
        """True if some text can be read two ways."""
        return bool(self.shapes["point3"] or self.shapes["comma3"])

    @property
    def mixed(self) -> bool:
        """True if texts show both decimal marks, or doubtful ones have both."""
        s = self.shapes
        return bool(s["point"] and s["comma"]) or bool(s["point3"] and s["comma3"])


def shapes_of(numbers: list[Written]) -> Shapes:
    """Shapes of the numbers of a column."""
    bodies = [n for n in numbers if n.shape in AMBIGUOUS]
    small = any(n.shape == "whole" and len(n.body) <= 3 and n.body != "0" for n in numbers)
    zeros = any(n.body.endswith("0") for n in bodies)
    return Shapes(Counter(n.shape for n in numbers), small and zeros)


def decimal_mark(found: Shapes, separator: str, elsewhere: str) -> str | None:
    """The decimal mark of a column, from itself, its file and the file's other columns.

    Parameters
    ----------
    separator : str
        Of the file; empty where it has none.
    elsewhere : str
        Mark that the other columns of the file show; empty if none, or both.

    Returns
    -------
    str or None
        ``"."``, ``","``, ``""`` where there is nothing to read two ways; None if nobody can say.
    """
    if not found.doubtful:
        return found.sure
    if found.mixed:
        return None
    if found.sure:
        return found.sure
    points = bool(found.shapes["point3"])
    if separator == ",":  # who separates with commas writes decimals with points
        return None if points and found.grouped_like else "."
    if points:
        return None if elsewhere == "." and found.grouped_like else elsewhere or None
    if separator == ";":
        return None if found.grouped_like and elsewhere != "," else elsewhere or ","
    return elsewhere or None

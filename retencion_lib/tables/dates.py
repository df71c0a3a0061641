"""Dates in every shape in which people write them, as ISO days.

A column is of dates if every text that is there is one, or nearly all. 03/04/2023 is the third of
April unless its own column has a day over twelve in the second place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date

import numpy as np

from retencion_lib.tables.text import is_gap

_MONTHS = (
    "jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep set", "oct", "nov",
    "dec dic",
)  # fmt: skip
_MONTH_OF = {name: i for i, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = (
    r"(?P<name>(?:jan|ene|feb|mar|apr|abr|may|jun|jul|aug|ago|sep|set|oct|nov|dec|dic)[a-z]*)\.?"
)
_TIME = r"(?:(?:[T ]|, )\d{1,2}[:.]?\d{2}.*)?"
_FORMS = [re.compile(form, re.IGNORECASE) for form in (
    rf"(?P<y>\d{{4}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_TIME}",
    rf"(?P<a>\d{{1,2}})(?P<s>[-/.])(?P<b>\d{{1,2}})(?P=s)(?P<y>\d{{4}}){_TIME}",
    rf"(?P<a>\d{{1,2}})(?P<s>[-/])(?P<b>\d{{1,2}})(?P=s)(?P<y>\d{{2}}){_TIME}",
    rf"(?P<a>\d{{2}})(?P<s>[.])(?P<b>\d{{2}})(?P=s)(?P<y>\d{{2}}){_TIME}",
    rf"(?P<y>(?:19|20)\d{{2}})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01]){_TIME}",
    rf"(?P<d>\d{{1,2}})(?:[- /]|\. | de )\s?{_NAME}(?:[-, /]| de )\s?(?P<y>\d{{4}}|\d{{2}}){_TIME}",
    rf"(?:[a-záéíóú]{{3,9}},? )?{_NAME} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}}){_TIME}",
    r"(?P<y>(?:19|20)\d{2})[-/](?P<m>0?[1-9]|1[0-2])",
    r"(?P<y>(?:19|20)\d{2})-?W(?P<w>\d{2})",
    r"(?P<y>(?:19|20)\d{2})[- ]?[QT](?P<q>[1-4])",
    r"[QT](?P<q>[1-4])[- /](?P<y>(?:19|20)\d{2})",
    r"(?P<m>0?[1-9]|1[0-2])[-/](?P<y>(?:19|20)\d{2})",
    rf"{_NAME}[- /](?P<y>\d{{4}}|\d{{2}})",
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? " + _NAME
    + r" (?P<d>\d{1,2}) \d{1,2}:\d{2}.* (?P<y>\d{4})",
)]  # fmt: skip
_NOTHING = re.compile(r"0[0\-/. :T]*")  # 0000-00-00


@dataclass(slots=True)
class _Parts:
    """What a form found: the groups of its expression."""

    y: str
    m: str = ""
    d: str = "1"  # a month alone is its first day
    a: str = ""  # first of two numbers that may be the day
    b: str = ""
    name: str = ""  # of the month
    w: str = ""  # week of the year, which begins on its Monday
    q: str = ""  # quarter
    s: str = ""  # separator


def days(texts: Sequence[str | None]) -> list[str | None] | None:
    """ISO day of each text, None where it is a gap; None if some text is no date.

    Examples
    --------
    >>> days(["21/05/23", "May 3, 2023", "20230521", "NaT", "2023-05"])
    ['2023-05-21', '2023-05-03', '2023-05-21', None, '2023-05-01']
    >>> days(["04/21/2023", "03/04/2023"])
    ['2023-04-21', '2023-03-04']
    >>> days(["10-20", "20-30"]) is None
    True
    """
    found, second_is_day = [], False
    for text in texts:
        if text is None or is_gap(text) or _NOTHING.fullmatch(text):
            found.append(None)
            continue
        match = next((m for form in _FORMS if (m := form.fullmatch(text))), None)
        if match is None:
            return None
        part = _Parts(**match.groupdict())
        second_is_day |= bool(part.b) and int(part.b) > 12
        found.append(part)
    if not any(found):
        return None
    read = [part and _day(part, second_is_day) for part in found]
    return None if any(part and not day for part, day in zip(found, read, strict=True)) else read


def odd_among(texts: Sequence[str], rows: np.ndarray, share: float) -> list[bool]:
    """Which texts are no dates, where few rows have them; empty where the others are none either.

    Parameters
    ----------
    rows : array of shape (n,)
        Rows that have each text.
    share : float
        Part of the rows that may be odd.
    """
    if sum(days([text]) is None for text in texts[:20]) > 10:
        return []
    odd = np.array([days([text, "2024-01-01"]) is None for text in texts])
    good = [None if wrong else text for text, wrong in zip(texts, odd, strict=True)]
    if rows[odd].sum() > share * rows.sum() or not days(good):
        return []
    return [bool(wrong) or is_gap(text) for text, wrong in zip(texts, odd, strict=True)]


def _day(part: _Parts, second_is_day: bool) -> str | None:
    year = int(part.y) + (0 if len(part.y) == 4 else 1900 if int(part.y) > 68 else 2000)
    if part.w:
        return _monday(year, int(part.w))
    if part.q:
        return Date(year, 3 * int(part.q) - 2, 1).isoformat()
    if part.a:
        day, month = (part.b, part.a) if second_is_day else (part.a, part.b)
    else:
        day, month = part.d, part.m or _MONTH_OF[part.name[:3].lower()]
    try:
        return Date(year, int(month), int(day)).isoformat()
    except ValueError:
        return None


def _monday(year: int, week: int) -> str | None:
    try:
        return Date.fromisocalendar(year, week, 1).isoformat()
    except ValueError:
        return None

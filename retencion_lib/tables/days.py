"""Texts to days: which day each text says, or a refusal. Never a guess between day and month.

Only `read_days` is used from outside.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from retencion_lib.errors import DataError
from retencion_lib.tables.clock import Days
from retencion_lib.words import MONTHS, listed, plural

# The time of day, which no count of ours needs, and the zone after it, which must be one alone.
TIME = (
    r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)"
    r" ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})")
COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})")
DAY_NAMED = re.compile(
    r"(?P<d>\d{1,2})(?P<sep>[- ./])(?:de )?(?P<m>[^\W\d]+)\.?,?[- ./](?:de )?(?P<y>\d{4}|\d{2})"
)
NAMED_DAY = re.compile(r"(?P<m>[^\W\d]+)\.?(?P<sep> )(?P<d>\d{1,2}),? (?P<y>\d{4})")
SHAPES = (YEAR_FIRST, COMPACT, YEAR_LAST, DAY_NAMED, NAMED_DAY)
ENGLISH = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
# Both languages agree wherever three letters mean a month in both.
MONTH_OF = {name[:3]: n for names in (ENGLISH, MONTHS) for n, name in enumerate(names, 1)}
ADVICE = "Escríbelas todas como AAAA-MM-DD."


def read_days(texts: Sequence[str], where: str) -> Days:
    """The day that each text says; a time of day is dropped.

    Parameters
    ----------
    texts : sequence of str
        Distinct texts of one column.
    where : str
        File and column, for the messages.

    Raises
    ------
    DataError
        If one says no day, if they are written in more than one way or in more than one time
        zone, or if nothing tells the day from the month.
    """
    times = [re.search(TIME, text) for text in texts]
    heads = [t[: m.start()] if m else t for t, m in zip(texts, times, strict=True)]
    _one_zone([(text, m[1] or "") for text, m in zip(texts, times, strict=True) if m], where)
    found = [_match(head) for head in heads]
    bad = [text for text, match in zip(texts, found, strict=True) if match is None]
    if bad:
        raise DataError(f"{where}: {_these(bad)} una fecha. {ADVICE}")
    _one_way(texts, found, where)
    first = _day_first(found, where) if found and "a" in found[0].groupdict() else None
    days = [_day(match, first) for match in found]
    bad = [text for text, day in zip(texts, days, strict=True) if day is None]
    if bad:
        raise DataError(f"{where}: {_these(bad)} un día del calendario. {ADVICE}")
    return np.array(days, dtype="datetime64[D]")


def _match(head: str) -> re.Match | None:
    return next((m for shape in SHAPES if (m := shape.fullmatch(head.strip()))), None)


def _these(bad: list[str]) -> str:
    """Examples of values that are not what they should, up to the verb."""
    said = listed(bad[:3], quote=True)
    if len(bad) == 1:
        return f"{said} no es"
    return f"{plural(len(bad), 'valor', 'valores')} (como {said}) no son"


def _one_zone(timed: list[tuple[str, str]], where: str) -> None:
    zones = {"UTC" if zone in ("Z", "GMT") else zone: text for text, zone in timed}
    if len(zones) > 1:
        said = listed([f"'{t}' ({z or 'sin huso'})" for z, t in zones.items()])
        raise DataError(
            f"{where}: hay fechas de husos horarios distintos, {said}: el día no sería el mismo "
            "para todas. Escribe solo la fecha del lugar, AAAA-MM-DD."
        )


def _one_way(texts: Sequence[str], found: list[re.Match], where: str) -> None:
    ways: dict[tuple, str] = {}
    for text, match in zip(texts, found, strict=True):
        parts = match.groupdict()
        ways.setdefault((match.re, parts.get("sep"), len(parts["y"])), text)
    if len(ways) > 1:
        said = listed(list(ways.values()), limit=3, quote=True)
        raise DataError(
            f"{where}: las fechas están escritas de maneras distintas, {said}, y podrían no "
            f"querer decir lo mismo. {ADVICE}"
        )


def _day_first(found: list[re.Match], where: str) -> bool:
    """Whether the first number is the day: only a number above 12 can tell."""
    over = Counter(key for match in found for key in "ab" if int(match[key]) > 12)
    if over["a"] and over["b"]:
        day, month = (next(m for m in found if int(m[key]) > 12) for key in "ab")
        raise DataError(
            f"{where}: unas fechas llevan el día delante ('{day[0]}') y otras el mes "
            f"('{month[0]}'). {ADVICE}"
        )
    if not over and any(m["a"] != m["b"] for m in found):
        raise DataError(
            f"{where}: ninguna fecha pasa del día 12, como '{found[0][0]}', y no se sabe qué "
            f"número es el día y cuál el mes. {ADVICE}"
        )
    return not over["b"]


def _day(match: re.Match, day_first: bool | None) -> np.datetime64 | None:
    parts = match.groupdict()
    if day_first is not None:
        parts["d"], parts["m"] = (parts["a"], parts["b"])[:: 1 if day_first else -1]
    month = parts["m"] if parts["m"].isdigit() else MONTH_OF.get(parts["m"].lower()[:3], 0)
    year = int(parts["y"]) if len(parts["y"]) == 4 else 1969 + (int(parts["y"]) - 69) % 100
    try:
        return np.datetime64(f"{year:04d}-{int(month):02d}-{int(parts['d']):02d}", "D")
    except ValueError:
        return None

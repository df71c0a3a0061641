"""Spanish words for numbers and lists: the one place where they are formatted.

Messages, sentences, tables and figures all call these, so a change of country is a
change of one module.
"""

from collections.abc import Iterable

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
_SWAP = str.maketrans(",.", ".,")


def es(value: float | None, digits: int = 1) -> str:
    """Format a number the Spanish way: ``es(1234.5)`` is ``'1.234,5'``; None is a dash."""
    if value is None or value != value:
        return "—"
    return f"{value:z,.{digits}f}".translate(_SWAP)


def count(value: float) -> str:
    """Format a whole number: ``count(7043)`` is ``'7.043'``."""
    return es(value, 0)


def pct(share: float | None, digits: int = 1) -> str:
    """Format a share of one as a percentage: ``pct(0.265)`` is ``'26,5 %'``."""
    if share is None or share != share:
        return "—"
    return f"{es(100 * share, digits)} %"


def interval(low: float, high: float, digits: int = 3) -> str:
    """Format an interval: ``interval(0.1, 0.2)`` is ``'[0,100; 0,200]'``."""
    return f"[{es(low, digits)}; {es(high, digits)}]"


def eur(amount: float) -> str:
    """Amount for readers: ``'1.234 EUR'``, with decimals below 100."""
    return f"{es(amount, 0 if abs(amount) >= 100 else 2)} EUR"


def eur_interval(low: float, high: float) -> str:
    """Interval of amounts for readers."""
    digits = 0 if max(abs(low), abs(high)) >= 100 or low == high == 0 else 2
    return f"[{es(low, digits)}; {es(high, digits)}]"


def plural(n: float, one: str, many: str) -> str:
    """Choose by number: ``plural(1, 'fila', 'filas')`` is ``'1 fila'``."""
    said = count(n)
    return f"{said} {one if said == '1' else many}"


def only(n: float, one: str, many: str) -> str:
    """Say one without a figure: ``only(2, 'del cliente', 'de los {} clientes')`` tells how many."""
    said = count(n)
    return one if said == "1" else many.format(said)


def on_lines(numbers: Iterable[int]) -> str:
    """Lines of a file: ``on_lines([3, 4])`` is ``'líneas 3 y 4'``."""
    numbers = list(numbers)
    return f"{'línea' if len(numbers) == 1 else 'líneas'} {listed(numbers)}"


def points(share: float, digits: int = 1) -> str:
    """Format a difference of shares: ``points(0.012)`` is ``'1,2 puntos'``."""
    said = es(100 * share, digits)
    return f"{said} {'punto' if said == '1' else 'puntos'}"


def listed(items: Iterable[object], limit: int = 5, quote: bool = False) -> str:
    """Join items as prose, and count what is left out: ``'a, b y c'``, ``'a, b y 7 más'``."""
    items = list(items)
    shown = [f"'{item}'" if quote else str(item) for item in items[:limit]]
    if len(items) > limit:
        shown.append(f"{count(len(items) - limit)} más")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} y {shown[-1]}"


def day(iso: object) -> str:
    """Write a date in words: ``day('2026-10-31')`` is ``'31 de octubre de 2026'``."""
    year, month, number = str(iso)[:10].split("-")
    return f"{int(number)} de {MONTHS[int(month) - 1]} de {year}"


def short_day(iso: str) -> str:
    """Write a day of some year where there is little room: ``'31 oct'``."""
    return f"{int(iso[8:10])} {MONTHS[int(iso[5:7]) - 1][:3]}"


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey: names of files are whatever a hand chose."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(text: str) -> str:
    """The same of several lines, whose ends stay."""
    return "\n".join(map(printable, text.split("\n")))

"""Columns of a log as DuckDB should read them: expressions over the table ``raw``.

How a text is written is judged by every distinct way of writing it, never by the first rows.
"""

import re
from typing import Any

import pyarrow as pa

from retencion_lib.errors import DataError
from retencion_lib.tables.snapshots.days import TIME, read_days
from retencion_lib.tables.typed import BLANKS, typed_labels, with_points
from retencion_lib.words import listed, plural

NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)")
NOTHING = ", ".join(f"'{blank}'" for blank in BLANKS)


def text_of(column: str, kind: str) -> str:
    """A column as text without outer blanks, nothing where it is blank."""
    if kind in ("FLOAT", "DOUBLE"):  # a whole number that a missing value made a float
        whole = f"CASE WHEN {column} = floor({column}) THEN {column}::HUGEINT::VARCHAR"
        return f"CASE WHEN isfinite({column}) THEN {whole} ELSE {column}::VARCHAR END END"
    if kind != "VARCHAR":
        return f"{column}::VARCHAR"
    # As a list and not as IN (…), which DuckDB makes a join of: inside another join it has no end.
    return f"CASE WHEN NOT list_contains([{NOTHING}], trim({column})) THEN trim({column}) END"


def id_text(kind: str) -> str:
    """The customer of each event, as text."""
    return text_of("raw.id", kind)


def day_of(con: Any, kind: str, where: str) -> tuple[str, str]:
    """The day of each event, and the join that it needs.

    Raises
    ------
    DataError
        If an event has no date, or its text says no day.
    """
    text = text_of("raw.moment", kind)
    missing = con.execute(f"SELECT count(*) FROM raw WHERE ({text}) IS NULL").fetchall()[0][0]
    if missing:
        raise DataError(
            f"{where}: {plural(missing, 'evento no tiene', 'eventos no tienen')} fecha, y no se "
            "sabe en qué ventana cuentan. Complétalas o quita esas filas."
        )
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return "raw.moment::DATE", ""
    # Without its time a moment is one of few days, which are read once each.
    short = f"""regexp_replace({text}, '{TIME}', ' 00:00\\1')"""
    texts = [row[0] for row in con.execute(f"SELECT DISTINCT {short} FROM raw").fetchall()]
    days = pa.table({"said": texts, "day": read_days(texts, where)})
    con.register("days", days)
    return "days.day", f"JOIN days ON days.said = {short}"


def as_number(con: Any, column: str, kind: str, where: str, comma: bool) -> str:
    """An amount as a number; what is no finite one counts as missing.

    Parameters
    ----------
    comma : bool
        Whether "1.234,5" may be 1234.5.

    Raises
    ------
    DataError
        If some are no numbers.
    """
    if NUMBERS.fullmatch(kind):
        return f"CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END"
    text = text_of(column, kind)
    shapes = f"""SELECT max(t) FROM (SELECT {text} AS t FROM raw)
        GROUP BY regexp_replace(t, '[0-9]', '9', 'g')"""
    examples = [row[0] for row in con.execute(shapes).fetchall() if row[0] is not None]
    if typed_labels(examples, decimal_comma=comma).dtype == object and examples:
        _refuse_texts(examples, comma, where)
    if comma and with_points(examples) != examples:
        text = f"replace(replace({text}, '.', ''), ',', '.')"
    return f"CASE WHEN isfinite(({text})::DOUBLE) THEN ({text})::DOUBLE END"


def _refuse_texts(examples: list[str], comma: bool, where: str) -> None:
    bad = [e for e in examples if typed_labels([e], decimal_comma=comma).dtype == object]
    said = listed((bad or examples)[:3], quote=True)
    raise DataError(
        f"{where}: hay importes que no son números, como {said}. "
        "Corrígelos en el extracto, o quita la columna de amount_cols."
    )

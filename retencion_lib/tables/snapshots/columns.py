"""Columns of a log as DuckDB should read them: expressions over the table ``raw``.

How a text is written is judged by every distinct way of writing it, never by the first rows.
"""

import re
from typing import Any

import numpy as np
import pyarrow as pa

from retencion_lib.errors import DataError
from retencion_lib.tables.days import TIME, read_days
from retencion_lib.tables.text import BLANKS
from retencion_lib.tables.typed import Place, judge
from retencion_lib.words import listed, plural

NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)")
NOTHING = ", ".join(f"'{blank}'" for blank in sorted(BLANKS))


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


def as_number(con: Any, column: str, kind: str, place: Place) -> str:
    """An amount as a number; what is no finite one counts as missing.

    Raises
    ------
    DataError
        If some are no numbers, or can be read two ways.
    """
    if NUMBERS.fullmatch(kind):
        return f"CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END"
    text = text_of(column, kind)
    shapes = f"""SELECT max(t) FROM (SELECT {text} AS t FROM raw)
        GROUP BY regexp_replace(t, '[0-9]', '9', 'g')"""
    examples = [row[0] for row in con.execute(shapes).fetchall() if row[0] is not None]
    decimal = judge(examples, np.ones(len(examples)), place).decimal
    marks = str.maketrans(",", ".", ".") if decimal == "," else {}
    bad = [example for example in examples if not _is_float(example.translate(marks))]
    if bad:
        raise DataError(
            f"{place.where}, '{place.column}': hay importes que no son números, como "
            f"{listed(bad[:3], quote=True)}. Corrígelos en el extracto, o quita la columna de "
            "amount_cols."
        )
    if marks:
        text = f"replace(replace({text}, '.', ''), ',', '.')"
    return f"CASE WHEN isfinite(({text})::DOUBLE) THEN ({text})::DOUBLE END"


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text

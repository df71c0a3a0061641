"""What kind of column each one is, and why some are kept out of the features."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from retencion_lib.words import count, pct

MAX_CATEGORIES = 50  # more labels than this, and too few rows for each, is free text
MAX_CATEGORY_SHARE = 0.05  # labels for each row


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a table: its kind, its gaps, and whether a model may use it."""

    name: str
    # numeric, categorical, constant, id, date, text, target, excluded, sensitive
    kind: str
    dtype: str
    n_missing: int
    n_unique: int
    use: bool
    reason: str  # in Spanish; empty where the column is used


def describe_columns(
    frame: pd.DataFrame,
    *,
    target: str,
    id_col: str,
    drop_cols: Sequence[str] = (),
    sensitive: Sequence[str] = (),
) -> list[ColumnInfo]:
    """Recognise every column of a table, in its order.

    Returns
    -------
    list of ColumnInfo
        ``use`` is False for the id, the target, what the user drops or names as sensitive, and
        for constant, id-like, date and very high-cardinality text columns; ``reason`` says why.
    """
    roles = dict.fromkeys(drop_cols, ("excluded", "lo excluye drop_cols"))
    roles |= dict.fromkeys(sensitive, ("sensitive", "es sensible: solo compara grupos"))
    roles |= {target: ("target", "es el objetivo"), id_col: ("id", "es el identificador")}
    return [_describe(frame[name], name, roles.get(name)) for name in frame.columns]


def _describe(column: pd.Series, name: str, role: tuple[str, str] | None) -> ColumnInfo:
    n_unique = int(column.nunique())
    kind, reason = role or recognise(column, n_unique)
    return ColumnInfo(
        name, kind, str(column.dtype), int(column.isna().sum()), n_unique, not reason, reason
    )


def recognise(column: pd.Series, n_unique: int) -> tuple[str, str]:
    """Kind of a feature column, and the reason to leave it out (empty if it serves)."""
    present = column.dropna()
    if n_unique <= 1:
        return "constant", f"tiene {count(n_unique)} valor distinto: no separa a nadie"
    numeric = pd.api.types.is_numeric_dtype(column)
    if pd.api.types.is_datetime64_any_dtype(column) or (not numeric and looks_like_date(present)):
        return "date", "es una fecha: conviértela antes en una antigüedad"
    unique = n_unique == len(present) and len(present) > 20
    whole = numeric and bool((present == present.round()).all())
    if unique and (not numeric or (whole and _is_dense(present))):
        return "id", "cada fila tiene un valor distinto: parece un identificador"
    if numeric:
        return "numeric", ""
    if n_unique > max(MAX_CATEGORIES, MAX_CATEGORY_SHARE * len(present)):
        share = n_unique / len(present)
        return "text", f"{count(n_unique)} textos distintos ({pct(share)} de las filas)"
    return "categorical", ""


def date_columns(frame: pd.DataFrame, columns: Sequence[ColumnInfo]) -> list[str]:
    """Names of the columns of dates; one with the same date in every row is one of them."""
    return [
        c.name for c in columns
        if c.kind == "date" or (c.kind == "constant" and c.n_unique and _only_dates(frame[c.name]))
    ]  # fmt: skip


def _only_dates(column: pd.Series) -> bool:
    dated = pd.api.types.is_datetime64_any_dtype(column)
    return dated or looks_like_date(column.dropna())


def _is_dense(present: pd.Series) -> bool:
    # Consecutive numbers or long codes are ids; whole amounts that happen not to repeat
    # spread over a range that is neither.
    span = present.max() - present.min() + 1
    return bool(span <= 2 * len(present) or present.min() >= 10_000_000)


def looks_like_date(present: pd.Series) -> bool:
    """True if every text is a date such as 2026-10-31, 31/10/2026 or with a time behind."""
    text = present.astype(str)
    iso = r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?"
    local = r"\d{1,2}[/-]\d{1,2}[/-]\d{4}( .*)?"
    return bool(text.str.fullmatch(iso).all() or text.str.fullmatch(local).all())

"""What kind of column each one is, and why some are kept out of the features."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from retencion_lib.tables.dates import days

MAX_CATEGORIES = 50  # more labels than this, and too few rows for each, is free text
MAX_CATEGORY_SHARE = 0.05  # labels for each row
NESTED = r"\[.*\]|\{.*\}"  # lists and records, as JSON


class Reason(StrEnum):
    """Why a column is kept out of the features; `NONE`, and false, where it is used."""

    NONE = ""
    DROPPED = "dropped"
    SENSITIVE = "sensitive"
    TARGET = "target"
    ID = "id"
    SNAPSHOT = "snapshot"
    CONSTANT = "constant"
    DATE = "date"
    ALL_DIFFERENT = "all_different"
    MANY_TEXTS = "many_texts"
    NESTED = "nested"


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a table: its kind, its gaps, and whether a model may use it."""

    name: str
    # numeric, categorical, constant, id, date, snapshot, text, target, excluded, sensitive
    kind: str
    dtype: str
    n_missing: int
    n_unique: int
    use: bool
    reason: Reason


def describe_columns(
    frame: pd.DataFrame,
    *,
    target: str,
    id_col: str,
    drop_cols: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    snapshot_col: str = "",
) -> list[ColumnInfo]:
    """Recognise every column of a table, in its order.

    Returns
    -------
    list of ColumnInfo
        ``use`` is False for the id, the target, the date of each row, what the user drops or
        names as sensitive, and for constant, id-like, date and very high-cardinality text
        columns; ``reason`` says why.
    """
    roles = dict.fromkeys(drop_cols, ("excluded", Reason.DROPPED))
    roles |= dict.fromkeys(sensitive, ("sensitive", Reason.SENSITIVE))
    roles |= {snapshot_col: ("snapshot", Reason.SNAPSHOT)}
    roles |= {target: ("target", Reason.TARGET), id_col: ("id", Reason.ID)}
    return [_describe(column, name, roles.get(name)) for name, column in frame.items()]


def _describe(column: pd.Series, name: str, role: tuple[str, Reason] | None) -> ColumnInfo:
    n_unique = int(column.nunique())
    kind, reason = role or recognise(column, n_unique)
    return ColumnInfo(
        name, kind, str(column.dtype), int(column.isna().sum()), n_unique, not reason, reason
    )


def recognise(column: pd.Series, n_unique: int) -> tuple[str, Reason]:
    """Kind of a feature column, and the reason to leave it out."""
    present = column.dropna()
    if n_unique <= 1:
        return "constant", Reason.CONSTANT
    numeric = pd.api.types.is_numeric_dtype(column)
    if _is_date(column):
        return "date", Reason.DATE
    if not numeric and present.astype(str).str.fullmatch(NESTED).all():
        return "text", Reason.NESTED
    unique = n_unique == len(present) and len(present) > 20
    whole = numeric and bool((present == present.round()).all())
    if unique and (not numeric or (whole and _is_dense(present))):
        return "id", Reason.ALL_DIFFERENT
    if numeric:
        return "numeric", Reason.NONE
    if n_unique > max(MAX_CATEGORIES, MAX_CATEGORY_SHARE * len(present)):
        return "text", Reason.MANY_TEXTS
    return "categorical", Reason.NONE


def date_columns(frame: pd.DataFrame, columns: Sequence[ColumnInfo]) -> list[str]:
    """Names of the columns of dates; one with the same date in every row is one of them."""
    return [
        c.name for c in columns
        if c.kind == "date" or (c.kind == "constant" and c.n_unique and _is_date(frame[c.name]))
    ]  # fmt: skip


def _is_date(column: pd.Series) -> bool:
    if pd.api.types.is_datetime64_any_dtype(column):
        return True
    if pd.api.types.is_numeric_dtype(column):
        return False
    texts = [str(value) for value in column.dropna().unique()]
    return bool(days(texts[:50]) and days(texts))


def _is_dense(present: pd.Series) -> bool:
    # Consecutive numbers or long codes are ids; whole amounts that happen not to repeat
    # spread over a range that is neither.
    span = present.max() - present.min() + 1
    return bool(span <= 2 * len(present) or present.min() >= 10_000_000)

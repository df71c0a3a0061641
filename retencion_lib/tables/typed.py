"""Is a column numbers or text? Found from its distinct values, never assumed."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

BLANKS = ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A"]
CODE = re.compile(r"[+-]?(0\d+|\d{16,})")  # a number would lose digits of these
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")


def find_type(column: pd.Series, *, decimal_comma: bool = False) -> pd.Series:
    """Column as numbers if every value that is there is one, else as text with None.

    Only distinct values are looked at, so that the cost hardly grows with the rows.

    Parameters
    ----------
    column : Series
        Any type; a categorical is taken by its labels.
    decimal_comma : bool
        Read "1.234,5" as 1234.5.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    if pd.api.types.is_bool_dtype(column):
        named = [None if pd.isna(v) else "true" if v else "false" for v in column]
        return pd.Series(named, index=column.index, name=column.name, dtype=object)
    if pd.api.types.is_numeric_dtype(column):
        return _plain_numbers(column)
    codes, labels = _distinct(column)
    values = typed_labels(labels, decimal_comma=decimal_comma)
    missing = codes < 0
    if values.dtype == object:
        found = np.append(values, [None])[codes]
    elif missing.any():
        found = np.append(values.astype(float), np.nan)[codes]
    else:
        found = values[codes]
    return pd.Series(found, index=column.index, name=column.name, dtype=found.dtype)


def _plain_numbers(column: pd.Series) -> pd.Series:
    if column.isna().any() or pd.api.types.is_float_dtype(column):
        return column.astype("float64").replace([np.inf, -np.inf], np.nan)
    return column.astype("int64")


def _distinct(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Place of each value among the distinct texts (-1 where missing), and those texts."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.map(_text, na_action="ignore").astype("category")
    return column.cat.codes.to_numpy(), [str(label) for label in column.cat.categories]


def _text(value: object) -> str:
    """A value as text; true and false as in a column of nothing else."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def typed_labels(labels: list[str], *, decimal_comma: bool = False) -> np.ndarray:
    """Distinct texts as numbers if all are, blanks as NaN; else as text, blanks as None."""
    texts = [text if (text := label.strip()) not in BLANKS else None for label in labels]
    present = [text for text in texts if text is not None]
    if decimal_comma:
        texts = with_points(texts)
        present = [text for text in texts if text is not None]
    numbers = pd.to_numeric(pd.Series(present, dtype=object), errors="coerce")
    if not present or numbers.isna().any() or any(map(CODE.fullmatch, present)):
        return np.array([*texts, None], dtype=object)[:-1]
    if len(present) == len(texts) and numbers.dtype == "int64":
        return numbers.to_numpy()
    floats = pd.to_numeric(pd.Series(texts, dtype=object)).to_numpy(float)
    return np.where(np.isinf(floats), np.nan, floats)


def with_points(texts: Sequence[str | None]) -> list[str | None]:
    """Texts such as "1.234,5" as "1234.5", if every one that is there is a number like it."""
    present = [text for text in texts if text is not None]
    commas = any("," in text for text in present)
    if not commas or not all(map(DECIMAL_COMMA.fullmatch, present)):
        return list(texts)
    swap = str.maketrans(",", ".", ".")
    return [text and text.translate(swap) for text in texts]

"""Why a customer is on the list: the features that raise the risk most, and their values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

LOW, HIGH = "low", "high"
LEAST_PART = 0.1  # of the largest part, below which a reason says little


FEW_VALUES = 6  # a number with as few distinct values is neither high nor low


SAME = 0.95  # correlation from which two numbers are one reason


@dataclass(frozen=True)
class Reason:
    """A feature that raises a customer's risk, and the value that does."""

    column: str
    value: Any
    level: str = (
        ""  # `LOW` or `HIGH` among the background; empty in between or where it says little
    )


def reasons(
    parts: pd.DataFrame, frame: pd.DataFrame, background: pd.DataFrame, *, limit: int = 3
) -> list[list[Reason]]:
    """Up to `limit` features that raise each row's risk the most.

    Parameters
    ----------
    parts : DataFrame of shape (n, n_features)
        From `attribution.contributions`.
    frame : DataFrame of shape (n, …)
        The same rows' values.
    background : DataFrame
        Rows against which a number is called high or low.

    Returns
    -------
    list of n lists of Reason
        Most important first; empty where nothing raises the risk.
    """
    levels = {name: levels_of(background[name]) for name in parts.columns}
    twins = _twins(background[parts.columns])
    values = frame[parts.columns].astype(object).to_numpy()
    found = []
    for row, own in zip(values, parts.to_numpy(), strict=True):
        kept: list[int] = []
        # What is known of a customer first: that something is not known helps no call.
        unknown = np.array([value is None or value != value for value in row])
        for i in np.lexsort((-own, unknown)):
            if len(kept) == limit:
                break
            if own[i] > 0 and own[i] >= LEAST_PART * own.max() and not twins[i, kept].any():
                kept.append(i)
        named = [(parts.columns[i], row[i]) for i in kept]
        found.append([Reason(name, value, _level(value, levels[name])) for name, value in named])
    return found


def _level(value: object, levels: tuple[float, float] | None) -> str:
    if levels is None or not isinstance(value, float | int):
        return ""
    return LOW if value <= levels[0] else HIGH if value >= levels[1] else ""


def _twins(background: pd.DataFrame) -> np.ndarray:
    """True for each pair of numbers that say the same, shape (n_features, n_features)."""
    numbers = background.select_dtypes("number")
    told = numbers.corr().abs().reindex(index=background.columns, columns=background.columns)
    return told.to_numpy() > SAME


def levels_of(column: pd.Series) -> tuple[float, float] | None:
    """Values up to which, and from which, a third of the background lies."""
    if not pd.api.types.is_numeric_dtype(column) or column.nunique() <= FEW_VALUES:
        return None
    low, high = column.quantile([1 / 3, 2 / 3])
    return (float(low), float(high)) if low < high else None

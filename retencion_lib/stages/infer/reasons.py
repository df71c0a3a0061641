"""Why a customer is on the list: the features that raise the risk most, and their values.

First what sets a customer apart from the others on the list, then what all share. Columns that
say the same are one reason, with the parts of all; what is not known comes last.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

LOW, HIGH = "low", "high"
LEAST_PART = 0.1  # of the largest part, below which a reason says little
FEW_VALUES = 6  # a number with as few distinct values is neither high nor low
SAME = 0.8  # correlation from which two numbers are one reason


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
    """Up to `limit` features that raise each row's risk.

    Parameters
    ----------
    parts : DataFrame of shape (n, n_features)
        From `attribution.contributions`, of all who are on the list.
    frame : DataFrame of shape (n, …)
        The same rows' values.
    background : DataFrame
        Rows against which a number is called high or low.

    Returns
    -------
    list of n lists of Reason
        First where the row is furthest above the mean of all; empty where nothing raises the risk.
    """
    levels = [levels_of(background[name]) for name in parts.columns]
    values = frame[parts.columns].astype(object).to_numpy()
    # What is known of a customer first: that something is not known helps no call.
    unknown = frame[parts.columns].isna().to_numpy()
    kept = _kept(parts.to_numpy(), unknown, _twins(background[parts.columns]), limit)
    found: list[list[Reason]] = [[] for _ in range(len(parts))]
    names, made = list(parts.columns), {}  # many share a reason: each is made once
    for chosen in kept.T:
        rows = np.flatnonzero(chosen >= 0)
        for row, i, value in zip(
            rows.tolist(), chosen[rows].tolist(), values[rows, chosen[rows]], strict=True
        ):
            reason = made.get((i, value))
            if reason is None:
                reason = made[i, value] = Reason(names[i], value, _level(value, levels[i]))
            found[row].append(reason)
    return found


def _kept(own: np.ndarray, unknown: np.ndarray, twins: np.ndarray, limit: int) -> np.ndarray:
    """Columns to name for each row, first what sets it apart; -1 where there is none any more.

    Parameters
    ----------
    own : array of shape (n, n_features)
        Parts.
    unknown : array of bool of shape (n, n_features)
        Values that are not there.
    twins : array of bool of shape (n_features, n_features)
        Pairs that say the same.

    Returns
    -------
    ndarray of int of shape (n, limit)
    """
    merged, rows = own @ (twins | np.eye(own.shape[1], dtype=bool)), np.arange(len(own))
    apart = merged - merged.mean(axis=0)  # from the others
    order = np.lexsort((-own, -merged, -apart, unknown), axis=-1)
    counts = (own > 0) & (merged > 0) & (merged >= LEAST_PART * merged.max(axis=1, keepdims=True))
    kept, taken = np.full((len(own), limit), -1), np.zeros(len(own), int)
    said = np.zeros(own.shape, bool)  # columns that say what one that is kept does
    for i in order.T:
        new = (taken < limit) & counts[rows, i] & ~said[rows, i]
        kept[rows[new], taken[new]] = i[new]
        said[new] |= twins[i[new]]
        taken += new
    return kept


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

"""Columns made from others: sums of columns of one unit, and ratios."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin


@dataclass(frozen=True)
class Derived:
    """A column made from others, and how."""

    kind: str  # "sum" or "ratio"
    sources: tuple[str, ...]  # for a ratio, numerator and denominator

    @property
    def name(self) -> str:
        """Formula, which is also the name of the column."""
        return (" + " if self.kind == "sum" else " / ").join(self.sources)

    def of(self, frame: pd.DataFrame) -> np.ndarray:
        """Values for each row, NaN where a source is missing or the denominator is zero."""
        columns = [frame[c].to_numpy(float) for c in self.sources]
        if self.kind == "sum":
            return np.sum(columns, axis=0)
        top, bottom = columns
        return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)


class Derive(TransformerMixin, BaseEstimator):
    """First step of a pipeline: add the derived columns to the table.

    ``sources`` maps each derived column to the original columns it is made from.
    """

    def __init__(self, derived: tuple[Derived, ...] = ()):
        self.derived = derived

    @property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """Original columns of each derived one."""
        return {d.name: d.sources for d in self.derived}

    def fit(self, X: pd.DataFrame, y: np.ndarray | None = None) -> "Derive":
        """Learn nothing."""
        self.fitted_ = True
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Table with the derived columns at its end."""
        return X.assign(**{d.name: d.of(X) for d in self.derived})

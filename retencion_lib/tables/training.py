"""A labelled table, read and checked: ids, features, who left, and when it was looked at."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.home.history import History
from retencion_lib.maths.metrics import Panel, panel_of
from retencion_lib.tables.clock import Clock, Days
from retencion_lib.tables.columns import ColumnInfo
from retencion_lib.tables.history import clock_of
from retencion_lib.tables.ids import as_labels
from retencion_lib.tables.labels import REFUSE, Classes
from retencion_lib.tables.sources import Note
from retencion_lib.tables.typed import Reading
from retencion_lib.tables.whole import Whole
from retencion_lib.words import listed


@dataclass(frozen=True)
class Training:
    """A labelled table: only the columns that models may use, and one row a customer and snapshot.

    Without a history a customer has one row. With one, rows without an outcome yet are left out.
    """

    path: str  # from the home
    sha256: str
    ids: pd.Series  # text; unique where there is no history
    X: pd.DataFrame  # numeric columns float64, the others object with None where missing
    y: np.ndarray  # 1 = left
    columns: list[ColumnInfo]
    classes: Classes  # the labels of who left and who stayed
    target: str
    id_col: str
    aside: pd.DataFrame  # as read: excluded and sensitive columns, which only compare groups
    dates: pd.DataFrame  # ISO days, which only tell how old an extract is
    readings: dict[str, Reading] = field(default_factory=dict)  # of the columns of texts
    notes: tuple[Note, ...] = ()  # what was odd about the table
    unlabelled: str = REFUSE
    history: History | None = None  # with its last day
    snapshots: Days | None = None  # day of each row, shape (n,)
    immature: int = 0  # rows left out, whose outcome is not known yet
    whole: Whole | None = None  # the table, where these are only some of its customers

    @property
    def clock(self) -> Clock:
        """When the outcome of a row is known; only with a history."""
        return clock_of(self.history)

    @cached_property
    def panel(self) -> Panel | None:
        """Which rows are of one customer, and which of one day; None without a history."""
        return None if self.snapshots is None else panel_of(self.ids, self.snapshots)

    @cached_property
    def keys(self) -> pd.Series:
        """Name of each row: the customer's, and the day's where there are many."""
        if self.snapshots is None:
            return self.ids
        return self.ids + "@" + self.snapshots.astype(str)

    @property
    def positive(self) -> str:
        """Label of the class that left."""
        return self.classes.leaves

    @property
    def n_rows(self) -> int:
        """Number of rows: of customers, where there is no history."""
        return len(self.y)

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return int(self.ids.nunique())

    @property
    def positive_rate(self) -> float:
        """Share of rows that left."""
        return float(self.y.mean())

    @property
    def table_rows(self) -> int:
        """Number of rows of the table whose outcome is known, held or not."""
        return self.whole.known if self.whole else self.n_rows

    @property
    def counted_rows(self) -> int:
        """Number of rows in which `columns` are counted: those held, or all once they were."""
        return self.table_rows if self.whole and self.whole.repeated is not None else self.n_rows

    @property
    def table_left(self) -> int:
        """Number of them that left."""
        return self.whole.left if self.whole else int(self.y.sum())

    @property
    def table_rate(self) -> float:
        """Share of them that left."""
        return self.table_left / self.table_rows if self.whole else self.positive_rate

    @property
    def table_customers(self) -> int:
        """Number of their customers."""
        return self.whole.n_customers if self.whole else self.n_customers

    @property
    def numeric(self) -> list[str]:
        """Names of the numeric features."""
        return [c.name for c in self.columns if c.use and c.kind == "numeric"]

    @property
    def categorical(self) -> list[str]:
        """Names of the categorical features."""
        return [c.name for c in self.columns if c.use and c.kind == "categorical"]

    def take(self, rows: np.ndarray) -> "Training":
        """Part of the rows, by mask or by positions."""
        kept = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            ids=self.ids.iloc[kept].reset_index(drop=True),
            X=self.X.iloc[kept].reset_index(drop=True),
            y=self.y[kept],
            aside=self.aside.iloc[kept].reset_index(drop=True),
            dates=self.dates.iloc[kept].reset_index(drop=True),
            snapshots=None if self.snapshots is None else self.snapshots[kept],
        )

    def values(self, name: str) -> pd.Series:
        """A column by which customers can be grouped: a feature, or one kept aside.

        Raises
        ------
        DataError
            If it is neither.
        """
        known = {**self.aside, **self.X}
        if name not in known:
            raise DataError(
                f"{self.path}: no hay ninguna columna '{name}' por la que agrupar. "
                f"Se puede agrupar por: {listed(known, limit=30)}."
            )
        return known[name]


def as_features(frame: pd.DataFrame, columns: list[ColumnInfo]) -> pd.DataFrame:
    """Features alone: numbers as float64, categories as text with None where missing."""
    used = {c.name: c.kind for c in columns if c.use}
    return pd.DataFrame(
        {
            name: frame[name].astype("float64") if kind == "numeric" else as_labels(frame[name])
            for name, kind in used.items()
        }
    )

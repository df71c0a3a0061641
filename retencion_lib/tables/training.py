"""A labelled table, read and checked: ids, features, who left, and when it was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.home.history import History
from retencion_lib.maths.metrics import Panel, panel_of
from retencion_lib.tables.asked import need_learnable
from retencion_lib.tables.clock import Clock, Days
from retencion_lib.tables.columns import ColumnInfo, date_columns, describe_columns
from retencion_lib.tables.history import clock_of, known_outcomes, row_days, settled
from retencion_lib.tables.ids import as_labels, check_ids, id_name, with_id
from retencion_lib.tables.labels import REFUSE, Classes, learn
from retencion_lib.tables.portfolio import need_free_names, need_same_portfolio
from retencion_lib.tables.read import Reader
from retencion_lib.tables.sources import Note, Source, open_source
from retencion_lib.tables.typed import Reading
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


def load_training(
    path: str | Path | Source,
    *,
    target: str,
    id_col: str,
    positive: str = "",
    drop_cols: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    unlabelled: str = REFUSE,
    history: History | None = None,
    date: str = "",
) -> Training:
    """Read a labelled table and check that a model can be trained on it.

    Parameters
    ----------
    path : str, Path or Source
        From the home if relative.
    target, id_col : str
        Names of the outcome and of the customer id; an empty `id_col` numbers the rows.
    positive : str
        Label of the class that left; empty to recognise 1/0, yes/no, sí/no and their like.
    drop_cols : sequence of str
        Columns to keep out of the features.
    sensitive : sequence of str
        Columns to keep out of the features, such as sex or age, but at hand to compare groups.
    unlabelled : str
        "refuse" a table with blank outcomes, or "drop" those rows.
    history : History, optional
        What is asked of time where a customer has many rows. Those without an outcome yet are
        left out, whatever their target says.
    date : str
        The run's, ISO: no snapshot may be of later.

    Raises
    ------
    DataError
        If a column is missing, an id repeats (in one snapshot), the target is not two classes, a
        name is one of ours, no outcome is known yet, or the home holds another portfolio.
    """
    source = open_source(path)
    where, key = source.where, id_name(id_col)
    need_same_portfolio(key, where)
    dated = [history.snapshot_col] if history else []
    need_learnable(
        source, id_col=id_col, target=target, others=[*dated, *drop_cols, *sensitive]
    )  # fmt: skip
    reader = Reader(source, texts=[key, target, *dated], spare=drop_cols)
    frame = with_id(reader.frame(), id_col, source)
    days = row_days(frame[history.snapshot_col], where) if history else None
    ids = check_ids(frame[key], where, days)
    mature = np.ones(len(frame), bool)
    if history:
        history = settled(history, days, where, date=date)
        mature = known_outcomes(history, days, where)
    outcome, classes = learn(frame[target][mature], where, positive, unlabelled)
    told = ~np.isnan(outcome)
    if not told.all():
        source.note("unlabelled", target, rows=int((~told).sum()))
    y, known = outcome[told].astype(int), np.flatnonzero(mature)[told]
    frame, ids = frame.iloc[known].reset_index(drop=True), ids.iloc[known].reset_index(drop=True)
    days = None if days is None else days[known]
    roles = {"drop_cols": drop_cols, "sensitive": sensitive, "snapshot_col": "".join(dated)}
    columns = describe_columns(frame, target=target, id_col=key, **roles)
    _need_features(columns, key, where)
    if y.mean() > 0.5:
        source.note("majority", target, share=float(y.mean()), label=classes.leaves)
    aside = frame[[c.name for c in columns if c.kind in ("excluded", "sensitive")]]
    return Training(
        where, source.sha256, ids, as_features(frame, columns), y, columns, classes, target, key,
        aside, frame[date_columns(frame, columns)], reader.readings, tuple(source.notes),
        unlabelled, history, days, int((~mature).sum()),
    )  # fmt: skip


def _need_features(columns: list[ColumnInfo], id_col: str, where: str) -> None:
    if not any(c.use for c in columns):
        out = [c.name for c in columns if c.kind != "target" and c.name != id_col]
        if not out:
            raise DataError(
                f"{where}: no tiene ninguna columna con la que predecir, aparte del identificador "
                "y del resultado. Añádelas al extracto."
            )
        raise DataError(
            f"{where}: no queda ninguna columna con la que predecir: {listed(out, 30)} no sirven "
            "(constantes, fechas, identificadores, textos libres o excluidas). Revisa drop_cols y "
            "sensitive."
        )
    need_free_names([c.name for c in columns if c.use or c.kind == "target"], id_col, where)


def as_features(frame: pd.DataFrame, columns: list[ColumnInfo]) -> pd.DataFrame:
    """Features alone: numbers as float64, categories as text with None where missing."""
    used = {c.name: c.kind for c in columns if c.use}
    return pd.DataFrame(
        {
            name: frame[name].astype("float64") if kind == "numeric" else as_labels(frame[name])
            for name, kind in used.items()
        }
    )

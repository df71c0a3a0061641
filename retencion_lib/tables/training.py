"""A labelled table, read and checked: ids, features, and who left."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import store
from retencion_lib.tables.columns import ColumnInfo, date_columns, describe_columns
from retencion_lib.tables.portfolio import need_free_names, need_same_portfolio
from retencion_lib.tables.read import read_table
from retencion_lib.words import listed, plural

POSITIVE_LABELS = {"1", "1.0", "true", "t", "yes", "y", "si", "sí", "s", "verdadero"}
NEGATIVE_LABELS = {"0", "0.0", "false", "f", "no", "n", "falso"}


@dataclass(frozen=True)
class Training:
    """A labelled table: one row a customer, only the columns that models may use."""

    path: str  # from the home
    sha256: str
    ids: pd.Series  # text, unique
    X: pd.DataFrame  # numeric columns float64, the others object with None where missing
    y: np.ndarray  # 1 = left
    columns: list[ColumnInfo]
    positive: str  # label of the class that left
    target: str
    id_col: str
    aside: pd.DataFrame  # as read: excluded and sensitive columns, which only compare groups
    dates: pd.DataFrame  # as read: columns of dates, which only tell how old an extract is

    @property
    def n_rows(self) -> int:
        """Number of customers."""
        return len(self.y)

    @property
    def positive_rate(self) -> float:
        """Share of customers that left."""
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
        """Part of the customers, by mask or by positions."""
        kept = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            ids=self.ids.iloc[kept].reset_index(drop=True),
            X=self.X.iloc[kept].reset_index(drop=True),
            y=self.y[kept],
            aside=self.aside.iloc[kept].reset_index(drop=True),
            dates=self.dates.iloc[kept].reset_index(drop=True),
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
    path: str,
    *,
    target: str,
    id_col: str,
    positive: str = "",
    drop_cols: Sequence[str] = (),
    sensitive: Sequence[str] = (),
) -> Training:
    """Read a labelled table and check that a model can be trained on it.

    Parameters
    ----------
    path : str
        CSV or Parquet, from the home if relative.
    target, id_col : str
        Names of the outcome and of the customer id.
    positive : str
        Label of the class that left; empty to recognise 1/0, yes/no, sí/no and their like.
    drop_cols : sequence of str
        Columns to keep out of the features.
    sensitive : sequence of str
        Columns to keep out of the features, such as sex or age, but at hand to compare groups.

    Raises
    ------
    DataError
        If a column is missing, an id repeats, the target is not two classes, a name is one
        of ours, or the home holds another portfolio.
    """
    frame = read_table(path)
    where = config.relative(path)
    need_same_portfolio(id_col, where)
    need_columns(frame.columns, [target, id_col, *drop_cols, *sensitive], where)
    ids = check_ids(frame[id_col], where)
    y, label = binary_target(frame[target], where, positive)
    columns = describe_columns(
        frame, target=target, id_col=id_col, drop_cols=drop_cols, sensitive=sensitive
    )
    if not any(c.use for c in columns):
        raise DataError(
            f"{where}: no queda ninguna columna con la que predecir "
            f"({listed([f'{c.name}: {c.reason}' for c in columns])}). Revisa drop_cols y sensitive."
        )
    need_free_names([c.name for c in columns if c.use or c.kind == "target"], id_col, where)
    sha256 = store.sha256(config.resolve(path))
    aside = frame[[c.name for c in columns if c.kind in ("excluded", "sensitive")]]
    return Training(
        where, sha256, ids, as_features(frame, columns), y, columns, label, target, id_col,
        aside.reset_index(drop=True), frame[date_columns(frame, columns)].reset_index(drop=True),
    )  # fmt: skip


def as_features(frame: pd.DataFrame, columns: list[ColumnInfo]) -> pd.DataFrame:
    """Features alone: numbers as float64, categories as text with None where missing."""
    used = {c.name: c.kind for c in columns if c.use}
    return pd.DataFrame(
        {
            name: frame[name].astype("float64") if kind == "numeric" else as_labels(frame[name])
            for name, kind in used.items()
        }
    )


def as_labels(column: pd.Series) -> pd.Series:
    """Column as text labels, whole numbers without decimals, None where missing."""
    if pd.api.types.is_float_dtype(column):
        column = column.map(lambda v: int(v) if v == v and v == int(v) else v).astype(object)
    labels = column.map(str, na_action="ignore").astype(object)
    return labels.where(column.notna(), None)


def need_columns(present: Collection[str], names: Sequence[str], where: str) -> None:
    """Refuse a table that lacks a column, and name the nearest of those present.

    Raises
    ------
    DataError
        With the name that is missing and those that there are.
    """
    for name in map(str, names):
        if name not in present:
            near = difflib.get_close_matches(name, map(str, present), n=1, cutoff=0.5)
            hint = f"¿Querías decir '{near[0]}'? " if near else ""
            raise DataError(
                f"{where}: no hay ninguna columna '{name}'. {hint}"
                f"Tiene: {listed(present, limit=30)}."
            )


def check_ids(column: pd.Series, where: str) -> pd.Series:
    """Ids as text, one a row and none missing, or an error with examples."""
    if column.isna().any():
        rows = list(np.flatnonzero(column.isna()) + 2)
        raise DataError(
            f"{where}: '{column.name}' está vacío en {plural(len(rows), 'fila', 'filas')} "
            f"(líneas {listed(rows)}). Cada cliente necesita su identificador."
        )
    ids = as_labels(column).reset_index(drop=True)
    repeated = ids[ids.duplicated(keep=False)]
    if len(repeated):
        raise DataError(
            f"{where}: {plural(repeated.nunique(), 'valor', 'valores')} de '{column.name}' en más "
            f"de una fila ({listed(repeated.unique(), quote=True)}). Debe haber una fila por "
            "cliente: quita las repetidas o elige otra columna con id_col."
        )
    return ids


def binary_target(column: pd.Series, where: str, positive: str = "") -> tuple[np.ndarray, str]:
    """Target as 0/1 and the label that became 1, or an error that shows what was found."""
    name = column.name
    missing = int(column.isna().sum())
    if missing:
        rows = list(np.flatnonzero(column.isna()) + 2)
        raise DataError(
            f"{where}: el objetivo '{name}' falta en {plural(missing, 'fila', 'filas')} "
            f"(líneas {listed(rows)}). Quítalas o complétalas: sin resultado no se aprende."
        )
    labels = as_labels(column)
    found = sorted(labels.unique())
    if len(found) != 2:
        one = "una sola clase" if len(found) == 1 else f"{len(found)} clases"
        raise DataError(
            f"{where}: el objetivo '{name}' tiene {one} ({listed(found, quote=True)}) y hacen "
            "falta dos: quien se fue y quien no. Comprueba 'target' y el extracto."
        )
    label = positive_label(found, where, str(name), str(positive))
    return (labels == label).to_numpy().astype(int), label


def positive_label(found: list[str], where: str, name: str, positive: str) -> str:
    """Which of two labels means that the customer left."""
    if positive:
        if positive in found:
            return positive
        raise DataError(
            f"{where}: positive = '{positive}' no está en '{name}', que tiene "
            f"{listed(found, quote=True)}. Elige una de las dos."
        )
    for yes, no in (found, found[::-1]):
        if yes.lower() in POSITIVE_LABELS and no.lower() in NEGATIVE_LABELS:
            return yes
    raise DataError(
        f"{where}: '{name}' tiene las clases {listed(found, quote=True)} y no se sabe cuál es la "
        f"baja. Dilo con el parámetro positive, por ejemplo positive = '{found[0]}'."
    )

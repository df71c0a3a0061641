"""Read a labelled table and check it: small ones whole, of large ones some customers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.home.history import History
from retencion_lib.tables.asked import need_learnable
from retencion_lib.tables.clock import Days
from retencion_lib.tables.columns import ColumnInfo, date_columns, describe_columns
from retencion_lib.tables.history import known_outcomes, row_days, settled
from retencion_lib.tables.ids import as_labels, check_ids, id_name, with_id
from retencion_lib.tables.labels import REFUSE, Classes, learn
from retencion_lib.tables.portfolio import need_free_names, need_same_portfolio
from retencion_lib.tables.read import Reader
from retencion_lib.tables.sample import draw
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.training import Training, as_features
from retencion_lib.tables.whole import Asked, Whole, is_large, survey
from retencion_lib.words import listed


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
    others = [*dated, *drop_cols, *sensitive]
    need_learnable(source, id_col=id_col, target=target, others=others)
    asked = Asked(key, target, str(positive), unlabelled, history, date)
    whole = survey(source, asked) if is_large(source) else None
    table = draw(source, key, whole.n_rows) if whole else source
    reader = Reader(table, texts=[key, target, *dated], spare=drop_cols)
    frame = with_id(reader.frame(), id_col, source)
    found = _of_large(frame, asked, whole) if whole else _outcomes(frame, asked, where)
    if found.unlabelled:
        source.note("unlabelled", target, rows=found.unlabelled)
    frame = frame.iloc[found.known].reset_index(drop=True)
    roles = {"drop_cols": drop_cols, "sensitive": sensitive, "snapshot_col": "".join(dated)}
    columns = describe_columns(frame, target=target, id_col=key, **roles)
    _need_features(columns, key, where)
    aside = frame[[c.name for c in columns if c.kind in ("excluded", "sensitive")]]
    training = Training(
        where, source.sha256, found.ids, as_features(frame, columns), found.y, columns,
        found.classes, target, key, aside, frame[date_columns(frame, columns)], reader.readings,
        (), unlabelled, found.history, found.days, found.immature, whole,
    )  # fmt: skip
    if training.table_rate > 0.5:
        source.note("majority", target, share=training.table_rate, label=found.classes.leaves)
    return replace(training, notes=tuple(source.notes))


@dataclass(frozen=True)
class _Outcomes:
    """Rows whose outcome is known, and what is known of them and of the rest."""

    known: np.ndarray  # positions among the rows that were read
    y: np.ndarray
    ids: pd.Series
    days: Days | None
    classes: Classes
    history: History | None
    immature: int
    unlabelled: int


def _outcomes(frame: pd.DataFrame, asked: Asked, where: str) -> _Outcomes:
    """Outcomes of a table that is held whole, its ids, days and labels checked."""
    history = asked.history
    days = row_days(frame[history.snapshot_col], where) if history else None
    ids = check_ids(frame[asked.key], where, days)
    mature = np.ones(len(frame), bool)
    if history:
        history = settled(history, days, where, date=asked.date)
        mature = known_outcomes(history, days, where)
    labels = frame[asked.target][mature]
    outcome, classes = learn(labels, where, asked.positive, asked.unlabelled)
    return _known(ids, days, mature, outcome, classes, history)


def _of_large(frame: pd.DataFrame, asked: Asked, whole: Whole) -> _Outcomes:
    """Outcomes of some customers of a table, which was checked by blocks."""
    history = whole.history
    days, mature = None, np.ones(len(frame), bool)
    if history:
        texts = as_labels(frame[history.snapshot_col])
        days = texts.map(whole.days).to_numpy("datetime64[D]")
        mature = texts.isin(whole.mature).to_numpy()
    labels = as_labels(frame[asked.target][mature])
    outcome = labels.map(whole.classes.outcome, na_action="ignore").to_numpy(float)
    found = _known(as_labels(frame[asked.key]), days, mature, outcome, whole.classes, history)
    return replace(found, immature=whole.immature, unlabelled=whole.unlabelled)


def _known(ids, days, mature, outcome, classes: Classes, history: History | None) -> _Outcomes:
    told = ~np.isnan(outcome)
    known = np.flatnonzero(mature)[told]
    return _Outcomes(
        known, outcome[told].astype(int), ids.iloc[known].reset_index(drop=True),
        None if days is None else days[known], classes, history,
        int((~mature).sum()), int((~told).sum()),
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

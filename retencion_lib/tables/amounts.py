"""Margin and acceptance customer by customer, from the columns that the campaign's terms name."""

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.home.terms import Terms
from retencion_lib.tables.history import row_days
from retencion_lib.tables.ids import as_labels, id_name, need_columns, with_id
from retencion_lib.tables.read import read_table
from retencion_lib.tables.sample import learnt_rows
from retencion_lib.tables.sources import open_source
from retencion_lib.tables.training import Training
from retencion_lib.words import listed, on_lines, plural


def amounts(terms: Terms, frame: pd.DataFrame, where: str) -> dict[str, np.ndarray]:
    """Margin and acceptance of each row, where a column gives them.

    Returns
    -------
    dict
        ``value`` (EUR) and ``accept`` where there is a column: keywords of
        `decision.expected_profit`.

    Raises
    ------
    DataError
        If a column is missing, not a number in every row, or out of range.
    """
    need_columns(frame.columns, terms.columns(), where)
    given = {}
    if terms.value_col:
        given["value"] = _numbers(frame, terms.value_col, where) * terms.value_factor
    if terms.accept_col:
        given["accept"] = _numbers(frame, terms.accept_col, where, most=1.0)
    return given


def _numbers(frame: pd.DataFrame, name: str, where: str, most: float = float("inf")) -> np.ndarray:
    numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~((numbers >= 0) & (numbers <= most) & np.isfinite(numbers)))
    if len(wrong):
        values = frame[name].iloc[wrong].drop_duplicates()
        limit = "entre 0 y 1" if most == 1 else "0 o más"
        raise DataError(
            f"{where}: '{name}' debe ser un número {limit} en cada fila, y no lo es en "
            f"{plural(len(wrong), 'fila', 'filas')} ({on_lines(wrong + 2)}; vale "
            f"{listed(values, quote=True)}). Complétala, o usa el mismo importe para todos."
        )
    return numbers


def amounts_of(terms: Terms, rows: Training, data: str, id_col: str) -> dict[str, np.ndarray]:
    """`amounts` of some customers of a table, in their order; also of columns no model reads.

    Parameters
    ----------
    rows : Training
        One row a customer: with a history, all of one snapshot.
    """
    if not terms.columns():
        return {}
    source, key = open_source(data), id_name(id_col)
    dated = [rows.history.snapshot_col] if rows.history else []
    frame = with_id(read_table(learnt_rows(source, key), texts=[key, *dated]), id_col, source)
    if rows.history:
        days = row_days(frame[rows.history.snapshot_col], source.where)
        frame = frame[days == rows.snapshots[0]]
    beside = frame.set_index(as_labels(frame[key])).loc[list(rows.ids)].reset_index(drop=True)
    return amounts(terms, beside, data)

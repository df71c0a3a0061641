"""Rows with a date: what is asked of time, the day of each row, and which outcomes are known.

A customer may have many rows, one a snapshot. `docs/tiempo.md` draws the clock.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home.history import History
from retencion_lib.tables.clock import DAY, Clock, Days, Duration, parse_day, parse_duration
from retencion_lib.tables.days import read_days
from retencion_lib.words import listed, on_lines, plural


def ask_history(
    snapshot_col: str, horizon: str, gap: str = "0d", as_of: str = "", *, date: str = ""
) -> History | None:
    """What a run asks of time; None where all is empty, and a customer has one row.

    Parameters
    ----------
    date : str
        The run's, ISO: nothing may be known after it.

    Raises
    ------
    ParameterError
        If a duration or a day is none, one of `snapshot_col` and `horizon` is missing, or the
        data would end after the run.
    """
    if not snapshot_col:
        given = {"horizon": horizon, "gap": gap.strip() not in ("", "0d") and gap, "as_of": as_of}
        named = [f"{name} = '{value}'" for name, value in given.items() if value]
        if named:
            raise ParameterError(
                f"{listed(named)} sin snapshot_col: falta decir qué columna tiene la fecha de cada "
                "fila. Añade --snapshot-col COLUMNA, o quita lo demás si hay una fila por cliente."
            )
        return None
    if not horizon:
        raise ParameterError(
            f"snapshot_col = '{snapshot_col}' sin horizon: falta decir cuánto se espera el "
            "resultado de cada fila, para no aprender de las que aún no lo tienen. Añade por "
            "ejemplo --horizon 28d."
        )
    asked = History(snapshot_col, horizon.strip(), gap.strip() or "0d", as_of.strip())
    clock_of(replace(asked, as_of=asked.as_of or "1970-01-01"))
    if asked.as_of and date and parse_day(asked.as_of, "as_of") > np.datetime64(date):
        raise ParameterError(
            f"as_of = '{as_of}' es posterior a la fecha de la ejecución, {date}: los datos no "
            "pueden llegar hasta un día que no ha pasado."
        )
    return asked


def ask_again(
    learnt: History | None,
    snapshot_col: str = "",
    horizon: str = "",
    gap: str = "0d",
    as_of: str = "",
    *,
    date: str = "",
) -> History | None:
    """What a model was asked of time when it learnt, for a table of later; None without a history.

    The column may have another name, and the last day is that of the table: empty where nobody
    says it. What is not said, or is as the default, is what the model learnt with.

    Parameters
    ----------
    date : str
        The run's, ISO: nothing may be known after it.

    Raises
    ------
    ParameterError
        If the horizon or the gap is another, the model learnt without a history, or `as_of` is no
        day or lies after the run.
    """
    gap = gap.strip() or "0d"
    given = {"snapshot_col": snapshot_col, "horizon": horizon,
             "gap": gap if horizon or gap != "0d" else "", "as_of": as_of}  # fmt: skip
    named = listed([f"{name} = '{value}'" for name, value in given.items() if value])
    if not named:
        return learnt and replace(learnt, as_of="")
    remedy = "Deja vacíos esos parámetros, o entrena antes con ellos ('retencion train')."
    if learnt is None:
        raise ParameterError(
            f"{named}: el modelo se entrenó con una fila por cliente, sin fechas. {remedy}"
        )
    asked = ask_history(
        snapshot_col or learnt.snapshot_col, horizon or learnt.horizon, given["gap"] or learnt.gap,
        as_of, date=date,
    )  # fmt: skip
    if _durations(asked) != _durations(learnt):
        raise ParameterError(
            f"{named}: el modelo se entrenó con horizon = '{learnt.horizon}' y gap = "
            f"'{learnt.gap}', y lo que predice no es otra cosa por decir otra. {remedy}"
        )
    return replace(learnt, snapshot_col=asked.snapshot_col, as_of=asked.as_of)


def _durations(history: History) -> tuple[Duration, Duration]:
    """Horizon and gap, however they were written."""
    gap = parse_duration(history.gap, "gap", zero=True)
    return parse_duration(history.horizon, "horizon"), gap


def clock_of(history: History) -> Clock:
    """The clock of a history whose last day is known."""
    return Clock(
        horizon=parse_duration(history.horizon, "horizon"),
        gap=parse_duration(history.gap, "gap", zero=True),
        as_of=parse_day(history.as_of, "as_of"),
    )


def known_from(history: History, snapshot: str) -> str:
    """ISO day from which the outcome of a snapshot counts: that after its last."""
    clock = clock_of(replace(history, as_of=history.as_of or snapshot))
    return str(clock.closes(np.datetime64(snapshot)) + DAY)


def row_days(column: pd.Series, where: str) -> Days:
    """Day of the snapshot of each row.

    Raises
    ------
    DataError
        If one is missing, is no date, or they are written in several ways.
    """
    refuse_undated(str(column.name), np.flatnonzero(column.isna()) + 2, where)
    codes, texts = pd.factorize(column.astype(str))
    return read_days(list(texts), f"{where}, '{column.name}'")[codes]


def refuse_undated(name: str, lines: Sequence[int], where: str) -> None:
    """Refuse a table where some rows have no day, by their lines; nothing where none."""
    if len(lines):
        raise DataError(
            f"{where}: '{name}' está vacío en {plural(len(lines), 'fila', 'filas')} "
            f"({on_lines(lines)}). Cada fila necesita la fecha de su foto."
        )


def settled(
    history: History, days: Days, where: str, *, date: str = "", rows: np.ndarray | None = None
) -> History:
    """The same with the last day of the data known: the one given, or that of the newest row.

    Parameters
    ----------
    days : array of shape (n,)
        Of each row; or each day once, and in `rows` how many are of it.

    Raises
    ------
    DataError
        If a snapshot is of later than that day, or of after the run.
    """
    last = parse_day(history.as_of, "as_of") if history.as_of else days.max()
    limit, said = last, f"as_of = '{last}'"
    if date and np.datetime64(date) < last:
        limit, said = np.datetime64(date), f"la fecha de la ejecución, {date}"
    later = days > limit
    if later.any():
        many = int(later.sum() if rows is None else rows[later].sum())
        raise DataError(
            f"{where}: {plural(many, 'fila tiene', 'filas tienen')} en "
            f"'{history.snapshot_col}' una fecha posterior a {said} (como "
            f"{listed(np.unique(days[later])[:3].astype(str), quote=True)}), y de un día que "
            "no ha llegado no hay foto. Corrige las fechas, o di con as_of hasta qué día llegan "
            "los datos."
        )
    return replace(history, as_of=str(last))


def known_outcomes(history: History, days: Days, where: str) -> np.ndarray:
    """True for the rows whose outcome is known whole, shape (n,).

    Raises
    ------
    DataError
        If there is none.
    """
    clock = clock_of(history)
    mature = clock.mature(days)
    if not mature.any():
        first = days.min()
        raise DataError(
            f"{where}: ninguna fila ha madurado. La foto más antigua es del {first}; con gap = "
            f"'{history.gap}' y horizon = '{history.horizon}' su resultado se sabe el "
            f"{clock.closes(first)}, y los datos llegan al {history.as_of}. Acorta horizon, "
            "espera, o di con as_of hasta qué día llegan los datos si es más tarde."
        )
    return mature

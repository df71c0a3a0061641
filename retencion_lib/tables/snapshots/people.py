"""The table of customers beside a log: columns that do not move, and when each left."""

from dataclasses import dataclass

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables.days import read_days
from retencion_lib.tables.ids import as_labels, check_ids, need_columns
from retencion_lib.tables.read import read_table
from retencion_lib.tables.snapshots.ask import Ask
from retencion_lib.tables.snapshots.log import Log
from retencion_lib.words import listed, plural


@dataclass(frozen=True)
class People:
    """What the customers' table brought; the table ``people`` (code, ended, columns) holds it."""

    given: bool = False
    columns: tuple[str, ...] = ()
    without_events: int = 0  # customers of the table that the log never names
    without_row: int = 0  # customers of the log that the table does not have


def lay_out(log: Log, ask: Ask, customers: str) -> People:
    """Make ``people`` beside the log, if a table of customers is given.

    Raises
    ------
    DataError
        If it cannot be read, lacks a column, repeats a customer, or its dates are none.
    """
    if not customers:
        return People()
    where = config.relative(customers)
    frame = read_table(customers)
    need_columns(frame.columns, [ask.id_col, *([ask.ended] * bool(ask.ended))], where)
    ids = check_ids(frame[ask.id_col], where)
    columns = [name for name in frame.columns if name not in (ask.id_col, ask.ended)]
    table = frame[columns].reset_index(drop=True)
    ended = _ended(frame, ask, where)
    log.con.register("told", pd.DataFrame({"_id": ids, "_ended": ended}).join(table))
    log.con.execute("""CREATE TABLE people AS SELECT seen.code, _ended::DATE AS ended,
        told.* EXCLUDE (_id, _ended) FROM told JOIN seen ON seen.id = told._id""")
    found = log.con.execute("SELECT count(*) FROM people").fetchall()[0][0]
    if ask.ended and found < log.n_customers:
        _refuse_strangers(log, ask, where)
    return People(True, tuple(columns), len(ids) - found, log.n_customers - found)


def _refuse_strangers(log: Log, ask: Ask, where: str) -> None:
    """Whoever has no row in the table may have left: nobody knows, and nobody is to guess."""
    names = log.con.execute(
        "SELECT id FROM seen WHERE code NOT IN (SELECT code FROM people) ORDER BY code"
    ).fetchnumpy()["id"]
    raise DataError(
        f"{where}: no tiene a {plural(len(names), 'cliente', 'clientes')} del registro "
        f"({listed(names[:3], quote=True)}), y no se sabe si se fueron. Añádelos, quita sus "
        f"eventos, o deja '{ask.ended}' fuera de ended_col: una baja será no hacer nada."
    )


def _ended(frame: pd.DataFrame, ask: Ask, where: str) -> pd.Series:
    """Day on which each customer left, missing where it did not."""
    empty = pd.Series(pd.NaT, index=range(len(frame)), dtype="datetime64[s]")
    if not ask.ended:
        return empty
    column = frame[ask.ended].reset_index(drop=True)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.tz_localize(None).dt.normalize()
    texts = as_labels(column).dropna()
    distinct = list(texts.unique())
    days = dict(zip(distinct, read_days(distinct, f"{where}, '{ask.ended}'"), strict=True))
    empty[texts.index] = texts.map(days)
    return empty

"""The log of predictions: its columns, its id, and how rows enter it and are read.

One row a prediction, appended and never changed: what happened (`EVENT`), the customer's id under
the portfolio's own name, what the model said and what was decided (`DECIDED`). It is a CSV as long
as that has at most `config.LOG_ROWS` rows; from the first batch on that does not fit, each lies in
Parquet parts of its own (`log_parts`), so that to append costs what is appended. Whoever reads the
log asks here, and sees no difference.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import door, ledger, log_csv, log_parts, store
from retencion_lib.home.events import SCORED

EVENT = ("event_id", "run_id", "scored_at")
DECIDED = ("model", "version", "score", "threshold", "prediction", "decile", "expected_profit",
           "group", "reasons", "campaign")  # fmt: skip
SNAPSHOT = "snapshot"  # ISO day of the row, in a log that began with customers of a history
CONTACT, CONTROL = "contact", "control"  # groups of those that a list would call
SCORED_AT, DAY = EVENT.index("scored_at"), len("2026-01-31")
SCORE = "score"  # column that scoring adds to a table


def parts() -> list[Path]:
    """Parquet parts of the log, oldest first; all of them are younger than its CSV.

    Raises
    ------
    AuditError
        If one is gone, or one lies there that no run wrote.
    """
    return door.parts(config.resolve(config.LOG_PARTS))


def header() -> list[str]:
    """Columns that the log has; empty where there is no log yet."""
    path = config.resolve(config.PREDICTIONS)
    if path.is_file():
        return store.csv_header(path)
    for part in parts():
        with door.blamed(part):
            return log_parts.names(part)
    return []


def id_columns(names: Collection[str]) -> list[str]:
    """Of the columns of a log, the one that names its customers (none, or several, if foreign)."""
    return [name for name in names if name not in (*EVENT, *DECIDED, SNAPSHOT)]


def last_scored() -> str:
    """The batch that 04 scored last, as its table lies in the home.

    Raises
    ------
    OrderError
        If no batch has been scored.
    """
    lines = ledger.mentioning(SCORED)
    found = [e.path for e in lines if e.event == "write" and SCORED in e.path]
    if not found:
        raise OrderError(
            f"Todavía no se ha puntuado ningún lote en {config.home()}. Ejecuta antes 'retencion "
            "infer', o indica con current un lote que tenga puntuación."
        )
    return found[-1]


def dated(snapshot: str) -> dict[str, str]:
    """Column with the day of a batch's rows, as the log that there is has it, or a new one will.

    A log that began without goes on without; one that has it takes batches without a day.
    """
    names = header()
    return {SNAPSHOT: snapshot} if (SNAPSHOT in names if names else snapshot) else {}


def log_predictions(events: pd.DataFrame | Iterable[pd.DataFrame]) -> int:
    """Append the events that the log does not hold yet; give back how many were new.

    Parameters
    ----------
    events : DataFrame or iterable of DataFrame
        Rows of one batch, whole or by blocks, whose ids are not repeated.

    Raises
    ------
    DataError
        If the log has other columns.
    AuditError
        If what is there is not as the ledger says.
    """
    log, blocks = config.resolve(config.PREDICTIONS), events
    if isinstance(events, pd.DataFrame):
        blocks = [events]
    with store.locked(log):
        door.mend(log)  # before it is read: rows of half a block are not held
        new = log_parts.chunks(_not_held(blocks))
        first, added = next(new, None), 0
        if first is None:
            return 0
        second = next(new, None)
        fits = not parts() and log_csv.rows(log) + len(first) <= config.LOG_ROWS
        if second is None and fits:
            store.append_csv(log, first)
            return len(first)
        names = header()
        for rows in chain([first], () if second is None else [second], new):
            store.check_form(config.resolve(config.LOG_PARTS), names or list(rows), list(rows))
            for day, of_day in rows.groupby(_days(rows), sort=False):
                content = log_parts.content(of_day, id_columns(list(rows))[0])
                store.write_bytes(log_parts.place(day), content, rows=len(of_day))
            added += len(rows)
    return added


def _not_held(blocks: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows that the log does not hold, by the ids of their day: an id is of a day."""
    days, held = set(), pd.Index([], dtype=object)
    for block in blocks:
        new = set(_days(block).unique()) - days
        for found in _of_days(new, ["event_id"]) if new else ():
            held = held.append(pd.Index(found["event_id"], dtype=object))
        days |= new
        rows = block[~block["event_id"].isin(held)]
        if len(rows):
            yield rows


def _days(rows: pd.DataFrame) -> pd.Series:
    """ISO day of each row."""
    return rows["scored_at"].map({at: at[:DAY] for at in rows["scored_at"].unique()})


def called_elsewhere(events: pd.DataFrame, id_col: str) -> int:
    """How many of those to call are on another list of the same campaign and date in the log.

    Parameters
    ----------
    events : DataFrame
        One decision, as it will be logged; what of it is there already is no other list.
    """
    names, mine = header(), events[events["group"] == CONTACT]
    if not {id_col, "group", "campaign"} <= set(names) or mine.empty:
        return 0
    columns = [id_col, "event_id", "scored_at", "group", "campaign"]
    day, listed = mine["scored_at"].iloc[0][:DAY], {}
    for log in _of_days(set(_days(mine).unique()), columns):
        same = (log["campaign"] == mine["campaign"].iloc[0]) & (log["group"] == CONTACT)
        listed |= log[same & (_days(log) == day)].set_index("event_id")[id_col].to_dict()
    for event in events.loc[events["event_id"].isin(list(listed)), "event_id"]:
        listed.pop(event, None)
    return int(mine[id_col].astype(str).isin(list(set(listed.values()))).sum())


def _of_days(days: Collection[str], columns: Collection[str]) -> Iterator[pd.DataFrame]:
    """Some text columns of the rows of some days, by blocks; they may hold others too."""
    log = config.resolve(config.PREDICTIONS)
    if log.is_file() and log.stat().st_size:
        yield from log_csv.of_days(log, days, columns, SCORED_AT)
    for path in parts():
        if log_parts.day_of(path) in days:
            door.sha256(path)
            yield log_parts.read(path, columns)


def found(*, customer: str = "", event: str = "") -> list[dict[str, str]]:
    """Rows of one customer, or of one event, as texts; oldest first.

    Of the parts, only those with such a row are vouched for whole: `verify` looks at all.
    """
    names, value = header(), event or customer
    column = "event_id" if event else next(iter(id_columns(names)), "")
    log, rows = config.resolve(config.PREDICTIONS), []
    if column in names and log.is_file():
        rows += log_csv.found(log, column, value)
    for path in parts():
        with door.blamed(path):
            more = log_parts.found(path, column, value, by_id=not event)
        if more:
            door.sha256(path)
            rows += more
    return rows


def read_predictions(
    id_col: str, columns: Collection[str], ids: Collection[str] | None = None
) -> pd.DataFrame | None:
    """Log of a portfolio, oldest first; None if there is no log of customers named so.

    Parameters
    ----------
    id_col : str
        Column of the log that names the customers; it is read as text.
    columns : collection of str
        Further columns; those that an older log lacks are left out.
    ids : collection of str, optional
        Customers whose rows are wanted; all by default. No others are held.
    """
    names = header()
    if id_col not in names:
        return None
    blocks = list(prediction_blocks(id_col, columns, ids=ids))
    if blocks:
        return pd.concat(blocks, ignore_index=True)
    return pd.DataFrame(columns=[n for n in names if n == id_col or n in columns])


def prediction_blocks(
    id_col: str, columns: Collection[str], *, days: Collection[str] | None = None,
    ids: Collection[str] | None = None,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    """The same by blocks of at most `config.LOG_ROWS` rows; none if there is no such log.

    Parameters
    ----------
    days : collection of str, optional
        ISO days; only what was scored on one of them is given.
    """
    names = header()
    if id_col not in names:
        return
    wanted = [n for n in names if n == id_col or n in columns]
    read = [n for n in names if n in wanted or (days is not None and n == names[SCORED_AT])]
    for block in _blocks(read, days):
        keep = np.ones(len(block), bool)
        if days is not None:
            keep &= block[names[SCORED_AT]].str[:DAY].isin(days).to_numpy()
        if ids is not None:
            keep &= block[id_col].isin(ids).to_numpy()
        if keep.any():
            yield block.loc[keep, wanted].reset_index(drop=True)


def _blocks(columns: list[str], days: Collection[str] | None) -> Iterator[pd.DataFrame]:
    """Columns of the log; of the parts, those of some days."""
    log = config.resolve(config.PREDICTIONS)
    if log.is_file():
        kinds = {n: float if n in log_parts.NUMBERS else str for n in columns}
        given = {"usecols": columns, "dtype": kinds}
        yield from store.csv_blocks(log, rows=config.LOG_ROWS, made_by="infer", **given)
    for path in parts():
        if days is None or log_parts.day_of(path) in days:
            with door.blamed(path):
                store.record("input", path, log_parts.rows(path))
            yield log_parts.read(path, columns)

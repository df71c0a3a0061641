"""The log of predictions: its columns, its id, and how rows enter it.

One row a prediction, appended and never changed: what happened (`EVENT`), the customer's id under
the portfolio's own name, what the model said and what was decided (`DECIDED`).
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import door, ledger, store

EVENT = ("event_id", "run_id", "scored_at")
DECIDED = ("model", "version", "score", "threshold", "prediction", "decile", "expected_profit",
           "group", "reasons", "campaign")  # fmt: skip
SNAPSHOT = "snapshot"  # ISO day of the row, in a log that began with customers of a history
CONTACT, CONTROL = "contact", "control"  # groups of those that a list would call
NUMBERS = ("score", "threshold", "prediction", "decile", "expected_profit")  # others are texts
SCORED_AT, DAY = EVENT.index("scored_at"), len("2026-01-31")
SCORED = "_with_score."  # in the name of the table of a scored batch
SCORE = "score"  # column that scoring adds to a table


def header() -> list[str]:
    """Columns that the log has; empty where there is no log yet."""
    path = config.resolve(config.PREDICTIONS)
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle), [])


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


def log_predictions(events: pd.DataFrame) -> int:
    """Append the events that the log does not hold yet; give back how many were new."""
    path = config.resolve(config.PREDICTIONS)
    with store.locked(path):
        door.mend(path)  # before it is read: rows of half a block are not held
        new = events
        if path.exists() and path.stat().st_size:  # an id is of a day
            known = _of_days(path, events["scored_at"], ["event_id"])["event_id"]
            new = events[~events["event_id"].isin(known)]
        if len(new):
            store.append_csv(path, new)
    return len(new)


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
    log = _of_days(config.resolve(config.PREDICTIONS), mine["scored_at"], columns)
    day = mine["scored_at"].iloc[0][:DAY]
    same = (log["campaign"] == mine["campaign"].iloc[0]) & (log["group"] == CONTACT)
    same &= log["scored_at"].str[:DAY] == day
    others = log[same & ~log["event_id"].isin(events["event_id"])]
    return int(mine[id_col].astype(str).isin(others[id_col]).sum())


def _of_days(path: Path, moments: pd.Series, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of the log of the days of some moments, as texts; it may hold others too.

    What a run appended is of one day: of a block of another, only the first row is looked at.
    Where the ledger does not say which blocks there are, the log is read whole.
    """
    days, given = set(moments.str[:DAY]), {"usecols": columns, "dtype": str}
    blocks = [b for b in door.said().logs.get(config.relative(path), []) if b.bytes]
    if sum(b.bytes for b in blocks) != path.stat().st_size:
        return pd.read_csv(path, **given)
    names, found = header(), [pd.DataFrame(columns=columns, dtype=str)]
    with path.open("rb") as handle:
        for block in blocks:
            handle.seek(block.offset)
            titles = b"" if block.offset else handle.readline()
            first = next(csv.reader([handle.readline().decode()]), [])
            if len(first) > SCORED_AT and first[SCORED_AT][:DAY] in days:
                handle.seek(block.offset + len(titles))
                rows = io.BytesIO(handle.read(block.bytes - len(titles)))
                found.append(pd.read_csv(rows, names=names, **given))
    return pd.concat(found)


def read_predictions(id_col: str, columns: Collection[str]) -> pd.DataFrame | None:
    """Log of a portfolio, oldest first; None if there is no log of customers named so.

    Parameters
    ----------
    id_col : str
        Column of the log that names the customers; it is read as text.
    columns : collection of str
        Further columns; those that an older log lacks are left out.
    """
    names = header()
    if id_col not in names:
        return None
    blocks = list(prediction_blocks(id_col, columns))
    if blocks:
        return pd.concat(blocks, ignore_index=True)
    return pd.DataFrame(columns=[n for n in names if n == id_col or n in columns])


def prediction_blocks(
    id_col: str, columns: Collection[str], *, days: Collection[str] | None = None
) -> Iterator[pd.DataFrame]:
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
    at = names[SCORED_AT]
    read = wanted if days is None or at in wanted else [*wanted, at]
    blocks = store.csv_blocks(
        config.resolve(config.PREDICTIONS), rows=config.LOG_ROWS, made_by="infer", usecols=read,
        dtype={n: float if n in NUMBERS else str for n in read},
    )  # fmt: skip
    for block in blocks:
        if days is not None:
            block = block[block[at].str[:DAY].isin(days)][wanted]
        if len(block):
            yield block.reset_index(drop=True)

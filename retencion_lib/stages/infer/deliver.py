"""Hand what 04 decided back to the company: to its database, all of it or nothing, or its store."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home.predictions import DECIDED, EVENT, SNAPSHOT
from retencion_lib.stages.infer import deliver_store
from retencion_lib.stages.infer.calls import CallList
from retencion_lib.tables.sources import database
from retencion_lib.words import listed

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

NAME = re.compile(r"(?:(?P<schema>[A-Za-z_]\w*)\.)?(?P<table>[A-Za-z_]\w{0,49})", re.ASCII)
CALLS = "_calls"  # behind the name of the table, the name of that of the call list
LISTED = ("score", "decile", "expected_profit", "reasons", "campaign")
DOUBLES, WHOLES = {"score", "threshold", "expected_profit"}, {"prediction", "decile", "rank"}
STEP = 500  # event ids that are asked for at a time; databases have a limit


@dataclass(frozen=True)
class Delivered:
    """How many rows a table, or a folder, got; the others of the batch were there."""

    table: str
    rows: int
    calls: int
    stopped: bool = False  # the list is to be looked at first: nobody is handed over to be called


def check_table(name: str, id_col: str) -> None:
    """See to it that what will be decided can be delivered, before anything is written.

    Parameters
    ----------
    name : str
        Table of the database, or address in an object store; empty delivers nothing.

    Raises
    ------
    ParameterError
        If it is no name of a table, and no address.
    DataError, LibraryError
        If the database cannot be reached, or the table is there and lacks a column.
    """
    if not name:
        return
    if config.is_address(name):
        deliver_store.check_store(name)
        return
    if not NAME.fullmatch(name):
        raise ParameterError(
            f"output_table = '{name}': debe ser el nombre de una tabla, o esquema.tabla: letras "
            "sin acento, números y _, hasta 50, sin empezar por número; o la dirección de una "
            "carpeta en un almacén, como s3://cubo/carpeta."
        )
    where = _where(name)
    with database.connection(where) as con, database.explained(where, "al mirar la tabla"):
        from sqlalchemy import inspect

        found = inspect(con)
        for table in _tables(name, id_col):
            if not found.has_table(table.name, schema=table.schema):
                continue
            known = {column["name"] for column in found.get_columns(table.name, table.schema)}
            _need_columns(table, known, where)


def _need_columns(table: "Table", known: set[str], where: str) -> None:
    lacks = [column.name for column in table.columns if column.name not in known]
    if lacks:
        raise DataError(
            f"{where}: la tabla '{table.name}' ya existe y le falta "
            f"{listed(lacks, 30, quote=True)}. Da otro nombre, que se crea sola, o añádele esas "
            "columnas."
        )


def deliver(
    name: str, events: pd.DataFrame, calls: CallList, *, stopped: bool = False
) -> Delivered | None:
    """Append the events that the table does not hold, and those to call, in one transaction.

    Parameters
    ----------
    name : str
        Table of the database, made where it is missing; beside it ``NAME_calls`` has the call list.
        Or address of a folder in an object store (`deliver_store`). Empty delivers nothing.
    events : DataFrame
        Rows of the log, as `report.predictions` gives them.
    stopped : bool
        The list must not be used before somebody has looked: the table of calls gets none of it.

    Raises
    ------
    DataError
        If the database refuses; nothing of the batch is in either table then.
    """
    if not name:
        return None
    called = _call_rows(events, calls)
    frames = events.drop_duplicates("event_id"), called[:0] if stopped else called
    if config.is_address(name):
        own = [c for c in (*EVENT, calls.id_col, *DECIDED, SNAPSHOT) if c in events]
        parts = {deliver_store.SCORED: frames[0][own], deliver_store.CALLS: frames[1]}
        added = [deliver_store.add(name, *part) for part in parts.items()]
        return Delivered(name, *added, stopped)
    where = _where(name)
    with (
        database.connection(where, writes=True) as con,
        database.explained(where, "al escribir"),
        _transaction(con),
    ):
        tables = _tables(name, calls.id_col)
        for table in tables:
            table.create(con, checkfirst=True)
        pairs = zip(tables, frames, strict=True)
        added = [_append(con, table, frame) for table, frame in pairs]
    return Delivered(name, *added, stopped)


def _where(name: str) -> str:
    return f"output_table = '{name}'"


def _tables(name: str, id_col: str) -> "list[Table]":
    """The table of the scored batch and that of the call list."""
    from sqlalchemy import Column, Double, Integer, MetaData, String, Table, Text

    schema, table = NAME.fullmatch(name).group("schema", "table")
    every = [*EVENT, id_col, *DECIDED, SNAPSHOT]
    called = [*EVENT, "rank", id_col, *LISTED]

    def column(name: str) -> Column:
        if name == "event_id":
            return Column(name, String(16), primary_key=True)
        number = Double() if name in DOUBLES else Integer()
        return Column(name, number if name in DOUBLES | WHOLES else Text())

    meta = MetaData(schema=schema)
    names = {table: every, f"{table}{CALLS}": called}
    return [Table(name, meta, *map(column, columns)) for name, columns in names.items()]


def _call_rows(events: pd.DataFrame, calls: CallList) -> pd.DataFrame:
    """Those to call, best first, each with the event that decided it."""
    sheet = events.iloc[calls.calls().index][[*EVENT, calls.id_col, *LISTED]]
    return sheet.assign(rank=range(1, len(sheet) + 1)).drop_duplicates("event_id")


@contextlib.contextmanager
def _transaction(con: "Connection") -> Iterator[None]:
    """All or nothing, tables that are made included: SQLite's driver begins too late for those."""
    with con.begin():
        if con.dialect.name == "sqlite":
            con.exec_driver_sql("BEGIN IMMEDIATE")
        yield


def _append(con: "Connection", table: "Table", frame: pd.DataFrame) -> int:
    """Insert the rows whose event is not there; give back how many."""
    import sqlalchemy

    key, ids = table.columns["event_id"], frame["event_id"].tolist()
    known: set[Any] = set()
    for start in range(0, len(ids), STEP):
        asked = sqlalchemy.select(key).where(key.in_(ids[start : start + STEP]))
        known |= set(con.execute(asked).scalars())
    new = frame[~frame["event_id"].isin(known)]
    for start in range(0, len(new), STEP):
        part = new.iloc[start : start + STEP].astype(object)
        con.execute(table.insert(), part.where(part.notna(), None).to_dict("records"))
    return len(new)

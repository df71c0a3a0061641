"""A log of what customers did, checked and laid out for counting: one row an event.

DuckDB holds it, within a fixed memory and on disk beyond it. A Parquet file is looked at where it
is; whatever else `blocks` can read is taken in by blocks, as text, so that how a column is
written is judged by all of it.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from retencion_lib.errors import DataError, OrderError, ParameterError
from retencion_lib.tables.clock import parse_day
from retencion_lib.tables.ids import need_columns
from retencion_lib.tables.snapshots.ask import Ask
from retencion_lib.tables.snapshots.columns import as_number, day_of, id_text, text_of
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.sources.parquet_part import ParquetPart
from retencion_lib.tables.typed import Place
from retencion_lib.words import plural

# One thread adds in one order: the same log gives the same sums to the last digit.
SETTINGS = {"threads": 1, "memory_limit": "512MB", "autoinstall_known_extensions": False}


@dataclass
class Log:
    """An open log: tables ``log`` (code, day, a0…, kind, again) and ``seen`` (code, id, first)."""

    con: Any
    folder: tempfile.TemporaryDirectory
    where: str
    first: np.datetime64
    last: np.datetime64
    as_of: np.datetime64
    n_events: int
    n_customers: int
    anonymous: int  # events without a customer, left out

    def close(self) -> None:
        """Give back memory and disk."""
        self.con.close()
        self.folder.cleanup()


def engine() -> ModuleType:
    """DuckDB, or how to install it.

    Raises
    ------
    OrderError
        If it is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise OrderError(
            "Falta el paquete 'duckdb', con el que se resume el registro de eventos. Instálalo "
            "con: pip install 'retencion[events]'"
        ) from None
    return duckdb


def open_log(events: str, ask: Ask, *, as_of: str, date: str) -> Log:
    """Read a log and check it.

    Parameters
    ----------
    events : str
        Path of a table with one row an event.
    as_of : str
        Last day that it holds, ISO; empty is the newest that it has.
    date : str
        Day of the run, ISO: nothing can have happened after it.

    Raises
    ------
    OrderError
        If DuckDB is not installed.
    DataError
        If the table cannot be read, or a column is missing or does not hold what it should.
    ParameterError
        If `as_of` lies in the future.
    """
    database = engine()
    source = open_source(events)
    where = source.where
    folder = tempfile.TemporaryDirectory(prefix="retencion-")
    con = database.connect(config=SETTINGS | {"temp_directory": folder.name})
    try:
        _take_in(con, source, ask)
        anonymous = _lay_out(con, ask, where, source.separator)
        facts = _facts(con)
        end = _last_day(con, facts[1], as_of=as_of, date=date, where=f"{where}, '{ask.date_col}'")
    except BaseException:
        con.close()
        folder.cleanup()
        raise
    source.record()
    return Log(con, folder, where, facts[0], facts[1], end, *facts[2:], anonymous)


def _take_in(con: Any, source: Source, ask: Ask) -> None:
    """Make ``raw`` (id, moment, kind, a0…) of the file, values as they come."""
    names = {"id": ask.event_id_col, "moment": ask.date_col}
    names |= {"kind": ask.kind} if ask.kind else {}
    names |= {f"a{i}": name for i, name in enumerate(ask.amounts)}
    need_columns(source.names, ask.columns, source.where)
    if source.path.is_dir() or not isinstance(source.parts[0], ParquetPart):
        con.register("coming", _batches(source, names))
        con.execute("CREATE TABLE raw AS SELECT * FROM coming")
        con.unregister("coming")
        return
    schema = pq.read_schema(source.path)
    zones = {f.name: f.type.tz for f in schema if pa.types.is_timestamp(f.type)}
    # The name of a file is a pattern to DuckDB, and quotes end a text.
    literal = re.sub(r"([*?\[])", r"[\1]", str(source.path)).replace("'", "''")
    values = {ours: _quoted(name) for ours, name in names.items()}
    if zone := zones.get(ask.date_col):  # an instant: its day is that of the zone it was saved in
        values["moment"] += f" AT TIME ZONE '{zone}'"
    chosen = ", ".join(f"{value} AS {ours}" for ours, value in values.items())
    con.execute(f"CREATE VIEW raw AS SELECT {chosen} FROM read_parquet('{literal}')")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _batches(source: Source, names: dict[str, str]) -> pa.RecordBatchReader:
    """The columns asked for, block by block, as text."""
    schema = pa.schema([(ours, pa.string()) for ours in names])

    def made() -> Iterator[pa.RecordBatch]:
        for block in source.blocks(list(names.values())):
            columns = [block.read(name).cast(pa.string()) for name in names.values()]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, made())


def _lay_out(con: Any, ask: Ask, where: str, separator: str) -> int:
    """Make ``seen`` and ``log`` of ``raw``; give back how many events have no customer."""
    kinds = {name: str(kind) for name, kind, *_ in con.execute("DESCRIBE raw").fetchall()}
    who = id_text(kinds["id"])
    total, known = con.execute(f"SELECT count(*), count({who}) FROM raw").fetchall()[0]
    if not known:
        said = "no tiene ninguna fila" if not total else f"'{ask.event_id_col}' está vacía"
        raise DataError(f"{where}: {said}. Pide otra vez el registro.")
    day, dates = day_of(con, kinds["moment"], f"{where}, '{ask.date_col}'")
    amounts = [
        as_number(con, f"a{i}", kinds[f"a{i}"], Place(where, name, separator, number=True))
        + f" AS a{i}"
        for i, name in enumerate(ask.amounts)
    ]
    kind = text_of("raw.kind", kinds["kind"]) if ask.kind else "NULL::VARCHAR"
    chosen = ", ".join([f"{who} AS id", f"{day} AS day", f"{kind} AS kind", *amounts])
    # Plain columns first: joined by these expressions, DuckDB compares each row with each other.
    con.execute(f"CREATE TABLE plain AS SELECT {chosen} FROM raw {dates} WHERE {who} IS NOT NULL")
    con.execute("""CREATE TABLE ids AS SELECT id, (row_number() OVER (ORDER BY id))::INT AS code
        FROM (SELECT DISTINCT id FROM plain)""")
    con.execute("""CREATE TABLE coded AS SELECT code, plain.* EXCLUDE (id)
        FROM plain JOIN ids ON plain.id = ids.id""")
    con.execute("DROP TABLE plain")
    con.execute("""CREATE TABLE log AS
        SELECT *, CASE WHEN lead(kind) OVER w = kind THEN lead(day) OVER w END AS again FROM coded
        WINDOW w AS (PARTITION BY code ORDER BY kind, day)""")
    con.execute("DROP TABLE coded")
    con.execute("""CREATE TABLE seen AS SELECT code, id, first
        FROM (SELECT code, min(day) AS first FROM log GROUP BY code) JOIN ids USING (code)""")
    return total - known


def _facts(con: Any) -> tuple[np.datetime64, np.datetime64, int, int]:
    first, last, n, who = con.execute(
        "SELECT min(day), max(day), count(*), count(DISTINCT code) FROM log"
    ).fetchall()[0]
    return np.datetime64(first, "D"), np.datetime64(last, "D"), n, who


def _last_day(
    con: Any, newest: np.datetime64, *, as_of: str, date: str, where: str
) -> np.datetime64:
    today = np.datetime64(date, "D")
    end = parse_day(as_of, "as_of") if as_of else newest
    if as_of and end > today:
        raise ParameterError(
            f"as_of = '{as_of}': es posterior al día de la ejecución, {date}, y de un día que no "
            "ha llegado no hay datos. Corrígelo, o déjalo vacío para usar la fecha más reciente."
        )
    limit = min(end, today)
    late = con.execute(f"SELECT count(*) FROM log WHERE day > DATE '{limit}'").fetchall()[0][0]
    if late:
        said = "a as_of" if as_of else "al día de la ejecución"
        raise DataError(
            f"{where}: {plural(late, 'evento es posterior', 'eventos son posteriores')} {said}, "
            f"{limit} (el último, del {newest}). Corrige esas fechas"
            + (", o as_of." if as_of else ", o date si la ejecución es de otro día.")
        )
    return end

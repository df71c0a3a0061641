"""From a log to a panel: one row a customer and snapshot, written snapshot by snapshot.

Features come from events **before** the day of the snapshot and nothing else; the outcome, from
those in ``(t + gap, t + gap + horizon]`` (`tables.clock`). A row whose outcome is not known yet
has none.
"""

import os
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import disk, store
from retencion_lib.tables.clock import Clock, Days, shift
from retencion_lib.tables.snapshots.ask import SNAPSHOT, Ask, snapshots_of
from retencion_lib.tables.snapshots.gaps import check_no_hole
from retencion_lib.tables.snapshots.log import Log
from retencion_lib.tables.snapshots.people import People, lay_out
from retencion_lib.words import listed

ROWS = 100_000  # of a piece that is written at once


@dataclass(frozen=True)
class Panel:
    """What was written."""

    path: Path
    snapshots: pd.DataFrame  # snapshot, rows, left (None where immature), known_on
    features: list[str]
    n_customers: int
    silent_before: int  # leavers that had been silent for longer than the horizon already
    gone_in_gap: int  # rows left out: they left between the snapshot and the end of the gap
    people: People

    @property
    def rows(self) -> int:
        """Rows in all."""
        return int(self.snapshots["rows"].sum())

    @property
    def mature(self) -> pd.DataFrame:
        """The snapshots whose outcome is known."""
        return self.snapshots[self.snapshots["left"].notna()]

    @property
    def positive_rate(self) -> float:
        """Share that left, of the mature rows."""
        return float(self.mature["left"].sum() / self.mature["rows"].sum())


def features_of(ask: Ask) -> list[str]:
    """Names of the features of a panel, in order, without those of the customers' table."""
    names = ["tenure_days", "days_since_last", *(f"events_{w}" for w in ask.windows)]
    for amount in ask.amounts:
        names += [f"{amount}_{what}_{w}" for what in ("sum", "mean") for w in ask.windows]
    names += [f"kinds_{w}" for w in ask.windows] if ask.kind else []
    return names + [f"trend_{a}_{b}" for a, b in pairwise(ask.windows)]


def write_panel(log: Log, ask: Ask, customers: str, output: str) -> Panel:
    """Make the panel of a log and write it.

    Parameters
    ----------
    customers : str
        Table with one row a customer; empty where there is none.
    output : str
        Parquet file to write.

    Raises
    ------
    DataError
        If the log is too short or has a hole, or the customers' table does not fit it.
    ParameterError
        If `output` is no Parquet file, or two columns would have one name.
    """
    try:
        path = config.resolve(output)
        if path.suffix != ".parquet":
            raise ParameterError(f"output = '{output}': el panel es Parquet; acaba en '.parquet'.")
        clock = ask.clock(log.as_of)
        days = snapshots_of(log.first, log.as_of, ask, log.where)
        if ask.ended:
            check_no_hole(log, ask.windows[-1], "la ventana más larga")
        else:
            check_no_hole(log, clock.horizon, "el horizonte")
        people = lay_out(log, ask, customers)
        features = features_of(ask)
        _check_names([ask.id_col, SNAPSHOT, *features, *people.columns, ask.target])
        return _write(log, ask, clock, days, people, path)
    finally:
        log.close()


def _check_names(names: list[str]) -> None:
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ParameterError(
            f"El panel tendría dos columnas {listed(repeated, quote=True)}. Cambia su nombre en la "
            "tabla de clientes o en el registro, o el de id_col o target."
        )


def _write(log: Log, ask: Ask, clock: Clock, days: Days, people: People, path: Path) -> Panel:
    rows, seen = [], np.zeros(log.n_customers + 1, bool)
    gone = silent = 0
    with disk.explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        os.close(handle)
    made, writer = Path(name), None
    try:
        with disk.explained(path):
            for day in days:
                found = log.con.sql(snapshot_sql(ask, clock, people, day))
                total = left = 0
                for batch in found.to_arrow_reader(ROWS):
                    seen[batch.column("code").to_numpy()] = True
                    batch = batch.drop_columns("code")
                    writer = writer or pq.ParquetWriter(made, batch.schema)
                    writer.write_batch(batch)
                    total += batch.num_rows
                    went = pc.equal(batch.column(ask.target), 1)
                    left += went.true_count
                    late = pc.greater(batch.column("days_since_last"), clock.horizon.days)
                    silent += pc.and_(went, late).true_count
                gone += _gone_in_gap(log, ask, clock, day)
                rows.append((day, total, left if clock.mature(day) else None, clock.closes(day)))
            writer.close()
        table = pd.DataFrame(rows, columns=[SNAPSHOT, "rows", "left", "known_on"])
        store.place(path, made, rows=int(table["rows"].sum()))
    finally:
        made.unlink(missing_ok=True)
    return Panel(path, table, features_of(ask), int(seen.sum()), silent, gone, people)


def _gone_in_gap(log: Log, ask: Ask, clock: Clock, day: np.datetime64) -> int:
    if not ask.ended:
        return 0
    sql = f"""SELECT count(*) FROM seen JOIN people USING (code) WHERE first < DATE '{day}'
        AND ended > DATE '{day}' AND ended <= DATE '{clock.opens(day)}'"""
    return log.con.execute(sql).fetchall()[0][0]


def snapshot_sql(ask: Ask, clock: Clock, people: People, day: np.datetime64) -> str:
    """Query of one snapshot: its rows, with ``code`` to tell customers apart."""
    starts = [np.datetime64(shift(day, window, back=True), "D") for window in ask.windows]
    windows = "\n".join(
        f"LEFT JOIN ({_window_sql(ask, start, day)}) AS w{i} USING (code)"
        for i, start in enumerate(starts)
    )
    # Where leaving is silence, a customer is who did something within the longest window.
    since = "" if ask.ended else f"AND day >= DATE '{min(starts)}'"
    extra = [f"people.{_quoted(name)}" for name in people.columns]
    chosen = [*_features_sql(ask, starts, day), *extra]
    return f"""SELECT code, seen.id AS {_quoted(ask.id_col)}, DATE '{day}' AS {SNAPSHOT},
        {", ".join(chosen)}, {_outcome_sql(ask, clock, day)} AS {_quoted(ask.target)}
    FROM (SELECT code, max(day) AS last FROM log WHERE day < DATE '{day}' {since} GROUP BY code)
    JOIN seen USING (code)
    {windows}
    {"LEFT JOIN people USING (code)" if people.given else ""}
    LEFT JOIN (SELECT DISTINCT code, TRUE AS came FROM log
               WHERE day > DATE '{clock.opens(day)}' AND day <= DATE '{clock.closes(day)}')
        USING (code)
    {f"WHERE ended IS NULL OR ended > DATE '{clock.opens(day)}'" if ask.ended else ""}
    ORDER BY code"""


def _window_sql(ask: Ask, start: np.datetime64, day: np.datetime64) -> str:
    amounts = "".join(
        f", coalesce(sum(a{i}), 0.0) AS sum{i}, sum(a{i}) / count(a{i}) AS mean{i}"
        for i in range(len(ask.amounts))
    )
    # A kind is counted once: at its last event before the snapshot.
    last = f"kind IS NOT NULL AND (again IS NULL OR again >= DATE '{day}')"
    return f"""SELECT code, count(*) AS n, sum(({last})::TINYINT) AS kinds{amounts}
        FROM log WHERE day >= DATE '{start}' AND day < DATE '{day}' GROUP BY code"""


def _features_sql(ask: Ask, starts: list[np.datetime64], day: np.datetime64) -> list[str]:
    """Expressions of `features_of`, in its order."""
    every = range(len(starts))
    found = [f"(DATE '{day}' - first)::INT", f"(DATE '{day}' - last)::INT"]
    found += [f"coalesce(w{i}.n, 0)::INT" for i in every]
    for a in range(len(ask.amounts)):
        found += [f"coalesce(w{i}.sum{a}, 0.0)" for i in every] + [f"w{i}.mean{a}" for i in every]
    found += [f"coalesce(w{i}.kinds, 0)::INT" for i in every] if ask.kind else []
    # Events a day in the shorter window for each in the longer one.
    rates = [f"(coalesce(w{i}.n, 0) / {(day - starts[i]).astype(int)})" for i in every]
    found += [f"CASE WHEN w{j}.n > 0 THEN {rates[i]} / {rates[j]} END" for i, j in pairwise(every)]
    names = features_of(ask)
    return [f"{sql} AS {_quoted(name)}" for sql, name in zip(found, names, strict=True)]


def _outcome_sql(ask: Ask, clock: Clock, day: np.datetime64) -> str:
    """1 if the customer left, 0 if not, nothing where nobody can know yet."""
    if not clock.mature(day):
        return "NULL::TINYINT"
    if ask.ended:
        return f"coalesce(ended <= DATE '{clock.closes(day)}', FALSE)::TINYINT"
    return "(came IS NULL)::TINYINT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

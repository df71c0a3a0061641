"""What monitoring has said over time: one row a run and check, and what persists or has closed.

`monitoring/history.parquet` only grows. A batch looked at twice, the same customers (whoever
scored them) or a file of the same name and date, counts once, with its last look: repeating a
run confirms nothing, and a repaired extract takes the place of the broken one.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.maths.drift import Shift
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.findings import LEVELS, Alert, Code

COLUMNS = {
    "at": "str", "date": "str", "run_id": "str", "batch": "str", "path": "str",
    "n_rows": "int64",
    "check": "str", "code": "str", "column": "str", "level": "str", "value": "float64",
    "low": "float64", "high": "float64", "limit": "float64",
    "list_usable": "str", "retrain": "str", "retrain_until": "str", "retrain_on": "str",
}  # fmt: skip
ANSWERS = ("list_usable", "retrain", "retrain_until", "retrain_on")
PERSISTS, WINDOW = 2, 3  # a finding in 2 of the last 3 batches is no accident


def report_rows(report: WatchReport, *, run_id: str, date: str) -> pd.DataFrame:
    """Rows of one run, from its report: one a check.

    Every column and the score give one row with its corrected PSI; so does every measure that
    was estimated, or realised for a batch, with its interval; and every finding that is none of
    these, the worst where a check has several (two groups, or two batches with outcomes).
    """
    found = [_shift_row(Code.COLUMN_MOVED, s) for s in report.features]
    found.append(_shift_row(Code.SCORE_MOVED, report.score))
    if report.expected:
        found += _measures("expected:{}", "", report.expected.estimates)
    for r in report.realised:
        found += _measures(f"realised:{{}}:{r.batch}", r.batch, r.measured)
    shown = {row.check for row in found}
    found += [row for row in map(_alert_row, report.alerts) if row.check not in shown]
    table = pd.DataFrame(found)
    table = (
        table.sort_values("level", key=lambda v: -v.map(LEVELS.index), kind="stable")
        .drop_duplicates("check")
        .sort_index()
        .assign(
            at=report.created_at,
            date=date,
            run_id=run_id,
            batch=report.customers,
            path=report.current.path,
            n_rows=report.current.n_rows,
            **report.answers,
        )
    )
    return _typed(table)


class _Row(NamedTuple):
    check: str
    code: str
    column: str
    level: str
    value: float | None
    low: float | None = None
    high: float | None = None
    limit: float | None = None


def check_name(code: str, column: str | None) -> str:
    """Name of a check in the history: its code and the column it looks at."""
    return f"{code}:{column or ''}"


def _shift_row(code: Code, s: Shift) -> _Row:
    return _Row(check_name(code, s.name), str(code), s.name, s.status, s.psi_corrected)


def _measures(check: str, batch: str, measures: dict[str, Estimate]) -> list[_Row]:
    return [
        _Row(check.format(name), "", batch, "ok", e.value, e.low, e.high)
        for name, e in measures.items()
    ]


def _alert_row(a: Alert) -> _Row:
    name = check_name(a.code, a.column)
    return _Row(name, str(a.code), a.column or "", a.level, a.value, limit=a.threshold)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table[list(COLUMNS)].astype(COLUMNS)


def read() -> pd.DataFrame:
    """The whole history, oldest first; empty before the first run of 05."""
    path = config.resolve(config.HISTORY)
    if not path.is_file():
        return _typed(pd.DataFrame(columns=list(COLUMNS)))
    table = pd.read_parquet(io.BytesIO(store.read_bytes(path)))
    store.record("input", path, len(table))
    unknown = {name: "" for name in ANSWERS if name not in table}  # rows of an earlier version
    return _typed(table.assign(**unknown))


def append(report: WatchReport, *, run_id: str, date: str) -> pd.DataFrame:
    """Add one run to the history, whole or not at all; give back the history with it."""
    path = config.resolve(config.HISTORY)
    with store.locked(path):
        now = report_rows(report, run_id=run_id, date=date)
        table = pd.concat([read(), now], ignore_index=True)
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        store.write_bytes(path, buffer.getvalue(), rows=len(table))
    return table


def batches(history: pd.DataFrame, last: int) -> list[str]:
    """Runs that count, oldest first: the last look at each of the last batches."""
    runs = history.drop_duplicates("run_id").drop_duplicates("batch", keep="last")
    runs = runs.drop_duplicates(["date", "path"], keep="last")
    return list(runs.sort_values(["date", "at"], kind="stable").run_id.tail(last))


def answered(history: pd.DataFrame, runs: Sequence[str]) -> list[dict[str, str]]:
    """Date, file and answers of each of these runs, oldest first."""
    first = history.drop_duplicates("run_id").set_index("run_id")
    return first.loc[list(runs), ["date", "path", *ANSWERS]].to_dict("records")


def follow(history: pd.DataFrame) -> pd.DataFrame:
    """State of each check that is not well now, or was not in the batch before.

    A finding in at least `PERSISTS` of the last `WINDOW` batches persists.

    Returns
    -------
    DataFrame
        ``check, code, column, level, state, times, of, since``: state is ``new`` (now, and too
        few times to persist), ``persists`` or ``closed`` (in the batch before and not now);
        `since` is the date of the first batch of the present streak.
    """
    runs = batches(history, len(history))
    place = {run: number for number, run in enumerate(runs)}
    wrong = history[(history.level != "ok") & history.run_id.isin(runs)]
    wrong = wrong.assign(place=wrong.run_id.map(place))
    found = [_followed(check, rows, runs) for check, rows in wrong.groupby("check", sort=False)]
    names = ["check", "code", "column", "level", "state", "times", "of", "since"]
    return pd.DataFrame([row for row in found if row], columns=names)


def _followed(check: str, rows: pd.DataFrame, runs: list[str]) -> tuple | None:
    """One row of `follow`, from those of a check that was not well; None if that is long ago."""
    places, last = sorted(rows.place), len(runs) - 1
    now, before = last in places, last - 1 in places
    if not now and not before:
        return None
    times = len(set(runs[-WINDOW:]) & set(rows.run_id))
    state = "closed" if not now else "persists" if times >= PERSISTS else "new"
    streak = next(p for p in places if set(range(p, places[-1] + 1)) <= set(places))
    since = rows[rows.place == streak].date.iloc[0]
    newest = rows.sort_values("place").iloc[-1]
    return (check, newest.code, newest.column, newest.level, state, times,
            min(WINDOW, len(runs)), since)  # fmt: skip


def escalate(
    past: pd.DataFrame, alerts: Sequence[Alert], *, batch: str, date: str, path: str
) -> list[Alert]:
    """RET050 for each warning of now that has been there in enough of the last batches.

    Parameters
    ----------
    past : DataFrame
        History before this run.
    alerts : sequence of Alert
        Findings of this run.
    batch, date, path : str
        `Tables.customers` and name of the file looked at now, and date of the run: an earlier
        look at the same batch does not count.
    """
    same = (past.batch == batch) | ((past.date == date) & (past.path == path))
    earlier = past[~same]
    runs = batches(earlier, WINDOW - 1)
    wrong = earlier[earlier.run_id.isin(runs) & (earlier.level != "ok")]
    found = []
    for alert in alerts:
        before = wrong[wrong.check == check_name(alert.code, alert.column)]
        times = 1 + before.run_id.nunique()
        if alert.level != "warning" or times < PERSISTS:
            continue
        facts = {"check": str(alert.code), "of": len(runs) + 1, "since": before.date.min()}
        found.append(
            Alert(Code.PERSISTS, "alert", alert.column, float(times), float(PERSISTS), facts)
        )
    return found

"""What monitoring has said over time: one row a run and check, and what persists or has closed.

`monitoring/history.parquet` only grows. A batch looked at twice, the same customers (whoever
scored them) or a file of the same name and date, counts once, with its last look: repeating a
run confirms nothing, and a repaired extract takes the place of the broken one.
"""

import io
from collections.abc import Sequence

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.stages.monitor.rules import LEVELS, Alert, named
from retencion_lib.words import count, day, listed

COLUMNS = {
    "at": "str", "date": "str", "run_id": "str", "batch": "str", "path": "str",
    "n_rows": "int64",
    "check": "str", "code": "str", "column": "str", "level": "str", "value": "float64",
    "low": "float64", "high": "float64", "limit": "float64",
}  # fmt: skip
PERSISTS, WINDOW = 2, 3  # a finding in 2 of the last 3 batches is no accident


def rows(report: dict, *, run_id: str, date: str) -> pd.DataFrame:
    """Rows of one run, from its `drift_report.json`: one a check.

    Every column and the score give one row with its corrected PSI; so does every measure that
    was estimated, or realised for a batch, with its interval; and every finding that is none of
    these, the worst where a check has several (two groups, or two batches with outcomes).
    """
    found = [
        _row(f"RET010:{f['name']}", "RET010", f["name"], f["status"], f["psi_corrected"])
        for f in report["features"]
    ]
    score = report["score"]
    found.append(_row("RET011:score", "RET011", "score", score["status"], score["psi_corrected"]))
    expected = report.get("expected") or {"estimates": {}}
    found += [
        _row(f"expected:{name}", "", None, "ok", e["value"], e["low"], e["high"])
        for name, e in expected["estimates"].items()
    ]
    for realised in report.get("realised") or []:
        batch = realised["batch"]
        found += [
            _row(f"realised:{name}:{batch}", "", batch, "ok", e["value"], e["low"], e["high"])
            for name, e in realised["measured"].items()
        ]
    shown = {row["check"] for row in found}
    found += [
        _row(check_name(a["code"], a["column"]), a["code"], a["column"], a["level"], a["value"],
             limit=a["threshold"])
        for a in report["alerts"]
        if check_name(a["code"], a["column"]) not in shown
    ]  # fmt: skip
    table = (
        pd.DataFrame(found)
        .sort_values("level", key=lambda v: -v.map(LEVELS.index), kind="stable")
        .drop_duplicates("check")
        .sort_index()
        .assign(
            at=report["created_at"],
            date=date,
            run_id=run_id,
            batch=report["customers"],
            path=report["current"]["path"],
            n_rows=report["current"]["n_rows"],
        )
    )
    return _typed(table)


def check_name(code: str, column: str | None) -> str:
    """Name of a check in the history: its code and the column it looks at."""
    return f"{code}:{column or ''}"


def _row(check, code, column, level, value, low=None, high=None, limit=None) -> dict:
    return {"check": check, "code": code, "column": column or "", "level": level, "value": value,
            "low": low, "high": high, "limit": limit}  # fmt: skip


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table[list(COLUMNS)].astype(COLUMNS)


def read() -> pd.DataFrame:
    """The whole history, oldest first; empty before the first run of 05."""
    path = config.resolve(config.HISTORY)
    if not path.is_file():
        return _typed(pd.DataFrame(columns=list(COLUMNS)))
    table = pd.read_parquet(io.BytesIO(store.read_bytes(path)))
    store.record("input", path, len(table))
    return table


def append(report: dict, *, run_id: str, date: str) -> pd.DataFrame:
    """Add one run to the history, whole or not at all; give back the history with it."""
    path = config.resolve(config.HISTORY)
    with store.locked(path):
        table = pd.concat([read(), rows(report, run_id=run_id, date=date)], ignore_index=True)
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        store.write_bytes(path, buffer.getvalue(), rows=len(table))
    return table


def batches(history: pd.DataFrame, last: int) -> list[str]:
    """Runs that count, oldest first: the last look at each of the last batches."""
    runs = history.drop_duplicates("run_id").drop_duplicates("batch", keep="last")
    runs = runs.drop_duplicates(["date", "path"], keep="last")
    return list(runs.sort_values(["date", "at"], kind="stable")["run_id"].tail(last))


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
    order = {run: place for place, run in enumerate(runs)}
    wrong = history[(history["level"] != "ok") & history["run_id"].isin(runs)]
    recent = set(runs[-WINDOW:])
    found = []
    for check, rows_of in wrong.groupby("check", sort=False):
        places = sorted(order[run] for run in rows_of["run_id"])
        now, before = len(runs) - 1 in places, len(runs) - 2 in places
        if not now and not before:
            continue
        times = len(recent & set(rows_of["run_id"]))
        last = rows_of.sort_values("run_id", key=lambda r: r.map(order)).iloc[-1]
        state = "closed"
        if now:
            state = "persists" if times >= PERSISTS else "new"
        streak = next(p for p in places if set(range(p, places[-1] + 1)) <= set(places))
        since = rows_of.loc[rows_of["run_id"] == runs[streak], "date"].iloc[0]
        found.append((check, last["code"], last["column"], last["level"], state, times,
                      min(WINDOW, len(runs)), since))  # fmt: skip
    names = ["check", "code", "column", "level", "state", "times", "of", "since"]
    return pd.DataFrame(found, columns=names)


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
        `quality.Tables.customers` and name of the file looked at now, and date of the run: an
        earlier look at the same batch does not count.
    """
    same = (past["batch"] == batch) | ((past["date"] == date) & (past["path"] == path))
    earlier = past[~same]
    runs = batches(earlier, WINDOW - 1)
    wrong = earlier[earlier["run_id"].isin(runs) & (earlier["level"] != "ok")]
    found = []
    for alert in alerts:
        before = wrong[wrong["check"] == check_name(alert.code, alert.column)]
        times = 1 + before["run_id"].nunique()
        if alert.level != "warning" or times < PERSISTS:
            continue
        what = named(alert.code, alert.column)
        message = (
            f"{what[0].upper()}{what[1:]} ({alert.code}): persiste, en {count(times)} de los "
            f"últimos {count(len(runs) + 1)} lotes, desde el {day(before['date'].min())}."
        )
        action = "Deja de tratarlo como un aviso suelto: busca la causa."
        found.append(
            Alert("RET050", "alert", alert.column, float(times), float(PERSISTS), message, action)
        )
    return found


def sentence(history: pd.DataFrame, states: pd.DataFrame) -> str:
    """How many batches have been looked at, what persists and what has closed."""
    n = len(batches(history, len(history)))
    if n < 2:
        return "Es el primer lote que se vigila: todavía no hay historia."
    said = [f"Se han vigilado {count(n)} lotes."]
    for state, start in (
        ("persists", "Persiste"),
        ("new", "Es nuevo"),
        ("closed", "Se ha cerrado"),
    ):
        these = states[(states["state"] == state) & (states["code"] != "RET050")]
        names = [named(r.code, r.column) for r in these.itertuples()]
        if names:
            said.append(f"{start}: {listed(names)}.")
    return " ".join(said if len(said) > 1 else [*said, "No hay nada abierto."])

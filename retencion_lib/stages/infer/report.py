"""Write down what 04 decided: the call list for the team, and the rows of the log."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.csv_text import joined, value_texts
from retencion_lib.home.predictions import dated
from retencion_lib.home.sheet import guarded
from retencion_lib.stages.infer.calls import N_REASONS, CallList
from retencion_lib.stages.infer.say import spoken
from retencion_lib.stages.infer.scoring import Scorer


def call_sheet(calls: CallList) -> pd.DataFrame:
    """The call list as the team opens it: safe in a spreadsheet, numbers rounded."""
    id_col, said, calls = calls.id_col, spoken(calls, calls.calls()), calls.calls()
    sheet = pd.DataFrame({"rank": range(1, len(calls) + 1)})
    sheet[id_col] = calls[id_col].to_numpy()
    sheet["score"] = calls["score"].round(4).to_numpy()
    sheet["decile"] = calls["decile"].to_numpy()
    sheet["expected_profit"] = calls["expected_profit"].round(2).to_numpy()
    for i in range(N_REASONS):
        sheet[f"reason_{i + 1}"] = [r[i] if i < len(r) else "" for r in said]
    texts = [id_col, *(c for c in sheet if c.startswith("reason_"))]
    sheet[texts] = sheet[texts].astype(str).map(guarded)
    return sheet.rename(columns={id_col: guarded(id_col)})


REVIEW = "__REVISAR"  # at the end of the name of a list that somebody must look at first


def write_calls(
    calls: CallList, *, date: str, stem: str, stopped: bool = False
) -> tuple[Path, bool]:
    """Write the list under the run's date; give back its path and whether it is new.

    The same list is not written twice, and another list of the same date is never
    overwritten: it gets the batch's name, and then a number. One of a batch that was `stopped`
    says in its name that it is to be looked at first.
    """
    kind = REVIEW if stopped else ""
    # With a byte order mark, or spreadsheets would spoil the accents.
    content = call_sheet(calls).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    first = config.resolve(f"data/call_list_{date}{kind}.csv")
    with store.locked(first):
        attempt = 0
        path = first
        while path.exists() and path.read_bytes() != content:
            attempt += 1
            more = f"_{attempt}" if attempt > 1 else ""
            path = first.with_name(f"call_list_{date}_{stem}{more}{kind}.csv")
        if path.exists():
            store.record("input", path, len(calls.calls()))
            return path, False
        return store.write_bytes(path, content, rows=len(calls.calls())), True


def predictions(
    table: pd.DataFrame,
    scorer: Scorer,
    calls: CallList,
    *,
    run_id: str,
    date: str,
    snapshot: str = "",
) -> pd.DataFrame:
    """Log rows of a scored batch: one event a customer, with model, threshold and decision.

    Another campaign, or the same under other terms, is another decision: other events. With
    `snapshot`, the day of the rows, they say it where the log does.
    """
    id_col, model = calls.id_col, scorer.model
    rows = row_texts(table.drop(columns="score"))
    stem = f"{date}|{model.family}|{model.version}|{model.data_sha256}|{calls.key()}|"
    decided = calls.decided
    if snapshot:
        stem += f"{snapshot}|"
    return pd.DataFrame(
        {
            "event_id": [sha256((stem + row).encode()).hexdigest()[:16] for row in rows],
            "run_id": run_id,
            "scored_at": _scored_at(date),
            id_col: table[id_col],
            "model": model.family,
            "version": model.version,
            "score": table["score"],
            "threshold": scorer.threshold,
            "prediction": (table["score"] >= scorer.threshold).astype(int),
            "decile": decided["decile"],
            "expected_profit": decided["expected_profit"],
            "group": decided["group"],
            "reasons": ["; ".join(found) for found in spoken(calls, decided)],
            "campaign": calls.name,
            **dated(snapshot),
        }
    )


def row_texts(table: pd.DataFrame) -> list[str]:
    """Each row as Python writes the tuple of its values: what its event's identity is made of."""
    texts = [
        value_texts(column, repr, "nan" if column.dtype == float else "None")
        for _, column in table.items()
    ]
    return joined(texts, ", ", "(", ",)" if len(texts) == 1 else ")").to_pylist()


def _scored_at(date: str) -> str:
    """The run's date with the clock's time, UTC."""
    return f"{date}T{datetime.now(UTC):%H:%M:%S}Z"

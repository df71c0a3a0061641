"""Write down what 04 decided: the call list for the team, and the rows of the log."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib import config
from retencion_lib.errors import LibraryError
from retencion_lib.home import store
from retencion_lib.home.call_list import CHOICES, HEADINGS, NOTE, OFFER, RANK, REASONS, RESULT
from retencion_lib.home.csv_text import ROWS, joined, value_texts
from retencion_lib.home.predictions import dated
from retencion_lib.home.sheet import guarded
from retencion_lib.home.workbook import MOST_ROWS, workbook
from retencion_lib.stages.infer.calls import CallList, Written
from retencion_lib.stages.infer.say import spoken, workbook_too_long
from retencion_lib.stages.infer.say_reasons import say_offer
from retencion_lib.stages.infer.scoring import Scorer
from retencion_lib.stages.infer.wanted import DECIMALS, Style, Wanted

REVIEW = "__REVISAR"  # at the end of the name of a list that somebody must look at first


def call_sheet(calls: CallList, wanted: Wanted = Wanted()) -> pd.DataFrame:  # noqa: B008
    """The call list: numbers rounded, a text for each reason, what is to be filled in empty."""
    id_col, said, calls = calls.id_col, spoken(calls, calls.calls()), calls.calls()
    sheet = pd.DataFrame({RANK: range(1, len(calls) + 1)})
    sheet[id_col] = calls[id_col].astype(str).to_numpy()
    for name, column in wanted.along.items():
        sheet[name] = column.iloc[calls.index].array
    sheet["score"] = calls["score"].round(4).to_numpy()
    sheet["decile"] = calls["decile"].to_numpy()
    sheet["expected_profit"] = calls["expected_profit"].round(2).to_numpy()
    for i, name in enumerate(REASONS):
        sheet[name] = [r[i] if i < len(r) else "" for r in said]
    if wanted.offers:
        sheet[OFFER] = [say_offer(own, wanted.offers) for own in calls["reasons"]]
    return sheet.assign(**{RESULT: "", NOTE: ""})


def write_calls(
    calls: CallList,
    wanted: Wanted = Wanted(),  # noqa: B008 (it cannot change)
    *,
    date: str,
    stem: str,
    stopped: bool = False,
) -> Written:
    """Write the list under the run's date, as CSV and as a workbook.

    The same list is not written twice, and another list of the same date is never
    overwritten: it gets the batch's name, and then a number. One of a batch that was `stopped`
    says in its name that it is to be looked at first.
    """
    kind, sheet = REVIEW if stopped else "", call_sheet(calls, wanted)
    content = _csv(sheet, wanted.style)
    first = config.resolve(f"data/call_list_{date}{kind}.csv")
    with store.locked(first):
        attempt = 0
        path = first
        while _is_taken(path, content):
            attempt += 1
            more = f"_{attempt}" if attempt > 1 else ""
            path = first.with_name(f"call_list_{date}_{stem}{more}{kind}.csv")
        new = not path.exists()
        if new:
            store.write_bytes(path, content, rows=len(sheet))
        else:
            store.record("input", path, len(sheet))
        return Written(path, new, *_write_workbook(path.with_suffix(".xlsx"), sheet, wanted.style))


def _is_taken(path: Path, content: bytes) -> bool:
    """Whether another list has a name; its workbook alone has it too."""
    if path.exists():
        return path.read_bytes() != content
    return path.with_suffix(".xlsx").exists()


def _write_workbook(path: Path, sheet: pd.DataFrame, style: Style) -> tuple[Path | None, str]:
    """The workbook beside a list, and why there is none; one that is there stays as it is."""
    if path.exists():
        return path, ""
    if len(sheet) > MOST_ROWS:
        return None, workbook_too_long(len(sheet))
    try:
        content = workbook(_headed(sheet, style), CHOICES)
    except LibraryError as error:
        return None, str(error)
    return store.write_bytes(path, content, rows=len(sheet)), ""


def _headed(sheet: pd.DataFrame, style: Style) -> pd.DataFrame:
    """The list with headings for people, if the home wants them."""
    return sheet.rename(columns=HEADINGS) if style.headings else sheet


def _csv(sheet: pd.DataFrame, style: Style) -> bytes:
    """The list as CSV, safe in a spreadsheet; with a byte order mark, or accents would be lost."""
    mark, separator = DECIMALS[style.decimal]
    texts = [name for name in sheet if not pd.api.types.is_numeric_dtype(sheet[name])]
    sheet = sheet.assign(**{name: _guarded(sheet[name]) for name in texts})
    if separator == ";":
        sheet = _headed(sheet, style)
    sheet = sheet.rename(columns=guarded)
    text = sheet.to_csv(index=False, lineterminator="\n", sep=separator, decimal=mark)
    return text.encode("utf-8-sig")


def _guarded(column: pd.Series) -> pd.Series:
    """Texts as `guarded` leaves them; what several rows say is looked at once."""
    return column.map({text: guarded(text) for text in column.unique()})


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
    stem = f"{date}|{model.family}|{model.version}|{model.data_sha256}|{calls.key()}|"
    decided = calls.decided
    if snapshot:
        stem += f"{snapshot}|"
    n = len(table)
    return pd.DataFrame(
        {
            "event_id": event_ids(table.drop(columns="score"), stem),
            "run_id": _all(n, run_id),
            "scored_at": _all(n, _scored_at(date)),
            id_col: table[id_col],
            "model": _all(n, model.family),
            "version": _all(n, model.version),
            "score": table["score"],
            "threshold": scorer.threshold,
            "prediction": (table["score"] >= scorer.threshold).astype(int),
            "decile": decided["decile"],
            "expected_profit": decided["expected_profit"],
            "group": decided["group"],
            "reasons": _reasons(calls),
            "campaign": _all(n, calls.name),
            **dated(snapshot),
        }
    )


def _all(n: int, text: str) -> pd.Categorical:
    """The same text on every row, held once."""
    return pd.Categorical.from_codes(np.zeros(n, np.int8), [text])


def _reasons(calls: CallList) -> np.ndarray:
    """Reasons of each customer in words; none of those whom no list would call."""
    chosen = (calls.decided["group"] != "").to_numpy()
    said = np.full(len(chosen), "", object)
    said[chosen] = ["; ".join(found) for found in spoken(calls, calls.decided[chosen])]
    return said


def event_ids(table: pd.DataFrame, stem: str) -> list[str]:
    """Identity of the event of each row; few rows are in words at a time."""
    begun, found = sha256(stem.encode()), []
    for start in range(0, len(table), ROWS):
        texts = row_texts(table.iloc[start : start + ROWS]).cast(pa.large_binary())
        for row in texts.to_pylist():
            own = begun.copy()
            own.update(row)
            found.append(own.hexdigest()[:16])
    return found


def _written(values: list) -> list[str]:
    return list(map(repr, values))


def row_texts(table: pd.DataFrame) -> pa.Array:
    """Each row as Python writes the tuple of its values: what its event's identity is made of."""
    texts = [
        value_texts(column, _written, "nan" if column.dtype == float else "None")
        for _, column in table.items()
    ]
    return joined(texts, ", ", "(", ",)" if len(texts) == 1 else ")")


def _scored_at(date: str) -> str:
    """The run's date with the clock's time, UTC."""
    return f"{date}T{datetime.now(UTC):%H:%M:%S}Z"

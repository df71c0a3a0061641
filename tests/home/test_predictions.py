"""The log of predictions and the batch scored last."""

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import disk, predictions, store


def test_before_a_batch_is_scored_there_is_none_to_look_at():
    with pytest.raises(OrderError, match=r"no se ha puntuado ningún lote.*'retencion infer'"):
        predictions.last_scored()


def test_the_batch_scored_last_is_the_one_to_look_at():
    store.begin("r4-infer")
    for name in ("first", "last"):
        path = config.resolve(f"data/{name}_with_score.csv")
        store.write_csv(path, pd.DataFrame({"id": ["a"], "score": [0.5]}))
    store.write_csv(config.resolve("data/call_list_2026-10-31.csv"), pd.DataFrame({"id": ["a"]}))
    store.end()
    assert predictions.last_scored() == "data/last_with_score.csv"


def test_the_id_of_a_log_is_the_column_that_is_not_ours():
    names = [*predictions.EVENT, "cliente", *predictions.DECIDED]
    assert predictions.id_columns(names) == ["cliente"]


def events(day: str, ids: list[str], model: str = "xgb") -> pd.DataFrame:
    return pd.DataFrame(
        {"event_id": [f"{day}-{i}" for i in ids], "run_id": day, "scored_at": f"{day}T12:00:00Z",
         "id": ids, "model": model, "version": "0.1", "score": 0.5}
    )  # fmt: skip


def logged(day: str, ids: list[str]) -> int:
    store.begin(f"run {day}")
    added = predictions.log_predictions(events(day, ids))
    store.end()
    return added


def test_an_event_is_logged_once_however_many_others_lie_between():
    assert logged("2026-01-31", ["a", "b"]) == 2
    assert logged("2026-02-28", ["a", "b"]) == 2
    assert logged("2026-01-31", ["b", "c"]) == 1
    assert logged("2026-01-31", ["a", "b", "c"]) == 0
    held = pd.read_csv(config.resolve(config.PREDICTIONS))
    assert held.event_id.is_unique
    assert len(held) == 5


def test_of_what_was_logged_on_other_days_one_row_is_read(monkeypatch):
    for month in range(1, 6):
        logged(f"2026-0{month}-28", ["a", "b"])
    read = []
    whole = pd.read_csv
    monkeypatch.setattr(pd, "read_csv", lambda *a, **k: read.append(whole(*a, **k)) or read[-1])
    assert logged("2026-03-28", ["b", "c"]) == 1
    assert [list(rows["event_id"]) for rows in read] == [["2026-03-28-a", "2026-03-28-b"]]


def test_a_log_that_no_ledger_tells_of_is_read_whole():
    path = config.resolve(config.PREDICTIONS)
    path.parent.mkdir(parents=True, exist_ok=True)
    events("2026-01-31", ["a"]).to_csv(path, index=False)
    assert predictions.log_predictions(events("2026-01-31", ["a", "b"])) == 1


@pytest.mark.parametrize("part", [0.5, 1.0], ids=["half-a-block", "a-whole-block-with-its-note"])
@pytest.mark.parametrize("first", [False, True], ids=["later", "the-first-of-all"])
def test_rows_that_a_killed_run_left_half_appended_are_logged_by_the_next(part, first):
    log, new = config.resolve(config.PREDICTIONS), events("2026-02-28", ["a", "b", "c", "d"])
    disk.write(log, b"") if first else logged("2026-01-31", ["a", "b"])
    before = log.read_bytes()
    block = new.to_csv(index=False, header=first).encode()
    disk.note_append(log, len(before), block)
    cut = len(block) if part == 1.0 else block.index(b"2026-02-28-c")  # whole rows at the cut
    log.write_bytes(before + block[:cut])
    predictions.log_predictions(new)
    assert log.read_bytes() == before + block
    assert [p.name for p in log.parent.glob(".*.pending")] == []

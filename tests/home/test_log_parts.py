"""The log of predictions beyond its CSV: Parquet parts, and one door to both."""

import io
import os

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.errors import AuditError, DataError
from retencion_lib.home import ledger, log_parts, predictions, store
from tests.home.test_predictions import events, logged

FIRST = "logs/predictions/date=2026-02-28/0001.parquet"
READ = ("event_id", "scored_at", "model", "version", "score")


@pytest.fixture
def three(monkeypatch):
    """A log whose CSV, and whose parts, have at most three rows."""
    monkeypatch.setattr(config, "LOG_ROWS", 3)


def lying() -> list[str]:
    return [config.relative(p) for p in predictions.parts()]


@pytest.mark.usefixtures("three")
def test_a_batch_that_the_csv_has_no_room_for_and_all_after_it_go_to_parts():
    assert logged("2026-01-31", ["a", "b"]) == 2
    assert lying() == []
    before = config.resolve(config.PREDICTIONS).read_bytes()
    assert logged("2026-02-28", ["a", "b"]) == 2
    assert logged("2026-01-15", ["c"]) == 1  # it would fit, and would no longer be the last
    assert lying() == [FIRST, "logs/predictions/date=2026-01-15/0001.parquet"]
    assert config.resolve(config.PREDICTIONS).read_bytes() == before


@pytest.mark.usefixtures("three")
def test_a_batch_by_blocks_is_laid_down_in_parts_of_so_many_rows():
    blocks = [events("2026-02-28", list(ids)) for ids in ("dca", "b", "gfe", "")]
    assert predictions.log_predictions(iter(blocks)) == 7
    read = [list(log_parts.read(p)["id"]) for p in predictions.parts()]
    assert read == [["a", "c", "d"], ["b", "f", "g"], ["e"]]
    assert not config.resolve(config.PREDICTIONS).exists()


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_csv_and_parts_are_read_as_the_one_log_that_a_csv_alone_would_be(monkeypatch, rows):
    def the_log() -> pd.DataFrame:
        for day, ids in (("2026-01-31", ["b", "a"]), ("2026-02-28", ["007", "a"]),
                         ("2026-02-28", ["ñ;\"x\"\n", "a"]), ("2026-01-31", ["d"])):  # fmt: skip
            logged(day, ids)
        return predictions.read_predictions("id", READ).sort_values("event_id", kind="stable")

    whole = the_log()
    config.resolve(config.PREDICTIONS).unlink()
    config.resolve(ledger.LEDGER).unlink()
    monkeypatch.setattr(config, "LOG_ROWS", rows)
    pd.testing.assert_frame_equal(the_log().reset_index(drop=True), whole.reset_index(drop=True))


@pytest.mark.usefixtures("three")
def test_an_event_is_logged_once_whichever_form_holds_it():
    logged("2026-01-31", ["a", "b"])
    assert logged("2026-01-31", ["b", "c", "d"]) == 2
    assert logged("2026-01-31", ["a", "b", "c", "d"]) == 0
    assert logged("2026-02-28", ["a", "b", "c", "d"]) == 4
    assert logged("2026-02-28", ["d", "e"]) == 1
    assert predictions.read_predictions("id", READ).event_id.is_unique


@pytest.mark.usefixtures("three")
def test_of_the_parts_of_other_days_nothing_is_read(monkeypatch):
    for month in range(1, 6):
        logged(f"2026-0{month}-28", list("abcd"))
    read = []
    reader = log_parts.read
    monkeypatch.setattr(
        log_parts, "read", lambda path, *a: read.append(log_parts.day_of(path)) or reader(path, *a)
    )
    logged("2026-03-28", ["a", "e"])
    assert set(read) == {"2026-03-28"}
    read.clear()
    list(predictions.prediction_blocks("id", READ, days=["2026-02-28", "2026-04-28"]))
    assert set(read) == {"2026-02-28", "2026-04-28"}


@pytest.mark.usefixtures("three")
def test_a_customer_is_found_in_both_forms_with_the_texts_of_the_csv():
    for month in (1, 2, 3):
        logged(f"2026-0{month}-28", ["a", "b", "c"])
    rows = predictions.found(customer="b")
    assert [row["event_id"] for row in rows] == [f"2026-0{m}-28-b" for m in (1, 2, 3)]
    assert rows[0] | {"event_id": "", "run_id": "", "scored_at": ""} == rows[2] | {
        "event_id": "", "run_id": "", "scored_at": ""
    }  # fmt: skip
    assert predictions.found(event="2026-03-28-c") == [
        dict(zip(predictions.header(), ["2026-03-28-c", "2026-03-28", "2026-03-28T12:00:00Z", "c",
                                        "xgb", "0.1", "0.5"], strict=True))
    ]  # fmt: skip
    assert predictions.found(customer="2026-03-28-c") == []


def test_of_a_part_only_the_group_that_may_hold_a_customer_is_read(monkeypatch):
    monkeypatch.setattr(log_parts, "GROUP", 2)
    monkeypatch.setattr(config, "LOG_ROWS", 6)
    logged("2026-02-28", list("gfedcba"))
    read, reader = [], pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile, "read_row_group",
        lambda file, n, **k: read.append(n) or reader(file, n, **k),
    )  # fmt: skip
    path = predictions.parts()[0]  # b c, d e, f g
    assert log_parts.found(path, "id", "d", by_id=True)[0]["event_id"] == "2026-02-28-d"
    assert set(read) == {1}


@pytest.mark.usefixtures("three")
def test_rows_of_another_form_are_refused_and_nothing_is_written():
    logged("2026-01-31", list("abcd"))
    with pytest.raises(DataError, match=r"sus columnas son .*'score'\] y hacían falta .*'more'\]"):
        predictions.log_predictions(events("2026-02-28", ["a"]).assign(more=1))
    assert len(lying()) == 2


CHANGES = {
    "a-bit": (lambda p: p.write_bytes(bytes([*(b := p.read_bytes())[:40], b[40] ^ 1, *b[41:]])),
              "read", "no es como consta"),
    "cut": (lambda p: p.write_bytes(p.read_bytes()[:-9]), "append", "no es como consta"),
    "no-parquet": (lambda p: p.write_bytes(b"PAR1" + b"x" * (p.stat().st_size - 4)),
                   "trace", "no es como consta"),
    "gone": (lambda p: p.unlink(), "append", "Falta .*0001.parquet"),
    "foreign": (lambda p: p.with_name("0009.parquet").write_bytes(p.read_bytes()),
                "append", "0009.parquet: ninguna ejecución"),
}  # fmt: skip
ASKS = {
    "append": lambda: logged("2026-03-31", ["a"]),
    "read": lambda: predictions.read_predictions("id", READ),
    "trace": lambda: predictions.found(customer="a"),
}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("change", CHANGES)
def test_a_part_that_is_not_as_the_ledger_says_is_refused(change):
    logged("2026-01-31", list("abc"))
    logged("2026-02-28", list("abc"))
    spoil, asked, said = CHANGES[change]
    spoil(config.resolve(FIRST))
    with pytest.raises(AuditError, match=said):
        ASKS[asked]()


@pytest.mark.usefixtures("three")
def test_a_part_that_a_killed_run_announced_and_never_named_is_written_by_the_next(monkeypatch):
    logged("2026-01-31", list("abc"))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        ledger.append("run_started", run_id="run cut", notebook="04_infer", parameters={})
        store.begin("run cut")
        with pytest.raises(KeyboardInterrupt):
            predictions.log_predictions(events("2026-02-28", list("abc")))
        store.end()
    assert lying() == []
    assert logged("2026-02-28", list("abc")) == 3
    assert lying() == [FIRST]
    assert len(predictions.read_predictions("id", READ)) == 6


def test_a_customer_leaves_a_part_and_the_other_groups_stay_to_the_byte(monkeypatch):
    monkeypatch.setattr(log_parts, "GROUP", 2)
    rows = events("2026-02-28", list("fedcba"))
    before = log_parts.content(rows, "id")
    after, gone = log_parts.without(before, "id", lambda ids: pc.equal(ids, "c"))
    assert gone == 1
    (config.home() / "p").write_bytes(after)
    assert list(log_parts.read(config.home() / "p")["id"]) == list("abdef")
    first, last = (pq.ParquetFile(config.home() / "p").metadata.row_group(n) for n in (0, 2))
    end = last.column(0).data_page_offset
    assert after[: first.total_byte_size] == before[: first.total_byte_size]
    assert after[end : end + 40] in before


@pytest.mark.parametrize(("ids", "said"), [
    ([12, 7, 101], ["101", "12", "7"]), (["b", "a", "c"], ["a", "b", "c"]),
], ids=["whole numbers", "texts"])  # fmt: skip
def test_a_part_has_the_ids_as_the_csv_would(ids, said):
    part = log_parts.content(pd.DataFrame({"id": ids, "score": [0.1, 0.2, 0.3]}), "id")
    assert pq.read_table(io.BytesIO(part))["id"].to_pylist() == said

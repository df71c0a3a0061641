"""A log in Parquet parts: verified by both implementations, erased from, and made again."""

import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.audit import adopt, compare, erase, recover, trace
from retencion_lib.audit.verify import faults
from retencion_lib.errors import AuditError, DataError
from retencion_lib.home import disk, ledger, log_parts, predictions
from retencion_lib.runs import index
from tests import sealed_home
from tests.audit import edits
from tests.audit.test_auditoria import both
from tests.audit.test_erase import WHY, contents
from tests.runs.test_crashes import killed_at

PARTS = [f"logs/predictions/date=2026-0{m}-28/0001.parquet" for m in (1, 2)]
COLUMNS = ("event_id", "run_id", "scored_at", "id", "model", "version", "score", "threshold",
           "prediction")  # fmt: skip


def rows_of(run_id: str, day: str, ids: list[str]) -> pd.DataFrame:
    rows = [(f"{run_id}-{i}", run_id, f"{day}T06:00:00Z", i, "xgb", "0.1", 0.5, 0.3, 1)
            for i in ids]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def score(run_id: str, day: str, ids: list[str]) -> None:
    """One more run of 04, whose rows the CSV has no room for."""
    sealed_home.start(run_id, "04_infer")
    assert predictions.log_predictions(rows_of(run_id, day, ids)) == len(ids)
    sealed_home.finish(run_id, "04_infer")


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(config, "LOG_ROWS", 10)
    monkeypatch.setattr(log_parts, "GROUP", 2)
    sealed_home.make()
    score("r6-infer", "2026-01-28", ["C003", "C001", "ñ", "C005", "C007"])
    score("r7-infer", "2026-02-28", ["C003", "C009"])
    index.write()
    return tmp_path / "home"


def test_both_implementations_find_nothing_in_a_home_with_parts(home):
    assert both(home) == (set(), set())
    assert faults() == []


@pytest.mark.parametrize("how", [edits.flip, edits.delete, edits.link])
def test_both_implementations_name_a_part_that_was_tampered_with(home, how):
    how(PARTS[0])(home)
    assert both(home) == ({PARTS[0]}, {PARTS[0]})


def test_a_part_that_no_run_wrote_is_named(home):
    shutil.copy(home / PARTS[0], (home / PARTS[0]).with_name("0002.parquet"))
    assert [(f.code, f.path) for f in faults()] == [("orphan", PARTS[0].replace("1.p", "2.p"))]


def test_what_gives_a_part_another_content_is_undone(home):
    sealed_home.start("r8-infer", "04_infer")
    content = (home / PARTS[1]).read_bytes()
    facts = {"path": PARTS[0], "sha256": disk.digest(content), "bytes": len(content), "rows": 2}
    ledger.append("write", run_id="r8-infer", **facts)
    disk.write(home / PARTS[0], content)
    sealed_home.finish("r8-infer", "04_infer")
    assert [(f.code, f.path) for f in faults()] == [("undone", PARTS[0])]


def test_a_customer_is_followed_through_both_forms_and_a_spoilt_part_is_refused(home):
    rows = [chain.prediction["event_id"] for chain in trace.trace(customer="C003")]
    assert rows == ["r3-infer-3", "r4-infer-3", "r6-infer-C003", "r7-infer-C003"]
    assert trace.trace(event="r7-infer-C009")[0].run.run_id == "r7-infer"
    edits.flip(PARTS[1])(home)
    assert len(trace.trace(customer="C001")) == 3  # is in none of its rows
    with pytest.raises(AuditError, match=r"date=2026-02-28/0001.parquet: no es como consta"):
        trace.trace(customer="C003")
    with pytest.raises(DataError, match=r"no consta el cliente 'C00'"):
        trace.trace(customer="C00")


def test_an_erasure_takes_the_rows_out_of_the_parts_and_nothing_of_anybody_else(home):
    before = {p: log_parts.read(home / p) for p in PARTS}
    assert erase.erase("C003", **WHY).rows == 2 + 2 + 2
    for path in PARTS:
        kept = before[path][before[path]["id"] != "C003"].reset_index(drop=True)
        pd.testing.assert_frame_equal(log_parts.read(home / path), kept)
        assert b"C003" not in (home / path).read_bytes()
    assert (both(home), faults(), erase.left_alone("C003")) == ((set(), set()), [], [])
    score("r8-infer", "2026-02-28", ["C003"])
    assert [r["event_id"] for r in predictions.found(customer="C003")] == ["r8-infer-C003"]


def test_an_erasure_leaves_alone_a_part_that_does_not_hold_the_customer(home):
    whole = (home / PARTS[0]).read_bytes()
    erase.erase("C009", **WHY)
    assert (home / PARTS[0]).read_bytes() == whole
    assert pq.read_metadata(home / PARTS[1]).num_rows == 1


def test_a_part_that_lost_all_its_rows_is_read_as_one_without_any(home):
    for customer in ("C003", "C009"):
        erase.erase(customer, **WHY)
    assert pq.read_metadata(home / PARTS[1]).num_rows == 0
    log = predictions.read_predictions("id", ["event_id"])
    assert log["event_id"].str.startswith("r7").sum() == 0
    assert log_parts.names(home / PARTS[1]) == list(COLUMNS)
    with pytest.raises(DataError, match="no se ha borrado nada"):
        erase.erase("C009", **WHY)
    assert faults() == []


def test_an_id_in_the_other_form_of_unicode_goes_too(home):
    assert erase.erase("n\u0303", **WHY).rows == 1
    assert "ñ" not in set(log_parts.read(home / PARTS[0])["id"])


def test_a_spoilt_part_is_not_laundered_by_an_erasure(home):
    edits.flip(PARTS[0])(home)
    before = contents(home)
    with pytest.raises(AuditError, match=r"date=2026-01-28/0001.parquet: no es como consta"):
        erase.erase("C007", **WHY)
    assert contents(home) == before


def test_an_erasure_that_leaves_as_many_rows_is_a_fault(home):
    table = pq.read_table(home / PARTS[0], partitioning=None)
    pq.write_table(table, home / PARTS[0])
    ledger.append("erasure", reason="x", approver="y", actor="z", rows=1, reports=0,
                  files={PARTS[0]: disk.sha256(home / PARTS[0])}, blocks={})  # fmt: skip
    assert [(f.code, f.path) for f in faults()] == [("undone", PARTS[0])]


@pytest.mark.slow
def test_an_erasure_killed_at_any_step_on_disk_is_finished_or_undone(home):
    def erased():
        erase.erase("C003", **WHY)

    pristine, step, killed = shutil.copytree(home, home.parent / "pristine"), 0, True
    erased()
    wanted = contents(home)
    while killed:
        shutil.rmtree(home)
        shutil.copytree(pristine, home)
        before = contents(home)
        killed = killed_at(step, erased)
        decided = any(e.event == "erasure" for e in ledger.read())
        adopt.abandon()
        assert contents(home) == (wanted if decided else before), step
        assert faults() == [], step
        step += 1
    assert step > 8


@pytest.mark.slow
def test_an_append_killed_at_any_step_on_disk_is_finished_by_the_same_batch_again(home):
    batch = ("2026-02-28", ["C011", "C012", "C013"])
    pristine, step, killed = shutil.copytree(home, home.parent / "pristine"), 0, True
    while killed:
        shutil.rmtree(home)
        shutil.copytree(pristine, home)
        killed = killed_at(step, lambda: score("r8-infer", *batch))
        for fault in faults():
            if fault.code == "lone_start":
                adopt.abandon(fault.run_id)
        adopt.abandon()
        assert faults() == [], step
        sealed_home.start("r9-infer", "04_infer")
        predictions.log_predictions(rows_of("r8-infer", *batch))
        sealed_home.finish("r9-infer", "04_infer")
        assert [len(predictions.found(customer=i)) for i in batch[1]] == [1, 1, 1], step
        assert faults() == [], step
        step += 1
    assert step > 6


def test_a_run_that_wrote_parts_is_made_again_over_those_that_it_asked(home):
    score("r8-infer", "2026-02-28", ["C011"])
    [end] = [e for e in ledger.mentioning("r8-infer") if e.event == "run_finished"]
    logs = recover.logs_before(end)
    assert list(logs) == [PARTS[1], config.PREDICTIONS]
    assert all((home / path).read_bytes() == content for path, content in logs.items())
    [end] = [e for e in ledger.mentioning("r6-infer") if e.event == "run_finished"]
    assert list(recover.logs_before(end)) == [config.PREDICTIONS]


def test_of_two_parts_the_moment_and_the_name_of_the_run_may_differ(home):
    parts = []
    for run, hour, score_of in (("r8", 6, 0.5), ("r9", 7, 0.5), ("r9", 7, 0.6)):
        row = ("e", run, f"2026-02-28T0{hour}:00:00Z", "a", "xgb", "0.1", score_of, 0.3, 1)
        parts.append(log_parts.content(pd.DataFrame([row], columns=COLUMNS), "id"))
    assert compare.differences(PARTS[0], *parts[:2]) == []
    assert compare.differences(PARTS[0], *parts[1:]) == ["score"]

"""Work in JupyterLab, without an engine: it starts in the ledger with its first write."""

import json
import os

import nbformat
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import adopt
from retencion_lib.audit.verify import faults, report
from retencion_lib.home import disk, ledger, store
from retencion_lib.runs import context, record
from tests import sealed_home

FILE = config.EDA_SUMMARY


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    monkeypatch.delenv(record.RUN_VARIABLE, raising=False)
    monkeypatch.setattr(context, "checked", lambda notebook, params: params)
    monkeypatch.setattr(context.style, "use", lambda: None)  # it would outlive the test
    return tmp_path


def opened():
    return context.open_run("01_eda", {"date": "2026-10-31", "api_token": "s3cret"})


def saved(run, path):
    """The notebook of a run, as its kernel leaves it."""
    found = {record.MEDIA_TYPE: {"run_id": run.run_id, "notebook": run.notebook}}
    output = nbformat.v4.new_output("display_data", found)
    cell = nbformat.v4.new_code_cell("close_run(run)", outputs=[output], execution_count=1)
    disk.write(path, nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode())
    return path


def test_a_notebook_that_writes_nothing_leaves_no_trace(home):
    opened()
    assert ledger.read() == []


def test_the_first_write_starts_the_run_once_and_hides_its_secrets(home):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    store.write_json(config.resolve(FILE), {"a": 2})
    start, *writes = ledger.read()
    assert (start.event, start.run_id, start.pid) == (
        "run_started", run.run_id, os.getpid(),
    )  # fmt: skip
    assert start.parameters["api_token"] == record.MASK
    assert [e.event for e in writes] == ["write", "write"]


def test_what_was_read_and_kept_belongs_to_a_run_that_has_started(home):
    opened()
    disk.write(config.resolve("data/names.json"), b'{"a": "b"}')
    store.read_json(config.resolve("data/names.json"), made_by="data")
    assert [e.event for e in ledger.read()] == ["run_started"]
    assert faults() == []
    assert [n.code for n in report().notes] == ["unsealed"]


def used_by(reader, path):
    """A sealed run that reads a file."""
    sealed_home.start(reader, "05_monitor")
    store.record("input", config.resolve(path))
    sealed_home.finish(reader, "05_monitor")


def test_work_by_hand_is_a_note_and_no_fault(home, capsys):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    assert main(["verify"]) == 0
    told = capsys.readouterr().out
    assert "Nota: Sin sellar: se ejecutó a mano, como en JupyterLab" in told
    assert f"[{run.run_id}]" in told
    assert "sin fallos" in told
    assert main(["verify", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert ([n["code"] for n in said["notes"]], said["faults"]) == (["unsealed"], [])


def test_it_becomes_a_fault_once_something_that_it_wrote_is_used(home, tmp_path, capsys):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    used_by("r9", FILE)
    [fault] = faults()
    assert (fault.code, fault.run_id, fault.path) == ("lone_start", run.run_id, FILE)
    assert f"r9 usó {FILE}, que escribió ella" in fault.message
    assert report().notes == []
    assert main(["verify"]) == 2
    assert main(["seal", str(saved(run, tmp_path / "lab/mine.ipynb"))]) == 0
    assert faults() == []


def test_rows_of_a_log_appended_by_hand_are_used_by_whoever_reads_the_log(home):
    run = opened()
    store.append_csv(config.resolve(config.PREDICTIONS), pd.DataFrame({"id": ["C1"]}))
    assert [n.run_id for n in report().notes] == [run.run_id]
    used_by("r9", config.PREDICTIONS)
    assert run.run_id in [f.run_id for f in faults() if f.code == "lone_start"]


def test_what_a_sealed_run_wrote_over_work_by_hand_is_the_sealed_one_s(home):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    sealed_home.start("r8", "01_eda")
    store.write_json(config.resolve(FILE), {"a": 2})
    sealed_home.finish("r8", "01_eda")
    used_by("r9", FILE)
    assert faults() == []
    assert [n.run_id for n in report().notes] == [run.run_id]


def test_verify_asks_for_the_seal_and_is_content_after_it(home, tmp_path):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    [note] = report().notes
    assert "'retencion seal CUADERNO.ipynb' la sella" in note.message
    assert main(["seal", str(saved(run, tmp_path / "lab/mine.ipynb"))]) == 0
    assert faults() == []
    assert [e.event for e in ledger.read()] == [
        "run_started", "write", "run_finished", "index",
    ]  # fmt: skip


def test_a_notebook_saved_again_after_its_seal_is_another_run(home, tmp_path):
    run = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    assert main(["seal", str(saved(run, tmp_path / "lab/mine.ipynb"))]) == 0
    changed = saved(run, tmp_path / "lab/mine.ipynb")
    changed.write_text(changed.read_text() + "\n")
    assert main(["seal", str(changed)]) == 0
    assert faults() == []
    assert len({e.run_id for e in ledger.read() if e.event == "run_started"}) == 2


def test_opening_the_notebook_again_gives_up_the_run_before(home):
    first = opened()
    store.write_json(config.resolve(FILE), {"a": 1})
    assert adopt.abandon() == []
    opened()
    store.write_json(config.resolve(FILE), {"a": 2})
    assert adopt.abandon() == [first.run_id]


def test_the_answer_and_its_reason_call_columns_as_the_team_does(home, monkeypatch):
    shown = []
    monkeypatch.setattr(context, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(context.show, "table", lambda *args: None)
    run = opened()
    context.show.use_names({"charges": "cuota mensual de {}"})
    said = "Lo impide: cambio en 'charges'."
    context.close_run(run, answer=said, why=said, best="'charges'")
    context.show.use_names({})
    assert shown[0][record.MEDIA_TYPE]["results"] == {
        "answer": "Lo impide: cambio en 'cuota mensual'.",
        "why": "Lo impide: cambio en 'cuota mensual'.", "best": "'charges'",
    }  # fmt: skip

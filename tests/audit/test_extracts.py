"""What a database gave is known to the audit: verified, erased, and read again without it."""

import shutil
import sqlite3

import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import reproduce
from retencion_lib.audit.erase.left import DATABASE, left_alone
from retencion_lib.audit.verify import faults
from retencion_lib.errors import AuditError
from retencion_lib.home import extracts, ledger, store
from retencion_lib.tables import open_source
from tests import sealed_home
from tests.audit.test_auditoria import SECOND

pytest.importorskip("sqlalchemy", reason="falta SQLAlchemy, del extra 'sql'")
QUERY = "consultas/lote.sql"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The small sealed home, and in it a run that asked a database."""
    home = tmp_path / "home"
    monkeypatch.setenv(config.HOME_VARIABLE, str(home))
    monkeypatch.setenv("RETENCION_DB", "sqlite:///empresa.db")
    sealed_home.make()
    with sqlite3.connect(home / "empresa.db") as con:
        con.execute("CREATE TABLE lote (id TEXT, n INTEGER)")
        con.executemany("INSERT INTO lote VALUES (?, ?)", [(f"C00{i}", i) for i in range(4)])
    (home / "consultas").mkdir()
    (home / QUERY).write_text("SELECT * FROM lote ORDER BY id")
    sealed_home.start("r6-eda", "01_eda")
    open_source(QUERY)
    sealed_home.finish("r6-eda", "01_eda")
    return home


def said():
    return [e for e in ledger.read() if e.event == "extract"][-1]


def test_an_extract_is_sound_by_both_implementations(home):
    assert faults() == []
    assert SECOND["check"](home) == set()


def test_an_extract_that_somebody_changed_is_named_and_not_used(home):
    path = said().path
    table = pq.read_table(home / path)
    pq.write_table(table.slice(0, 2), home / path)
    assert {(f.code, f.path) for f in faults()} == {("changed", path)}
    assert SECOND["check"](home) == {path}
    sealed_home.start("r7-evaluate", "03_champion_eval")
    with pytest.raises(AuditError, match=f"{path}: no es como consta"):
        open_source(QUERY, sealed=said().sha256)


def test_an_erasure_shrinks_the_extract_and_names_the_database(home):
    path = said().path
    assert main(["erase", "--customer", "C002", "--reason", "17", "--approver", "dpo"]) == 0
    assert pq.read_table(home / path)["id"].to_pylist() == ["C000", "C001", "C003"]
    assert faults() == []
    assert (QUERY, DATABASE) in {(left.path, left.kind) for left in left_alone("C002")}


def test_an_erasure_names_the_tables_that_were_delivered(home, capsys):
    facts = {"run_id": "r8", "notebook": "04_infer", "output": "runs/2026-10-31/r8/04_infer.ipynb"}
    ledger.append("run_started", **facts, parameters={"output_table": "crm.scores"})
    assert main(["erase", "--customer", "C002", "--reason", "17", "--approver", "dpo"]) == 0
    assert "que aquí no se tocan: crm.scores, y la de la lista" in capsys.readouterr().out


def test_what_is_asked_after_an_erasure_does_not_bring_the_old_name_another_content(home):
    before = said()
    assert main(["erase", "--customer", "C002", "--reason", "17", "--approver", "dpo"]) == 0
    sealed_home.start("r7-eda", "01_eda")
    open_source(QUERY)  # the company has not erased the customer
    sealed_home.finish("r7-eda", "01_eda")
    assert said().sha256 == before.sha256
    assert said().path == before.path.replace(".parquet", "_1.parquet")
    assert faults() == []


def test_a_run_is_repeated_on_what_the_query_gave_then(home, tmp_path, monkeypatch):
    (home / "empresa.db").unlink()
    (home / QUERY).write_text("SELECT another FROM time")
    then = said()
    event = next(e for e in ledger.read() if e.event == "run_finished" and e.run_id == "r6-eda")
    again = tmp_path / "again"
    reproduce._place_inputs(event, again, tmp_path)
    monkeypatch.setenv(config.HOME_VARIABLE, str(again))
    monkeypatch.delenv("RETENCION_DB")
    monkeypatch.setenv(extracts.AGAIN_VARIABLE, "r6-eda")
    store.begin("anew")
    source = open_source(QUERY)
    assert (source.sha256, source.where, source.n_rows) == (then.sha256, QUERY, 4)


def test_a_repeated_run_says_that_nobody_was_asked(home, tmp_path):
    event = next(e for e in ledger.read() if e.event == "run_finished" and e.run_id == "r6-eda")
    done = reproduce.Reproduction("r6-eda")
    reproduce._compare(event, event, tmp_path, done)
    assert done.notes == [f"No se ha preguntado a la base de datos: se lee {said().path}."]
    assert [what for what, _, _ in done.rows] == ["resultados principales"]


def test_an_exam_is_repeated_on_the_extract_that_another_run_asked_for(home, tmp_path, monkeypatch):
    learnt = said().sha256
    sealed_home.start("r7-evaluate", "03_champion_eval")
    open_source(QUERY, sealed=learnt)
    sealed_home.finish("r7-evaluate", "03_champion_eval")
    event = [e for e in ledger.read() if e.event == "run_finished"][-1]
    shutil.rmtree(home / "consultas")
    again = tmp_path / "again"
    reproduce._place_inputs(event, again, tmp_path)
    monkeypatch.setenv(config.HOME_VARIABLE, str(again))
    monkeypatch.delenv("RETENCION_DB")
    store.begin("anew")
    assert open_source(QUERY, sealed=learnt).sha256 == learnt

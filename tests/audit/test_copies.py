"""What an object store gave is known to the audit: verified, erased, and read again without it."""

import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import reproduce
from retencion_lib.audit.adopt import abandon
from retencion_lib.audit.verify import faults
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, extracts, ledger, store
from retencion_lib.runs import record
from retencion_lib.tables import open_source
from tests import sealed_home
from tests.audit.test_auditoria import SECOND

CSV = b"id,n\nC000,0\nC001,1\nC002,2\nC003,3\n"


@pytest.fixture
def home(tmp_path, monkeypatch, bucket):
    """The small sealed home, and in it a run that read a folder of a store."""
    home = tmp_path / "home"
    monkeypatch.setenv(config.HOME_VARIABLE, str(home))
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    bucket.empty()
    bucket.put("lote/a.csv", CSV)
    sealed_home.make()
    sealed_home.start("r6-eda", "01_eda")
    open_source("s3://empresa/lote").record()
    sealed_home.finish("r6-eda", "01_eda")
    bucket.empty()
    return home


def said():
    return [e for e in ledger.read() if e.event == "fetch"][-1]


def test_a_copy_is_sound_by_both_implementations_until_somebody_changes_it(home):
    assert (faults(), SECOND["check"](home)) == ([], set())
    [path] = said().files
    (home / path).write_bytes(CSV[:-6])
    assert {(f.code, f.path) for f in faults()} == {("changed", path)}
    assert SECOND["check"](home) == {path}
    sealed_home.start("r7-evaluate", "03_champion_eval")
    with pytest.raises(AuditError, match=f"{path}: no es como consta"):
        open_source("s3://empresa/lote", sealed=said().sha256)


def test_an_erasure_shrinks_the_copy_and_names_the_store(home, capsys):
    [path] = said().files
    assert main(["erase", "--customer", "C002", "--reason", "17", "--approver", "dpo"]) == 0
    assert (home / path).read_bytes() == CSV.replace(b"C002,2\n", b"")
    assert faults() == []
    assert "de un almacén, en el que aquí no se mira: s3://empresa/lote" in capsys.readouterr().out


def test_what_is_copied_after_an_erasure_does_not_bring_the_old_name_another_content(home, bucket):
    before = said()
    assert main(["erase", "--customer", "C002", "--reason", "17", "--approver", "dpo"]) == 0
    bucket.put("lote/a.csv", CSV)  # the company has not erased the customer
    sealed_home.start("r7-eda", "01_eda")
    open_source("s3://empresa/lote")
    sealed_home.finish("r7-eda", "01_eda")
    assert (said().sha256, said().path) == (before.sha256, f"{before.path}_1")
    assert faults() == []


def test_a_run_is_repeated_on_what_lay_there_then(home, tmp_path, monkeypatch):
    then = said()
    event = next(e for e in ledger.read() if e.event == "run_finished" and e.run_id == "r6-eda")
    done = reproduce.Reproduction("r6-eda")
    reproduce._compare(event, event, tmp_path, done)
    assert done.notes == [f"No se ha vuelto al almacén: se lee {next(iter(then.files))}."]
    again = tmp_path / "again"
    reproduce._place_inputs(event, again, tmp_path)
    monkeypatch.setenv(config.HOME_VARIABLE, str(again))
    monkeypatch.setenv(extracts.AGAIN_VARIABLE, "r6-eda")
    store.begin("anew")
    source = open_source("s3://empresa/lote")
    assert (source.sha256, source.where) == (then.sha256, "s3://empresa/lote")


def test_a_copy_that_a_killed_run_left_half_made_is_taken_away(home):
    dead = home / f"data/extracts/.lote.{disk.WRITER}-999999999-abc.tmp"
    (dead / "sub").mkdir(parents=True)
    (dead / "sub/a.csv").write_bytes(CSV)
    abandon()
    assert not dead.exists()


def test_an_address_with_a_key_is_masked_whatever_the_parameter_is_called():
    given = {"data": "s3://AKIA:hunter2@b/c.csv", "input": "s3://b/c.csv", "current": "a.csv"}
    assert record.masked(given) == given | {"data": record.MASK}

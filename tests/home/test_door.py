"""What the ledger does not vouch for is not read, not added to, not written over."""

import json
import re

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, ledger, store
from retencion_lib.stages.monitor import notices
from tests import sealed_home

LOG = "logs/predictions.csv"


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    sealed_home.make()
    sealed_home.start("r6", "02_train_models")
    return tmp_path


def spoil(path):
    path.write_bytes(path.read_bytes().replace(b"0", b"9", 1) + b" ")


def append_log():
    store.append_csv(config.resolve(LOG), pd.read_csv(config.resolve(LOG)).head(1))


READ = {
    "experiment-log": (config.EXPERIMENTS, lambda f: store.read_json(f, made_by="train")),
    "registry": (config.REGISTRY, lambda f: store.read_json(f, made_by="evaluate")),
    "exam": (config.TEST_REPORT, lambda f: store.read_json(f, made_by="evaluate")),
    "reference": (config.REFERENCE, lambda f: store.read_csv(f, made_by="evaluate")),
    "scored-batch": ("data/b4_with_score.csv", lambda f: store.record("input", f, 5)),
    "drift-report": (config.DRIFT_REPORT, store.read_bytes),
    "log-of-predictions": (LOG, lambda f: store.read_csv(f, made_by="infer")),
}
CHANGE = {
    "experiment-log-added-to": (config.EXPERIMENTS, lambda f: store.append_json(f, [{}])),
    "registry-written-over": (config.REGISTRY, lambda f: store.write_json(f, {})),
    "drift-report-written-over": (config.DRIFT_REPORT, lambda f: store.write_json(f, {})),
    "rows-appended-to-the-log": (LOG, lambda f: append_log()),
}


@pytest.mark.parametrize("case", READ | CHANGE)
def test_an_edited_file_is_refused_by_path_expected_and_found(home, case):
    path, use = (READ | CHANGE)[case]
    before = [e.event for e in ledger.read()]
    use(home / path) if case in READ else None
    spoil(home / path)
    edited = (home / path).read_bytes()
    with pytest.raises(AuditError, match=rf"^{re.escape(path)}: .*se esperaba.*se encontró"):
        use(home / path)
    assert (home / path).read_bytes() == edited
    assert [e.event for e in ledger.read()] == before


@pytest.mark.parametrize("path", [config.EXPERIMENTS, config.REGISTRY, LOG])
def test_a_document_that_grows_is_not_begun_anew_where_it_was_taken_away(home, path):
    (home / path).unlink()
    with pytest.raises(AuditError, match=rf"Falta {re.escape(path)}, que runs/ledger.jsonl da"):
        store.write_json(home / path, [])
    assert not (home / path).exists()


def test_a_report_that_was_deleted_is_written_again(home):
    (home / config.DRIFT_REPORT).unlink()
    store.write_json(home / config.DRIFT_REPORT, {"status": "ok"})


@pytest.mark.parametrize("path", [notices.ALERTS, "artifacts/mlp__v0.7.pkl", config.HISTORY])
def test_a_planted_file_with_a_name_of_ours_is_neither_read_nor_added_to(home, path):
    disk.write(home / path, b"planted")
    for use in (store.read_bytes, lambda f: store.write_bytes(f, b"more")):
        with pytest.raises(AuditError, match=rf"{re.escape(path)}: ninguna ejecución anotada"):
            use(home / path)
    assert (home / path).read_bytes() == b"planted"


def test_what_comes_from_outside_is_read_as_it_is(home):
    disk.write(home / "data/raw/mine.csv", b"id\n1\n")
    store.record("input", home / "data/raw/mine.csv", 1)
    disk.write(home / "data/raw/mine.csv", b"id\n2\n")
    store.record("input", home / "data/raw/mine.csv", 1)


def test_a_home_without_a_ledger_asks_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    disk.write(tmp_path / config.REGISTRY, b'{"models": []}')
    assert store.read_json(tmp_path / config.REGISTRY, made_by="evaluate") == {"models": []}


def test_what_a_run_announced_and_did_not_write_leaves_the_former_lawful(home, monkeypatch):
    def full(*_):
        raise OSError("full")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", full)
        with pytest.raises(OSError, match="full"):
            store.write_json(home / config.EXPERIMENTS, [])
    assert len(store.read_json(home / config.EXPERIMENTS, made_by="train")) == 1


def test_an_older_version_put_back_is_refused_and_a_copy_is_named(home):
    old = (home / config.DRIFT_REPORT).read_bytes()
    store.write_json(home / config.DRIFT_REPORT, {"status": "alert"})
    sealed_home.finish("r6", "02_train_models")
    new = disk.sha256(home / config.DRIFT_REPORT)
    disk.write(home / config.DRIFT_REPORT, old)
    with pytest.raises(AuditError, match=f"hay una copia en runs/objects/{new[:2]}/{new}"):
        store.read_bytes(home / config.DRIFT_REPORT)


def test_a_line_that_is_none_of_ours_neither_opens_nor_closes_the_door(home):
    ledger.append("write", path=["a"], sha256=5)
    ledger.append("run_finished")
    ledger.append("erasure", blocks=[1])
    assert store.read_json(home / config.EXPERIMENTS, made_by="train")
    spoil(home / config.EXPERIMENTS)
    with pytest.raises(AuditError, match="no es como consta"):
        store.read_bytes(home / config.EXPERIMENTS)


def test_a_ledger_computed_again_is_read_again(home):
    store.read_json(home / config.EXPERIMENTS, made_by="train")
    log = json.dumps([{"family": "x"}]).encode()
    disk.write(home / config.EXPERIMENTS, log)
    sealed_home.relink(home / ledger.LEDGER, lambda es: [
        e | ({"sha256": disk.digest(log)} if e.get("path") == config.EXPERIMENTS else {})
        for e in es
    ])  # fmt: skip
    assert store.read_bytes(home / config.EXPERIMENTS) == log

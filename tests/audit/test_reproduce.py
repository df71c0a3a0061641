"""The same data, parameters and code give the same again, and what differs is said."""

import json
import os
import shutil

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import compare, recover
from retencion_lib.audit.reproduce import _compare_output, reproduce
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, events, ledger, lineage, log_parts, store
from retencion_lib.home.event import Content
from retencion_lib.tables.demo import demo_table, new_batch
from tests import sealed_home


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    sealed_home.make()
    return tmp_path


@pytest.mark.parametrize(
    ("path", "old", "new", "differ"),
    [
        ("a.json", {"x": 1.0, "run_id": "a"}, {"x": 1.0 + 1e-12, "run_id": "b"}, []),
        ("a.json", {"x": {"y": [1, 2]}}, {"x": {"y": [1, 3]}}, ["x.y[1]"]),
        ("a.json", {"x": 1}, {"x": 1, "z": 2}, ["z"]),
        ("a.json", {"at": "2026-10-31", "fit_seconds": 1.5}, {"at": "x", "fit_seconds": 2.5}, []),
        (
            "a.json",
            {"at": 1, "run_id": {"a": 1}},
            {"at": 2, "run_id": {"a": 2}},
            ["at", "run_id.a"],
        ),
        (config.PREDICTIONS, "id,run_id,s\n1,a,0.5\n", "id,run_id,s\n1,b,0.5000000000001\n", []),
        ("a.csv", "id,run_id,at\n1,a,7\n", "id,run_id,at\n1,b,8\n", ["run_id", "at"]),
        ("a.csv", "id,s\n1,0.5\n", "id,s\n1,0.6\n", ["s"]),
        ("a.csv", "id,s\n1,x\n", "id,s\n1,y\n", ["s"]),
        ("a.csv", "id\n1\n", "id\n1\n2\n", ["1 fila y 2, o sus columnas"]),
        ("a.md", "el 2026-10-31T08:00:00Z\n", "el 2026-11-01T09:30:00Z\n", []),
        ("a.html", "<td>2026-10-31 08:00</td>", "<td>2026-11-01 09:30</td>", []),
        ("a.md", "uno\ndos\n", "uno\ntres\n", ["línea 2"]),
        ("a.pkl", "a", "b", ["bytes"]),
    ],
)
def test_only_times_names_of_runs_and_the_last_digits_may_differ(path, old, new, differ):
    pair = [json.dumps(v).encode() if isinstance(v, dict) else v.encode() for v in (old, new)]
    assert compare.differences(path, *pair) == differ


def find(touched):
    return recover.find(touched.path, touched.sha256, touched.bytes, touched.rows)


def test_what_later_runs_wrote_over_is_found_again_by_its_hash(home):
    store.begin("r9")
    log, book = config.resolve(config.EXPERIMENTS), config.resolve(config.REGISTRY)
    rows = config.resolve(config.PREDICTIONS)
    for path in (log, book):
        store.read_json(path, made_by="train")
    store.record("input", rows)
    earlier = {t: config.resolve(t.path).read_bytes() for t in lineage.current().touched}
    store.append_json(log, [{"family": "mlp"}])
    sealed_home.propose("0.2")
    sealed_home._infer("r9-infer")
    for touched, content in earlier.items():
        assert config.resolve(touched.path).read_bytes() != content
        assert find(touched) == content


def test_a_parquet_table_that_grew_is_found_as_it_was(home):
    path = home / "monitoring/history.parquet"
    rows = pd.DataFrame({"at": ["t1", "t2", "t3"], "value": [0.5, None, 0.1]})
    rows.to_parquet(path, index=False)
    content = path.read_bytes()
    pd.concat([pd.read_parquet(path), rows.assign(at="t4")]).to_parquet(path, index=False)
    found = recover.find("monitoring/history.parquet", disk.digest(content), len(content), rows=3)
    assert found == content
    assert compare.differences("a.parquet", content, path.read_bytes()) != []


def test_a_table_is_found_under_another_name(home):
    content = (home / "data/b3_with_score.csv").read_bytes()
    (home / "data/kept.csv").write_bytes(content)
    (home / "data/b3_with_score.csv").write_text("other")
    sha, size = disk.digest(content), len(content)
    assert recover.find("data/b3_with_score.csv", sha, size, 5) == content
    (home / "data/kept.csv").unlink()
    (home / "data/b4_with_score.csv").unlink()
    assert recover.find("data/b3_with_score.csv", sha, size, 5) is None


@pytest.mark.parametrize(
    ("run_id", "said"),
    [
        ("r0", "r0: no consta ninguna ejecución terminada con ese nombre"),
        ("r8", "r8: no terminó bien; no hay qué reproducir"),
        ("r1-train", "r1-train: falta su cuaderno sellado, o ha cambiado"),
    ],
)
def test_what_cannot_be_reproduced_is_said(home, run_id, said):
    sealed_home.start("r8", "01_eda")
    sealed_home.finish("r8", "01_eda", status="failed")
    (home / "runs/2026-10-31/r1-train/02_train_models.ipynb").write_text("{}")
    with pytest.raises(AuditError, match=said):
        reproduce(run_id)


def test_a_notebook_that_fails_this_time_is_said(home):
    with pytest.raises(AuditError, match=r"r1-train: esta vez falla: .*close_run"):
        reproduce("r1-train")


def test_an_input_that_is_nowhere_is_named_with_its_hash(home):
    content = b"a,b\n1,2\n"
    outside = disk.write(home / "data/raw.csv", content)
    sealed_home.start("r6-eda", "01_eda")
    store.record("input", outside)
    sealed_home.finish("r6-eda", "01_eda")
    outside.write_bytes(b"replaced")
    said = rf"su entrada data/raw\.csv \(SHA-256 {disk.digest(content)[:16]}…\) ya no"
    with pytest.raises(AuditError, match=said):
        reproduce("r6-eda")


@pytest.mark.slow
def test_each_of_the_five_notebooks_comes_out_the_same(trained_home, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(trained_home))
    ends = [e.run_id for e in ledger.read() if e.event == "run_finished"]
    assert len(ends) == 5
    for run_id in ends:
        done = reproduce(run_id)
        assert done.same, done.rows


@pytest.mark.slow
def test_an_input_written_over_is_made_again_and_a_false_result_is_caught(
    trained_home, monkeypatch, tmp_path, capsys
):
    home = shutil.copytree(trained_home, tmp_path / "home")
    monkeypatch.setenv("RETENCION_HOME", str(home))
    run_id = next(e.run_id for e in ledger.read() if e.notebook == "05_monitor")
    scored = home / "data/new_batch_with_score.csv"
    pd.read_csv(scored).assign(score=0.5).to_csv(scored, index=False)
    assert reproduce(run_id).same
    path = home / ledger.LEDGER
    sealed_home.relink(path, lambda es: [
        e | ({"results": {**e["results"], "score_psi": 9.0}} if e.get("results") else {})
        for e in es
    ])  # fmt: skip
    assert main(["reproduce", run_id]) == 2
    assert f"{run_id}: no sale lo mismo" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_whose_log_lies_in_parts_comes_out_the_same(trained_home, monkeypatch, tmp_path):
    home = shutil.copytree(trained_home, tmp_path / "home")
    monkeypatch.setenv("RETENCION_HOME", str(home))
    # Whatever Python starts from here on has room for 100 rows in the log's CSV, and in each part.
    small = "from retencion_lib import config\nconfig.LOG_ROWS = 100\n"
    (tmp_path / "sitecustomize.py").write_text(small)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{config.clone()}")
    new_batch(demo_table()).tail(150).to_csv(home / "data/other.csv", index=False)
    assert main(["infer", "--input", "data/other.csv"]) == 0
    end = [e for e in ledger.read() if e.event == "run_finished"][-1]
    parts = [o.path for o in end.outputs if events.PART.fullmatch(o.path)]
    assert [log_parts.rows(home / path) for path in parts] == [100, 50]
    done = reproduce(end.run_id)
    assert done.same, done.rows
    assert set(parts) <= {path for path, _, _ in done.rows}


def test_a_list_that_takes_another_name_where_none_of_its_date_lies_is_the_same(tmp_path):
    digest = disk.digest(b"list")
    output = Content("data/call_list_2026-10-31_batch.csv", digest, 4)
    again = {digest: "data/call_list_2026-10-31.csv"}
    assert _compare_output(output, tmp_path, again) == (
        output.path,
        "idéntico, byte a byte; esta vez se llama data/call_list_2026-10-31.csv",
        True,
    )
    assert _compare_output(output, tmp_path, {})[1:] == ("esta vez no se escribió", False)

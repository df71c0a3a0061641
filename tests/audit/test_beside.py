"""Two runs side by side: what differs between them, and nothing else."""

import pytest

from retencion_lib import __main__ as command_line
from retencion_lib import config
from retencion_lib.audit import beside, say_beside
from retencion_lib.home import disk, ledger
from retencion_lib.home.event import Content

FACTS = {"notebook": "02_train_models", "status": "ok", "parameters": {"seed": 42, "refit": True},
         "results": {"best": "xgb", "valid_roc_auc": 0.85}, "commit": "c1", "dirty": False,
         "environment_sha256": "e" * 64, "inputs": [], "outputs": [], "files": {}}  # fmt: skip


def run(name: str, **facts) -> None:
    files = {k: [c.plain() for c in facts.pop(k)] for k in ("inputs", "outputs") if k in facts}
    ledger.append("run_finished", run_id=name, **FACTS | facts | files)


def a_file(path: str, sha: str) -> Content:
    return Content(path, sha * 64, 10)


@pytest.mark.parametrize(("facts", "said"), [
    ({}, ["Nada las distingue: mismos parámetros, archivos, cifras y código."]),
    ({"parameters": {"seed": 7, "refit": False}},
     ["Parámetros:", "  seed: 42 → 7", "  refit: true → false"]),
    ({"parameters": {"seed": 42, "refit": True, "horizon": "28d"}},
     ["Parámetros:", "  horizon: — → 28d"]),
    ({"inputs": [a_file("data/a.csv", "a")]},
     ["Archivos leídos:", "  data/a.csv: — → aaaaaaaaaaaa"]),
    ({"results": {"best": "xgb", "valid_roc_auc": 0.8512}},
     ["Cifras:", "  ROC-AUC de validación: 0,850 → 0,851"]),
    ({"results": {"best": "xgb", "valid_roc_auc": 0.8501}},
     ["Nada las distingue: mismos parámetros, archivos, cifras y código."]),
    ({"commit": None, "dirty": True},
     ["Código y entorno:", "  Commit: c1 → —", "  Cambios sin guardar: false → true"]),
], ids=["nothing", "parameters", "a parameter that one lacks", "a file", "a figure",
        "less than is shown", "code"])  # fmt: skip
def test_only_what_differs_is_said(facts, said):
    run("20260101T000000-02_train_models-aaaa11")
    run("20260201T000000-02_train_models-bbbb22", **facts)
    found = beside.differences(beside.ended("aaaa11"), beside.ended("bbbb22"))
    assert say_beside.lines(found) == said


def test_a_file_of_another_content_differs_and_one_of_the_same_does_not():
    run("r1", outputs=[a_file("a.csv", "a"), a_file("b.csv", "b")])
    run("r2", outputs=[a_file("a.csv", "a"), a_file("b.csv", "c")])
    found = beside.differences(beside.ended("r1"), beside.ended("r2"))
    assert found == [beside.Difference(beside.Part.WRITTEN, "b.csv", "b" * 12, "c" * 12)]


@pytest.mark.parametrize(("words", "said"), [
    (["compare"], "Indica las dos ejecuciones: retencion compare UNA OTRA."),
    (["compare", "aa"], "Indica las dos ejecuciones: retencion compare UNA OTRA."),
    (["compare", "aa", "bb"], "bb: no consta ninguna ejecución terminada con ese nombre."),
    (["compare", "a", "aa"], "'a' es el final de varias ejecuciones: escribe el nombre entero."),
    (["compare", "aa", "ba", "--html", "here.html"], "html = 'here.html': ya existe. Da otro"),
    (["compare", "aa", "ba", "--html", "/no/such/a.html"], "debe ser un archivo, en una carpeta"),
    (["compare", "aa", "ba", "cc"], "'cc' sobra"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(words, said, capsys, tmp_path, monkeypatch):
    run("r-aa")
    run("r-ba")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.html").touch()
    assert command_line.main(words) == 2
    assert said in capsys.readouterr().err


def test_a_page_never_lies_in_the_home(capsys):
    run("r-aa")
    run("r-ba")
    assert command_line.main(["compare", "aa", "ba", f"--html={config.home()}/artifacts.html"]) == 2
    assert "donde esta orden no escribe nada" in capsys.readouterr().err


def test_a_terminal_is_not_obeyed_by_what_a_run_was_given(capsys):
    run("r-aa")
    run("r-ba", parameters={"seed": 42, "refit": True, "data": "\x1b[2Ja.csv"})
    assert command_line.main(["compare", "aa", "ba"]) == 0
    assert "  data: — → \\x1b[2Ja.csv" in capsys.readouterr().out.splitlines()


def test_a_page_is_written_outside_the_home_with_every_text_escaped(tmp_path, capsys):
    run("r-aa")
    run("r-bb", parameters={"seed": 42, "refit": True, "data": "<script>.csv"})
    before = {p: disk.sha256(p) for p in config.home().rglob("*") if p.is_file()}
    assert command_line.main(["compare", "aa", "bb", f"--html={tmp_path}/two.html"]) == 0
    page = (tmp_path / "two.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;.csv" in page
    assert "<script" not in page
    assert {p: disk.sha256(p) for p in config.home().rglob("*") if p.is_file()} == before
    assert capsys.readouterr().out.splitlines()[-1] == f"Página: {tmp_path}/two.html"

"""A customer's data can go, and nothing of anybody else's; the audit trail still holds."""

import json
import os
import shutil
import unicodedata
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import adopt, erase
from retencion_lib.audit.erase import forms, learnt, left, pages, rows, say, values
from retencion_lib.audit.erase.learnt import Learner
from retencion_lib.audit.erase.spans import edited
from retencion_lib.audit.verify import faults
from retencion_lib.errors import AuditError, DataError, ParameterError, StorageError
from retencion_lib.home import disk, ledger, store
from retencion_lib.home.call_list import CHOICES
from retencion_lib.home.sheet import guarded
from retencion_lib.home.workbook import read_workbook, workbook
from tests import sealed_home
from tests.runs.test_crashes import killed_at

WHY = {"reason": "solicitud 17", "approver": "dpo"}
HOSTILE = [
    "+34600111222", "-77", "@ana", "=1+1", 'Peña "La" 3', "O'Brien & <Hijos>", "a, b; c", "007",
    "7", "1", "0.5", "null", "true", "nan", "id", "xgb", "José", "A\u00f1o", "A\u030ao", "C001 ",
    "a\\b", "{}", "[1]", "a'b\"c", "<b>x</b>", "&amp;", "x|y", "50%", "客户", "😀", "-", "a=b",
    ".*", "$1", "C00", "C0011", "r3-infer", "score", "1e5", "0x1F",
]  # fmt: skip


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    sealed_home.make()
    return tmp_path / "home"


def contents(home):
    """Every file but the ledger and the locks."""
    return {
        config.relative(p): p.read_bytes() for p in home.rglob("*")
        if p.is_file() and not p.name.endswith(".lock") and p.name != "ledger.jsonl"
    }  # fmt: skip


def log_of(ids, run_id="r6-infer", place="data/call_list_x.csv"):
    """One more run of 04, which scores these customers and writes a list for people."""
    sealed_home.start(run_id, "04_infer")
    n = len(ids)
    table = pd.DataFrame(
        {"event_id": [f"{run_id}-{i}" for i in range(n)], "run_id": run_id, "scored_at": "6",
         "id": ids, "model": "xgb", "version": "0.1", "score": 0.5, "threshold": 0.3,
         "prediction": 1}
    )  # fmt: skip
    store.append_csv(config.resolve(config.PREDICTIONS), table)
    sheet = pd.DataFrame({"rank": range(1, n + 1), "id": [guarded(i) for i in ids]})
    sheet["reason_1"] = [f"1 mes; {i}" for i in range(n)]
    store.write_bytes(
        config.resolve(place), sheet.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    )
    sealed_home.finish(run_id, "04_infer")


def test_no_file_names_the_customer_any_more_and_verify_passes(home):
    found = erase.erase("C001", **WHY)
    assert (found.rows, found.reports) == (2 + 2 + 2, 5)  # log, batches, references; reports
    assert not found.resumed
    for path in home.rglob("*"):
        assert not path.is_file() or b"C001" not in path.read_bytes(), path
    assert erase.left_alone("C001") == []
    assert faults() == []


def test_the_other_rows_stay_byte_for_byte(home):
    log = home / "logs/predictions.csv"
    kept = [line for line in log.read_bytes().splitlines() if b"C001" not in line]
    erase.erase("C001", **WHY)
    assert log.read_bytes().splitlines() == kept


def test_a_log_goes_on_after_an_erasure(home):
    erase.erase("C001", **WHY)
    sealed_home.start("r6", "04_infer")
    sealed_home._infer("r6-infer")
    sealed_home.finish("r6", "04_infer")
    assert faults() == []
    erase.erase("C002", **WHY)
    assert faults() == []


def test_the_tombstone_counts_and_says_why_without_the_customer(home):
    erase.erase("C001", **WHY)
    event = ledger.read()[-1]
    assert (event.event, event.rows, event.reason) == ("erasure", 6, "solicitud 17")
    assert b"C001" not in (home / ledger.LEDGER).read_bytes()


def test_only_the_id_column_decides(home):
    """Three customers named as what other columns hold: each loses the two rows of its own."""
    log_of(["1", "2", "xgb"])
    before = contents(home)
    found = erase.erase("1", **WHY)
    assert found.rows == 2
    after = contents(home)
    changed = {path for path in before if before[path] != after.get(path)}
    assert changed == {"logs/predictions.csv", "data/call_list_x.csv"}
    left_over = set(before["logs/predictions.csv"].splitlines()) - set(
        after["logs/predictions.csv"].splitlines()
    )
    assert left_over == {b"r6-infer-0,r6-infer,6,1,xgb,0.1,0.5,0.3,1"}
    assert faults() == []


def test_a_row_of_the_workbook_goes_too_and_it_is_a_sound_workbook(home):
    pytest.importorskip("python_calamine")
    sheet = pd.DataFrame({"Orden": [1, 2, 3], "id": ["=a", "C900", "007"],
                          "Razón 1": ["r", "s", ""], "Resultado de la llamada": ""})  # fmt: skip
    path = config.resolve("data/call_list_2026-10-31.xlsx")
    sealed_home.start("r6-infer", "04_infer")
    store.write_bytes(path, workbook(sheet, CHOICES), rows=3)
    sealed_home.finish("r6-infer", "04_infer")
    assert erase.erase("C900", **WHY).rows == 1
    assert path.read_bytes() == workbook(sheet[sheet["id"] != "C900"], CHOICES)
    assert b"C900" not in b"".join(parts_of(path))
    assert read_workbook(path.read_bytes())["id"].tolist() == ["=a", "007"]
    assert erase.left_alone("C900") == []
    assert faults() == []


def parts_of(path):
    with zipfile.ZipFile(path) as book:
        return [book.read(name) for name in book.namelist()]


@pytest.mark.parametrize("customer", ["nadie", "xgb", "1", "0.1", "r3-infer", "C00", "c001"])
def test_who_is_in_no_id_column_is_refused_and_nothing_is_written(home, customer, capsys):
    before, head = contents(home), ledger.head()
    words = ["erase", "--customer", customer, "--reason", "x", "--approver", "y"]
    assert main(words) == 2
    assert f"Ninguna ejecución escribió nada de '{customer}'" in capsys.readouterr().err
    assert (contents(home), ledger.head()) == (before, head)


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_row_of_the_call_list_goes_whatever_separates_its_columns(home, mark):
    sealed_home.start("r6-infer", "04_infer")
    rows = [["rank", "id", "tel"], ["1", "C001", "600"], ["2", "C002", "601"]]
    text = ["".join(f"{mark.join(row)}\n" for row in kept) for kept in (rows, [rows[0], rows[2]])]
    listed = config.resolve("data/call_list_x.csv")
    store.write_bytes(listed, text[0].encode("utf-8-sig"))
    sealed_home.finish("r6-infer", "04_infer")
    erase.erase("C001", **WHY)
    assert listed.read_bytes() == text[1].encode("utf-8-sig")
    assert faults() == []


def test_a_workbook_of_somebody_else_is_named_as_still_holding_the_customer(home):
    sealed_home.start("r6-infer", "04_infer")
    copied = config.resolve("data/extracts/x__0/x.xlsx")
    store.write_bytes(copied, workbook(pd.DataFrame({"id": ["C001", "C002"], "tel": ["6", "7"]})))
    sealed_home.finish("r6-infer", "04_infer")
    found = erase.erase("C001", **WHY)
    others = erase.left_alone("C001")
    assert [o for o in others if o.kind == left.HELD] == [
        erase.Left("data/extracts/x__0/x.xlsx", left.HELD)
    ]
    assert "Lo siguen teniendo, en su columna de identificador" in say.sentence(found, others)


@pytest.mark.parametrize("customer", HOSTILE)
def test_every_written_form_goes_and_everybody_else_stays(home, customer):
    others = ["C001X", "x" + customer, customer + "x", "0" + customer, "008"]
    log_of([*others[:2], customer, *others[2:]])
    log, sheet = home / config.PREDICTIONS, home / "data/call_list_x.csv"
    before = {p: rows.csv_lines(p.read_bytes()) for p in (log, sheet)}
    found = erase.erase(customer, **WHY)
    assert found.rows == 2
    for path, was in before.items():
        now = rows.csv_lines(path.read_bytes())
        gone = [row for row in was if row not in now]
        assert [raw for raw, _ in now] == [raw for raw, _ in was if raw != gone[0][0]]
        assert len(gone) == 1
    assert faults() == []


def test_an_id_typed_in_the_other_form_of_unicode_is_the_same(home):
    log_of([unicodedata.normalize("NFD", "Peña"), "Pena"])
    assert erase.erase(unicodedata.normalize("NFC", "Peña"), **WHY).rows == 2


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<table><tr><th>id</th><th>n</th></tr><tr><td>7</td><td>7</td></tr></table>",
         "<table><tr><th>id</th><th>n</th></tr><tr><td>[borrado]</td><td>7</td></tr></table>"),
        ("<table><tr><th>id</th><td> <b>7</b> </td><td>8</td></tr></table>",
         "<table><tr><th>id</th><td> <b>[borrado]</b> </td><td>8</td></tr></table>"),
        ("<table><tr><th colspan=2>n</th><th>id</th></tr>\n<tr><td>7<td>7<td>7</tr></table>",
         "<table><tr><th colspan=2>n</th><th>id</th></tr>\n"
         "<tr><td>7<td>7<td>[borrado]</tr></table>"),
        ("<p>7</p><td>7</td><table><tr><td>7</td></tr></table>",
         "<p>7</p><td>7</td><table><tr><td>7</td></tr></table>"),
        ("<p>'id' se repite ('7', '8' y '77'); '7' clientes</p>",
         "<p>'id' se repite ('[borrado]', '8' y '77'); '[borrado]' clientes</p>"),
        ("<p>'7' clientes de '8'</p>", "<p>'7' clientes de '8'</p>"),
    ],
)  # fmt: skip
def test_a_page_changes_in_cells_of_the_id_and_sentences_that_name_it(page, expected):
    assert edited(page, pages.in_page(page, "7", {"id"})) == expected


def test_characters_that_a_page_escapes_are_read_as_a_browser_does():
    page = "<table><tr><th>id</th></tr><tr><td>O&#x27;Brien &amp; &lt;Hijos&gt;</td></tr></table>"
    (edit,) = pages.in_page(page, "O'Brien & <Hijos>", {"id"})
    assert page[edit.start : edit.end] == "O&#x27;Brien &amp; &lt;Hijos&gt;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id": "7", "n": "7"}', '{"id": "[borrado]", "n": "7"}'),
        ('{"id":7,"n":7}', '{"id":"[borrado]","n":7}'),
        ('{"a": [{"id": ["6", "7"]}]}', '{"a": [{"id": ["6", "[borrado]"]}]}'),
        ('{"id": {"n": 7}}', '{"id": {"n": 7}}'),
        ('{"id": "07", "b": 1e5}', '{"id": "07", "b": 1e5}'),
        ('{"id": true, "é": "\\u00e9"}', '{"id": true, "é": "\\u00e9"}'),
    ],
)
def test_json_changes_only_under_the_key_of_the_id(text, expected):
    assert edited(text, values.in_json(text, "7", {"id"})) == expected


@pytest.mark.parametrize("split", [True, False])
def test_a_notebook_changes_only_in_the_pages_of_its_outputs(split):
    page = sealed_home.page("r").decode().replace("</tr>", "</tr>\n")
    shown = nbformat.v4.new_output("display_data", {"text/html": page, "text/plain": "C001"})
    cell = nbformat.v4.new_code_cell("id = 'C001'", outputs=[shown], execution_count=1)
    book = nbformat.v4.new_notebook(cells=[cell])
    text = nbformat.writes(book) if split else json.dumps(book)
    after = edited(text, values.in_notebook(text, "C001", {"id"}))
    told = nbformat.reads(after, as_version=4).cells[0].outputs[0].data["text/html"]
    assert told == page.replace("<td>C001", "<td>[borrado]")
    assert after.replace("[borrado]", "C001") == text


def test_a_quoted_value_with_a_line_end_is_one_row():
    table = b'id,note\nA,"two\nlines"\nB,x\n'
    assert rows.without(table, "A", [0]) == (b"id,note\nB,x\n", 1)


def test_an_object_that_names_the_customer_goes(home):
    sealed_home.start("r6", "05_monitor")
    store.write_json(home / config.DRIFT_REPORT, {"id": "C003", "n": 1})
    sealed_home.finish("r6", "05_monitor")
    kept = disk.digest((home / config.DRIFT_REPORT).read_bytes())
    erase.erase("C003", **WHY)
    assert json.loads((home / config.DRIFT_REPORT).read_bytes()) == {"id": "[borrado]", "n": 1}
    assert not (home / store.OBJECTS / kept[:2] / kept).exists()
    assert faults() == []


def test_sources_are_named_as_left_alone_wherever_they_lie(home, tmp_path):
    frame = pd.DataFrame({"id": ["C001", "C002"], "n": [1, 2]})
    frame.to_csv(home / "clientes.csv", index=False)
    frame.to_parquet(tmp_path / "outside.parquet")
    (home / "nota.md").write_text("llamar a C001 mañana")
    sealed_home.start("r6", "01_eda")
    store.record("input", tmp_path / "outside.parquet")
    sealed_home.finish("r6", "01_eda")
    erase.erase("C001", **WHY)
    found = erase.left_alone("C001")
    assert {f.path for f in found} == {"clientes.csv", "nota.md", str(tmp_path / "outside.parquet")}
    assert {f.kind for f in found} == {left.SOURCE}
    assert "Siguen teniéndolo los datos de origen" in say.sentence(erase.Plan("C001"), found)


def test_models_that_learnt_from_the_customer_are_named():
    said = say.sentence(
        erase.Plan("C001"), [], [Learner("xgb v0.1", True), Learner("mlp v0.1", False)]
    )
    assert "Aprendieron de una tabla que lo tenía, y no se cambian: xgb v0.1 y mlp v0.1." in said
    assert "Su fila, sin el identificador, está dentro de xgb v0.1." in said
    assert "entrena otra versión con 'retencion train'" in said


@pytest.mark.parametrize(
    ("place", "rows_kept", "expected"), [(0, 2, True), (1, 2, True), (2, 2, False), (-1, 2, None)]
)
def test_a_model_keeps_the_row_if_it_was_among_the_first_learnt(
    home, monkeypatch, place, rows_kept, expected
):
    model = SimpleNamespace(background=range(rows_kept))
    monkeypatch.setattr(learnt, "load_known", lambda path, log: model)
    (e,) = learnt.experiments()
    entry = replace(e, oof=replace(e.oof, path="artifacts/oof__v0.1.csv"))
    monkeypatch.setattr(learnt, "experiments", lambda: [entry])
    assert learnt.learners({"artifacts/oof__v0.1.csv": place}) == [Learner("xgb v0.1", expected)]
    assert learnt.learners({"data/b3_with_score.csv": place}) == []


def test_a_refit_keeps_the_row_that_its_model_keeps(home, monkeypatch):
    (e,) = learnt.experiments()
    both = [
        replace(e, family=family, oof=replace(e.oof, path=f"artifacts/oof__v0.{n}.csv"),
                refit=SimpleNamespace(version=f"0.{n}.1", oof=SimpleNamespace(path=path)))
        for n, family, path in ((1, "xgb", "artifacts/oof__v0.1.csv"), (2, "mlp", "other.csv"))
    ]  # fmt: skip
    monkeypatch.setattr(learnt, "experiments", lambda: both)
    monkeypatch.setattr(learnt, "load_known", lambda *_: SimpleNamespace(background=range(2)))
    assert learnt.learners({"artifacts/oof__v0.1.csv": 1}) == [
        Learner("xgb v0.1", True), Learner("xgb v0.1.1", True),
    ]  # fmt: skip
    alone = {"artifacts/oof__.csv": 0, "other.csv": 0}
    assert learnt.learners(alone) == [Learner("mlp v0.2.1", False)]


def test_the_first_row_that_goes_is_known_by_its_place(home):
    sealed_home.start("r6", "02_train_models")
    frame = pd.DataFrame({"id": ["C007", "C008", "C009"], "y": [0, 1, 0]})
    store.write_csv(home / "artifacts/oof__v0.3.csv", frame)
    sealed_home.finish("r6", "02_train_models")
    assert erase.erase("C009", **WHY).first == {"artifacts/oof__v0.3.csv": 2}


@pytest.mark.slow
@pytest.mark.parametrize("order", ["erase", "seal"])
def test_killed_at_any_step_on_disk_whoever_comes_next_finishes(home, order):
    pristine, step, killed = shutil.copytree(home, home.parent / "pristine"), 0, True
    erase.erase("C001", **WHY)
    wanted = contents(home)
    while killed:
        shutil.rmtree(home)
        shutil.copytree(pristine, home)
        before = contents(home)
        killed = killed_at(step, lambda: erase.erase("C001", **WHY))
        decided = any(e.event == "erasure" for e in ledger.read())
        if order == "erase" and contents(home) != wanted:
            erase.erase("C001", **WHY)
        adopt.abandon()
        assert contents(home) == (wanted if decided or order == "erase" else before), step
        assert faults() == [], step
        assert sum(e.event == "erasure" for e in ledger.read()) == (decided or order == "erase"), (
            step
        )
        step += 1
    assert step > 20


def test_a_log_as_before_its_erasure_is_an_unfinished_erasure(home):
    whole = (home / config.PREDICTIONS).read_bytes()
    erase.erase("C001", **WHY)
    (home / config.PREDICTIONS).write_bytes(whole)
    assert [(f.code, f.path) for f in faults()] == [("erasure", config.PREDICTIONS)]
    found = erase.erase("C001", **WHY)
    assert (found.rows, found.reports, found.resumed) == (6, 5, True)
    assert (config.PREDICTIONS in found.first, set(found.first.values())) == (False, {-1})
    assert b"C001" not in (home / config.PREDICTIONS).read_bytes()
    assert faults() == []


def test_what_lay_beside_is_made_again_by_the_hashes_that_the_log_really_has(home):
    pristine = contents(home)
    erase.erase("C001", **WHY)
    wanted = contents(home)
    for path in ("logs/predictions.csv", "data/b3_with_score.csv"):
        (home / path).write_bytes(pristine[path])  # as a cut erasure of another version left them
    assert {f.code for f in faults()} & {"erasure", "changed", "added"}
    erase.erase("C001", **WHY)
    assert contents(home) == wanted
    assert faults() == []


def test_a_full_disk_leaves_everything_as_it_was(home, monkeypatch):
    before, left_over = contents(home), iter(range(4))

    def full(descriptor):
        if next(left_over, None) is None:
            raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="no queda sitio en el disco"):
            erase.erase("C001", **WHY)
    assert contents(home) == before
    assert faults() == []


IDS = st.one_of(
    st.integers(0, 40).map(str), st.sampled_from(["xgb", "0.1", "id", "score", "r6-infer"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6),
).filter(lambda text: text == text.strip() and text)  # fmt: skip


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(ids=st.lists(IDS, min_size=2, max_size=8, unique_by=forms.composed), data=st.data())
def test_not_one_byte_of_anybody_else_changes(home, ids, data):
    pristine = home.parent / "pristine"
    if not pristine.exists():
        shutil.copytree(home, pristine)
    shutil.rmtree(home)
    shutil.copytree(pristine, home)
    log_of(ids)
    customer = data.draw(st.sampled_from(ids))
    before = contents(home)
    erase.erase(customer, **WHY)
    after = contents(home)
    at = {config.PREDICTIONS: 3, "data/call_list_x.csv": 1}
    for path, was in before.items():
        if path not in at:
            assert after[path] == was, path
            continue
        same = [forms.same(v[at[path]], customer, for_people=path.startswith("data/"))
                for _, v in rows.csv_lines(was)]  # fmt: skip
        kept = [raw for (raw, _), gone in zip(rows.csv_lines(was), same, strict=True) if not gone]
        head = rows.csv_lines(was)[:1] if same[0] else []
        assert after[path] == b"".join([*(raw for raw, _ in head), *kept]), path
    assert faults() == []


@pytest.mark.parametrize(
    ("customer", "why", "kind", "said"),
    [
        ("C999", WHY, DataError, "Ninguna ejecución escribió nada de 'C999'"),
        ("C001", WHY | {"reason": ""}, ParameterError, "reason = '': hace falta"),
        ("", WHY, ParameterError, "customer = '': hace falta"),
    ],
)
def test_an_erasure_needs_a_known_customer_a_reason_and_an_approver(
    home, customer, why, kind, said
):
    with pytest.raises(kind, match=said):
        erase.erase(customer, **why)


def test_a_file_that_another_order_writes_meanwhile_stops_the_erasure(home, monkeypatch):
    real, batch = disk.stage, home / "data/b3_with_score.csv"

    def meanwhile(path, content):
        if path == batch:
            batch.write_bytes(b"id,score\nC009,0.9\n")
        return real(path, content)

    monkeypatch.setattr(disk, "stage", meanwhile)
    with pytest.raises(AuditError, match=r"data/b3_with_score\.csv: otra orden lo ha escrito"):
        erase.erase("C001", **WHY)
    assert batch.read_bytes() == b"id,score\nC009,0.9\n"
    assert b"C001" in (home / config.PREDICTIONS).read_bytes()


def test_a_report_that_somebody_edited_is_not_laundered_by_an_erasure(home):
    page = home / "runs/2026-10-31/r1-train/02_train_models.html"
    page.write_bytes(page.read_bytes().replace(b"<td>1</td>", b"<td>2</td>"))
    with pytest.raises(AuditError, match=r"02_train_models\.html: no es como consta"):
        erase.erase("C001", **WHY)
    assert b"C001" in page.read_bytes()

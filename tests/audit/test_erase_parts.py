"""The parts of an erasure one by one: where an id stands written, and what is no id."""

import gzip
import json
from dataclasses import replace
from types import SimpleNamespace as Some

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.audit.erase import copies, forms, learnt, left, pages, rows, values
from retencion_lib.audit.erase.learnt import Learner
from retencion_lib.audit.erase.plan import Names, _first, _in_lines, _parquet
from retencion_lib.audit.erase.spans import Edit, edited
from retencion_lib.errors import DataError
from retencion_lib.home import disk
from tests import sealed_home


def test_the_forms_of_an_id_are_those_of_tables_pages_and_json():
    assert forms.forms("C1") == {"C1"}
    assert forms.forms('a"ñ') == {
        'a"ñ', 'a"n\u0303', 'a""ñ', 'a""n\u0303', "a&quot;ñ", "a&quot;n\u0303", 'a\\"ñ',
        'a\\"n\u0303', 'a\\"\\u00f1', 'a\\"n\\u0303',
    }  # fmt: skip
    assert {"=1<2", "'=1<2", "=1&lt;2", "'=1&lt;2"} <= forms.forms("=1<2")


@pytest.mark.parametrize(
    ("customer", "text", "there"),
    [
        ("C1", "de C1.", True), ("C1", "C10", False), ("C1", "x-C1", False), ("C1", "C1_", False),
        ("C1", "(C1)", True), ("7", "son 7 de 9", False), ("7", "'7'", True), ("7", "'77'", False),
        ("Peña", "Pen\u0303a", True), ("a\"b", 'x a\\"b x', True),
    ],
)  # fmt: skip
def test_a_file_names_a_customer_as_a_word_and_a_number_in_quotes(customer, text, there):
    assert bool(forms.mentions(customer).search(text.encode())) == there


def test_guarded_ids_are_the_customers_only_in_tables_for_people():
    assert forms.same("'=1", "=1", for_people=True)
    assert not forms.same("'=1", "=1")
    assert not forms.same("7", "07", for_people=True)


@pytest.mark.parametrize("at", range(8))
def test_a_name_that_two_parts_of_a_file_share_is_found(tmp_path, monkeypatch, at):
    monkeypatch.setattr(left, "STEP", 8)
    (tmp_path / "t").write_bytes(b" " * at + b"C0001" + b" " * 20)
    assert left._in_text(tmp_path / "t", "C0001")
    assert not left._in_text(tmp_path / "t", "C0002")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("path", "content", "mine", "kind"),
    [
        ("q.sql", "select 1", False, left.DATABASE),
        ("t.csv", "id,n\nC1,1\n", False, left.SOURCE), ("t.csv", "id,n\nC1,1\n", True, left.HELD),
        ("t.csv", "id,n\nC2,C1\n", True, None),  # another column of a table that has an id
        ("t.csv", "n,m\nC1,1\n", False, left.SOURCE),  # of a table that has none, any
        ("t.CSV", "id,n\nC2,C1\n", False, None), ("t.md", "es C1", False, left.SOURCE),
        ("runs/t.csv", "id,n\nC2,C1\n", True, left.OURS), ("t.md", "es C2", True, None),
        ("gone.md", None, True, None), ("gone.csv", None, True, None),
        (".", None, True, left.UNREAD),
    ],
)  # fmt: skip
def test_what_is_left_is_told_by_its_kind(home, path, content, mine, kind):
    if content is not None:
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_text(content)
    assert left._look(path, "C1", {"id"}, mine) == kind


LINES = b'{"id": "C1", "n": 1.10}\n{"id": "C2", "n": 2.50}\n'


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"id;n\nC1;1\nC2;\xf1\n", b"id;n\nC2;\xf1\n"),
        (b"id\tn\nC1\t1\nC2\t2\n", b"id\tn\nC2\t2\n"),
        (b"\xef\xbb\xbfsep=;\r\nn;id\r\n1;C1\r\n2;C2\r\n",
         b"\xef\xbb\xbfsep=;\r\nn;id\r\n2;C2\r\n"),
        ("id,n\nC1,1\nC2,ñ\n".encode("utf-16"), "id,n\nC2,ñ\n".encode("utf-16")),
        (LINES, b'{"id": "C2", "n": 2.50}\n'),
        (b'[{"id": "C1"},\n {"id": "C2", "n": 2.50}]', b'[{"id": "C2", "n": 2.50}]'),
        (b'[{"id": "C2"}, {"id": "C1"}, {"id": 3}]', b'[{"id": "C2"}, {"id": 3}]'),
        (b'[{"id": "C1"}]', b"[]"),
        (gzip.compress(LINES, mtime=0), gzip.compress(LINES.split(b"\n")[1] + b"\n", mtime=0)),
    ],
)  # fmt: skip
def test_the_customers_rows_go_from_a_copy_in_whatever_form_it_was(content, kept):
    assert copies.without(content, "C1", {"id"}) == (kept, 1)
    assert copies.without(content, "C9", {"id"}) == (content, 0)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04C1", b"\x1f\x8bC1", b'[{"id": "C1"}', b"{}C1", b"", b'n\n"C1']
)
def test_a_copy_that_nobody_can_read_stays_as_it_is(content):
    assert copies.without(content, "C1", {"id"}) == (content, 0)


def test_hidden_tools_and_folders_are_not_searched(home):
    for name in (".git/config", "a/.venv/x.md", "b/x.md", ".x.md"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("C1")
    assert sorted(left._home()) == [".x.md", "b/x.md"]


def test_a_model_that_cannot_be_told_about_is_not_told(home, monkeypatch):
    file = home / "artifacts/xgb__v0.1.pkl"
    disk.write(file, sealed_home.model("0.1"))
    oof = "artifacts/oof__v0.1.csv"

    def model(sha256):
        entry = sealed_home.experiment("artifacts/xgb__v0.1.pkl", sha256)
        known = replace(entry.oof, path=oof)
        monkeypatch.setattr(learnt, "experiments", lambda: [replace(entry, oof=known)])

    def unknown(path, log):
        raise DataError("no se puede abrir")

    monkeypatch.setattr(learnt, "load_known", unknown)
    model(disk.sha256(file))  # it is the file, but cannot be opened
    assert learnt.learners({oof: 0}) == [Learner("xgb v0.1", None)]
    monkeypatch.setattr(learnt, "load_known", lambda path, log: pytest.fail("opened"))
    model("1" * 64)  # another file lies there
    assert learnt.learners({oof: 0}) == [Learner("xgb v0.1", None)]
    file.unlink()
    assert learnt.learners({oof: 0}) == [Learner("xgb v0.1", None)]
    assert learnt.learners({}) == []


def test_rows_go_by_the_id_column_alone_and_short_rows_stay():
    table = b"id,n\nA,1\nB\nA\n\nB,A\n"
    assert rows.without(table, "A", [0]) == (b"id,n\nB\n\nB,A\n", 2)
    assert rows.without(table, "A", [1]) == (b"id,n\nA,1\nB\nA\n\n", 1)
    assert rows.without(b"A,1\nB,2\n", "A", [0], head=False) == (b"B,2\n", 1)
    assert rows.without(b"A,1\nA,2\n", "A", [0]) == (b"A,1\n", 1)
    assert rows.places(["n", "id", "'=id"], ["id", "=id"]) == [1, 2]
    assert rows.header("\ufeffid,n\r\n1,2".encode()) == ["id", "n"]


def test_the_first_row_that_goes_is_counted_from_the_header():
    table = b"id\nA\nB\nC\n"
    assert _first(table, b"id\nB\nC\n") == 0
    assert _first(table, b"id\nA\nC\n") == 1


def test_each_line_of_a_file_of_json_lines_changes_where_it_is():
    text = '{"id": 1}\n\n{"id": 7, "n": 7}\n{"id": [7]}\n'
    after = edited(text, _in_lines(text, "7", {"id"}))
    assert after == '{"id": 1}\n\n{"id": "[borrado]", "n": 7}\n{"id": ["[borrado]"]}\n'


def test_every_literal_of_a_json_text_is_found_where_it_stands():
    text = ' { "a" : [ 1 , {"b":null} , "x" , [ ] , [[-2e3]] ] ,"c":{} , "d" : true } '
    found = [(i.keys, text[i.start : i.end], i.value) for i in values.literals(text)]
    assert found == [
        (("a", 0), "1", 1), (("a", 1, "b"), "null", None), (("a", 2), '"x"', "x"),
        (("a", 4, 0, 0), "-2e3", -2000), (("d",), "true", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[7, "7"]', '[7, "7"]'), ('{"id": [[7]]}', '{"id": [["[borrado]"]]}'),
        ('{"id": false, "b": {"id": null}}', '{"id": false, "b": {"id": null}}'),
        ('{"m": "é: \'id\' \'7\'"}', '{"m": "é: \'id\' \'[borrado]\'"}'),
        ('{"m": "\\u00e9: \'id\' \'7\'"}', '{"m": "\\u00e9: \'id\' \'[borrado]\'"}'),
        ('{"m": "\'7\' y \'id\'"}', '{"m": "\'7\' y \'id\'"}'),
    ],
)  # fmt: skip
def test_json_changes_under_the_id_or_after_a_sentence_that_names_it(text, expected):
    assert edited(text, values.in_json(text, "7", {"id"})) == expected


def notebook(data, **more):
    """A notebook of two outputs, of which the second has this data."""
    first = {"output_type": "stream", "name": "stdout", "text": ["'id' '7'\n"]}
    shown = {"output_type": "display_data", "data": data, "metadata": {}} | more
    cell = {"cell_type": "code", "source": ["'id' '7'"], "outputs": [first, shown]}
    return json.dumps({"cells": [cell]})


def test_what_a_notebook_printed_changes_by_its_sentences_and_what_was_typed_stays():
    text = notebook({"text/plain": ["'id' '7'"], "application/x": {"id": "7", "n": "7"}})
    after = json.loads(edited(text, values.in_notebook(text, "7", {"id"})))["cells"][0]
    assert after["source"] == ["'id' '7'"]
    assert after["outputs"][0]["text"] == ["'id' '[borrado]'\n"]
    assert after["outputs"][1]["data"] == {
        "text/plain": ["'id' '[borrado]'"], "application/x": {"id": "[borrado]", "n": "7"},
    }  # fmt: skip


def test_a_cell_that_two_lines_of_a_notebook_share_is_emptied_in_both():
    page = [
        "<table><tr><th>id</th></tr><tr><td>C0",
        "01</td></tr><tr><td>C0",
        "02</td></tr></table>",
    ]
    text = notebook({"text/html": page})
    after = json.loads(edited(text, values.in_notebook(text, "C001", {"id"})))
    assert after["cells"][0]["outputs"][1]["data"]["text/html"] == [
        "<table><tr><th>id</th></tr><tr><td>[borrado]", "</td></tr><tr><td>C0",
        "02</td></tr></table>",
    ]  # fmt: skip


HEAD = "<table><tr><th>id</th><th>n</th></tr>"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("<script>'id' '7'</script><p>'id' '7'</p>",
                     "<script>'id' '7'</script><p>'id' '[borrado]'</p>", id="script"),
        pytest.param("<p>'7' 'id'</p>\n<p>'7'</p>", "<p>'7' 'id'</p>\n<p>'7'</p>", id="two-texts"),
        pytest.param(HEAD + "<tr><td><table><tr><td>7</td></tr></table></td><td>7</td></tr>"
                     "<tr><td>7</td><td>7</td></tr></table>",
                     HEAD + "<tr><td><table><tr><td>7</td></tr></table></td><td>7</td></tr>"
                     "<tr><td>[borrado]</td><td>7</td></tr></table>", id="a-table-in-a-cell"),
        pytest.param(HEAD + "\n<tr><td colspan=2>7</td><td>7</td></tr>\n"
                     "<tr><td colspan='x'>7</td><td>7</td></tr></table>",
                     HEAD + "\n<tr><td colspan=2>[borrado]</td><td>7</td></tr>\n"
                     "<tr><td colspan='x'>[borrado]</td><td>7</td></tr></table>", id="wide-cells"),
        pytest.param("<table><tr><th>n</th><th>id</th></tr>"
                     "<tr><td colspan='x'>7</td><td>7</td></tr></table>",
                     "<table><tr><th>n</th><th>id</th></tr>"
                     "<tr><td colspan='x'>7</td><td>[borrado]</td></tr></table>", id="odd-span"),
        pytest.param(HEAD + "<tr><td><b>7</b><i></i> </td><td>8</td></tr></table>",
                     HEAD + "<tr><td><b>[borrado]</b><i></i> </td><td>8</td></tr></table>",
                     id="tags"),
        pytest.param("<table><tr><th> id </th><td>7</td></tr><tr><td>7</td></tr></table>",
                     "<table><tr><th> id </th><td>[borrado]</td></tr><tr><td>7</td></tr></table>",
                     id="a-row-that-is-the-ids"),
        pytest.param("<table><tr><td>id</td><td>7</td></tr></table>",
                     "<table><tr><td>id</td><td>7</td></tr></table>", id="no-heading"),
        pytest.param(HEAD + "</table><table><tr><td>7</td></tr></table>",
                     HEAD + "</table><table><tr><td>7</td></tr></table>", id="another-table"),
    ],
)  # fmt: skip
def test_a_page_is_read_as_a_browser_does(page, expected):
    assert edited(page, pages.in_page(page, "7", {"id"})) == expected


@pytest.mark.parametrize("written", ["a&ampb", "a&amp;b", "a&#38;b", "a&b"])
def test_a_character_may_be_written_by_its_name_or_number(written):
    page = f"<table><tr><th>id</th></tr><tr><td>{written}</td></tr></table>"
    (edit,) = pages.in_page(page, "a&b", {"id"})
    assert page[edit.start : edit.end] == written


def test_an_id_cut_by_tags_goes_whole():
    page = "<table><tr><th>id</th></tr><tr><td> C<b>0</b> 1 </td></tr></table>"
    assert edited(page, pages.in_page(page, "C0 1", {"id"})) == (
        "<table><tr><th>id</th></tr><tr><td> [borrado]<b></b>  </td></tr></table>"
    )


def test_a_sentence_may_name_the_column_and_the_customer_escaped():
    found = pages.in_sentence("'a&amp;b' x 'O&#x27;B', 'O'B'", "O'B", {"a&b"}, 100)
    assert found == [Edit(113, 121, "[borrado]"), Edit(125, 128, "[borrado]")]


def test_names_of_the_id_are_those_of_its_run_else_all(home):
    names = Names(frozenset({"id", "cliente"}), {"r1": "cliente"})
    book = Some(versions={"a.csv": [Some(run_id="r1")], "b.csv": [Some(run_id="r9")]})
    assert names.of("a.csv", book) == {"cliente"}
    assert names.of("b.csv", book) == names.of("c.csv", book) == {"id", "cliente"}
    assert names.of("artifacts/oof__v0.1.csv", book) == {"id"}


def test_a_table_of_parquet_loses_the_customers_rows(tmp_path):
    frame = pd.DataFrame({"id": pd.Series([7, 8, None, 7], dtype="Int64"), "n": [1, 7, 3, 4]})
    frame.to_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    kept, gone = _parquet(content, "7", {"id"}, "t.parquet")
    (tmp_path / "t.parquet").write_bytes(kept)
    assert (gone, pd.read_parquet(tmp_path / "t.parquet")["n"].tolist()) == (2, [7, 3])
    assert _parquet(content, "7", {"other"}, "t.parquet") == (content, 0)

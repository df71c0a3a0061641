"""Reading a delivered table: types found, and every error with its remedy."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables import load_training, read_table
from retencion_lib.tables.blocks import blocks

ROWS = [f"c{n},{n % 7},{'ab'[n % 2]},{n % 2}" for n in range(40)]


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))


@pytest.fixture
def deliver(tmp_path):
    def write(text, name="t.csv", encoding="utf-8"):
        (tmp_path / name).write_text(text, encoding=encoding)
        return name

    return write


def training(name, **given):
    return load_training(name, **({"target": "y", "id_col": "id"} | given))


def table(rows=ROWS, header="id,n,c,y"):
    return "\n".join([header, *rows]) + "\n"


def test_numbers_stored_as_text_with_blanks_become_numbers_with_gaps(deliver):
    column = read_table(deliver("a,b\n1.5,x\n ,y\n3,z\n"))["a"]
    np.testing.assert_array_equal(column, [1.5, np.nan, 3.0])


def test_semicolons_bring_decimal_commas_and_a_mark_of_order(deliver):
    frame = read_table(deliver("a;b\n1.234,5;x\n2,0;y\n", encoding="utf-8-sig"))
    assert list(frame.columns) == ["a", "b"]
    assert list(frame["a"]) == [1234.5, 2.0]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_column_that_can_be_read_two_ways_is_read_as_one_before_or_behind_it(deliver, names):
    cells = {"a": ["1,5", "2,25"], "b": ["1,234", "2,345"]}
    rows = zip(*(cells[name] for name in names), strict=True)
    frame = read_table(deliver("\n".join(["|".join(names), *map("|".join, rows)]) + "\n"))
    assert (list(frame["a"]), list(frame["b"])) == ([1.5, 2.25], [1.234, 2.345])


def test_codes_with_leading_zeros_stay_text(deliver):
    assert list(read_table(deliver("a,b\n007,1\n010,2\n"))["a"]) == ["007", "010"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", r"t\.csv: está vacío", id="empty-file"),
        pytest.param("id,n\n", r"t\.csv: tiene cabecera \(id y n\) y ninguna fila", id="no-rows"),
        pytest.param("id,n,n\n1,2,3\n", r"repite 'n'.*nombre distinto", id="repeated-column"),
        pytest.param("id,n\n1,2\n1,2,3,4\n", r"la fila 3 tiene 4 valores y .* 2 c", id="long-row"),
        pytest.param(
            "id,n\n1,2\n1\n", r"la fila 3 tiene 1 valor y la cabecera 2 columnas", id="short-row"
        ),
        pytest.param("id,,n\n1,2,3\n", r"no da nombre a la columna 2.*complétala", id="no-name"),
        pytest.param("id,n,\n1,2,3\n", r"última columna tiene valores y ning", id="no-last-name"),
        pytest.param(" n ,n\n1,2\n", r"repite 'n'", id="repeated-but-for-blanks"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(deliver, text, message):
    with pytest.raises(DataError, match=message):
        read_table(deliver(text))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param("a,b\r\n1,x\r\n", {"a": [1], "b": ["x"]}, id="windows-line-ends"),
        pytest.param("a,b\r1,x\r", {"a": [1], "b": ["x"]}, id="old-mac-line-ends"),
        pytest.param(" a , b\n1,x\n", {"a": [1], "b": ["x"]}, id="blanks-around-names"),
        pytest.param("a,b,\n1,x,\n", {"a": [1], "b": ["x"]}, id="separator-at-line-ends"),
        pytest.param('"a,1";b\n2;x\n', {"a,1": [2], "b": ["x"]}, id="separator-inside-a-name"),
        pytest.param('a,b\n"x\ny",1\n', {"a": ["x\ny"], "b": [1]}, id="line-end-inside-a-text"),
        pytest.param("a,b\n1e5,x\n2,y\n", {"a": [1e5, 2.0], "b": ["x", "y"]}, id="exponent"),
    ],
)
def test_the_ways_in_which_a_csv_is_written(deliver, text, columns):
    assert read_table(deliver(text)).to_dict("list") == columns


def test_an_infinite_number_is_a_missing_one(deliver):
    np.testing.assert_array_equal(read_table(deliver("a,b\ninf,1\n2,3\n"))["a"], [np.nan, 2])


def test_codes_too_long_for_a_number_stay_text(deliver):
    codes = ["9007199254740993", "9007199254740992"]
    assert list(read_table(deliver("a,b\n{},1\n{},2\n".format(*codes)))["a"]) == codes


def test_parquet_and_csv_of_one_table_give_the_same_types(deliver, tmp_path):
    frame = read_table(deliver("n,c,gap,flag\n1,x,,true\n2,y,3.5,false\n"))
    frame.astype(
        {"c": "category", "gap": "Float64", "flag": "boolean"}, errors="ignore"
    ).to_parquet(tmp_path / "t.parquet")
    again = read_table("t.parquet")
    assert dict(again.dtypes) == dict(frame.dtypes)
    assert again.to_dict("list").__repr__() == frame.to_dict("list").__repr__()


def test_row_numbers_that_pandas_left_in_a_parquet_table_are_no_column(tmp_path):
    pd.DataFrame({"id": ["a", "b", "c"], "n": [1, 2, 3]}).iloc[1:].to_parquet(tmp_path / "t.pq")
    again = read_table("t.pq")
    assert list(again) == ["id", "n"]
    assert list(again.index) == [0, 1]
    assert [block.names for block in blocks("t.pq")] == [("id", "n")]


def test_an_index_with_a_name_is_a_column_of_a_parquet_table(tmp_path):
    pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="id")).to_parquet(tmp_path / "t.pq")
    assert read_table("t.pq").to_dict("list") == {"n": [1, 2], "id": ["a", "b"]}


def test_true_and_false_have_one_name_whether_or_not_some_are_missing(tmp_path):
    frame = pd.DataFrame({"some": [True, None, False], "all": [True, True, False]})
    frame.to_parquet(tmp_path / "t.pq")
    again = read_table("t.pq")
    assert list(again["some"]) == ["true", None, "false"]
    assert list(again["all"]) == ["true", "true", "false"]


def test_a_broken_letter_of_utf8_is_found_beyond_the_first_block(tmp_path):
    lines = "id,n\n" + "1,Ávila\n" * 200_000
    (tmp_path / "t.csv").write_bytes(lines.encode() + b"1,Espa\xf1a\n")
    with pytest.raises(DataError, match=r"la línea 200002 no es UTF-8 \(byte 0xf1\).*CSV UTF-8"):
        read_table("t.csv")


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(DataError, match=r"No existe no\.csv.*se buscó en"):
        read_table("no.csv")


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        pytest.param(table([*ROWS, ROWS[3]]), {}, r"1 valor de 'id' en más.*'c3'", id="id-twice"),
        pytest.param(
            table([*ROWS, "x,1,a,"]), {}, r"'y' falta en 1 fila \(línea 42\)", id="target-missing"
        ),
        pytest.param(
            table([r[:-1] + "1" for r in ROWS]), {}, r"'y' tiene una sola clase", id="one-class"
        ),
        pytest.param(table([*ROWS, "x,1,a,2"]), {}, r"'y' tiene 3 clases", id="three-classes"),
        pytest.param(table(), {"target": "yy"}, r"ninguna columna 'yy'\..* con --target", id="yy"),
        pytest.param(
            table(header="id,n,c,churn"), {"target": "churns"}, r"¿Querías decir 'churn'\?",
            id="near",
        ),
        pytest.param(table(), {"id_col": "ID9"}, r"no hay ninguna columna 'ID9'", id="no-id"),
        pytest.param(
            table(), {"positive": "si"}, r"positive = 'si' no está en 'y', que tiene '0' y '1'",
            id="positive-not-there",
        ),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_learnt_from_says_why(deliver, text, given, message):
    with pytest.raises(DataError, match=message):
        training(deliver(text), **given)


def test_unknown_labels_are_both_shown_with_the_way_to_choose(deliver):
    rows = [r[:-1] + ("gone" if r.endswith("1") else "here") for r in ROWS]
    with pytest.raises(DataError, match=r"'gone' y 'here'.*positive = 'gone'"):
        training(deliver(table(rows)))


@pytest.mark.parametrize(
    ("no", "yes"), [("0", "1"), ("no", "yes"), ("No", "Sí"), ("false", "True"), ("0.0", "1.0")]
)
def test_usual_labels_are_recognised(deliver, no, yes):
    rows = [r[:-1] + (yes if r.endswith("1") else no) for r in ROWS]
    assert training(deliver(table(rows))).y.sum() == 20


def test_columns_that_cannot_help_are_left_out_with_their_reason(deliver):
    rows = [f"c{n},{n % 7},k,2026-01-{n % 28 + 1:02d},Z{n},{n % 2}" for n in range(40)]
    found = training(deliver(table(rows, header="id,n,const,when,code,y")))
    kinds = {c.name: c.kind for c in found.columns}
    assert kinds == {
        "id": "id", "n": "numeric", "const": "constant", "when": "date", "code": "id", "y": "target"
    }  # fmt: skip
    assert {c.name: c.reason for c in found.columns if not c.use} == {
        "id": "id", "const": "constant", "when": "date", "code": "all_different", "y": "target"
    }  # fmt: skip
    assert list(found.X.columns) == ["n"]

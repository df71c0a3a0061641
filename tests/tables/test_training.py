import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables import load_training


@pytest.fixture
def table(tmp_path):
    frame = pd.DataFrame(
        {
            "id": [f"c{n}" for n in range(8)],
            "spend": [1.5, 2.0, 3.0, 4.0, 5.5, 6.0, 7.0, 8.0],
            "sex": list("FMFMFMFM"),
            "note": list("aabbccdd"),
            "left": [0, 1] * 4,
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    return str(tmp_path / "t.csv")


def test_sensitive_columns_never_predict_and_stay_at_hand(table):
    found = load_training(
        table, target="left", id_col="id", drop_cols=["note"], sensitive=["sex"]
    ).take(np.array([3, 1]))
    assert list(found.X) == ["spend"]
    assert list(found.values("sex")) == ["M", "M"]
    assert list(found.values("spend")) == [4.0, 2.0]
    assert {c.name: c.kind for c in found.columns}["sex"] == "sensitive"


def test_grouping_by_an_unknown_column_says_which_there_are(table):
    found = load_training(table, target="left", id_col="id", drop_cols=["note"])
    with pytest.raises(DataError, match=r"ninguna columna 'sexo'.*note, spend y sex"):
        found.values("sexo")


def test_a_sensitive_column_that_does_not_exist_is_refused(table):
    with pytest.raises(DataError, match=r"ninguna columna 'sexo'\. ¿Querías decir 'sex'\?"):
        load_training(table, target="left", id_col="id", sensitive=["sexo"])


def test_a_column_given_as_a_number_is_looked_for_by_its_name(table):
    with pytest.raises(DataError, match=r"ninguna columna '1'"):
        load_training(table, target="left", id_col="id", drop_cols=[1])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"id": ["c1"] * 2 + list("abcdef")}, r"1 valor de 'id' en más.*'c1'", id="id"),
        pytest.param({"left": [0] * 8}, r"una sola clase \('0'\).*hacen falta dos", id="one-class"),
        pytest.param({"left": [0, 1, 2, 0] * 2}, r"3 clases \('0', '1' y '2'\)", id="three"),
        pytest.param({"left": ["a", "b"] * 4}, r"no se sabe cuál es la baja.*positive", id="which"),
    ],
)
def test_ids_and_outcomes_that_cannot_be_learnt_from_are_shown(table, changed, said):
    pd.read_csv(table).assign(**changed).to_csv(table, index=False)
    with pytest.raises(DataError, match=said):
        load_training(table, target="left", id_col="id")


def test_dates_never_predict_and_the_extracts_own_date_is_one_though_it_never_changes(table):
    frame = pd.read_csv(table)
    frame["joined"] = [f"2026-{1 + n % 9:02}-10" for n in range(len(frame))]
    frame["cutoff"] = "2026-10-25"
    frame["country"] = "ES"  # constant, and no date
    frame.to_csv(table, index=False)
    found = load_training(table, target="left", id_col="id", drop_cols=["note"])
    assert list(found.dates) == ["joined", "cutoff"]
    assert not {"joined", "cutoff", "country"} & set(found.X)


def test_without_an_id_the_rows_are_numbered_and_that_is_said(table):
    frame = pd.read_csv(table).drop(columns="id")
    frame.to_csv(table, index=False)
    with pytest.raises(DataError, match=r"ninguna columna 'CustomerID'\. Si ninguna .*--id-col ''"):
        load_training(table, target="left", id_col="CustomerID")
    found = load_training(table, target="left", id_col="")
    assert (found.id_col, found.ids.tolist()) == ("fila", [str(i) for i in range(1, 9)])
    assert "numbered" in [note.code for note in found.notes]


def test_rows_without_an_outcome_are_left_out_where_that_is_asked_and_counted(table):
    pd.read_csv(table).assign(left=[None, None, *[0, 1] * 3]).to_csv(table, index=False)
    with pytest.raises(DataError, match=r"falta en 2 filas .*--unlabelled drop"):
        load_training(table, target="left", id_col="id")
    found = load_training(table, target="left", id_col="id", unlabelled="drop")
    assert (found.n_rows, found.ids[0]) == (6, "c2")
    assert [note.facts for note in found.notes if note.code == "unlabelled"] == [{"rows": 2}]


def test_more_leavers_than_others_is_said(table):
    pd.read_csv(table).assign(left=[1] * 5 + [0] * 3).to_csv(table, index=False)
    found = load_training(table, target="left", id_col="id")
    assert [note.facts["share"] for note in found.notes] == [0.625]


def test_ids_are_text_and_never_numbers(table):
    ids = ["1e5", "1.200", "12%", "007", "7", "3,5", "$4", "1_0"]
    pd.read_csv(table).assign(id=ids).to_csv(table, index=False)
    assert load_training(table, target="left", id_col="id").ids.tolist() == ids

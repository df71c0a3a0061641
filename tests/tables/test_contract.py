from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.errors import ContractError, DataError
from retencion_lib.tables import (
    check_batch,
    infer_contract,
    load_training,
    read_table,
    require_batch,
)
from retencion_lib.tables.labels import Classes
from retencion_lib.tables.rules import (
    CATEGORICAL,
    NUMERIC,
    Contract,
    Rule,
    plain_contract,
    read_contract,
)

CONTRACT = Contract("id", "y", {
    "n": Rule(0.0, NUMERIC, min=0.0, max=10.0),
    "c": Rule(0.0, CATEGORICAL, categories=("a", "b")),
})  # fmt: skip


def test_every_violation_is_listed_and_not_only_the_first():
    batch = pd.DataFrame({"id": ["1", "1"], "n": pd.Series(["x", "2"], dtype=object)})
    with pytest.raises(ContractError, match=r"3 reglas.*falta la columna 'c'.*'n' debe ser numér.*"
                       r"1 texto \('x'\).*'id' se repite \('1'\)"):  # fmt: skip
        require_batch(batch, CONTRACT, "lote.csv")


def test_what_is_odd_is_named_and_scored():
    batch = pd.DataFrame({"id": ["1", "2"], "n": [11.0, None], "c": ["a", "z"], "extra": [1, 2]})
    check = check_batch(batch, CONTRACT)
    notes = " ".join(check.notes)
    assert check.errors == []
    assert list(check.frame.columns) == ["id", "n", "c"]
    for said in ("'n': 1 nulo (50,0 %", "1 valor fuera del rango", "('z')", "ignoran: extra"):
        assert said in notes


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def learnt(home, column: list, separator: str = ";") -> Contract:
    """Contract of a table of which one column is given, over and over."""
    lines = [f"c{i}{separator}{column[i % len(column)]}{separator}{i % 2}" for i in range(40)]
    header = separator.join(["id", "x", "y"])
    (home / "t.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return infer_contract(load_training("t.csv", target="y", id_col="id"))


def batch(home, contract: Contract, values: pa.Array) -> list:
    """A column of a later table, as its contract reads it."""
    ids = pa.array([str(i) for i in range(len(values))])
    pq.write_table(pa.table({"id": ids, "x": values}), home / "b.parquet")
    frame = read_table("b.parquet", contract=contract)
    return require_batch(frame, contract, "b.parquet").frame["x"].tolist()


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        pytest.param(["True", "False"], pa.array([True, None, False]), ["true", None, "false"],
                     id="booleans"),
        pytest.param(["True", "False"], pa.array([1, 0]), ["true", "false"], id="ones-and-zeros"),
        pytest.param(["1", "0"], pa.array([True, False]), [1.0, 0.0], id="booleans-as-numbers"),
        pytest.param(["08001", "28001"], pa.array([28001.0, 8001.0]), ["28001", "08001"],
                     id="codes-that-lost-their-zero"),
        pytest.param(["an\u0303o", "mes"], pa.array(["año", "mes"]), ["año", "mes"], id="letters"),
        pytest.param(["1.234,50", "5,25"], pa.array(["1.234", "7"]), [1234.0, 7.0], id="thousands"),
        pytest.param([*(i % 13 for i in range(39)), "s/d"], pa.array(["s/d", "7"]), [np.nan, 7.0],
                     id="a-gap-code"),
    ],
)  # fmt: skip
def test_a_later_table_is_read_by_the_coding_of_the_training(home, column, values, expected):
    contract = learnt(home, column)
    assert str(batch(home, contract, values)) == str(expected)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        pytest.param(["a", "b"], pa.array(["A1", "B1"]),
                     "ningún valor de 'x' es de los que el modelo conoce: trae 'A1' y 'B1'",
                     id="unknown"),
        pytest.param([1000, 5000], pa.array([1.2, 5.0]),
                     "'x' están muy por debajo.*de 1,20 a 5,00.*otra unidad", id="a-thousand-less"),
        pytest.param([1, 5], pa.array([1000, 5000]), "'x' están muy por encima", id="more"),
    ],
)  # fmt: skip
def test_a_column_in_another_coding_is_refused(home, column, values, said):
    contract = learnt(home, column)
    with pytest.raises(ContractError, match=said):
        batch(home, contract, values)


def test_one_customer_alone_in_a_new_category_is_scored(home):
    assert batch(home, learnt(home, ["a", "b"]), pa.array(["z"])) == ["z"]


def test_what_is_plain_adds_nothing_to_the_contract(home):
    assert plain_contract(learnt(home, ["1.5", "2.5"], ",")) == {
        "id_col": "id", "target": "y", "dates": [],
        "columns": {"x": {"null_rate": 0.0, "kind": "numeric", "min": 1.5, "max": 2.5}},
    }  # fmt: skip


def test_what_is_not_plain_is_stored_under_its_own_name(home):
    column = ["1.234,5", "2,5", *["7,5"] * 37, "S/D"]
    assert plain_contract(learnt(home, column))["columns"]["x"] == {
        "null_rate": 0.025, "kind": "numeric", "min": 2.5, "max": 1234.5, "decimal": ",",
        "gaps": ["S/D"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "more"),
    [
        pytest.param(CONTRACT, {}, id="plain"),
        pytest.param(replace(CONTRACT, dates=("since",)), {"dates": ["since"]}, id="dates"),
        pytest.param(
            replace(CONTRACT, outcome=Classes("Churn", "Stay"), unlabelled="drop"),
            {"outcome": {"leaves": "Churn", "stays": "Stay"}, "unlabelled": "drop"},
            id="another-outcome",
        ),
        pytest.param(
            replace(CONTRACT, columns={"n": Rule(0.5, NUMERIC, 1.0, 2.0, (), ",", ("s/d",))}),
            {"columns": {"n": {"null_rate": 0.5, "kind": "numeric", "min": 1.0, "max": 2.0,
                               "decimal": ",", "gaps": ["s/d"]}}},
            id="numbers-with-a-comma",
        ),
    ],
)  # fmt: skip
def test_a_contract_comes_back_from_its_file_as_it_was(contract, more):
    plain = {
        "id_col": "id", "target": "y", "dates": [],
        "columns": {
            "n": {"null_rate": 0.0, "kind": "numeric", "min": 0.0, "max": 10.0},
            "c": {"null_rate": 0.0, "kind": "categorical", "categories": ["a", "b"]},
        },
    } | more  # fmt: skip
    assert plain_contract(contract) == plain
    assert read_contract(plain, "c.json") == contract


def test_another_document_is_no_contract():
    said = r"c\.json: no tiene la forma de este documento .*Recupera una copia"
    with pytest.raises(DataError, match=said):
        read_contract({"n_rows": 7}, "c.json")


def test_rules_of_text_are_equal_whatever_stands_where_numbers_have_their_ends():
    rules = [Rule(0.1, CATEGORICAL, float("nan"), float("nan"), ("a",)) for _ in range(2)]
    assert rules[0] == rules[1]
    assert rules[0] != Rule(0.1, CATEGORICAL, categories=("b",))

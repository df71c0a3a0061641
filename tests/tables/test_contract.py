import pandas as pd
import pytest

from retencion_lib.errors import ContractError
from retencion_lib.tables import check_batch, require_batch

CONTRACT = {
    "id_col": "id", "target": "y",
    "columns": {
        "n": {"kind": "numeric", "null_rate": 0.0, "min": 0.0, "max": 10.0},
        "c": {"kind": "categorical", "null_rate": 0.0, "categories": ["a", "b"]},
    },
}  # fmt: skip


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

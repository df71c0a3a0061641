"""Margins and acceptances that a table gives customer by customer."""

from types import SimpleNamespace

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.terms import Terms
from retencion_lib.maths.decision import Campaign
from retencion_lib.tables.amounts import amounts, amounts_of

MONEY = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3)
FRAME = pd.DataFrame({"id": ["a", "b", "c"], "fee": [0, 2.5, 40], "takes": ["0", 0.4, 1]})


def test_a_margin_is_its_column_times_the_factor_and_an_acceptance_its_column():
    found = amounts(Terms(MONEY, "fee", 12, "takes"), FRAME, "t.csv")
    assert {name: values.tolist() for name, values in found.items()} == {
        "value": [0, 30, 480], "accept": [0, 0.4, 1],
    }  # fmt: skip
    assert amounts(Terms(MONEY), FRAME, "t.csv") == {}
    assert list(amounts(Terms(MONEY, "fee"), FRAME, "t.csv")) == ["value"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("fee", -0.5, r"'fee' debe ser un número 0 o más .*en 1 fila \(línea 3; vale '-0.5'\)"),
        ("fee", "mucho", r"'fee' debe ser un número 0 o más .*'mucho'"),
        ("fee", float("inf"), "'fee' debe ser un número 0 o más"),
        ("takes", 1.01, r"'takes' debe ser un número entre 0 y 1 .*línea 3; vale '1.01'"),
        ("takes", None, "'takes' debe ser un número entre 0 y 1"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_with_its_line(column, value, said):
    frame = FRAME.astype(object)
    frame.loc[1, column] = value
    with pytest.raises(DataError, match=said):
        amounts(Terms(MONEY, "fee", 12, "takes"), frame, "t.csv")


def rows(ids):
    return SimpleNamespace(ids=ids, history=None)


def test_amounts_of_some_customers_come_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    found = amounts_of(Terms(MONEY, "fee"), rows(["c", "a"]), "t.csv", "id")
    assert found["value"].tolist() == [40, 0]
    numbered = amounts_of(Terms(MONEY, "fee"), rows(["2"]), "t.csv", "")
    assert numbered["value"].tolist() == [2.5]

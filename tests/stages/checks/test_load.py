"""What 05 compares, and the messages of what it refuses."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.stages.checks.load import load
from tests.watch_home import ASK, REFERENCE, customers, loaded


def test_a_batch_is_told_by_its_customers_and_not_by_their_score(home):
    table = pd.read_csv(home / "same.csv")
    table.assign(score=0.5).to_csv(home / "rescored.csv", index=False)
    table.assign(months=table["months"] + (table.index == 7)).to_csv(home / "one.csv", index=False)
    told = {}
    for name in ("same.csv", "rescored.csv", "one.csv"):
        told[name] = loaded(name).customers
    assert told["same.csv"] == told["rescored.csv"] != told["one.csv"]


def test_a_batch_is_the_same_one_under_the_cuts_of_another_reference(home):
    customers(500, 9, months=90).to_csv(home / "monitoring/other.csv", index=False)
    told = {
        load(f"monitoring/{name}.csv", "same.csv", **ASK)[0].customers
        for name in ("train_with_score", "other")
    }
    assert len(told) == 1


@pytest.mark.parametrize(("change", "message"), [
    pytest.param(lambda t: t.assign(score="alto"), r"'score' tiene 200 valores", id="text"),
    pytest.param(lambda t: t.assign(score=np.nan), r"'score' tiene 200 valores", id="blank"),
    pytest.param(lambda t: t.assign(score=2.0), r"'score' va de 2,000 a 2,000", id="not-a-share"),
    pytest.param(lambda t: t.drop(columns="score"), "no hay ninguna columna 'score'", id="none"),
    pytest.param(lambda t: t.drop(columns="id"), "no hay ninguna columna 'id'", id="no-id"),
    pytest.param(lambda t: t[:0], "y ninguna fila", id="no-rows"),
])  # fmt: skip
def test_a_batch_that_cannot_be_watched_is_refused(home, change, message):
    change(customers(200, 5)).to_csv(home / "bad.csv", index=False)
    with pytest.raises(DataError, match=message):
        loaded("bad.csv")


def test_a_file_that_is_not_there_is_named(home):
    with pytest.raises(DataError, match=r"No existe nada\.csv"):
        loaded("nada.csv")


def test_a_negative_age_is_refused(home):
    with pytest.raises(ParameterError, match=r"max_age_days = -1: .*0 o más"):
        load(REFERENCE, "same.csv", max_age_days=-1, **ASK)

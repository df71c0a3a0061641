"""Predictions carry the decision, and each decision is logged once."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.predictions import DECIDED, EVENT, log_predictions
from retencion_lib.home.terms import Terms
from retencion_lib.maths.decision import Campaign
from retencion_lib.stages import infer
from retencion_lib.stages.infer import calls as calls_module
from retencion_lib.tables.rules import Contract

TERMS = Terms(
    Campaign(
        customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, capacity=0.1,
    )
)  # fmt: skip


class FakeModel:
    """What scoring asks of a model once the scores are there."""

    family, version, data_sha256, seed = "xgb", "0.1", "abc", 1
    background = pd.DataFrame({"x": np.arange(30.0)})


SCORER = infer.Scorer(FakeModel(), threshold=0.5, policy="f1")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(calls_module, "contributions", lambda model, frame: (frame[["x"]], None))
    return tmp_path


def batch(n=100):
    p = np.linspace(0.01, 0.9, n)
    return pd.DataFrame({"id": [f"C{i}" for i in range(n)], "x": 100 * p, "score": p})


def events(name="otoño", control_share=0.0, run_id="r1", date="2026-10-31", terms=TERMS):
    calls = infer.make_calls(
        batch(),
        SCORER.model,
        terms,
        {},
        id_col="id",
        name=name,
        control_share=control_share,
        names={},
    )
    return infer.predictions(batch(), SCORER, calls, run_id=run_id, date=date)


def test_each_prediction_has_the_score_the_notice_and_the_decision():
    log = events().set_index("id")
    best = log.loc["C99"]
    assert best[["model", "version", "prediction", "decile", "group", "campaign"]].tolist() == [
        "xgb", "0.1", 1, 1, "contact", "otoño"
    ]  # fmt: skip
    assert best["expected_profit"] == pytest.approx(67 * 0.9 - 11)
    assert best["reasons"] == "x: 90 (valor alto)"
    assert log.loc["C0", ["prediction", "decile", "group", "reasons"]].tolist() == [0, 10, "", ""]
    assert (log["group"] == "contact").sum() == 10


def test_a_share_so_small_that_nobody_is_drawn_is_refused(home):
    table = pd.DataFrame(
        {"id": [f"C{i}" for i in range(300)], "x": [1, 2, 3, 4] * 75, "left": [0, 1, 1] * 100}
    )
    table.to_csv(home / "d.csv", index=False)
    model = SimpleNamespace(
        contract=Contract("id", "left"),
        positive="1",
        test_share=0.2,
        seed=1,
        data_sha256="0",
    )
    given = {"input": "", "data": "d.csv", "sample": 1e-9, "id_col": "id"}
    said = r"sample = 1e-09: de los 60 clientes apartados de d\.csv no sale ninguno"
    with pytest.raises(DataError, match=said):
        infer.load_batch(infer.Scorer(model, 0.5, "f1"), **given)


def test_the_log_has_the_columns_that_no_table_may_take():
    assert list(events()) == [*EVENT, "id", *DECIDED]


@pytest.mark.parametrize(
    ("more", "new"),
    [
        pytest.param({"run_id": "r2"}, 0, id="same-decision-in-another-run"),
        pytest.param({"date": "2026-11-01"}, 100, id="another-date"),
        pytest.param({"name": "invierno"}, 100, id="another-campaign"),
        pytest.param({"control_share": 0.2}, 100, id="another-control-share"),
        pytest.param({"terms": Terms(TERMS.money, value_factor=2.0)}, 100, id="terms"),
    ],
)
def test_a_decision_is_logged_once_and_another_is_another(more, new):
    assert log_predictions(events()) == 100
    assert log_predictions(events(**more)) == new


def test_the_held_out_are_in_the_log_as_control(home):
    log_predictions(events(control_share=0.3))
    log = pd.read_csv(home / config.PREDICTIONS)
    control = log[log["group"] == "control"]
    assert len(control) > 0
    assert infer.control_group(control["id"], "otoño", 0.3).all()
    assert (
        control["expected_profit"] >= log.loc[log["group"] == "contact", "expected_profit"].min()
    ).all()

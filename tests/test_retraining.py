"""When to retrain, when to repair first, when to wait, and the command that goes with it."""

import pytest

from retencion_lib.retraining import recommend


def finding(code: str, level: str = "alert") -> dict:
    return {"code": code, "level": level, "column": "x"}


def advice(*codes: str, **columns):
    given = {"id_col": "CustomerID", "target": "usuarioPerdido"} | columns
    return recommend([finding(c) for c in codes], **given)


@pytest.mark.parametrize(
    ("codes", "decision"),
    [
        pytest.param([], "keep", id="nothing"),
        pytest.param(["RET010"], "keep", id="a-column-moved-and-changes-nothing"),
        pytest.param(["RET040"], "watch", id="one-sign"),
        pytest.param(["RET011", "RET043"], "retrain", id="two-signs"),
        pytest.param(["RET041"], "retrain", id="outcomes-show-a-fall"),
        pytest.param(["RET042"], "retrain", id="outcomes-show-false-probabilities"),
        pytest.param(["RET004", "RET041", "RET043"], "fix", id="a-broken-extract-comes-first"),
    ],
)
def test_the_decision_follows_the_findings(codes, decision):
    assert advice(*codes).decision == decision


def test_a_hard_rule_that_only_warns_does_not_hold_back_a_retraining():
    found = [finding("RET004", "warning"), finding("RET041")]
    assert recommend(found, id_col="CustomerID", target="usuarioPerdido").decision == "retrain"


def test_the_sentence_gives_reasons_and_a_command_with_the_tables_own_columns():
    said = advice("RET041", "RET042", id_col="cliente", target="baja").sentence()
    assert said.startswith("**Conviene reentrenar**: el acierto medido es menor")
    assert "retencion train --data TABLA --id-col cliente --target baja && retencion" in said


def test_the_default_columns_are_not_spelt_out():
    assert "--id-col" not in advice("RET041").sentence()

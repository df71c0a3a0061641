"""When to retrain, when to repair first, when to wait and for what, and the command to type."""

from dataclasses import replace

import pytest

from retencion_lib.home.watch_report import CURRENT, OutcomeCounts, Side, WatchReport
from retencion_lib.stages.checks.findings import Alert
from retencion_lib.stages.monitor.advice import awaited, recommend
from retencion_lib.stages.monitor.say_report import advice_sentence
from tests.watch_reports import measured as measure
from tests.watch_reports import quiet


def report(*codes: str, labelled: int | None = None, measured: tuple[str, ...] = ()) -> WatchReport:
    """A batch of 350 with these findings; so many of its outcomes, and other batches with some."""
    known = None if labelled is None else OutcomeCounts(labelled, 350 - labelled, 0, 0, 0)
    return quiet(
        alerts=[Alert(code, "alert", "x") for code in codes], outcomes=known,
        current=Side("lote.csv", "", 350), realised=[measure(batch) for batch in measured],
    )  # fmt: skip


def advice(*codes: str, columns: dict | None = None, **known):
    given = {"id_col": "CustomerID", "target": "usuarioPerdido"} | (columns or {})
    return recommend(report(*codes, **known), date="2026-06-28", **given)


def said_of(*codes: str, **known) -> str:
    return advice_sentence(advice(*codes, **known))


@pytest.mark.parametrize(
    ("codes", "labelled", "retrain", "until"),
    [
        pytest.param([], None, "no", None, id="nothing"),
        pytest.param(["RET012"], None, "no", None, id="customers-moved-and-nothing-changes"),
        pytest.param(["RET010"], None, "wait", "cause", id="a-column-moved-too-much-to-decide"),
        pytest.param(["RET040"], None, "wait", "outcomes", id="one-sign"),
        pytest.param(["RET011", "RET043"], None, "wait", "outcomes", id="two-signs-no-outcomes"),
        pytest.param(["RET011", "RET043"], 0, "wait", "outcomes", id="outcomes-of-others-only"),
        pytest.param(["RET011", "RET043", "RET050"], 100, "wait", "outcomes", id="too-few-yet"),
        pytest.param(["RET011", "RET043"], 350, "yes", None, id="two-signs-that-can-be-learnt"),
        pytest.param(["RET011"], 350, "wait", "next_batch", id="one-sign-and-no-fall-measured"),
        pytest.param(["RET041"], 0, "yes", None, id="outcomes-show-a-fall"),
        pytest.param(["RET042"], 0, "yes", None, id="outcomes-show-false-probabilities"),
        pytest.param(["RET004", "RET041", "RET043"], 0, "wait", "extract", id="broken-first"),
    ],
)
def test_the_answer_follows_the_findings_and_the_outcomes(codes, labelled, retrain, until):
    found = advice(*codes, labelled=labelled).answers
    assert (found.retrain, found.until) == (retrain, until)


def test_waiting_says_what_is_missing_and_when_it_is_due():
    # Outcomes of 28 April are the newest, on 28 June: 61 days, so those of now by 28 August.
    said = said_of("RET011", "RET043", labelled=0, measured=("2026-03-28", "2026-04-28"))
    assert said.startswith(
        "**¿Hay que reentrenar? Esperar hasta el 28 de agosto de 2026.** La puntuación se ha "
        "movido y cambia"
    )
    assert "faltan los resultados de los 350 clientes de este lote" in said
    assert "hacia el 28 de agosto de 2026 (los últimos tardaron 61 días)" in said
    assert said.endswith("`retencion monitor --labels RESULTADOS`.")


def test_some_outcomes_are_told_from_all_of_them():
    said = said_of("RET011", labelled=100, measured=(CURRENT,))
    assert "faltan los resultados de 250 de los 350 clientes" in said


def test_where_no_outcome_ever_arrived_no_date_is_made_up():
    said = said_of("RET011")
    assert "aún no ha llegado ninguno no se sabe cuándo llegarán" in said


def test_one_sign_against_the_outcomes_is_not_enough_and_nothing_is_missing():
    said = said_of("RET011", labelled=350)
    assert "una señal sola no basta" in said
    assert "faltan" not in said


def test_a_hard_rule_that_only_warns_does_not_hold_back_a_retraining():
    alerts = [Alert("RET041", "alert", "x"), Alert("RET004", "warning", "x")]
    found = replace(report(), alerts=alerts)
    given = {"id_col": "CustomerID", "target": "usuarioPerdido", "date": "2026-06-28"}
    assert recommend(found, **given).answers.retrain == "yes"


def test_the_sentence_gives_reasons_and_a_command_with_the_tables_own_columns():
    own = {"id_col": "cliente", "target": "baja"}
    said = said_of("RET041", "RET042", columns=own)
    assert said.startswith("**¿Hay que reentrenar? Sí.** El acierto medido es menor")
    assert "retencion train --data TABLA --id-col cliente --target baja && retencion" in said


def test_the_default_columns_are_not_spelt_out():
    assert "--id-col" not in said_of("RET041")


@pytest.mark.parametrize(("labelled", "decision"), [(174, "wait"), (175, "yes")])
def test_half_of_the_outcomes_are_enough_to_learn_from(labelled, decision):
    assert advice("RET011", "RET043", labelled=labelled).answers.retrain == decision


def test_only_earlier_batches_tell_how_long_outcomes_take():
    today = awaited(report(labelled=50, measured=("2026-06-28", "2026-06-18")), "2026-06-28")
    assert (today.n, today.missing, today.delay, today.expected) == (350, 300, 10, "2026-07-08")
    none = awaited(report(measured=(CURRENT, "2026-06-28")), "2026-06-28")
    assert (none.missing, none.delay, none.expected) == (350, None, "")


def test_advice_carries_what_it_rests_on():
    found = advice("RET041", "RET043", "RET011", labelled=0)
    assert [str(code) for code in found.because] == ["RET041", "RET011", "RET043"]
    broken = advice("RET004", "RET041")
    assert broken.answers.until == "extract"
    assert (broken.command, advice().command) == ("retencion monitor", "")
    assert advice("RET011", labelled=350).awaited is None

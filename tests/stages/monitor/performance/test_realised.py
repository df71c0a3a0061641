"""Batches measured with outcomes: figures, falls that are said, gaps that are not hidden."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.monitor.performance import realised
from retencion_lib.stages.monitor.performance.realised import (
    Yardstick,
    measure_batches,
    realised_alerts,
)
from retencion_lib.stages.monitor.performance.say import realised_sentence, realised_table
from tests.scored_home import batch_of, many_scores, outcomes_of, write_log

EXAM = {"roc_auc": Estimate(0.85, 0.83, 0.87)}


def measured(home, p, y, known=None, **yardstick):
    ids = [f"k{n}" for n in range(len(p))]
    known = len(p) if known is None else known
    outcomes = outcomes_of(home, batch_of(p), ids[:known], y[:known])
    (found,) = measure_batches(outcomes, Yardstick(0.1, **yardstick))
    return found


def test_the_figures_are_those_of_the_customers_with_an_outcome(home):
    p = many_scores(800, 1)
    y = (np.random.default_rng(2).random(800) < p).astype(int)
    found = measured(home, p, y, known=600)
    assert (found.n_labelled, found.n_missing) == (600, 200)
    assert found.measured["roc_auc"].value == pytest.approx(roc_auc_score(y[:600], p[:600]))
    assert found.score_gap == pytest.approx(p[:600].mean() - p[600:].mean())
    assert "faltan 200" in realised_sentence(found, EXAM)
    assert "la medida puede cambiar cuando lleguen" in realised_sentence(found, EXAM)


def test_true_probabilities_raise_nothing(home):
    p = many_scores(1500, 3)
    y = (np.random.default_rng(4).random(1500) < p).astype(int)
    found = measured(home, p, y)
    assert realised_alerts([found], {"roc_auc": found.expected["roc_auc"]}) == []
    assert "dentro de lo estimado" in realised_sentence(found, EXAM)


def test_a_ranking_lost_is_said_with_its_difference(home):
    p = many_scores(1500, 5)
    rng = np.random.default_rng(6)
    y = (rng.random(1500) < rng.permutation(p)).astype(int)
    codes = {a.code: a for a in realised_alerts([measured(home, p, y)], EXAM)}
    assert codes["RET041"].level == "alert"
    assert "ROC-AUC 0,5" in worded(codes["RET041"]).message


def test_probabilities_that_are_too_low_are_said_though_the_order_holds(home):
    p = many_scores(1500, 8)
    y = (np.random.default_rng(9).random(1500) < expit(logit(p) + 0.8)).astype(int)
    found = measured(home, p, y)
    (alert,) = realised_alerts([found], {"roc_auc": found.measured["roc_auc"]})
    assert alert.code == "RET042"
    assert "se previó que se iría" in worded(alert).message


def test_one_class_only_says_so_and_shows_the_rest(home):
    found = measured(home, many_scores(60, 10), np.zeros(60, int))
    assert found.one_class
    assert "no se puede calcular" in realised_sentence(found, EXAM)
    table = realised_table(found, EXAM).set_index("Medida")["Con resultados"]
    assert table["ROC-AUC"] == "—"
    assert table["Parte que se va"].startswith("0,000")


def test_outcomes_of_earlier_batches_are_measured_batch_by_batch(home):
    p = many_scores(300, 11)
    y = (np.random.default_rng(12).random(300) < p).astype(int)
    for day, rows in (("2026-01-31", slice(0, 150)), ("2026-02-28", slice(150, 300))):
        write_log(home, [f"a{n}" for n in range(300)][rows], p[rows], day=day)
    outcomes = outcomes_of(home, batch_of([0.5, 0.6]), [f"a{n}" for n in range(300)], y)
    found = measure_batches(outcomes, Yardstick(0.1))
    assert [(r.batch, r.n_labelled) for r in found] == [("2026-01-31", 150), ("2026-02-28", 150)]


def campaign_that_works(home, control: int):
    """3,000 customers; the 600 riskiest are called but for `control`, and no one called leaves."""
    p = np.sort(many_scores(3000, 14))[::-1]
    y = (np.random.default_rng(15).random(3000) < p).astype(int)
    group = np.array(["contact"] * 600 + [""] * 2400, object)
    group[np.random.default_rng(16).choice(600, control, replace=False)] = "control"
    y[group == "contact"] = 0
    write_log(home, [f"k{n}" for n in range(3000)], p, group=group)
    return measured(home, p, y)


def test_a_campaign_that_works_is_not_a_model_that_fails(home):
    found = campaign_that_works(home, control=150)
    assert realised_alerts([found], {"roc_auc": found.expected["roc_auc"]}) == []
    hoped, seen = found.expected["roc_auc"], found.measured["roc_auc"]
    assert seen.value == pytest.approx(hoped.value, abs=0.03)
    assert "450 fueron contactados: en su lugar cuentan los 150" in realised_sentence(found, EXAM)


def test_without_a_control_group_a_contacted_batch_raises_no_fall_and_says_why(home):
    found = campaign_that_works(home, control=0)
    assert found.measured["roc_auc"].value < 0.75
    assert realised_alerts([found], EXAM) == []
    assert "sin grupo de control no se sabe cuánto" in realised_sentence(found, EXAM)


@pytest.mark.parametrize(
    ("group", "weights"),
    [
        pytest.param(["contact", "contact", "control", ""], [0, 0, 3, 1], id="one-for-three"),
        pytest.param(["", ""], None, id="nobody-called"),
        pytest.param(["contact", ""], None, id="no-control"),
    ],
)
def test_the_control_group_stands_for_those_contacted(group, weights):
    found = realised.untreated_weights(np.array(group))
    assert (found if found is None else found.tolist()) == weights


def test_calibration_error_of_ten_bins_by_hand():
    p = np.repeat(np.arange(0.05, 1, 0.1), 10)  # ten customers a bin
    y = np.zeros(100)
    y[:10] = 1  # the lowest bin all left: |0.05 - 1|; the others nobody: their score
    ece, noise = realised.calibration_error(y, p)
    assert ece == pytest.approx((0.95 + sum(np.arange(0.15, 1, 0.1))) / 10)
    assert 0 < noise < 0.2


def test_a_batch_is_held_against_the_exam_of_the_model_that_scored_it(home):
    p = many_scores(1500, 17)
    y = (np.random.default_rng(18).random(1500) < p).astype(int)
    write_log(home, [f"k{n}" for n in range(1500)], p)  # by logreg v0.1
    own = {"roc_auc": Estimate(0.99, 0.985, 0.995)}
    found = measured(home, p, y, retired={"logreg__v0.1": own})
    (alert,) = realised_alerts([found], {"roc_auc": found.measured["roc_auc"]})
    said = worded(alert).message
    assert "puntuado por Regresión logística v0.1, que ya no está en uso" in said
    assert "frente a 0,990 en su examen" in said
    assert realised_sentence(found, EXAM).startswith("Lo puntuó Regresión logística v0.1")


def test_the_model_in_use_is_held_against_its_own_exam_without_a_word_of_who_scored(home):
    p = many_scores(200, 19)
    write_log(home, [f"k{n}" for n in range(200)], p)
    found = measured(home, p, (p > 0.5).astype(int), retired={"xgb__v0.1": EXAM})
    assert (found.retired, found.own_exam) == ("", {})

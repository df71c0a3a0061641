"""The recipe in the last months: who learns from what, and what it adds to the exam's interval."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from retencion_lib.home.exam import Confusion, Cutoff, Exam, Threshold
from retencion_lib.home.terms import Terms
from retencion_lib.maths import decision
from retencion_lib.stages.evaluate import cutoffs
from retencion_lib.stages.evaluate.cutoffs import Backtest, backtest, days_to_repeat, widened
from retencion_lib.stages.evaluate.examine import Examined
from retencion_lib.stages.evaluate.say_backtest import (
    backtest_cost,
    backtest_sentence,
    nothing_before,
)
from retencion_lib.tables import ask_history, load_training

MONTHS = [f"2025-{month:02d}-01" for month in range(1, 10)]


@pytest.fixture
def start(tmp_path):
    """What 03 starts from, on 300 customers of nine months, who leave as one column says."""
    rng = np.random.default_rng(5)
    rows = [(f"C{i}", day) for day in MONTHS for i in range(300)]
    table = pd.DataFrame(rows, columns=["id", "day"])
    table["x"] = rng.normal(size=len(table))
    table["left"] = (rng.random(len(table)) < 1 / (1 + np.exp(-1.5 * table["x"]))).astype(int)
    table.to_csv(tmp_path / "panel.csv", index=False)
    path, history = str(tmp_path / "panel.csv"), ask_history("day", "28d", "0d", "2025-10-15")
    training = load_training(path, target="left", id_col="id", history=history)
    model = SimpleNamespace(family="logreg", seed=1)
    choice = SimpleNamespace(winner=SimpleNamespace(fit_seconds=2.0))
    return SimpleNamespace(training=training, model=model, choice=choice, path=path)


MONEY = decision.Campaign(
    customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, accept_trials=20,
    capacity=0.1,
)  # fmt: skip


def test_the_last_four_known_months_judge(start):
    assert [str(day) for day in days_to_repeat(start.training)] == MONTHS[-4:]


def test_a_month_before_which_too_little_was_known_does_not_judge(start):
    early = start.training.take(start.training.snapshots <= np.datetime64("2025-02-01"))
    assert [str(day) for day in days_to_repeat(early)] == ["2025-02-01"]


def test_each_month_is_judged_by_what_was_known_before_it(start, monkeypatch):
    learnt, real = [], cutoffs._learn
    monkeypatch.setattr(cutoffs, "_learn", lambda known, *rest: (
        learnt.append(str(known.snapshots.max())), real(known, *rest))[1])  # fmt: skip
    told = backtest(start, Terms(MONEY), start.path, "id")
    # 28 days are over before the next month begins, but not those from 1 February.
    assert learnt == [*MONTHS[-5:-1], MONTHS[-2]]
    assert [c.cutoff for c in told.cutoffs] == MONTHS[-4:]
    assert [age for age, _ in told.aged] == [1, 2, 3]
    # The column is all there is to know, so its own order is what any good model gives.
    x, y, days = start.training.X["x"], start.training.y, start.training.snapshots.astype(str)
    alone = [roc_auc_score(y[days == day], x[days == day]) for day in MONTHS[-4:]]
    assert [c.roc_auc for c in told.cutoffs] == pytest.approx(alone, abs=0.02)
    known = days <= MONTHS[-2]
    assert told.random == pytest.approx(roc_auc_score(y[known], x[known]), abs=0.01)
    assert all(c.roc_auc_ci[0] < c.roc_auc < c.roc_auc_ci[1] for c in told.cutoffs)
    assert "4 fotos" in backtest_sentence(told)


@pytest.fixture
def examined_once():
    """An exam of .83, from .80 to .85 for other customers of the same months."""
    exam = Exam(
        family="logreg", version="0.1", artifact="", artifact_sha256="", created_at="", n_rows=9,
        positive_rate=0.5, k=1, test={"roc_auc": 0.83}, test_ci={"roc_auc": (0.80, 0.85)},
        threshold=Threshold(0.5, "f1"), confusion_matrix=Confusion(1, 1, 1, 1),
    )  # fmt: skip
    return Examined(np.zeros(9), np.zeros(9), None, exam)


def month(auc: float) -> Cutoff:
    nothing = (0.0, 0.0)
    return Cutoff("2025-01-01", 1, 0.5, auc, 0.5, 0.0, nothing, nothing, nothing, {"roc_auc": auc})


def test_the_spread_of_the_months_is_added_to_the_interval_of_the_exam(examined_once):
    told = Backtest((month(0.80), month(0.82), month(0.84), month(0.82)))
    found = widened(examined_once, told).exam.test_ci["roc_auc"]
    # Standard deviation .016330, t of three degrees 3.1824: .05197 beside .03 and .02.
    assert found == pytest.approx((0.83 - 0.06001, 0.83 + 0.05569), abs=1e-4)


def test_months_that_do_not_differ_leave_the_interval_as_it_was(examined_once):
    told = Backtest((month(0.82), month(0.82)))
    assert widened(examined_once, told).exam.test_ci["roc_auc"] == pytest.approx((0.80, 0.85))


def test_one_month_does_not_tell_how_months_differ(examined_once):
    told = Backtest((month(0.82),), (), 0.85)
    exam = widened(examined_once, told).exam
    assert exam.test_ci["roc_auc"] == (0.80, 0.85)
    assert (len(exam.backtest), exam.random_split) == (1, 0.85)
    text = backtest_sentence(told)
    assert "En la última foto la receta habría dado un ROC-AUC de **0,820**." in text
    assert "Con una sola foto no se sabe cuánto cambia" in text
    assert "desviación" not in text


def test_without_a_history_there_is_nothing_to_repeat(start):
    flat = SimpleNamespace(training=replace(start.training, snapshots=None, history=None))
    assert backtest(SimpleNamespace(**{**vars(start), **vars(flat)}), Terms(MONEY), "", "id") == (
        Backtest()
    )
    assert backtest_cost(flat) == ""
    assert "una sola fila" in nothing_before(flat)
    assert backtest_sentence(Backtest()) == ""


AGED = [
    (-0.002, "Un modelo aprendido 1 foto antes no pierde nada"),
    (0.010, "Un modelo aprendido 1 foto antes pierde 0,010 frente a uno nuevo, no más de lo que"),
    (0.020, "pierde 0,020 frente a uno nuevo, más de lo que cambia"),
]


@pytest.mark.parametrize(("lost", "said"), AGED)
def test_how_a_model_ages_is_held_against_the_spread(lost, said):
    # Two snapshots of .81 and .83: mean .820, standard deviation .014.
    told = Backtest((month(0.81), month(0.83)), ((1, lost),), 0.85)
    text = backtest_sentence(told)
    assert said in text
    assert "medio de **0,820** (de una foto a otra, desviación 0,014)" in text
    assert "habría prometido 0,850: 0,030 de más" in text

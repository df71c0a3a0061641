"""The estimate without outcomes, and what is said of its assumption."""

import numpy as np
import pytest
from scipy.special import expit, logit

from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.monitor.performance.expected import estimate, expected_alerts
from retencion_lib.stages.monitor.performance.say import (
    assumption_sentence,
    expected_sentence,
    expected_table,
)
from tests.scored_home import many_scores

EXAM = {"roc_auc": Estimate(0.85, 0.84, 0.86)}


def scores(spread: float = 1.4) -> np.ndarray:
    """Of a batch of 900."""
    return expit(np.random.default_rng(3).normal(-1.3, spread, 900))


def looked(bias: float = 0.0, spread: float = 1.4, known: bool = True, moved=()):
    """Estimate of a batch whose reference's truth is its score moved by `bias`."""
    q = many_scores(4000, 1)
    y = (np.random.default_rng(2).random(4000) < expit(logit(q) + bias)).astype(int)
    truth = (y, q) if known else (y[:0], q[:0])
    return estimate(scores(spread), q, truth, threshold=0.5, capacity=0.1, moved=moved)[0]


def test_true_scores_are_taken_at_their_word():
    found = looked()
    assert not found.untrue
    assert "son probabilidades ciertas" in assumption_sentence(found)
    assert "No se ve que los clientes hayan cambiado" in assumption_sentence(found)


def test_scores_that_lie_on_the_reference_are_corrected_and_said():
    found = looked(bias=0.9, moved=["precio"])
    assert found.untrue
    truth = expit(logit(scores()) + 0.9).mean()
    assert found.estimates["positive_rate"].value == pytest.approx(truth, abs=0.02)
    said = assumption_sentence(found)
    assert "**no son** probabilidades ciertas" in said
    assert "Se ha movido 'precio'" in said


def test_a_reference_without_outcomes_cannot_be_checked_and_that_is_said():
    found = looked(known=False)
    assert found.line is None
    assert "no se puede comprobar" in assumption_sentence(found)


def test_a_batch_that_is_harder_to_rank_raises_a_warning():
    found = looked(spread=0.3, moved=["edad"])
    (alert,) = expected_alerts(found, EXAM)
    assert (alert.code, alert.level) == ("RET040", "warning")
    assert "claramente por debajo del examen" in expected_sentence(found, EXAM)


def test_a_batch_like_the_reference_raises_nothing():
    found = looked()
    assert expected_alerts(found, {"roc_auc": found.estimates["roc_auc"]}) == []
    assert len(expected_table(found, {})) == len(found.estimates)


def test_the_estimate_of_a_broken_extract_is_not_to_be_believed():
    found = looked()
    broken = Alert(Code.NULLS, "alert", "edad", 0.3, 0.01)
    said = assumption_sentence(found, [broken])
    assert said.startswith(
        "**Esta estimación no vale**: el extracto llega mal (más nulos en 'edad')"
    )

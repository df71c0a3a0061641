"""The estimate without outcomes, and what is said of its assumption."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.monitor.performance import expected
from retencion_lib.stages.monitor.rules import Alert
from retencion_lib.tables.scored import Scored
from tests.stages.monitor.performance.conftest import batch_of, many_scores

EXAM = {"roc_auc": Estimate(0.85, 0.84, 0.86)}


def situation(
    home, bias: float = 0.0, spread: float = 1.4, known: bool = True
) -> tuple[Scored, Scored]:
    """A batch with this spread, and a reference whose truth is its score moved by `bias`."""
    q = many_scores(4000, 1)
    y = np.random.default_rng(2).random(4000) < expit(logit(q) + bias)
    ids = [f"r{n}" for n in range(4000)]
    if known:
        oof = pd.DataFrame({"id": ids, "y": y.astype(int)})
        oof.to_csv(home / "artifacts/oof__v0.1.csv", index=False)
        log = [{"oof": {"path": "artifacts/oof__v0.1.csv"}}]
        (home / "artifacts/experiments_summary.json").write_text(json.dumps(log))
    p = expit(np.random.default_rng(3).normal(-1.3, spread, 900))
    return batch_of(p), batch_of(q, ids, "ref.csv")


def test_true_scores_are_taken_at_their_word(home):
    found = expected.estimate(*situation(home), moved=[], capacity=0.1)
    assert not found.untrue
    assert "son probabilidades ciertas" in expected.assumption_sentence(found)
    assert "No se ve que los clientes hayan cambiado" in expected.assumption_sentence(found)


def test_scores_that_lie_on_the_reference_are_corrected_and_said(home):
    batch, reference = situation(home, bias=0.9)
    found = expected.estimate(batch, reference, moved=["precio"], capacity=0.1)
    assert found.untrue
    truth = expit(logit(batch.scores) + 0.9).mean()
    assert found.estimates["positive_rate"].value == pytest.approx(truth, abs=0.02)
    said = expected.assumption_sentence(found)
    assert "**no son** probabilidades ciertas" in said
    assert "Se han movido precio" in said


def test_a_reference_without_outcomes_cannot_be_checked_and_that_is_said(home):
    found = expected.estimate(*situation(home, known=False), moved=[], capacity=0.1)
    assert found.line is None
    assert "no se puede comprobar" in expected.assumption_sentence(found)


def test_a_batch_that_is_harder_to_rank_raises_a_warning(home):
    found = expected.estimate(*situation(home, spread=0.3), moved=["edad"], capacity=0.1)
    (alert,) = expected.alerts(found, EXAM)
    assert (alert.code, alert.level) == ("RET040", "warning")
    assert "claramente por debajo del examen" in expected.sentence(found, EXAM)


def test_a_batch_like_the_reference_raises_nothing(home):
    found = expected.estimate(*situation(home), moved=[], capacity=0.1)
    assert expected.alerts(found, {"roc_auc": found.estimates["roc_auc"]}) == []
    assert len(expected.table(found, {})) == len(found.estimates)


def test_the_estimate_of_a_broken_extract_is_not_to_be_believed(home):
    found = expected.estimate(*situation(home), moved=[], capacity=0.1)
    broken = Alert("RET004", "alert", "edad", 0.3, 0.01, "m", "a")
    said = expected.assumption_sentence(found, [broken])
    assert said.startswith(
        "**Esta estimación no vale**: el extracto llega mal (más nulos en 'edad')"
    )

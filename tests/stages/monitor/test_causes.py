"""Drift that matters, by a real model: what moves the score, and when that cannot be known."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import stages
from benchmarks.timeline import ID, TARGET
from retencion_lib import config
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.monitor.causes import Causes, Unknown, attribute_shift
from retencion_lib.stages.monitor.say import causes_sentence, causes_table
from retencion_lib.tables.scored import read_scored


def customers(n: int, seed: int, start: int = 0) -> pd.DataFrame:
    """Risk grows with `calls` and, a little, with plan B; `noise` does nothing."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {ID: [f"c{start + i}" for i in range(n)], "calls": rng.normal(0, 1, n).round(3),
         "noise": rng.normal(0, 1, n).round(3), "plan": rng.choice(["A", "B"], n)}
    )  # fmt: skip
    risk = 1 / (1 + np.exp(1 - 1.5 * frame["calls"] - 0.5 * (frame["plan"] == "B")))
    return frame.assign(**{TARGET: (rng.random(n) < risk).astype(int)})


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """A home with one champion, trained on 800 customers."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv(config.HOME_VARIABLE, str(home))
        stages.use_home(home)
        return home, stages.learn(customers(800, 1), "0.1", 42)


@pytest.fixture
def model(learnt, monkeypatch):
    """The champion, in the home where it was trained."""
    home, champion = learnt
    monkeypatch.setenv(config.HOME_VARIABLE, str(home))
    stages.use_home(home)
    return champion


def attributed(model, path: str, capacity: float = 0.1) -> Causes:
    paths = path, config.REFERENCE
    sides = [read_scored(path, id_col=ID, score_col="score") for path in paths]
    threshold = model.thresholds["f1"]
    return attribute_shift(*sides, model, threshold=threshold, capacity=capacity)


def look(model, batch: pd.DataFrame, name: str = "2026-01-28", **given) -> Causes:
    stages.score(model, batch, date=name)
    return attributed(model, f"data/{name}_with_score.csv", **given)


def test_customers_like_the_references_change_nothing(model):
    found = look(model, customers(600, 2, 1000))
    assert found.alerts == []
    assert "Ningún cambio de una columna" in causes_sentence(found)


def test_the_column_that_moves_the_score_is_named_and_the_noisy_one_is_not(model):
    batch = customers(600, 3, 2000)
    batch["calls"] += 0.6
    batch["noise"] += 0.6
    found = look(model, batch, "2026-02-28")
    assert found.rows[0].name == "calls"
    assert [(a.code, a.column) for a in found.alerts] == [("RET043", "calls")]
    assert worded(found.alerts[0]).message.startswith("El cambio de 'calls' sube ")
    assert "'calls' (+" in causes_sentence(found)
    assert len(causes_table(found)) == 3


def test_the_list_is_as_long_as_the_team_can_call(model):
    batch = customers(600, 3, 2000)
    batch["calls"] += 0.6
    everybody = look(model, batch, "2026-02-27", capacity=1.0)
    tenth = look(model, batch, "2026-02-27", capacity=0.1)
    assert [r.list_change for r in everybody.rows] == [0.0] * 3
    assert max(r.list_change for r in tenth.rows) > 0


def test_scores_of_another_model_are_not_attributed(model):
    batch = customers(200, 4, 3000)
    stages.score(model, batch, date="2026-03-28")
    path = config.resolve("data/2026-03-28_with_score.csv")
    table = pd.read_csv(path)
    table.assign(score=1 - table["score"]).to_csv(config.resolve("data/foreign.csv"), index=False)
    found = attributed(model, "data/foreign.csv")
    assert found.unknown == Unknown.ANOTHER_MODEL
    assert "no lo puntuó el modelo en uso" in causes_sentence(found)
    assert found.alerts == []


def test_a_batch_that_breaks_the_contract_is_not_attributed(model):
    stages.score(model, customers(200, 5, 4000), date="2026-04-28")
    path = config.resolve("data/2026-04-28_with_score.csv")
    pd.read_csv(path).drop(columns="plan").to_csv(config.resolve("data/short.csv"), index=False)
    found = attributed(model, "data/short.csv")
    assert "no cumple el contrato" in causes_sentence(found)


def test_without_a_champion_there_is_nothing_to_attribute():
    found = attribute_shift(None, None, None, threshold=0.5, capacity=0.1)
    assert "No hay un modelo en uso" in causes_sentence(found)


def test_one_customer_alone_has_no_shift_to_share_out(model):
    found = look(model, customers(1, 6, 5000), "2026-05-28")
    assert "Con un solo cliente" in causes_sentence(found)

"""What learns in stages: where to stop is told by the other folds."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from retencion_lib.maths.metrics import margin_log_loss
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.estimators import StagedMLP, StagedXGB
from retencion_lib.models.families import Variant
from retencion_lib.models.features import describe

N, FOLDS = 600, np.arange(600) % 5
TREES = Variant("trees", "trees", lambda seed: StagedXGB(3, seed=seed))
NETWORK = Variant("network", "normal", lambda seed: StagedMLP(16, seed=seed))
VARIANTS = pytest.mark.parametrize(
    ("variant", "size"), [(TREES, "trees"), (NETWORK, "passes")], ids=["trees", "network"]
)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(N, 3)), columns=["a", "b", "c"])
    z = X["a"] * X["b"] + X["a"]
    y = (rng.random(N) < expit(z)).to_numpy().astype(int)
    return X, y, describe(X, list(X), [])


def fitted(variant, table):
    X, y, columns = table
    return cross_fit(variant, y, fold_parts(variant, X, y, FOLDS, columns, 0), 0)


def alone(variant, size, stage, table, fold):
    """The model of one fold, fitted by itself and told where to stop."""
    X, y, columns = table
    model, rows = variant.build(columns, 0), fold != FOLDS
    model[-1].set_params(**{size: stage})
    return model.fit(X[rows], y[rows])


@VARIANTS
def test_a_model_stops_where_the_others_do_best_on_the_rows_they_lack(variant, size, table):
    X, y, _ = table
    _, members, _ = fitted(variant, table)
    stopped, step = getattr(members[0][-1], size), getattr(members[0][-1], "step", 1)

    def loss_of_the_others(stage):
        lost = []
        for fold in range(1, 5):
            held, model = fold == FOLDS, alone(variant, size, stage, table, fold)
            lost.append(margin_log_loss(y[held], model.decision_function(X[held])))
        return np.mean(lost)

    assert stopped > step
    best = loss_of_the_others(stopped)
    assert best < min(loss_of_the_others(stopped - step), loss_of_the_others(stopped + step))


@VARIANTS
def test_beside_the_others_a_model_learns_what_it_would_alone(variant, size, table):
    for fold, member in enumerate(fitted(variant, table)[1]):
        same = alone(variant, size, getattr(member[-1], size), table, fold)
        found = member.decision_function(table[0])
        np.testing.assert_allclose(found, same.decision_function(table[0]), atol=1e-6)


@VARIANTS
def test_where_there_is_nothing_to_learn_nothing_seems_learnt(variant, size, table):
    X, y, columns = table
    guessed = np.random.default_rng(4).permutation(y)
    margin, _, _ = fitted(variant, (X, guessed, columns))
    rate = y.mean()
    nothing = margin_log_loss(y, np.full(N, np.log(rate / (1 - rate))))
    assert margin_log_loss(guessed, margin) > nothing


@pytest.mark.parametrize("patience", [1, 3])
def test_learning_ends_when_patience_does(patience, table, monkeypatch):
    monkeypatch.setattr(StagedXGB, "patience", patience)
    seen = []
    grow = StagedXGB.stages

    def counted(self, *given):
        for stage in grow(self, *given):
            seen.append(stage[1])
            yield stage

    monkeypatch.setattr(StagedXGB, "stages", counted)
    _, members, _ = fitted(TREES, table)
    last = max(member[-1].trees for member in members)
    assert max(seen) == last + 10 * patience


def test_what_never_stops_improving_keeps_its_last_stage(table):
    X, _, columns = table
    certain = (X["a"] > 0).to_numpy().astype(int)  # every tree that sees `a` says more of it
    every = {"colsample": 1.0, "subsample": 1.0}
    short = Variant("short", "trees", lambda seed: StagedXGB(3, trees=20, seed=seed, **every))
    assert {m[-1].trees for m in fitted(short, (X, certain, columns))[1]} == {20}

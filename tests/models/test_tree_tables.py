"""Parts looked up in tables are those that a walk down the trees gives, and those of Shapley."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from xgboost import Booster, DMatrix, QuantileDMatrix

from retencion_lib.models import tree_tables
from retencion_lib.models.tree_tables import products, tree_parts, units


def made(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of many values and of two, with gaps, and an outcome that they decide."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    X[:, 3:] = X[:, 3:] > 0
    X[rng.random(X.shape) < 0.1] = np.nan
    known = np.nan_to_num(X)
    y = known[:, 0] + known[:, 1] * known[:, 3] + np.isnan(X[:, 2]) + rng.normal(size=n) > 0.5
    return X, y.astype(int)


def booster(depth: int, trees: int = 12) -> Booster:
    rows = QuantileDMatrix(*made(800))
    grown = Booster(
        {"objective": "binary:logistic", "max_depth": depth, "tree_method": "hist", "nthread": 1},
        [rows],
    )
    for tree in range(trees):
        grown.update(rows, tree)
    return grown


@pytest.mark.parametrize("depth", [1, 2, 6, 8])
def test_tables_say_what_xgboost_says(depth):
    trees, (X, _) = booster(depth), made(300, seed=1)
    walked = trees.predict(DMatrix(X), pred_contribs=True)[:, :-1]
    assert np.abs(tree_parts([(trees, 1.0)], X, np.eye(5)) - walked).max() < 1e-5


def test_several_boosters_add_up_by_weight_and_by_feature():
    several, (X, _) = [(booster(2), 0.7), (booster(6), 0.3)], made(50, seed=2)
    spread = np.array([[1, 0], [0.5, 0.5], [0, 1], [0, 1], [0, 1]])
    walked = sum(w * b.predict(DMatrix(X), pred_contribs=True)[:, :-1] for b, w in several)
    np.testing.assert_allclose(tree_parts(several, X, spread), walked @ spread, atol=1e-6)


def test_more_rows_and_tables_than_fit_at_once_change_nothing(monkeypatch):
    trees, (X, _) = booster(6), made(100, seed=3)
    whole = tree_parts([(trees, 1.0)], X, np.eye(5))
    monkeypatch.setattr(tree_tables, "ROWS", 7)
    monkeypatch.setattr(tree_tables, "AT_ONCE", 3)
    np.testing.assert_allclose(tree_parts([(trees, 1.0)], X, np.eye(5)), whole, atol=1e-5)


def test_no_table_asks_more_than_it_may():
    found = list(units(booster(6), 1.0))
    tables = tree_tables.packed(found)
    assert max(len(t.questions) for t in tables) <= tree_tables.QUESTIONS
    assert sum(len(t.leaves) for t in tables) == sum(len(u.leaves) for u in found)


def shapley(known: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """By its definition: what each player adds, over all orders."""
    players = range(len(known))
    worth = {
        team: np.prod([known[i] if i in team else unknown[i] for i in players])
        for size in range(len(known) + 1)
        for team in combinations(players, size)
    }
    found = np.zeros(len(known))
    for i in players:
        for team in (team for team in worth if i not in team):
            rank = factorial(len(team)) * factorial(len(known) - len(team) - 1)
            more = worth[tuple(sorted((*team, i)))] - worth[team]
            found[i] += rank / factorial(len(known)) * more
    return found


@pytest.mark.parametrize("players", [1, 2, 3, 4, 7, 8])
def test_a_product_is_shared_as_shapley_shares_it(players):
    rng = np.random.default_rng(players)
    known, unknown = rng.integers(0, 2, players).astype(float), rng.uniform(0.1, 0.9, players)
    found = products(known[:, None], unknown[:, None])[:, 0]
    np.testing.assert_allclose(found, shapley(known, unknown), atol=1e-12)

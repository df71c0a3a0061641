"""Attributions add up to the score, and agree with what is known of them."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.tree import DecisionTreeClassifier

from retencion_lib.models import FAMILIES, Calibrator, FittedModel, Predictor
from retencion_lib.models import attribution as explain
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.families import Variant
from retencion_lib.models.features import Derived, describe
from retencion_lib.tables.rules import Contract, Rule

NUMERIC, CATEGORICAL = ["age", "spend", "calls"], ["plan", "town"]


def customers(n, seed=0):
    """Numbers with gaps, a category with gaps, one of many labels, and who left."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(1, 70, n).astype(float),
            "spend": rng.gamma(2, 30, n).round(2),
            "calls": rng.integers(0, 4, n).astype(float),
            "plan": rng.choice(["basic", "plus", None], n),
            "town": rng.choice([f"t{i}" for i in range(40)], n),
        }
    )
    frame["plan"] = frame["plan"].astype(object).where(frame["plan"].notna(), None)
    frame.loc[rng.random(n) < 0.1, "age"] = np.nan
    risk = 2.5 - frame["age"].fillna(20) / 12 + (frame["plan"] == "basic") + 0.5 * frame["calls"]
    return frame, (rng.random(n) < expit(risk - 1)).astype(int)


class LogOddsTree(DecisionTreeClassifier):
    """An estimator that `explain` knows nothing of."""

    def decision_function(self, X):
        p = self.predict_proba(X)[:, 1].clip(0.01, 0.99)
        return np.log(p / (1 - p))


UNKNOWN = Variant("árbol", "trees", lambda seed: LogOddsTree(max_depth=3, random_state=seed))
VARIANTS = {f"{f.name}-{v.prepare}-{i}": v
            for f in FAMILIES.values() for i, v in enumerate(f.variants)}  # fmt: skip
VARIANTS["unknown"] = UNKNOWN


@pytest.fixture(scope="module")
def table():
    return customers(600)


def fitted(table, variants, weights, offset=0.0):
    X, y = table
    X = X.assign(plan=X["plan"])
    derived = [Derived("ratio", ("spend", "age"))]
    columns = describe(X, NUMERIC, CATEGORICAL, derived)
    folds = np.arange(len(y)) % 5
    members = tuple(
        cross_fit(v, y, fold_parts(v, X, y, folds, columns, 7), 7)[1][0] for v in variants
    )
    contract = Contract("id", "left", {c: Rule() for c in X.columns})
    facts = {
        "thresholds": {}, "seed": 7, "test_share": 0.2, "data_sha256": "", "positive": "1",
        "positive_rate": float(y.mean()), "libraries": {}, "background": X.head(100),
    }  # fmt: skip
    return FittedModel(family="any", version="0.1", contract=contract, calibrator=Calibrator(),
                       predictor=Predictor(members, tuple(weights), offset), **facts)  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_parts_and_a_constant_base_add_up_to_the_log_odds(table, name):
    model = fitted(table, [VARIANTS[name]], [1.0])
    rows, _ = customers(50, seed=1)
    parts, base = explain.contributions(model, rows)
    assert list(parts.columns) == NUMERIC + CATEGORICAL
    assert np.abs(parts.sum(axis=1) + base - model.margin(rows)).max() < 1e-6
    assert np.ptp(base) < 1e-5  # single precision of the trees; the others are exact
    if not name.startswith("xgb"):
        assert np.ptp(base) < 1e-9


def test_a_stack_has_the_weighted_parts_of_its_members(table):
    several = [FAMILIES["logreg"].variants[0], FAMILIES["mlp"].variants[0]]
    stack = fitted(table, several, [0.7, 0.4], offset=-0.2)
    rows, _ = customers(20, seed=2)
    apart = [explain.contributions(fitted(table, [v], [1.0]), rows)[0] for v in several]
    parts, _ = explain.contributions(stack, rows)
    assert np.allclose(parts, 0.7 * apart[0] + 0.4 * apart[1], atol=1e-12)


def test_a_linear_part_is_zero_for_the_mean_customer_of_the_background(table):
    model = fitted(table, [FAMILIES["logreg"].variants[0]], [1.0])
    parts, _ = explain.contributions(model, model.background)
    assert np.abs(parts.mean()).max() < 1e-12


def test_what_the_outcome_depends_on_outweighs_what_it_does_not(table):
    for family in FAMILIES.values():
        model = fitted(table, [family.variants[0]], [1.0])
        weight = explain.contributions(model, customers(200, seed=3)[0])[0].abs().mean()
        assert weight["age"] > 3 * weight["town"], family.name


def test_parts_of_many_rows_are_those_of_a_few(table, monkeypatch):
    trees = [v for v in FAMILIES["xgb"].variants if not v.corrects]
    model = fitted(table, [*trees, FAMILIES["logreg"].variants[0]], [0.5, 0.2, 0.2, 0.1])
    rows, _ = customers(200, seed=4)
    few, base = explain.contributions(model, rows)
    monkeypatch.setattr(explain, "MANY", 200)
    many, same = explain.contributions(model, rows)
    np.testing.assert_allclose(many, few, atol=1e-6)
    np.testing.assert_allclose(same, base, atol=1e-6)

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from xgboost import DMatrix

from retencion_lib.models import (
    FAMILIES,
    Calibrator,
    FittedModel,
    Predictor,
    choose_calibrator,
    from_bytes,
    to_bytes,
    train_candidates,
)
from retencion_lib.models.calibrate import fit_calibrator
from retencion_lib.models.combine import fit_family
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.families import Family
from retencion_lib.models.features import describe, matrix_sources
from retencion_lib.models.together import alike
from retencion_lib.tables.labels import Classes
from retencion_lib.tables.rules import CATEGORICAL, NUMERIC, Contract, Rule


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(600, 3)), columns=["a", "b", "c"])
    X["kind"] = rng.choice(["x", "y", "z"], 600).astype(object)
    X.loc[::7, "b"] = np.nan
    y = (rng.random(600) < expit(X["a"] + (X["kind"] == "x"))).astype(int)
    return X, y, np.arange(600) % 5


@pytest.fixture(scope="module")
def found(table):
    X, y, folds = table
    return train_candidates(X, y, folds, describe(X, ["a", "b", "c"], ["kind"]), 0)


def test_the_members_that_never_saw_a_row_give_its_out_of_fold_margin_again(table):
    X, y, folds = table
    columns = describe(X, ["a", "b", "c"], ["kind"])
    given = (X, y, folds, columns, 0)
    logreg = fit_family(fit_variants(FAMILIES["logreg"], *given), y)
    for variant in fit_variants(FAMILIES["xgb"], *given, earlier={"logreg": logreg}):
        again = variant.predictor.unseen_margin(X, folds)
        np.testing.assert_allclose(again, variant.margin, atol=1e-9)


def test_a_new_row_is_judged_by_all_members(table, found):
    X = table[0]
    predictor = found["stack"].fit.predictor
    new = predictor.unseen_margin(X, np.full(len(X), -1))
    np.testing.assert_allclose(new, predictor.margin(X), atol=1e-12)


def test_the_margin_is_the_weighted_sum_of_its_members(table, found):
    X = table[0].head(20)
    predictor = found["stack"].fit.predictor
    parts = [
        w * m.decision_function(X)
        for m, w in zip(predictor.members, predictor.weights, strict=True)
    ]
    np.testing.assert_allclose(predictor.margin(X), predictor.offset + np.sum(parts, axis=0))


def test_the_cut_of_all_flags_as_many_as_the_members_do_alone(table, found):
    X, candidate = table[0], found["mlp"]
    model = FittedModel(
        "mlp", "0.1", candidate.fit.predictor, Calibrator(),
        Contract("id", columns=dict.fromkeys(X, Rule())), {}, 0, 0.2, "", "1", 0.5, {}, X.head(5),
    )  # fmt: skip
    new = X.sample(300, random_state=1).assign(a=lambda f: f["a"] + 0.05)
    alone = np.concatenate([model.predict_unseen(new, np.full(300, fold)) for fold in range(5)])
    cut = float(np.quantile(alone, 0.9))
    flagged = (model.predict(new) >= model.cut_of_all(new, cut)).sum()
    assert flagged == int((alone >= cut).mean() * 300 + 0.5)


class Before:
    """A model as an artifact of before held it: its contract a dictionary."""

    def __init__(self, contract: dict):
        self.state = FittedModel(
            "mlp", "0.1", Predictor((), ()), Calibrator(), contract, {}, 0, 0.2, "", "1", 0.5, {},
            pd.DataFrame(),
        ).__dict__  # fmt: skip

    def __reduce__(self):
        return object.__new__, (FittedModel,), self.state


@pytest.mark.parametrize(
    ("more", "known"),
    [
        pytest.param({}, {}, id="plain"),
        pytest.param({"target": "left", "dates": ["since"]},
                     {"target": "left", "dates": ("since",)}, id="with-dates"),
        pytest.param({"outcome": {"leaves": "Churn", "stays": "Stay"}, "unlabelled": "drop"},
                     {"outcome": Classes("Churn", "Stay"), "unlabelled": "drop"}, id="labels"),
    ],
)  # fmt: skip
def test_a_model_stored_with_a_dictionary_opens_with_its_contract(more, known):
    columns = {
        "c": {"null_rate": 0.0, "kind": "categorical", "categories": ["x", "y"]},
        "a": {"null_rate": 0.1, "kind": "numeric", "min": 1.0, "max": 2.0, "decimal": ","},
    }
    old = from_bytes(pickle.dumps(Before({"id_col": "id", "columns": columns} | more)))
    rules = {
        "c": Rule(0.0, CATEGORICAL, categories=("x", "y")),
        "a": Rule(0.1, NUMERIC, 1.0, 2.0, decimal=","),
    }
    # As text, since a range that is not known is NaN, which is not equal to itself.
    assert repr(old.contract) == repr(Contract("id", columns=rules, **known))
    assert old.features == ["c", "a"]
    assert repr(from_bytes(to_bytes(old)).contract) == repr(old.contract)


def test_the_kept_trees_are_the_ones_that_predict(table, found):
    member = found["xgb"].fit.predictor.members[0]
    matrix = member[:-1].transform(table[0])
    direct = member[-1].booster_.predict(DMatrix(matrix), output_margin=True)
    np.testing.assert_allclose(member.decision_function(table[0]), direct, atol=1e-5)


def test_every_column_of_the_matrix_names_its_feature(table, found):
    X = table[0]
    for name in FAMILIES:
        for member in found[name].fit.predictor.members[::5]:
            sources = matrix_sources(member.named_steps["prepare"])
            assert len(sources) == member[:-1].transform(X).shape[1]
            assert set(sources) == set(X)


def test_the_same_data_and_seed_give_the_same_bytes(table, found):
    X, y, folds = table
    again = train_candidates(X, y, folds, describe(X, ["a", "b", "c"], ["kind"]), 0)
    for name, candidate in found.items():
        assert to_bytes(candidate.fit.predictor) == to_bytes(again[name].fit.predictor)
        assert (from_bytes(to_bytes(candidate)).predict(X) == candidate.predict(X)).all()


@pytest.mark.parametrize(
    ("bend", "kinds"),
    [
        (lambda z: z, {"none"}),
        (lambda z: 2 * z + 1, {"sigmoid", "mean"}),
        (lambda z: np.where(z > 0, 6, -3) + z / 10, {"mean"}),
    ],
    ids=["true", "straight", "step"],
)
def test_calibration_does_only_what_helps(bend, kinds):
    rng = np.random.default_rng(1)
    z = rng.normal(-1, 1.5, 6000)
    y = (rng.random(6000) < expit(z)).astype(int)
    calibrator, p = choose_calibrator(bend(z), y, np.arange(6000) % 5)
    assert calibrator.kind in kinds
    assert p.mean() == pytest.approx(y.mean(), abs=0.01)


def test_calibration_keeps_the_ranking():
    rng = np.random.default_rng(2)
    z = rng.normal(size=500)
    y = (rng.random(500) < expit(z)).astype(int)
    p = fit_calibrator("mean", z, y).probability(np.sort(z))
    assert (np.diff(p) > 0).all()


def test_a_ranking_upside_down_is_not_turned_by_calibration():
    z, y = np.linspace(-2, 2, 200), (np.arange(200) < 100).astype(int)
    assert fit_calibrator("sigmoid", z, y) == Calibrator()


def test_members_that_prepare_alike_are_prepared_once(table, found):
    predictor = found["xgb"].fit.predictor
    groups = alike(predictor.weighted)
    trees = [group for group in groups if hasattr(group[0][0][-1], "booster_")]
    assert len(trees) == 1  # numbers as they are and labels as columns: no outcome has a say
    assert sum(map(len, groups)) == len(predictor.members)
    rows = table[0].head(30)
    one_by_one = predictor.offset + sum(
        weight * member.decision_function(rows)
        for member, weight in zip(predictor.members, predictor.weights, strict=True)
    )
    np.testing.assert_allclose(predictor.margin(rows), one_by_one, atol=1e-12)


def test_shares_that_each_fold_learns_of_its_own_are_prepared_apart(table):
    X, y, folds = table
    X = X.assign(town=[f"t{i % 40}" for i in range(len(X))])
    columns = describe(X, ["a", "b", "c"], ["kind", "town"])
    only = Family("xgb", "", FAMILIES["xgb"].variants[:1])
    (variant,) = fit_variants(only, X, y, folds, columns, 0)
    assert len(alike(variant.predictor.weighted)) == 5

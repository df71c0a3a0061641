"""Trees that start from another family and learn what it leaves."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from retencion_lib.maths.metrics import log_loss_difference, margin_log_loss
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.estimators import StagedXGB
from retencion_lib.models.families import FAMILIES, Family, Variant
from retencion_lib.models.features import describe
from retencion_lib.models.fitted import Predictor, weighted_sum

N, FOLDS = 2000, np.arange(2000) % 5
LINE = Family("logreg", "", FAMILIES["logreg"].variants[:1])
CORRECTION = Family(
    "xgb", "", (Variant("after", "trees", lambda seed: StagedXGB(3, seed=seed), "logreg"),)
)


def customers(truth):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(N, 2)), columns=["a", "b"])
    return X, (rng.random(N) < expit(truth(X))).to_numpy().astype(int)


def given(X, y):
    return X, y, FOLDS, describe(X, list(X), []), 0


def both(X, y):
    """The logistic regression, and the trees that correct it."""
    logreg = fit_variants(LINE, *given(X, y))[0]
    return logreg, fit_variants(CORRECTION, *given(X, y), earlier={"logreg": logreg})[0]


@pytest.fixture(scope="module")
def bent():
    return customers(lambda X: 3 * (X["a"] > 0) * (X["b"] > 0) - 3 * (X["a"] > 1))


def test_a_correction_learns_what_the_other_family_cannot_say(bent):
    logreg, corrected = both(*bent)
    before, after = (expit(fit.margin) for fit in (logreg, corrected))
    gain, error = log_loss_difference(bent[1], before, after)
    assert gain > 3 * error


def test_a_correction_leaves_alone_what_the_other_family_has_said():
    X, y = customers(lambda X: X["a"] - 0.5 * X["b"])
    logreg, corrected = both(X, y)
    assert margin_log_loss(y, corrected.margin) < 1.01 * margin_log_loss(y, logreg.margin)
    assert all(member[-1].trees <= 30 for member in corrected.predictor.members[-5:])


def test_its_score_is_that_of_the_other_family_and_the_trees_added(bent):
    X = bent[0].head(50)
    logreg, corrected = both(*bent)
    trees = [member.decision_function(X) for member in corrected.predictor.members[-5:]]
    np.testing.assert_allclose(
        corrected.predictor.margin(X), logreg.predictor.margin(X) + np.mean(trees, axis=0)
    )


def test_where_the_trees_of_a_fold_start_its_outcomes_have_no_say(bent, monkeypatch):
    X, y = bent
    starts, stages = [], StagedXGB.stages

    def watched(self, X, y, held, start):
        starts.append(np.concatenate(start))
        return stages(self, X, y, held, start)

    monkeypatch.setattr(StagedXGB, "stages", watched)
    both(X, y)
    both(X, np.where(FOLDS == 2, 1 - y, y))
    same = [np.array_equal(a, b) for a, b in zip(starts[:5], starts[5:], strict=True)]
    assert same == [False, False, True, False, False]


def test_where_trees_start_no_row_has_told_its_own_outcome():
    """A label of few customers becomes the share of them that left, and that gives each away."""
    rng = np.random.default_rng(0)
    shop = rng.integers(0, 300, N)
    X = pd.DataFrame({"shop": shop.astype(str)}, dtype=object)
    y = (rng.random(N) < expit(rng.normal(size=300)[shop] - 1)).astype(int)
    fit = fit_variants(LINE, X, y, FOLDS, describe(X, [], ["shop"]), 0)[0]
    learnt, unseen = FOLDS != 0, margin_log_loss(y, fit.margin)
    given_away = fit.predictor.members[0].decision_function(X[learnt])
    assert margin_log_loss(y[learnt], given_away) < unseen - 0.02
    assert margin_log_loss(y[learnt], fit.by_fold[0][learnt]) > unseen - 0.01


def test_what_is_yielded_includes_the_start_and_the_estimator_does_not(bent):
    X, y = bent[0].to_numpy(), bent[1]
    start = np.linspace(-2, 2, N)
    trees = StagedXGB(3)
    said, stage = next(trees.stages(X[:1500], y[:1500], X[1500:], (start[:1500], start[1500:])))
    trees.settle(stage)
    np.testing.assert_allclose(said, start[1500:] + trees.decision_function(X[1500:]), atol=1e-5)


def test_what_learns_in_stages_cannot_be_corrected(bent):
    trees = both(*bent)[1]
    with pytest.raises(ValueError, match="after: logreg learns in stages"):
        fit_variants(CORRECTION, *given(*bent), earlier={"logreg": trees})


def test_variants_that_read_the_same_matrix_share_it(bent):
    found = fit_variants(FAMILIES["xgb"], *given(*bent), earlier={"logreg": both(*bent)[0]})
    assert len({id(m[-2]) for fit in found for m in fit.predictor.members[-5:]}) == 5


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((1.0, 1.0), ("a", "b", "c")), ((0.5, 2.0), ("a", "b", "c")), ((), ())],
)
def test_a_sum_keeps_a_member_of_several_once(weights, expected):
    a, b, c = "a", "b", "c"
    first = Predictor((a, b), (1.0, 2.0), 0.1, (0, 1))
    second = Predictor((b, c), (3.0, 4.0), 0.2, (1, 2))
    found = weighted_sum([first, second][: len(weights)], weights, 1.0)
    assert found.members == expected
    if weights:
        u, v = weights
        assert found.weights == (u, 2 * u + 3 * v, 4 * v)
        assert found.folds == (0, 1, 2)
        assert found.offset == pytest.approx(1 + 0.1 * u + 0.2 * v)

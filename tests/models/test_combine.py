import numpy as np
import pytest
from scipy.special import expit

from retencion_lib.models.combine import (
    best_mean,
    fit_family,
    learnt,
    loss_of,
    mean_of,
    out_of_fold,
    preferred,
)
from retencion_lib.models.crossfit import CrossFit
from retencion_lib.models.fitted import Predictor


@pytest.fixture
def parts():
    """Log-odds of three variants: two see the truth through noise, one sees nothing."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=2000)
    y = (rng.random(2000) < expit(z)).astype(int)
    noise = rng.normal(size=(3, 2000))
    Z = np.column_stack([z + 0.5 * noise[0], z + 0.5 * noise[1], noise[2]])
    return Z, y, np.arange(2000) % 5


def test_a_learnt_weight_is_never_negative(parts):
    Z, y, folds = parts
    weights, _ = learnt(np.column_stack([Z[:, :2], -Z[:, 0]]), y, folds)
    assert weights.min() == 0
    assert weights[:2].sum() == pytest.approx(1, abs=0.2)


def test_the_best_mean_leaves_noise_out(parts):
    weights, offset = best_mean(range(3))(*parts)
    assert (list(weights), offset) == ([0.5, 0.5, 0], 0)


WAYS = {
    "family": best_mean(range(3)),
    "weights": learnt,
    "choice of weights": preferred([mean_of([0]), mean_of([1, 2]), learnt]),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_judges_a_row_does_not_know_its_fold(parts, way):
    Z, y, folds = parts
    before = out_of_fold(way, Z, y, folds)
    after = out_of_fold(way, Z, np.where(folds == 2, 1 - y, y), folds)
    np.testing.assert_array_equal(after[folds == 2], before[folds == 2])


def test_the_best_of_many_guesses_does_not_look_better_than_a_guess():
    rng = np.random.default_rng(1)
    y, folds = rng.integers(0, 2, 300), np.arange(300) % 5
    guesses = 0.3 * rng.normal(size=(300, 40))
    losses = [loss_of(y, guess) for guess in guesses.T]
    best = preferred(mean_of([i]) for i in range(40))
    assert min(losses) < np.mean(losses) - 0.01
    assert loss_of(y, out_of_fold(best, guesses, y, folds)) > np.mean(losses)


def test_a_combination_says_its_weights_and_carries_the_members(parts):
    Z, y, folds = parts
    fits = [CrossFit("xgb", name, z, Predictor((name,), (1.0,), 0.0, (0,)), 1.0)
            for name, z in zip("abc", Z.T, strict=True)]  # fmt: skip
    found = fit_family(fits, y, folds)
    assert found.variant == "xgb a × 0.50, xgb b × 0.50"
    assert (found.predictor.members, found.predictor.weights) == (("a", "b"), (0.5, 0.5))
    assert found.seconds == pytest.approx(3, abs=1)
    np.testing.assert_allclose(found.margin, (Z[:, 0] + Z[:, 1]) / 2)

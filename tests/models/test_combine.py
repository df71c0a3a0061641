import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from retencion_lib.maths.metrics import margin_log_loss
from retencion_lib.models import combine
from retencion_lib.models.combine import best_mean, fit_family, fit_stack, stack_weights
from retencion_lib.models.crossfit import CrossFit
from retencion_lib.models.fitted import Predictor


def customers(n, seed=0):
    """Log-odds of three variants: two see the truth through noise, one sees nothing."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    y = (rng.random(n) < expit(z)).astype(int)
    noise = rng.normal(size=(3, n))
    return np.column_stack([z + 0.5 * noise[0], z + 0.5 * noise[1], noise[2]]), y, np.arange(n) % 5


def fits(Z):
    """A variant a column, of a family each of its own, with one member."""
    return [
        [CrossFit(name, "a", z, Predictor((name,), (1.0,), 0.0, (0,)), 1.0)]
        for name, z in zip(("logreg", "xgb", "mlp"), Z.T, strict=True)
    ]


def test_the_best_mean_leaves_noise_out():
    Z, y, _ = customers(2000)
    assert list(best_mean(Z, y, range(3))) == [0.5, 0.5, 0]


def test_many_customers_overrule_the_pull_to_the_mean():
    Z, y, _ = customers(200_000)
    weights, offset = stack_weights(Z, y, [[0], [1], [2]])
    free = LogisticRegression(C=np.inf).fit(Z, y)
    np.testing.assert_allclose(weights, np.maximum(0, free.coef_[0]), atol=0.005)
    assert offset == pytest.approx(free.intercept_[0], abs=0.005)


def test_few_customers_stay_close_to_the_mean():
    Z, y, _ = customers(12)
    weights, _ = stack_weights(Z, y, [[0], [1], [2]])
    np.testing.assert_allclose(weights, 1 / 3, atol=0.2)


def test_between_few_and_many_the_weights_are_those_of_ridge_around_the_mean():
    """The same optimum, found from the sums that define it and without a gradient."""
    Z, y, _ = customers(60)
    weights, offset = stack_weights(Z[:, :2], y, [[0], [1]])

    def lost(w):
        odds = Z[:, :2] @ w[:2] + w[2]
        return (
            np.log1p(np.exp(np.where(y == 1, -odds, odds))).sum() + 5 * ((w[:2] - 0.5) ** 2).sum()
        )

    found = minimize(
        lost, [0.5, 0.5, 0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}
    )
    np.testing.assert_allclose([*weights, offset], found.x, atol=2e-4)


def test_no_weight_is_negative():
    Z, y, _ = customers(2000)
    weights, _ = stack_weights(np.column_stack([Z[:, 0], -Z[:, 1]]), y, [[0], [1]])
    assert weights[0] > 0
    assert weights[1] == 0


def test_what_judges_a_row_of_the_stack_does_not_know_its_fold():
    Z, y, folds = customers(500)
    before = fit_stack("stack", fits(Z), y, folds).margin
    after = fit_stack("stack", fits(Z), np.where(folds == 2, 1 - y, y), folds).margin
    np.testing.assert_array_equal(after[folds == 2], before[folds == 2])
    assert (after[folds != 2] != before[folds != 2]).all()


def test_a_stack_of_guesses_does_not_look_better_than_no_stack():
    rng = np.random.default_rng(1)
    y, guesses = rng.integers(0, 2, 300), 0.3 * rng.normal(size=(300, 3))
    nested = fit_stack("stack", fits(guesses), y, np.arange(300) % 5)
    assert margin_log_loss(y, nested.margin) > np.log(2)


def test_a_combination_says_its_weights_and_carries_the_members():
    Z, y, _ = customers(2000)
    variants = [CrossFit("xgb", name, z, Predictor((name,), (1.0,), 0.0, (0,)), 1.0)
                for name, z in zip("abc", Z.T, strict=True)]  # fmt: skip
    found = fit_family(variants, y)
    assert found.variant == "xgb a × 0.50, xgb b × 0.50"
    assert found.predictor.offset == 0
    assert (found.predictor.members, found.predictor.weights) == (("a", "b"), (0.5, 0.5))
    assert found.seconds == pytest.approx(3, abs=1)
    np.testing.assert_allclose(found.margin, (Z[:, 0] + Z[:, 1]) / 2)


def test_a_combination_has_spent_what_its_variants_and_its_weights_took(monkeypatch):
    Z, y, folds = customers(200)
    clock = iter([5.0, 7.0, 20.0, 24.5])
    monkeypatch.setattr(combine.time, "process_time", lambda: next(clock))
    variants = [variant for family in fits(Z) for variant in family]
    assert fit_family(variants, y).seconds == 3 + 2
    assert fit_stack("stack", fits(Z), y, folds).seconds == 3 + 4.5

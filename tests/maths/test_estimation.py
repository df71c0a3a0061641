"""Expected and measured performance: worked tables, label draws, published intervals."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from retencion_lib.maths import estimation
from retencion_lib.maths.estimation import Estimate

FOUR = np.array([0.9, 0.6, 0.4, 0.1])
# Expected leavers 0.9 + 0.6 + 0.4 + 0.1 = 2 of 4. Highest first, hits .9 1.5 1.9 2.0 and
# stayers .1 .5 1.1 2.0; the area is sum of stayers here times the mean hits of the step:
# .1*.45 + .4*1.2 + .6*1.7 + .9*1.95 = 3.3, over 2 * 2.
WORKED = {
    "roc_auc": 3.3 / 4,
    "pr_auc": (0.9 * 0.9 + 0.6 * 1.5 / 2 + 0.4 * 1.9 / 3 + 0.1 * 2 / 4) / 2,
    "precision": 1.5 / 2,  # 0.9 and 0.6 reach the threshold 0.5
    "capture": 1.5 / 2,
    "f1": 2 * 1.5 / (2 + 2),
    "precision_at_k": 0.9,
    "lift_at_k": 0.9 / 0.5,
    "positive_rate": 0.5,
}


def scores_of(n: int, seed: int) -> np.ndarray:
    return expit(np.random.default_rng(seed).normal(-1.3, 1.4, n))


def test_expected_measures_of_four_customers_match_the_worked_table():
    found = estimation.expected(FOUR, threshold=0.5, k=1)
    assert {m: e.value for m, e in found.items()} == pytest.approx(WORKED)


def test_expected_measures_equal_the_mean_over_drawn_labels():
    p = scores_of(2000, 1)
    rng, draws = np.random.default_rng(2), []
    for _ in range(300):
        y = rng.random(len(p)) < p
        draws.append([roc_auc_score(y, p), average_precision_score(y, p),
                      precision_score(y, p >= 0.4), recall_score(y, p >= 0.4),
                      f1_score(y, p >= 0.4)])  # fmt: skip
    found = estimation.expected(p, threshold=0.4, k=200)
    got = [found[m].value for m in ("roc_auc", "pr_auc", "precision", "capture", "f1")]
    assert got == pytest.approx(np.mean(draws, axis=0), abs=0.003)


def test_the_expected_interval_holds_the_measured_value_about_95_times_in_100():
    rng, inside = np.random.default_rng(3), []
    for batch in range(200):
        p = scores_of(500, 100 + batch)
        y = rng.random(len(p)) < p
        found = estimation.expected(p, threshold=0.4, k=50)
        seen = estimation.measure(estimation.group(p, y), threshold=0.4, k=50)
        inside.append([found[m].low <= seen[m] <= found[m].high for m in ("roc_auc", "capture")])
    assert np.all(np.abs(np.mean(inside, axis=0) - 0.95) <= 0.05)  # 3 standard errors


def test_measured_values_equal_sklearn_with_ties():
    rng = np.random.default_rng(4)
    p = np.round(scores_of(800, 5), 1)
    y = (rng.random(800) < p).astype(int)
    found = estimation.realised(y, p, threshold=0.4, k=80)
    assert found["roc_auc"].value == pytest.approx(roc_auc_score(y, p))
    assert found["pr_auc"].value == pytest.approx(average_precision_score(y, p))
    assert found["f1"].value == pytest.approx(f1_score(y, p >= 0.4))
    assert all(e.low <= e.value <= e.high for e in found.values())


def test_customers_with_equal_scores_share_the_last_place_of_k():
    y, p = np.array([1, 1, 0, 0, 0]), np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    found = estimation.realised(y, p, threshold=0.5, k=2)
    assert found["precision_at_k"].value == pytest.approx((1 + 1 / 3) / 2)


def test_joining_groups_keeps_the_measures_within_their_noise():
    p = scores_of(30_000, 6)
    whole = estimation.group(p, p)
    few = whole.blocks(0.4)
    assert len(few.scores) <= estimation.GROUPS + 2
    one, two = (estimation.measure(g, threshold=0.4, k=3000) for g in (whole, few))
    assert two == pytest.approx(one, abs=5e-4)
    assert two["precision"] == pytest.approx(one["precision"], abs=1e-12)


def test_one_class_leaves_the_curves_undefined_and_the_rest_measured():
    found = estimation.realised(np.zeros(50), scores_of(50, 7), threshold=0.4, k=5)
    assert np.isnan(found["roc_auc"].value)
    assert found["positive_rate"] == Estimate(0.0, 0.0, 0.0)
    assert estimation.calibration_curve(np.zeros(50), scores_of(50, 7)) is None


def test_nobody_flagged_has_no_precision_and_captures_nothing():
    found = estimation.expected(FOUR, threshold=0.95, k=1)
    assert np.isnan(found["precision"].value)
    assert found["capture"].value == 0


@pytest.mark.parametrize("degree", [1, 2])
def test_the_calibration_curve_is_the_logistic_regression_of_the_outcome(degree):
    p = scores_of(3000, 8)
    y = np.random.default_rng(9).random(3000) < expit(0.3 + 0.7 * logit(p))
    curve = estimation.calibration_curve(y, p, degree)
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(curve.terms(p)[:, 1:], y)
    assert curve.weights == pytest.approx([*peer.intercept_, *peer.coef_[0]], abs=2e-4)
    for found, truth in zip(curve.intervals, [0.3, 0.7, 0.0], strict=False):
        assert found.low < truth < found.high
    assert curve.misfit() > 50


def test_scores_that_are_too_sure_at_one_end_are_corrected():
    def truth(p):
        return expit(-0.5 + 0.8 * logit(p) - 0.1 * logit(p) ** 2)

    rng = np.random.default_rng(11)
    q, p = scores_of(20_000, 10), scores_of(20_000, 14)
    curve = estimation.calibration_curve(rng.random(len(q)) < truth(q), q, degree=2)
    y = rng.random(len(p)) < truth(p)
    plain = estimation.expected(p, threshold=0.4, k=2000)
    fixed = estimation.expected(p, threshold=0.4, k=2000, curve=curve)
    seen = estimation.measure(estimation.group(p, y), threshold=0.4, k=2000)
    for name in ("roc_auc", "precision", "positive_rate"):
        assert abs(fixed[name].value - seen[name]) < abs(plain[name].value - seen[name])
        assert fixed[name].value == pytest.approx(seen[name], abs=0.02)


def test_the_curve_does_not_bend_outside_what_it_was_fitted_on():
    p = scores_of(2000, 15)
    curve = estimation.calibration_curve(np.random.default_rng(16).random(2000) < p, p, degree=2)
    assert curve.corrected([1 - 1e-9]) == curve.corrected([p.max()])


def test_an_uncertain_calibration_widens_the_interval():
    p = scores_of(2000, 12)
    curve = estimation.calibration_curve(np.random.default_rng(13).random(2000) < p, p)
    sure, unsure = (
        estimation.expected(p, threshold=0.4, k=200, curve=given)["positive_rate"]
        for given in (None, curve)
    )
    assert unsure.high - unsure.low > 1.2 * (sure.high - sure.low)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [  # Newcombe (1998), Table II, method 10
        pytest.param((56, 70), (48, 80), 0.0524, 0.3339, id="56/70-48/80"),
        pytest.param((9, 10), (3, 10), 0.1705, 0.8090, id="9/10-3/10"),
        pytest.param((5, 56), (0, 29), -0.0381, 0.1926, id="5/56-0/29"),
        pytest.param((0, 10), (0, 20), -0.1611, 0.2775, id="0/10-0/20"),
        pytest.param((10, 10), (0, 10), 0.6075, 1.0000, id="10/10-0/10"),
    ],
)
def test_the_difference_of_two_shares_has_the_published_interval(a, b, low, high):
    found = estimation.difference(estimation.proportion(*a), estimation.proportion(*b))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("weights", [None, np.repeat([3.0, 5.0], [100, 50])])
def test_on_two_scores_the_calibration_is_the_line_through_two_shares(weights):
    """30 of 100 left of those at .2, and 40 of 50 at .7: each log-odds with its own variance.

    Customers that all stand for the same number of others say no more than they are.
    """
    p = np.repeat([0.2, 0.7], [100, 50])
    y = np.concatenate([np.arange(100) < 30, np.arange(50) < 40])
    curve = estimation.calibration_curve(y, p, weights=weights)
    low, high = 1 / (100 * 0.3 * 0.7), 1 / (50 * 0.8 * 0.2)
    run = logit(0.7) - logit(0.2)
    slope = (logit(0.8) - logit(0.3)) / run
    assert curve.weights == pytest.approx([logit(0.3) - slope * logit(0.2), slope])
    error = np.sqrt(low + high) / run
    found = curve.intervals[1]
    assert (found.low, found.high) == pytest.approx(
        (slope - 1.96 * error, slope + 1.96 * error), 1e-4
    )
    away = [(logit(0.3) - logit(0.2)) ** 2 / low, (logit(0.8) - logit(0.7)) ** 2 / high]
    assert curve.misfit() == pytest.approx(sum(away))


@pytest.mark.parametrize("weights", [None, np.full(200, 3.0)])
def test_a_measured_rate_has_the_interval_of_its_customers(weights):
    """60 of 200: Binomial(200, .3) / 200 lies between .24 and .365 in 95 of 100."""
    y, p = np.tile([1, 0, 0, 1, 0, 0, 1, 0, 0, 0], 20), np.tile([0.6, 0.2], 100)
    found = estimation.realised(y, p, threshold=0.4, k=20, weights=weights, draws=2000)
    rate = found["positive_rate"]
    assert rate.value == pytest.approx(0.3)
    assert (rate.low, rate.high) == pytest.approx((0.24, 0.365), abs=0.011)
    # 40 of the 100 flagged left, and 20 of the others.
    assert found["precision"].value == pytest.approx(0.4)
    assert (found["precision"].low, found["precision"].high) == pytest.approx((0.31, 0.5), abs=0.02)


def test_an_expected_rate_has_the_interval_of_the_labels_to_come():
    """200 customers at .3: as many as Binomial(200, .3) will leave."""
    rate = estimation.expected(np.full(200, 0.3), threshold=0.4, k=20, draws=2000)["positive_rate"]
    assert (rate.low, rate.high) == pytest.approx((0.24, 0.365), abs=0.011)


def test_a_group_that_goes_past_its_share_begins_the_next():
    """Of 11 customers, half is 5.5: the third group holds it."""
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    whole = estimation.Groups(scores, np.array([2, 2, 2, 2, 2, 1]), np.zeros(6, int))
    assert whole.blocks(0.0, most=2).counts.tolist() == [4, 7]


def test_in_a_draw_without_the_highest_scores_the_rest_is_measured():
    drawn = estimation.Groups(np.array([0.9, 0.5]), np.array([[0, 4]]), np.array([[0, 1]]))
    found = estimation.measure(drawn, threshold=0.5, k=2)
    assert found["pr_auc"].tolist() == found["precision_at_k"].tolist() == [0.25]


def test_with_more_places_than_customers_everybody_is_called():
    found = estimation.realised(np.array([1, 0, 1, 0, 0]), scores_of(5, 1), threshold=0.5, k=9)
    assert (found["precision_at_k"].value, found["lift_at_k"].value) == pytest.approx((0.4, 1))


def test_a_measure_that_no_draw_has_is_not_known():
    """One customer leaves or stays: no draw has both to rank, though on average half of each."""
    found = estimation.expected(np.array([0.5]), threshold=0.4, k=1)
    assert np.isnan([found["roc_auc"].value, found["roc_auc"].low, found["roc_auc"].high]).all()
    assert found["positive_rate"].value == 0.5


def test_groups_are_joined_in_order_and_never_across_the_threshold():
    whole = estimation.Groups(
        np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), np.array([2, 2, 2, 2, 2, 2]),
        np.array([2, 1, 1, 1, 0, 0]),
    )  # fmt: skip
    two = whole.blocks(0.55, most=2)
    assert two.scores == pytest.approx([0.8, 0.6, 0.45])
    assert (two.counts.tolist(), two.hits.tolist()) == ([6, 2, 4], [4, 1, 0])
    assert whole.blocks(0.55, most=6) is whole


def test_scores_of_nought_and_one_have_log_odds():
    assert estimation.log_odds([0, 1]) == pytest.approx([-13.8155, 13.8155], abs=1e-4)

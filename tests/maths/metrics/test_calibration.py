import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binomtest, norm
from sklearn.metrics import brier_score_loss

from retencion_lib.maths import metrics

Y = np.array([1, 1, 0, 1, 0, 0, 0, 0, 1, 0])
P = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1])


def draw(n, seed, bend=1.0, shift=0.0):
    """Outcomes of n customers, and probabilities that are true when bend is 1 and shift 0."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-1, 1.5, n)
    return (rng.random(n) < expit(z)).astype(int), expit(shift + bend * z)


def test_calibration_bins_hold_everyone_once():
    bins = metrics.calibration_bins(Y, P, 5)
    assert list(bins["count"]) == [2] * 5
    assert bins["prob_true"].iloc[-1] == 1.0
    assert bins["prob_pred"].iloc[-1] == pytest.approx(0.85)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (40, 200)])
def test_the_interval_of_a_share_is_wilsons(hits, n):
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert metrics.wilson(np.array(hits), np.array(n)) == pytest.approx(tuple(expected))


def test_the_parts_of_brier_add_up_where_each_bin_says_one_thing():
    y, p = np.array([0, 0, 0, 1, 0, 1, 1, 1]), np.repeat([0.2, 0.8], 4)
    reliable, resolved, uncertain = metrics.brier_parts(y, p, 2)
    # 0.25 left where 0.2 was said, 0.75 where 0.8: 0.05 squared; 0.25 away from the half.
    assert (reliable, resolved, uncertain) == pytest.approx((0.0025, 0.0625, 0.25))
    assert reliable - resolved + uncertain == pytest.approx(brier_score_loss(y, p))


def test_true_probabilities_show_the_gap_that_is_expected_of_them():
    found = [metrics.reliability(*draw(1500, seed)) for seed in range(40)]
    assert np.mean([f.ece for f in found]) == pytest.approx(
        np.mean([f.ece_perfect for f in found]), rel=0.1
    )
    assert sum(f.trusted for f in found) >= 34  # 95 of 100 are expected


@pytest.mark.parametrize(
    ("bend", "shift", "slope", "intercept_sign"),
    [(1, 0, 1, 0), (2, 0, 0.5, 1), (0.5, 0, 2, -1), (1, 1, 1, -1)],
    ids=["true", "too-sure", "too-timid", "too-high"],
)
def test_slope_and_intercept_name_the_fault(bend, shift, slope, intercept_sign):
    found = metrics.reliability(*draw(20_000, 0, bend, shift))
    assert found.slope == pytest.approx(slope, rel=0.06)
    assert np.sign(round(found.intercept, 1)) == intercept_sign
    assert found.trusted == ((bend, shift) == (1, 0))


def test_the_intercept_of_a_shift_in_log_odds_is_that_shift():
    y, p = draw(40_000, 3)
    found = metrics.reliability(y, expit(logit(p) - 0.5))
    assert found.intercept == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("n", range(1, 400, 7))
def test_the_interval_of_a_share_holds_the_share_to_the_last_digit(n):
    for hits in (0, 1, n):
        low, high = metrics.wilson(np.array(hits), np.array(n))
        assert 0 <= low <= hits / n <= high <= 1


def lasting(customers, seed, months=12):
    """Outcomes of customers who leave or stay for good, and true probabilities of each row."""
    rng = np.random.default_rng(seed)
    z = -1 + rng.normal(size=(customers, 1)) + 0.3 * rng.normal(size=(customers, months))
    luck = 0.95 * rng.normal(size=(customers, 1)) + 0.3 * rng.normal(size=(customers, months))
    y = (luck < z * np.hypot(0.95, 0.3)).astype(int)
    owner, when = np.indices(y.shape)
    return y.ravel(), norm.cdf(z).ravel(), metrics.Panel(owner.ravel(), when.ravel())


def test_true_probabilities_of_lasting_customers_are_trusted_by_customers_only():
    found = [lasting(1000, seed) for seed in range(40)]
    by_customer = [metrics.reliability(y, p, panel=panel) for y, p, panel in found]
    assert sum(f.trusted for f in by_customer) >= 34  # 95 of 100 are expected
    assert sum(metrics.reliability(y, p).trusted for y, p, _ in found) < 28
    gaps, expected = zip(*((f.ece, f.ece_perfect) for f in by_customer), strict=True)
    assert np.mean(gaps) == pytest.approx(np.mean(expected), rel=0.1)


def test_false_probabilities_of_lasting_customers_are_not_trusted():
    y, p, panel = lasting(1000, 0)
    assert not metrics.reliability(y, expit(logit(p) + 0.6), panel=panel).trusted


def test_with_one_row_a_customer_the_limit_of_the_gap_is_that_of_independent_rows():
    y, p = draw(20_000, 1)
    panel = metrics.Panel(np.arange(len(y)), np.zeros(len(y), int))
    ours, plain = metrics.reliability(y, p, panel=panel), metrics.reliability(y, p)
    assert (ours.ece, ours.slope) == (plain.ece, plain.slope)
    assert ours.ece_limit == pytest.approx(plain.ece_limit, rel=0.1)


def test_one_customer_alone_proves_no_probability():
    panel = metrics.Panel(np.zeros(10, int), np.arange(10))
    found = metrics.reliability(Y, P, panel=panel)
    assert np.isnan(found.ece_limit)
    assert not found.trusted


def test_the_interval_of_a_share_has_the_size_of_an_equal_error():
    # Four customers, two rows each, who differ from the half by 1, 1, -1 and -1 rows of eight:
    # variance 4/3 × 4 × (1/8)² = 1/12, that of .25/(1/12) = 3 strangers, half of whom left.
    hits, panel = np.repeat([1, 1, 0, 0], 2), metrics.Panel(np.repeat(np.arange(4), 2), Y[:8])
    expected = metrics.wilson(np.array(1.5), np.array(3.0))
    assert metrics.share_interval(hits, panel) == pytest.approx(tuple(expected))


def test_a_share_without_an_error_has_the_size_of_its_customers():
    panel = metrics.Panel(np.repeat(np.arange(5), 4), np.tile(np.arange(4), 5))
    expected = metrics.wilson(np.array(0), np.array(5))
    assert metrics.share_interval(np.zeros(20, int), panel) == pytest.approx(tuple(expected))


def test_the_bins_of_a_panel_are_the_same_with_wider_intervals():
    y, p, panel = lasting(300, 2)
    plain, ours = metrics.calibration_bins(y, p), metrics.calibration_bins(y, p, panel=panel)
    same = ["bin", "prob_pred", "prob_true", "count"]
    assert ours[same].equals(plain[same])
    assert ((ours["high"] - ours["low"]) > 1.2 * (plain["high"] - plain["low"])).sum() >= 8

import numpy as np
import pytest

from retencion_lib.maths import metrics

Y = np.array([1, 1, 0, 1, 0, 0, 0, 0, 1, 0])
P = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1])


@pytest.mark.parametrize(("n", "share", "k"), [(100, 0.1, 10), (101, 0.1, 11), (3, 0.01, 1)])
def test_k_is_the_share_rounded_up_and_at_least_one(n, share, k):
    assert metrics.k_of(n, share) == k


def test_precision_and_lift_at_k_match_the_hand_worked_figures():
    assert metrics.precision_at_k(Y, P, 3) == pytest.approx(2 / 3)
    assert metrics.lift_at_k(Y, P, 3) == pytest.approx((2 / 3) / 0.4)


def test_the_f1_threshold_is_where_f1_is_largest():
    # choosing 4: 3 hits, F1 = 6 / (4 + 4); choosing 2: 2 hits, F1 = 4 / (2 + 4)
    assert metrics.f1_threshold(Y, P) == 0.6
    assert metrics.f1_at(Y, P, 0.6) == pytest.approx(0.75)
    assert max(metrics.f1_at(Y, P, t) for t in P) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("y", "p", "best"),
    [
        # Choosing one: 2 / (1 + 2); choosing all: 4 / (4 + 2), as much. The highest is taken.
        pytest.param([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6], 0.9, id="level"),
        pytest.param([1, 0, 0, 1], [0.9, 0.5, 0.5, 0.1], 0.9, id="equal-scores-go-together"),
        # Of three alike the first left: choosing them is 2 / (3 + 2), and everybody 4 / (4 + 2).
        pytest.param([1, 0, 0, 1], [0.9, 0.9, 0.9, 0.1], 0.1, id="an-equal-score-is-no-cut"),
        pytest.param([0, 1, 0], [0.9, 0.1, 0.05], 0.1, id="not-the-highest"),
    ],
)  # fmt: skip
def test_the_f1_threshold_is_the_highest_of_the_best(y, p, best):
    assert metrics.f1_threshold(np.array(y), np.array(p)) == best


def test_the_capacity_threshold_lets_exactly_k_through():
    assert (metrics.capacity_threshold(P, 0.3) <= P).sum() == 3


def test_the_confusion_matrix_adds_up():
    assert metrics.confusion(Y, P, 0.6) == {"tn": 5, "fp": 1, "fn": 1, "tp": 3}


def test_the_gains_curve_reaches_everyone():
    curve = metrics.gains_curve(Y, P)
    assert list(curve.iloc[[0, 4, -1]]["share_captured"]) == [0, 0.75, 1]


def test_each_interval_holds_its_value_and_the_seed_decides_it():
    given = {"capacity": 0.2, "threshold": 0.5, "seed": 1, "repeats": 50}
    first, again = (metrics.bootstrap_ci(Y, P, **given) for _ in range(2))
    seen = metrics.evaluate(Y, P, capacity=0.2, threshold=0.5)
    assert first == again
    assert all(low <= seen[m] <= high for m, (low, high) in first.items())


@pytest.mark.parametrize(
    ("cut", "same"),
    # 4 of 10 scores are at or above 0.6, so 2 of 5 others; 3 of 10 are above 0.65, which is 1.5.
    [(0.6, 0.4), (0.65, 0.4), (0.9, 0.5), (0.95, 0.95), (0.0, 0.1)],
)
def test_the_same_share_is_chosen_of_other_scores(cut, same):
    assert metrics.same_share(cut, P, np.array([0.1, 0.5, 0.3, 0.2, 0.4])) == same

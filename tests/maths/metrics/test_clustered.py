"""A customer with twelve rows is one customer: errors, tests, contests and duels of a panel."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from retencion_lib.maths import metrics
from retencion_lib.maths.metrics.contest import _redrawn
from tests.maths.metrics.panels import copied, household


def pair_by_pair(y, scores, panel):
    """Mean AUC and clustered covariance, by every pair of rows and every customer in turn."""
    months = [s for s in np.unique(panel.snapshots) if panel.ranked(y)[panel.snapshots == s][0]]
    sums, means = {c: np.zeros(len(scores)) for c in panel.customers}, np.zeros(len(scores))
    for which, score in enumerate(scores):
        for month in months:
            here = np.flatnonzero(panel.snapshots == month)
            left, stayed = ([i for i in here if y[i] == label] for label in (1, 0))
            beats = np.array([[(score[i] > score[j]) + (score[i] == score[j]) / 2 for j in stayed]
                              for i in left])  # fmt: skip
            area = beats.mean()
            means[which] += area / len(months)
            for i, share in zip(left, beats.mean(axis=1), strict=True):
                sums[panel.customers[i]][which] += (share - area) / len(left) / len(months)
            for j, share in zip(stayed, beats.mean(axis=0), strict=True):
                sums[panel.customers[j]][which] += (share - area) / len(stayed) / len(months)
    n = len(sums)
    return means, n / (n - 1) * sum(np.outer(own, own) for own in sums.values())


@pytest.mark.parametrize("decimals", [12, 1], ids=["no-ties", "many-ties"])
@pytest.mark.parametrize("seed", range(3))
def test_the_covariance_of_a_panel_agrees_with_pairs_and_customers_one_by_one(seed, decimals):
    y, p, q, panel = household(np.random.default_rng(seed), 25, 4, kept=0.8)
    scores = [np.round(p, decimals), np.round(q, decimals), p + q]
    auc, covariance = metrics.delong_covariance(y, scores, panel)
    expected_auc, expected = pair_by_pair(y, scores, panel)
    assert auc == pytest.approx(expected_auc, abs=1e-12)
    assert covariance == pytest.approx(expected, abs=1e-12)


def test_with_one_row_a_customer_the_covariance_is_delongs_but_for_the_divisor():
    y, p, q, panel = household(np.random.default_rng(0), 80, 1)
    auc, covariance = metrics.delong_covariance(y, [p, q], panel)
    plain, _ = metrics.delong_covariance(y, [p, q])
    left, n = y == 1, len(y)
    # DeLong divides what the m leavers differ by m - 1; a sum over customers, by m (n - 1)/n.
    above, below = ([[(np.mean(s[i] > s[other]) if way else np.mean(s[i] < s[other]))
                      for i in np.flatnonzero(left == way)] for s in (p, q)]
                    for way, other in ((True, ~left), (False, left)))  # fmt: skip
    m, k = left.sum(), (~left).sum()
    expected = n / (n - 1) * (np.cov(above, ddof=0) / m + np.cov(below, ddof=0) / k)
    assert auc == pytest.approx(plain)
    assert covariance == pytest.approx(expected, abs=1e-12)


def test_with_one_row_a_customer_and_many_of_them_the_test_is_delongs():
    y, p, q, panel = household(np.random.default_rng(1), 20_000, 1)
    ours, plain = metrics.auc_difference(y, p, q, panel), metrics.auc_difference(y, p, q)
    assert ours.error == pytest.approx(plain.error, rel=1e-3)
    assert ours.difference == pytest.approx(plain.difference, abs=1e-12)


def test_with_one_row_a_customer_the_log_loss_is_told_as_without_a_panel():
    y, p, q, panel = household(np.random.default_rng(2), 50, 1)
    expected = metrics.log_loss_difference(y, p, q)
    assert metrics.log_loss_difference(y, p, q, panel) == pytest.approx(expected, abs=1e-14)


def test_the_clustered_log_loss_is_the_hand_worked_one():
    # Falls of log 2 for the first customer (twice) and of log(1/2) and 0 for the second: mean
    # log 2 / 4; residuals sum to 3/2 and -3/2 log 2; over 4 rows, error^2 = 2/1 x 2 (3/8 log 2)^2.
    y, p, q = np.array([1, 1, 1, 1]), np.array([0.4, 0.4, 0.8, 0.5]), np.array([0.8, 0.8, 0.4, 0.5])
    found = metrics.log_loss_difference(y, p, q, metrics.panel_of(list("aabb"), list("1212")))
    assert found == pytest.approx((np.log(2) / 4, 2 * 3 / 8 * np.log(2)))


def test_copies_of_the_same_rows_are_no_evidence():
    y, p, q, panel = household(np.random.default_rng(3), 150, 1)
    many_y, many_p, many_q, copies = copied((y, p, q), 12)
    once, often = (metrics.auc_difference(*given)
                   for given in ((y, p, q, panel), (many_y, many_p, many_q, copies)))  # fmt: skip
    assert (often.difference, often.error) == pytest.approx((once.difference, once.error))
    loss = metrics.log_loss_difference(many_y, many_p, many_q, copies)
    assert loss == pytest.approx(metrics.log_loss_difference(y, p, q, panel))


@pytest.mark.parametrize(
    ("customers", "snapshots"),
    [pytest.param("aaaaaa", "111222", id="one-customer"),
     pytest.param("abcdef", "123456", id="no-snapshot-to-rank")],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_no_evidence(customers, snapshots):
    y, p = np.array([1, 1, 0, 0, 1, 0]), np.array([0.9, 0.8, 0.1, 0.2, 0.7, 0.3])
    panel = metrics.panel_of(list(customers), list(snapshots))
    found = metrics.auc_difference(y, p, 1 - p, panel)
    assert np.isnan(found.error)
    assert found.p_value == 1
    assert not metrics.duel(y, 1 - p, p, panel=panel).reason.startswith("ranks")


def test_a_contest_without_a_snapshot_to_rank_is_won_by_the_truest():
    y, p = np.array([1, 1, 0, 0, 1, 0]), np.array([0.9, 0.8, 0.1, 0.2, 0.7, 0.3])
    panel = metrics.panel_of(range(6), range(6))
    found = metrics.contest(y, {"timid": 0.5 + (p - 0.5) / 9, "sure": p}, repeats=20, panel=panel)
    assert found.tied["pr_auc"] == ["timid", "sure"]
    assert found.winner == "sure"


def test_a_duel_that_rows_would_decide_is_left_to_customers():
    y, p, q, panel = household(np.random.default_rng(9), 300, 1)
    low, high = sorted((p, q), key=lambda score: metrics.roc_auc(y, score, panel))
    y, low, high, copies = copied((y, low, high), 12)
    strangers = metrics.Panel(np.arange(len(y)), copies.snapshots)
    assert metrics.duel(y, low, high, panel=strangers).reason == "ranks_better"
    assert metrics.duel(y, low, high, panel=copies).reason == "equal"


def test_a_contest_ties_by_customers_and_within_snapshots():
    y, p, q, panel = household(np.random.default_rng(6))
    month = panel.snapshots / 12
    scores = {"first": p, "second": q, "month": month, "worse": 1 - p}
    found = metrics.contest(y, scores, repeats=60, panel=panel)
    assert found.tied["roc_auc"] == ["first", "second"]
    table = found.table.set_index("family")
    assert table.loc["month", "roc_auc"] == pytest.approx(0.5)  # though it tells the months apart
    assert table.loc["first", "roc_auc"] == metrics.roc_auc(y, p, panel)


def test_all_scores_of_a_contest_share_the_draws_of_customers():
    y, p, q, panel = household(np.random.default_rng(7), 200, 3, kept=0.9)
    scores = {"one": p, "same": p / 2, "other": q}
    draws = _redrawn(y, scores, 5, 30, panel)
    for i, weight in enumerate(panel.redrawn(5, 30)):
        rows = np.repeat(np.arange(len(y)), weight.astype(int))
        own, drawn = y[rows], panel.take(rows)
        for name, score in scores.items():
            areas = [average_precision_score(own[here], score[rows][here])
                     for here in (drawn.snapshots == month for month in range(3))]  # fmt: skip
            best = metrics.f1_at(own, score[rows], metrics.f1_threshold(own, score[rows]))
            assert draws["pr_auc"][1][name][i] == pytest.approx(np.mean(areas), abs=1e-12)
            assert draws["f1"][1][name][i] == pytest.approx(best, abs=1e-12)


@pytest.mark.slow
def test_between_equals_of_twelve_rows_each_the_tests_err_as_often_as_they_say():
    repeats, wrong = 4000, np.zeros(2)
    for seed in range(repeats):
        y, p, q, panel = household(np.random.default_rng(seed), 250)
        fall, error = metrics.log_loss_difference(y, p, q, panel)
        wrong += metrics.auc_difference(y, p, q, panel).p_value < 0.05, abs(fall / error) > 1.96
    assert (wrong / repeats >= 0.04).all()
    assert (wrong / repeats <= 0.06).all()


@pytest.mark.slow
def test_taking_the_rows_for_strangers_errs_far_more_often():
    repeats, wrong = 400, np.zeros(2)
    for seed in range(repeats):
        y, p, q, panel = household(np.random.default_rng(seed), 250)
        strangers = metrics.Panel(np.arange(len(y)), panel.snapshots)
        fall, error = metrics.log_loss_difference(y, p, q)
        wrong += (
            metrics.auc_difference(y, p, q, strangers).p_value < 0.05, abs(fall / error) > 1.96
        )  # fmt: skip
    assert (wrong / repeats > 0.2).all()

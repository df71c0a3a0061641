"""Rankings within a snapshot, on average: by hand, by plain loops, and in draws of customers."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from retencion_lib.maths import metrics
from retencion_lib.maths.metrics.within import WITHIN, measures_within, ranked_within
from tests.maths.metrics.panels import household

# Two months of four customers. In the first nobody is told apart, in the second three of four
# pairs are in order; everybody's score is higher in the month in which more leave.
Y = np.array([1, 0, 1, 0, 1, 1, 0, 0])
P = np.array([0.1, 0.1, 0.1, 0.1, 0.9, 0.6, 0.8, 0.5])
PANEL = metrics.Panel(np.tile(np.arange(4), 2), np.repeat([0, 1], 4))


def plainly(y, p, panel, capacity, threshold):
    """The measures of `evaluate` by loops over snapshots, of those that are given."""
    rows = []
    for snapshot in np.unique(panel.snapshots):
        here = panel.snapshots == snapshot
        own, score = y[here], p[here]
        if 0 < own.sum() < len(own):
            k = metrics.k_of(len(own), capacity)
            top = np.argsort(-score, kind="stable")[:k]
            areas = roc_auc_score(own, score), average_precision_score(own, score)
            rows.append((*areas, own[top].mean(), own[top].mean() / own.mean()))
    chosen = p >= threshold
    f1 = 2 * (chosen & (y == 1)).sum() / (chosen.sum() + y.sum())
    loss = -np.where(y == 1, np.log(p), np.log(1 - p)).mean()
    pooled = {"f1": f1, "brier": ((p - y) ** 2).mean(), "log_loss": loss}
    return dict(zip(WITHIN, np.mean(rows, axis=0), strict=True)) | pooled


def test_rankings_are_averaged_over_snapshots_by_hand():
    found = metrics.evaluate(Y, P, capacity=0.25, threshold=0.55, panel=PANEL)
    assert found["roc_auc"] == metrics.roc_auc(Y, P, PANEL) == pytest.approx((0.5 + 0.75) / 2)
    # First month: half at any cut. Second: 1/1 and 2/3, the two leavers' places.
    assert found["pr_auc"] == pytest.approx((0.5 + (1 + 2 / 3) / 2) / 2)
    # One customer a month: in the first the first of equals, who left; in the second the 0.9.
    assert (found["precision_at_k"], found["lift_at_k"]) == (1, 2)
    # Over all rows: three are at 0.55 or above, two of them left, of four: 2 x 2 / (3 + 4).
    assert found["f1"] == pytest.approx(4 / 7)


def test_knowing_the_month_is_no_ranking():
    y, p = np.array([1, 0, 0, 0, 0, 1, 1, 1, 1, 0] * 2), np.repeat([0.2, 0.8, 0.2, 0.8], 5)
    panel = metrics.Panel(np.tile(np.arange(10), 2), np.repeat([0, 1, 0, 1], 5))
    assert metrics.roc_auc(y, p) == pytest.approx(0.8)
    assert metrics.roc_auc(y, p, panel) == pytest.approx(0.5)


@pytest.mark.parametrize("decimals", [12, 2, 1])
def test_evaluating_a_panel_agrees_with_plain_loops(decimals):
    y, p, _, panel = household(np.random.default_rng(decimals), 60, 5, kept=0.8)
    p = np.clip(np.round(p, decimals), 0.01, 0.99)
    found = metrics.evaluate(y, p, capacity=0.15, threshold=0.4, panel=panel)
    assert found == pytest.approx(plainly(y, p, panel, 0.15, 0.4), abs=1e-12)


def test_a_snapshot_without_two_of_each_class_is_left_out():
    y, p = np.append(Y, [1, 0, 0]), np.append(P, [0.1, 0.2, 0.3])
    panel = metrics.Panel(
        np.append(PANEL.customers, [0, 1, 2]), np.append(PANEL.snapshots, [2] * 3)
    )
    assert metrics.roc_auc(y, p, panel) == metrics.roc_auc(Y, P, PANEL)
    ours, theirs = (metrics.evaluate(*given, threshold=0.5, panel=own)
                    for *given, own in ((y, p, panel), (Y, P, PANEL)))  # fmt: skip
    assert [ours[m] for m in WITHIN] == [theirs[m] for m in WITHIN]
    assert ours["brier"] != theirs["brier"]


def test_without_a_snapshot_to_rank_rankings_are_unknown_and_probabilities_are_not():
    panel = metrics.Panel(np.arange(8), np.arange(8))
    found = metrics.evaluate(Y, P, threshold=0.5, panel=panel)
    assert np.isnan([found[m] for m in WITHIN]).all()
    assert found["brier"] == pytest.approx(np.mean((P - Y) ** 2))
    assert np.isnan(metrics.roc_auc(Y, P, panel))


def test_weighing_a_row_is_repeating_it():
    y, p, _, panel = household(np.random.default_rng(1), 12, 6, kept=0.7)
    p = np.clip(np.round(p, 1), 0.1, 0.9)
    ranked = panel.ranked(y)
    left_out = 0
    for weight in panel.redrawn(2, 60):
        found = measures_within(ranked_within(y, p, panel), weight, 0.2)
        rows = np.repeat(np.flatnonzero(ranked), weight[ranked].astype(int))
        drawn = panel.take(rows)
        expected = plainly(y[rows], p[rows], drawn, 0.2, 0.5)
        assert found == pytest.approx([expected[m] for m in WITHIN], abs=1e-12)
        shares = [y[rows][drawn.snapshots == s].mean() for s in np.unique(drawn.snapshots)]
        left_out += min(shares) == 0 or max(shares) == 1
    assert left_out > 0  # a draw that leaves a snapshot without a class was among them


def test_intervals_redraw_customers_with_all_their_rows():
    y, p, _, panel = household(np.random.default_rng(3), 50, 4, kept=0.9)
    given = {"capacity": 0.2, "threshold": 0.4}
    found = metrics.bootstrap_ci(y, p, seed=7, repeats=80, panel=panel, **given)
    rows = [np.repeat(np.arange(len(y)), w.astype(int)) for w in panel.redrawn(7, 80)]
    draws = [plainly(y[r], p[r], panel.take(r), **given) for r in rows]
    for measure, interval in found.items():
        expected = np.quantile([draw[measure] for draw in draws], [0.025, 0.975])
        assert interval == pytest.approx(tuple(expected), abs=1e-12)


def test_the_interval_of_copies_is_as_wide_as_that_of_the_customers():
    y, p, _, panel = household(np.random.default_rng(4), 300, 1)
    copies = metrics.Panel(np.tile(panel.customers, 12), np.repeat(np.arange(12), 300))
    given = {"capacity": 0.2, "threshold": 0.4, "seed": 1, "repeats": 60}
    once = metrics.bootstrap_ci(y, p, panel=panel, **given)
    often = metrics.bootstrap_ci(np.tile(y, 12), np.tile(p, 12), panel=copies, **given)
    for measure, interval in often.items():
        assert interval == pytest.approx(once[measure], abs=1e-12)

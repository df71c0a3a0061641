"""A group against the rest, when customers have many rows and move between groups."""

import numpy as np
import pytest

from retencion_lib.maths import metrics
from tests.maths.metrics.panels import household


def test_a_difference_of_means_is_clustered_over_both_sides_by_hand():
    # Inside 4, 2 (mean 3), outside 5, 3, 1 (mean 3). Customer 0 moves the gap by 1/2 - 2/3,
    # customer 1 by -1/2, customer 2 by -0/3 and 2/3: -1/6, -1/2, 2/3, squared and by 3/2.
    panel = metrics.Panel(np.array([0, 1, 0, 2, 2]), np.zeros(5, int))
    inside = np.array([True, True, False, False, False])
    found = metrics.mean_contrast(np.array([4, 2, 5, 3, 1]), inside, panel)
    assert (found.own, found.rest) == (3, 3)
    assert found.gap_error**2 == pytest.approx(1.5 * (1 / 36 + 1 / 4 + 4 / 9))
    assert found.own_error**2 == pytest.approx(2 * (1 / 4 + 1 / 4))


def test_of_nobody_there_is_no_mean_and_that_of_the_rest_is_known():
    panel = metrics.Panel(np.arange(3), np.zeros(3, int))
    with np.errstate(all="raise"):
        found = metrics.mean_contrast(np.array([1.0, 2.0, 6.0]), np.zeros(3, bool), panel)
    assert found.rest == 3
    assert np.isnan([found.own, found.own_error, found.gap_error]).all()


def test_whoever_is_alike_on_both_sides_makes_no_difference_uncertain():
    """Each customer has one row on each side, with the same value: the gap is surely zero."""
    values = np.tile(np.random.default_rng(0).normal(size=50), 2)
    panel = metrics.Panel(np.tile(np.arange(50), 2), np.repeat([0, 1], 50))
    found = metrics.mean_contrast(values, panel.snapshots == 0, panel)
    assert found.gap_error == pytest.approx(0, abs=1e-12)
    assert found.own_error > 0.1


def test_areas_are_of_the_snapshots_that_both_sides_have():
    y, p, _, panel = household(np.random.default_rng(0), 300, 3)
    # In the last snapshot the group has but two customers, whatever they do.
    inside = (panel.customers < 150) & ((panel.snapshots < 2) | (panel.customers < 2))
    found = metrics.auc_contrast(y, p, inside, panel)
    for value, part in ((found.own, inside), (found.rest, ~inside)):
        rows = part & (panel.snapshots < 2)
        assert value == pytest.approx(metrics.roc_auc(y[rows], p[rows], panel.take(rows)))


def test_a_gap_between_strangers_has_the_errors_of_both():
    y, p, _, panel = household(np.random.default_rng(1), 400, 4)
    inside = panel.customers < 200
    found = metrics.auc_contrast(y, p, inside, panel)
    errors = []
    for part in (inside, ~inside):
        _, covariance = metrics.delong_covariance(y[part], [p[part]], panel.take(part))
        errors.append(float(np.sqrt(covariance[0, 0])))
    assert found.own_error == pytest.approx(errors[0])
    assert found.gap_error == pytest.approx(np.hypot(*errors), rel=0.01)


def test_the_error_of_a_gap_between_areas_is_what_redrawn_customers_say():
    y, p, _, panel = household(np.random.default_rng(2), 300, 4)
    # Everybody is in the group every second month.
    inside = (panel.customers + panel.snapshots) % 2 == 0
    found, gaps = metrics.auc_contrast(y, p, inside, panel), []
    for weight in panel.redrawn(0, 300):
        rows = np.repeat(np.arange(len(y)), weight.astype(int))
        drawn = metrics.auc_contrast(y[rows], p[rows], inside[rows], panel.take(rows))
        gaps.append(drawn.own - drawn.rest)
    assert found.gap_error == pytest.approx(np.std(gaps), rel=0.12)


def test_without_a_snapshot_in_common_there_is_nothing_to_compare():
    y, p, _, panel = household(np.random.default_rng(3), 40, 2)
    found = metrics.auc_contrast(y, p, panel.snapshots == 0, panel)
    assert np.isnan([found.own, found.rest, found.own_error, found.gap_error]).all()

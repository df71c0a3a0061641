"""Whose each row is: codes, sums by customer, and draws of customers."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.maths.metrics import Panel, panel_of


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param(["2025-02-01", "2025-01-01", "2025-02-01"], id="texts"),
        pytest.param(pd.to_datetime(["2025-02-01", "2025-01-01", "2025-02-01"]), id="dates"),
    ],
)
def test_codes_follow_the_order_of_ids_and_dates_not_that_of_the_rows(dates):
    panel = panel_of(pd.Series(["b", "a", "a"], index=[7, 8, 9]), dates)
    assert (panel.customers.tolist(), panel.snapshots.tolist()) == ([1, 0, 0], [1, 0, 1])


def test_rows_without_a_date_are_of_one_snapshot_of_their_own_after_the_others():
    panel = panel_of(["b", None, "a"], [None, "2025-01-01", None])
    assert (panel.customers.tolist(), panel.snapshots.tolist()) == ([1, 2, 0], [1, 0, 1])


def test_some_rows_keep_their_codes_and_count_their_own_customers():
    panel = Panel(np.array([4, 2, 2, 9]), np.array([0, 0, 1, 1]))
    part = panel.take(panel.snapshots == 1)
    assert (part.customers.tolist(), part.snapshots.tolist()) == ([2, 9], [1, 1])
    assert (panel.n_customers, part.n_customers) == (3, 2)


def test_the_variance_is_that_of_the_sums_by_customer():
    # Sums .3 and -.3: .18, by 2/(2 - 1). Rows on their own would say .14 x 3/2 = .21.
    panel = Panel(np.array([0, 0, 1]), np.zeros(3, int))
    assert panel.error(np.array([0.1, 0.2, -0.3])) ** 2 == pytest.approx(0.36)


def test_with_one_row_a_customer_the_error_of_a_mean_is_the_textbook_one():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    panel = Panel(np.arange(5), np.zeros(5, int))
    influence = (values - values.mean()) / 5
    assert panel.error(influence) == pytest.approx(values.std(ddof=1) / np.sqrt(5))


def test_one_customer_alone_has_no_error():
    assert np.isnan(Panel(np.zeros(3, int), np.arange(3)).error(np.array([0.1, -0.1, 0.0])))


def test_a_snapshot_is_ranked_with_two_of_each_class():
    panel = Panel(np.arange(9), np.repeat([0, 1, 3], [4, 3, 2]))
    assert panel.ranked([1, 0, 1, 0, 1, 0, 0, 1, 0]).tolist() == [True] * 4 + [False] * 5


def test_a_draw_takes_as_many_customers_as_there_are_each_with_all_its_rows():
    panel = Panel(np.array([5, 0, 5, 3, 0]), np.array([0, 0, 1, 1, 1]))
    draws = list(panel.redrawn(0, 50))
    for weight in draws:
        assert (weight[0], weight[1]) == (weight[2], weight[4])
        assert weight[[0, 1, 3]].sum() == 3
    assert len({tuple(weight) for weight in draws}) > 5

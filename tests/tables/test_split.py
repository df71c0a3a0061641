import numpy as np
import pytest

from retencion_lib.tables import fold_numbers, test_mask

IDS = [f"C{n}" for n in range(1000)]
Y = np.array([n % 4 == 0 for n in range(1000)], int)


def test_the_share_is_exact_in_each_class():
    held = test_mask(IDS, Y, 0.2, 42)
    assert (held[Y == 1].sum(), held[Y == 0].sum()) == (50, 150)


def test_the_order_of_the_rows_plays_no_part():
    order = np.random.default_rng(0).permutation(1000)
    shuffled = [IDS[i] for i in order]
    np.testing.assert_array_equal(
        test_mask(shuffled, Y[order], 0.2, 42), test_mask(IDS, Y, 0.2, 42)[order]
    )
    np.testing.assert_array_equal(
        fold_numbers(shuffled, Y[order], 42), fold_numbers(IDS, Y, 42)[order]
    )


def test_another_seed_holds_out_others():
    assert (test_mask(IDS, Y, 0.2, 42) != test_mask(IDS, Y, 0.2, 43)).sum() > 100


@pytest.mark.parametrize(
    ("rows", "leavers", "n"),
    [(4999, 1000, 10), (5000, 1000, 5), (1000, 100, 10), (1000, 99, 5), (1000, 950, 5)],
)
def test_a_small_table_has_more_folds_while_each_has_ten_of_each_class(rows, leavers, n):
    y = (np.arange(rows) < leavers).astype(int)
    folds = fold_numbers([f"C{i}" for i in range(rows)], y, 42)
    assert folds.max() + 1 == n
    assert np.bincount(folds[y == 1]).min() >= min(10, leavers // n)


def test_rows_count_and_not_customers_where_one_has_many():
    ids, y = [f"C{i // 10}" for i in range(6000)], (np.arange(6000) // 10 % 4 == 0).astype(int)
    assert fold_numbers(ids, y, 42).max() + 1 == 5

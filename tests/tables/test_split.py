import numpy as np

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

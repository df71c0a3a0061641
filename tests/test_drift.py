import numpy as np
import pandas as pd
import pytest
from scipy import stats

from retencion_lib import drift

RNG = np.random.default_rng(0)


def test_psi_equals_the_hand_worked_table():
    # with half a customer added: shares 50.5/101 and 50.5/101 against 75.5/101 and 25.5/101
    p, q = np.array([50.5, 50.5]) / 101, np.array([75.5, 25.5]) / 101
    expected = sum((q - p) * np.log(q / p))
    assert drift.psi([50, 50], [75, 25]) == pytest.approx(expected, abs=1e-15)


def test_psi_is_finite_when_a_bin_is_empty():
    assert np.isfinite(drift.psi([100, 0], [0, 100]))


def test_without_drift_psi_is_what_chance_brings():
    seen = [
        drift.psi(RNG.multinomial(1000, [0.1] * 10), RNG.multinomial(500, [0.1] * 10))
        for _ in range(2000)
    ]
    assert np.mean(seen) == pytest.approx(drift.psi_noise(10, 1000, 500), rel=0.05)


def test_ks_equals_scipy_and_sets_nulls_apart():
    a, b = RNG.normal(size=300), RNG.normal(0.2, size=200)
    expected = stats.ks_2samp(a, b, method="asymp")
    assert drift.ks(np.append(a, np.nan), b) == pytest.approx(tuple(expected)[:2], abs=1e-12)


def test_chi_square_equals_scipy():
    table = np.array([[30, 40, 50], [45, 30, 30]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert drift.chi_square(*table) == pytest.approx(expected, abs=1e-12)


def test_rare_categories_are_pooled_before_the_test():
    pooled = stats.chi2_contingency([[60, 40, 3], [50, 45, 5]], correction=False).pvalue
    assert drift.chi_square([60, 40, 1, 2], [50, 45, 3, 2]) == pytest.approx(pooled, abs=1e-12)


def test_benjamini_hochberg_equals_scipy():
    p = RNG.uniform(size=200) ** 3
    expected = stats.false_discovery_control(p) <= 0.05
    np.testing.assert_array_equal(drift.benjamini_hochberg(p, 0.05), expected)


def test_a_value_on_an_edge_belongs_above_and_nulls_have_their_own_bin():
    counts = drift.bin_counts(np.array([0, 1, 2, np.nan]), np.array([1.0, 2.0]))
    assert list(counts) == [1, 1, 1, 1]


def test_a_new_category_moves_psi():
    before, now = pd.Series(["a"] * 50 + ["b"] * 50), pd.Series(["a"] * 40 + ["c"] * 60)
    assert drift.compare_categories("x", before, now).psi_corrected > 1

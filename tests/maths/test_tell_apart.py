"""A classifier of now against before: planted differences, and figures of published formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from retencion_lib.maths.drift.classifier import (
    _area,
    _coded,
    _hanley_mcneil,
    _null_error,
    smallest_area,
    tell_apart,
)


def table(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    plan = np.where(rng.random(n) < 0.5, "a", "b").astype(object)
    return pd.DataFrame({"x": rng.normal(shift, 1, n), "noise": rng.normal(size=n), "plan": plan})


def test_what_moved_is_named_first_and_the_area_is_that_of_the_shift():
    told = tell_apart(table(1500, 1), table(1000, 2, shift=1.0), seed=3)
    # Two normals one apart: Φ(1 / √2) = .760 at best; a model of half the rows learns a part.
    assert 0.70 < told.auc < 0.77
    assert (told.columns[0][0], told.n_reference, told.n_current) == ("x", 1500, 1000)
    assert told.columns[0][1] == pytest.approx(told.auc - 0.5, abs=0.04)
    assert max(loss for _, loss in told.columns[1:]) < 0.03
    assert told.p_value < 1e-9
    # Hanley and McNeil at .724 with 750 and 500 rows: .0150.
    assert told.high - told.low == pytest.approx(2 * 1.96 * 0.0150, abs=2e-4)
    assert told.high - told.auc == pytest.approx(told.auc - told.low)


def test_one_population_is_not_told_apart():
    told = tell_apart(table(600, 4), table(500, 5), seed=3)
    assert told.auc == pytest.approx(0.5, abs=0.05)
    assert told.p_value > 0.05
    assert told.low < 0.5 < told.high


def test_two_sides_without_a_row_in_common_end_at_one():
    told = tell_apart(table(100, 1), table(100, 2, shift=50.0), seed=3)
    assert (told.auc, told.low, told.high) == (1, 1, 1)


@pytest.mark.parametrize(("n", "auc"), [(40, 1.0), (38, 0.5)])
def test_a_model_learns_nothing_from_fewer_than_twenty_rows_of_a_kind(n, auc):
    """Half of each side trains: of 40, a leaf of 20 on each; of 38, one would have 19."""
    told = tell_apart(table(n, 1), table(n, 2, shift=50.0), seed=3)
    assert told.auc == pytest.approx(auc)


def test_the_area_is_that_of_the_ranks():
    said = np.array([3.0, 1.0, 2.0, 2.0, 5.0])
    # Of the six pairs of one and zero: 3 and 5 above both, 2 above 1 and level with 2.
    assert _area(said, np.array([1, 0, 0, 1, 1])) == pytest.approx(5.5 / 6)


def test_the_error_of_an_area_is_the_published_one():
    # Hanley & McNeil (1982) by hand at .75 on 2 and 3: Q1 = .6, Q2 = .642857;
    # (.1875 + 2 · .0375 + .080357) / 6 = .0571429.
    assert _hanley_mcneil(0.75, 2, 3) == pytest.approx(np.sqrt(0.0571429), abs=1e-6)
    # Mann-Whitney without ties: U has variance nm(n + m + 1) / 12.
    assert _null_error(3, 4) == pytest.approx(np.sqrt(3 * 4 * 8 / 12) / 12)


def test_the_smallest_area_is_what_one_half_shows_in_four_of_five():
    # Two halves, each at .005: z = 2.5758 + .8416, over √((100 + 150 + 1) / (12 · 100 · 150)).
    z = stats.norm.isf(0.005) + stats.norm.isf(0.2)
    expected = 0.5 + z * np.sqrt(251 / (12 * 100 * 150))
    assert smallest_area(200, 300, 0.01, 0.8) == pytest.approx(expected)
    assert smallest_area(4, 4, 0.01, 0.8) == 1


def test_only_the_two_hundred_most_frequent_texts_are_told():
    texts = [f"c{n:03d}" for n in range(201) for _ in range(2 if n else 1)] + [None]
    coded = _coded(pd.DataFrame({"t": pd.Series(texts, dtype=object)}))["t"]
    assert len(coded.cat.categories) == 200
    assert coded.isna().tolist() == [True] + [False] * 400 + [True]

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from retencion_lib.models.features import Derive, Derived
from retencion_lib.models.screening import candidates, chance, screen, units
from retencion_lib.models.search import search

FOLDS = np.arange(3000) % 5


def bills(rng, n=3000):
    """Three bills, none of which tells much: who pays most in all leaves."""
    return pd.DataFrame(rng.gamma(4, 5, (n, 3)), columns=["billVoice", "billData", "billOther"])


def test_a_sum_that_decides_is_found_and_named():
    rng = np.random.default_rng(0)
    X = bills(rng)
    y = (rng.random(3000) < np.where(X.sum(axis=1) > 72, 0.8, 0.05)).astype(int)
    (found,) = search(X, y, FOLDS, list(X), [], 0).kept
    assert set(found.column.sources) == set(X)
    assert found.column.kind == "sum"
    assert found.gain > 2 * found.error


@pytest.mark.parametrize("seed", range(2))
def test_a_column_of_another_unit_stays_out_of_a_sum(seed):
    """Tickets share a word with the bills and weigh on their own, but add nothing to the sum."""
    rng = np.random.default_rng(seed)
    X = bills(rng)
    X["billTickets"] = rng.poisson(8, 3000).astype(float)
    paid = X[["billVoice", "billData", "billOther"]].sum(axis=1)
    risk = np.where(paid > 72, 0.8, np.where(X["billTickets"] > 12, 0.5, 0.05))
    y = (rng.random(3000) < risk).astype(int)
    (only,) = search(X, y, FOLDS, list(X), [], 0).columns
    assert only.sources == ("billVoice", "billData", "billOther")


def test_a_ratio_that_decides_is_found():
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"paid": rng.gamma(2, 30, 3000), "calls": rng.gamma(3, 4, 3000) + 1})
    y = (rng.random(3000) < np.where(X["paid"] / X["calls"] > 8, 0.75, 0.05)).astype(int)
    kept = search(X, y, FOLDS, list(X), [], 0).columns
    assert kept[0].kind == "ratio"
    assert set(kept[0].sources) == {"paid", "calls"}


@pytest.mark.parametrize("seed", range(4))
def test_where_there_is_nothing_nothing_is_found(seed):
    rng = np.random.default_rng(seed)
    X = bills(rng)
    y = (rng.random(3000) < np.where(X["billVoice"] > 22, 0.6, 0.2)).astype(int)
    assert search(X, y, FOLDS, list(X), [], seed).kept == ()


def test_a_search_says_at_which_gate_the_candidates_stayed():
    rng = np.random.default_rng(3)
    X, chance_alone = bills(rng), (rng.random(3000) < 0.3).astype(int)
    nothing = search(X, chance_alone, FOLDS, list(X), [], 0)
    assert nothing.looked_at == len(candidates(X, list(X), units(X, list(X))))
    assert (nothing.tried, nothing.kept) == ((), ())
    paid = X["billVoice"] + X["billData"]
    y = (rng.random(3000) < np.where(paid > 45, 0.8, 0.05)).astype(int)
    something = search(X, y, FOLDS, list(X), [], 0)
    assert set(something.columns) <= set(something.tried)


def test_without_two_numbers_nothing_is_looked_at():
    X = pd.DataFrame({"bill": np.arange(3000.0), "plan": ["a", "b", "c"] * 1000})
    assert search(X, (np.arange(3000) % 2), FOLDS, ["bill"], ["plan"], 0).looked_at == 0


@pytest.mark.parametrize(
    ("names", "scales", "together"),
    [
        (["dayCharge", "nightCharge"], [1, 1000], True),
        (["day_charge", "eve_charge"], [1, 1000], True),
        (["alpha", "beta"], [10, 20], True),
        (["alpha", "beta"], [10, 100], False),
    ],
    ids=["camel", "snake", "scale", "neither"],
)
def test_a_unit_is_a_shared_word_or_scale(names, scales, together):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({n: s * rng.uniform(0.9, 1.1, 50) for n, s in zip(names, scales, strict=True)})
    assert ((names[0], names[1]) in units(X, names)) == together


def test_a_column_that_is_often_zero_divides_nothing():
    X = pd.DataFrame({"a": np.arange(1.0, 9), "b": [0.0, 1] * 4})
    ratios = [c.sources for c in candidates(X, ["a", "b"], []) if c.kind == "ratio"]
    assert ratios == [("b", "a")]


def test_derived_columns_say_where_they_come_from():
    step = Derive((Derived("sum", ("a", "b")), Derived("ratio", ("a", "b"))))
    table = step.fit_transform(pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [2.0, 0.0, 1.0]}))
    assert step.sources == {"a + b": ("a", "b"), "a / b": ("a", "b")}
    np.testing.assert_array_equal(table["a + b"], [3, 2, np.nan])
    np.testing.assert_array_equal(table["a / b"], [0.5, np.nan, np.nan])


@pytest.mark.parametrize("whole", [False, True], ids=["all different", "many equal"])
def test_the_chance_is_the_chi_squared_one_of_sixteen_bins_of_equal_size(whole):
    rng = np.random.default_rng(5)
    values = rng.poisson(3, 900).astype(float) if whole else rng.normal(size=900)
    values[::9] = np.nan
    p = rng.uniform(0.1, 0.5, 900)
    y = (rng.random(900) < p).astype(int)
    bins = pd.qcut(values, 16, labels=False, duplicates="drop")
    bins = np.where(np.isnan(bins), 99, bins)
    groups = pd.DataFrame({"gap": y - p, "v": p * (1 - p)}).groupby(bins).sum()
    expected = chi2.logsf((groups["gap"] ** 2 / groups["v"]).sum(), len(groups) - 1)
    assert chance(values, y, p) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("value", [np.nan, 3.0], ids=["empty", "constant"])
def test_a_candidate_without_two_bins_tells_nothing_and_hides_nobody(value):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"flat": np.full(3000, value), "bill": rng.gamma(4, 5, 3000)})
    y = (rng.random(3000) < np.where(X["bill"] > 25, 0.6, 0.1)).astype(int)
    p = np.full(3000, y.mean())
    assert chance(X["flat"].to_numpy() + 0.0, y, p) == 0
    pool = [Derived("sum", ("flat", "flat")), Derived("sum", ("bill", "bill"))]
    assert screen(X, y, p, pool, at_most=np.log(0.01)) == [pool[1]]

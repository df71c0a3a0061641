import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from scipy.spatial import distance

from retencion_lib.maths import drift
from retencion_lib.maths.drift import document, profile, ties
from retencion_lib.maths.drift import statistics as st
from retencion_lib.maths.drift.compare import visible_shift


def rng():
    return np.random.default_rng(0)


def numbers(reference, current):
    plan = drift.plan_numbers(np.asarray(reference, float))
    return drift.count_numbers(plan, reference), drift.count_numbers(plan, current)


def labels(reference, current):
    names, counts = np.unique(reference, return_counts=True)
    plan = drift.plan_labels(dict(zip(names, counts.tolist(), strict=True)))
    sides = (np.unique(side, return_counts=True) for side in (reference, current))
    return tuple(drift.count_labels(plan, list(names), counts) for names, counts in sides)


# PSI


def test_psi_equals_the_hand_worked_table():
    # with half a customer added: shares 50.5/101 and 50.5/101 against 75.5/101 and 25.5/101
    p, q = np.array([50.5, 50.5]) / 101, np.array([75.5, 25.5]) / 101
    expected = sum((q - p) * np.log(q / p))
    assert st.psi([50, 50], [75, 25]) == pytest.approx(expected, abs=1e-15)


def test_psi_is_finite_when_a_bin_is_empty():
    assert np.isfinite(st.psi([100, 0], [0, 100]))


def test_without_drift_psi_is_what_chance_brings():
    draw = rng()
    seen = [
        st.psi(draw.multinomial(1000, [0.1] * 10), draw.multinomial(500, [0.1] * 10))
        for _ in range(2000)
    ]
    assert np.mean(seen) == pytest.approx(st.psi_noise(10, 1000, 500), rel=0.05)


def test_jensen_shannon_equals_scipy():
    before, now = np.array([5, 0, 20, 75]), np.array([10, 3, 0, 7])
    expected = distance.jensenshannon(before, now, base=2)
    assert st.jensen_shannon(before, now) == pytest.approx(expected, abs=1e-12)


# Tests, on the exact path


def test_ks_and_wasserstein_equal_scipy_and_nulls_stay_apart():
    draw = rng()
    a, b = draw.normal(size=3000), draw.normal(0.1, 1.2, size=700)
    found = drift.compare("x", *numbers(np.append(a, np.nan), b))
    expected = stats.ks_2samp(a, b, method="asymp")
    assert found.ks == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-12)
    moved = stats.wasserstein_distance(a, b) / a.std()
    assert found.wasserstein == pytest.approx(moved, abs=1e-12)
    assert found.ks_error == 0


def test_chi_square_equals_scipy():
    table = np.array([[30, 40, 50], [45, 30, 30]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert st.chi_square(*table) == pytest.approx(expected, abs=1e-12)


def test_rare_categories_are_pooled_before_the_test():
    pooled = stats.chi2_contingency([[60, 40, 3], [50, 45, 5]], correction=False).pvalue
    assert st.chi_square([60, 40, 1, 2], [50, 45, 3, 2]) == pytest.approx(pooled, abs=1e-12)


def test_a_category_is_rare_under_five_expected_customers():
    """Of 200, ten in the third and ten in the fourth: five expected on each side."""
    table = np.array([[55, 35, 6, 4], [45, 45, 4, 6]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert st.chi_square(*table) == pytest.approx(expected, abs=1e-12)


def test_benjamini_hochberg_equals_scipy():
    p = rng().uniform(size=200) ** 3
    expected = stats.false_discovery_control(p) <= 0.05
    np.testing.assert_array_equal(st.benjamini_hochberg(p, 0.05), expected)


# Ties


@pytest.mark.parametrize("limit", [0.6, 1.0, 1.36, 1.63, 2.0])
def test_a_bridge_watched_all_along_is_kolmogorovs(limit):
    touched = ties._touches(limit, np.full(64, 1 / 64), np.ones(64, bool))
    assert touched == pytest.approx(stats.kstwobign.sf(limit), rel=1e-3)


@pytest.mark.parametrize("share", [0.5, 0.16])
@pytest.mark.parametrize("limit", [0.4, 0.8])
def test_a_column_of_two_values_is_seen_at_one_point(share, limit):
    touched = ties._touches(limit, np.array([1 - share, share]), np.zeros(2, bool))
    # The bridge at t is normal with variance t(1 - t).
    expected = 2 * stats.norm.sf(limit / np.sqrt(share * (1 - share)))
    assert touched == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("draw", [
    pytest.param(lambda d, n: d.integers(0, 72, n), id="months"),
    pytest.param(lambda d, n: np.where(d.random(n) < 0.3, 0, d.exponential(size=n)), id="zeros"),
    pytest.param(lambda d, n: d.normal(size=n), id="no-ties"),
])  # fmt: skip
def test_p_values_agree_with_permutation_whatever_the_ties(draw):
    d = rng()
    pooled, n = draw(d, 1200), 800
    p_values = []
    for _ in range(1500):
        shuffled = d.permutation(pooled)
        values, place = np.unique(shuffled, return_inverse=True)
        counts = [np.bincount(p, minlength=len(values)) for p in (place[:n], place[n:])]
        p_values.append(st.ks_p_value(st.ks_distance(*counts)[0], *counts))
    # Four standard errors of a share of 1,500.
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.0225)
    assert np.mean(np.array(p_values) < 0.5) == pytest.approx(0.5, abs=0.055)


# Summaries that merge


def same(one, two):
    for name in ("counts", "values"):
        np.testing.assert_array_equal(getattr(one, name, None), getattr(two, name, None))
    for name in ("nulls", "n_texts", "texts", "low", "high", "others", "n_others"):
        assert getattr(one, name, None) == getattr(two, name, None)


floats = some.lists(
    some.one_of(some.integers(-5, 5).map(float), some.floats(-1e6, 1e6), some.just(np.nan)),
    max_size=60,
)


@given(floats, floats, floats, some.sampled_from([4, 10_000]))
@settings(max_examples=200, deadline=None)
def test_a_profile_of_two_blocks_is_the_merge_of_their_profiles(reference, a, b, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile, "EXACT_VALUES", kept)
        plan = drift.plan_numbers(np.array(reference, float))
        a, b = np.array(a, float), np.array(b, float)
        whole = drift.count_numbers(plan, np.append(a, b), texts={"x": 3, "y": 1})
        parts = drift.count_numbers(plan, a, texts={"x": 1}).merge(
            drift.count_numbers(plan, b, texts={"x": 2, "y": 1})
        )
        same(whole, parts)
        assert parts.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-6)
        assert parts.spread == pytest.approx(whole.spread, rel=1e-6, abs=1e-3, nan_ok=True)


words = some.lists(some.sampled_from([f"c{i:02d}" for i in range(40)]), max_size=60)


@given(words, words, words)
@settings(max_examples=200, deadline=None)
def test_categories_merge_exactly_unknown_ones_too(reference, a, b):
    plan = drift.plan_labels({name: reference.count(name) for name in set(reference)})

    def counted(block):
        return drift.count_labels(plan, block, np.ones(len(block), int), nulls=1)

    whole = drift.count_labels(plan, a + b, np.ones(len(a + b), int), nulls=2)
    same(whole, counted(a).merge(counted(b)))


def test_a_block_merged_with_nothing_is_itself():
    column, _ = numbers([1.0, 2.0, 2.0], [])
    same(column, drift.empty(column.plan).merge(column))


@given(floats)
@settings(max_examples=100, deadline=None)
def test_a_stored_summary_reads_back_the_same(values):
    column, _ = numbers(values, [])
    plain = document.to_plain(column)
    text = json.dumps(plain | {k: None for k in ("low", "high") if not np.isfinite(plain[k])})
    same(column, document.from_plain(json.loads(text)))


def test_a_stored_category_reads_back_the_same():
    _, column = labels(list("aab"), list("abc"))
    same(column, document.from_plain(json.loads(json.dumps(document.to_plain(column)))))


# Cells


@pytest.mark.parametrize("shift", [0.0, 0.02, 0.3])
def test_the_binned_ks_is_within_its_stated_bound(shift, monkeypatch):
    draw = rng()
    a, b = draw.normal(size=30_000), draw.normal(shift, size=20_000)
    b[:4000] = 0.0
    exact = stats.ks_2samp(a, b, method="asymp").statistic
    found = drift.compare("x", *numbers(a, b))
    assert 0 < found.ks_error < 0.01 + 0.2 * (shift == 0)
    assert found.ks - 1e-12 <= exact <= found.ks + found.ks_error + 1e-12


def test_bins_are_the_same_from_values_and_from_cells(monkeypatch):
    draw = rng()
    values = np.round(draw.exponential(size=5000), 2)
    exact, _ = numbers(values, [])
    monkeypatch.setattr(profile, "EXACT_VALUES", 10)
    cells, _ = numbers(values, [])
    assert cells.values is None
    np.testing.assert_array_equal(exact.bin_counts(), cells.bin_counts())


def test_a_value_on_an_edge_belongs_above_and_nulls_have_their_own_bin():
    plan = drift.NumberPlan(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    assert list(drift.count_numbers(plan, [0, 1, 2, np.nan]).bin_counts()) == [1, 1, 1, 1]


# Significance and size


def test_a_new_category_moves_psi_and_is_named():
    found = drift.compare("x", *labels(["a"] * 50 + ["b"] * 50, ["a"] * 40 + ["c"] * 60))
    assert found.psi_corrected > 1
    assert (found.category, found.now) == ("otras", 0.6)


@pytest.mark.parametrize(("corrected", "p_value", "ks", "severity", "status"), [
    pytest.param(0.40, 0.5, 0.3, "none", "ok", id="large-but-chance"),
    pytest.param(0.005, 1e-9, 0.02, "none", "ok", id="sure-but-tiny"),
    pytest.param(0.02, 1e-9, 0.02, "slight", "warning", id="slight"),
    pytest.param(0.005, 1e-9, 0.06, "slight", "warning", id="slight-by-ks"),
    pytest.param(0.12, 1e-9, 0.2, "moderate", "warning", id="moderate"),
    pytest.param(0.30, 1e-9, 0.3, "large", "alert", id="large"),
])  # fmt: skip
def test_a_shift_is_said_when_it_is_sure_and_large_enough(corrected, p_value, ks, severity, status):
    shift = drift.Shift(
        name="x", kind="numeric", psi=corrected, psi_expected=0.0, psi_corrected=corrected, ks=ks,
        ks_error=0.0, p_value=p_value, wasserstein=0.0, jensen_shannon=0.0, n_reference=5000,
        n_current=2000, category=None, before=0.0, now=0.0,
    )  # fmt: skip
    (judged,) = drift.judge([shift], drift.Settings())
    assert (judged.severity, judged.status) == (severity, status)


def test_the_visible_shift_of_a_category_is_seen_four_times_in_five():
    draw, n, m = rng(), 3500, 400
    alpha, seen = 0.0005, 0
    names = np.array(["a", "b", "c"])
    base = np.repeat(names, [1750, 1050, 700])
    shift = drift.compare("x", *labels(base, np.repeat(names, [160, 144, 96])))
    assert shift.category == "a"
    step = visible_shift(shift, alpha, drift.Settings())
    moved = np.array([0.5 - step, 0.3 + 0.6 * step, 0.2 + 0.4 * step])
    for _ in range(1000):
        counts = draw.multinomial(n, [0.5, 0.3, 0.2]), draw.multinomial(m, moved)
        seen += st.chi_square(*counts) <= alpha
    assert seen / 1000 == pytest.approx(0.8, abs=0.06)


def test_more_customers_show_smaller_shifts():
    draw = rng()
    visible = []
    for m in (100, 1000, 10_000):
        shift = drift.compare("x", *numbers(draw.normal(size=5000), draw.normal(size=m)))
        visible.append(drift.judge([shift], drift.Settings())[0].visible)
    assert visible[0] > visible[1] > visible[2] == pytest.approx(0.05)


def test_the_visible_shift_of_a_number_is_that_of_the_worked_example():
    """2,000 against 2,000, an effective size of 1,000, at the level .01.

    Kolmogorov's limit is 1.6276, and what four in five pass is .8416 / 2 further on.
    """
    shift = drift.compare("x", *numbers(np.arange(2000.0), np.arange(2000.0)))
    (judged,) = drift.judge([shift], drift.Settings())
    assert judged.visible == pytest.approx((1.6276 + 0.4208) / np.sqrt(1000), abs=1e-5)
    two = drift.judge([shift, shift], drift.Settings())  # each at .005: 1.7308
    assert two[0].visible == pytest.approx((1.7308 + 0.4208) / np.sqrt(1000), abs=1e-5)
    (floor,) = drift.judge([shift], drift.Settings(min_ks=0.1))
    assert floor.visible == 0.1


def test_the_corrected_psi_is_what_chance_does_not_bring_and_never_below_zero():
    found = drift.compare("x", *labels(["a"] * 50 + ["b"] * 50, ["a"] * 75 + ["b"] * 25))
    assert found.psi_expected == pytest.approx(1 / 100 + 1 / 100)
    assert found.psi_corrected == pytest.approx(st.psi([50, 50], [75, 25]) - 0.02)
    assert (found.category, found.before, found.now) == ("a", 0.5, 0.75)
    assert (found.n_reference, found.n_current) == (100, 100)
    assert drift.compare("x", *labels(list("ab"), list("ab"))).psi_corrected == 0


@pytest.mark.parametrize("sides", [
    numbers([1.0, 2.0], []), numbers([], [1.0]), labels([], ["a"]), labels(["a"], []),
], ids=["no-numbers-now", "no-numbers-before", "no-labels-before", "no-labels-now"])  # fmt: skip
def test_a_side_without_rows_is_no_shift(sides):
    shift = drift.compare("x", *sides)
    assert np.isnan([shift.psi, shift.p_value, shift.jensen_shannon]).all()
    (judged,) = drift.judge([shift], drift.Settings())
    assert (judged.status, judged.significant) == ("ok", False)
    assert np.isnan(judged.visible)


def test_a_shift_that_nobody_has_judged_is_none_yet():
    shift = drift.compare("x", *labels(["a"] * 50 + ["b"] * 50, ["a"] * 40 + ["c"] * 60))
    assert (shift.significant, shift.severity, shift.status) == (False, "none", "ok")


@pytest.mark.parametrize(("values", "binary"), [
    ([0.0, 1.0, 1.0], True), ([0.0, 0.0], True), ([1.0, 1.0], True), ([0.0, 2.0], False),
    ([0.0, 0.5, 1.0], False), ([3.0, 3.0], False),
])  # fmt: skip
def test_a_number_of_noughts_and_ones_is_a_share(values, binary):
    assert drift.compare("x", *numbers(values, values)).binary == binary
    assert not drift.compare("x", *labels(["a"], ["a"])).binary


def test_what_a_handful_of_customers_can_show_is_everything():
    for sides in (numbers([1.0, 2.0], [1.0, 2.0]), labels(list("ab"), list("ab"))):
        (judged,) = drift.judge([drift.compare("x", *sides)], drift.Settings())
        assert judged.visible == 1


def test_the_score_is_named_in_words_and_a_column_by_its_name():
    shift = drift.compare("score", *numbers([1.0, 2.0], [1.0]))
    assert (shift.label, replace(shift, name="meses").label) == ("Puntuación", "meses")


def test_a_summary_knows_its_rows_its_moments_and_who_is_outside_the_reference():
    plan = drift.plan_numbers(np.arange(1.0, 11.0))
    now = drift.count_numbers(plan, [0.0, 1.0, 10.0, 11.0, 12.0, np.nan], 2, {"x": 3, "y": 1})
    assert (now.n, now.nulls, now.n_texts, now.texts) == (12, 3, 4, {"x": 3, "y": 1})
    assert now.outside() == (1, 2)
    assert (now.low, now.high, now.mean) == (0.0, 12.0, pytest.approx(6.8))
    assert now.spread == pytest.approx(np.std([0, 1, 10, 11, 12]))
    far = drift.count_numbers(plan, 1e9 + np.array([1.0, 2.0, 3.0]))
    assert far.spread == pytest.approx(np.sqrt(2 / 3))


def test_only_twenty_unknown_names_are_kept_and_all_are_counted():
    names = [f"c{n:02d}" for n in range(30)]
    found = drift.count_labels(drift.plan_labels({"a": 1}), names, np.full(30, 2), nulls=1)
    assert (list(found.others), found.n_others, found.n) == (names[:20], 60, 61)


def test_the_plan_of_labels_keeps_the_thousand_most_frequent():
    plan = drift.plan_labels({f"c{n:04d}": 1 + (n >= 100) for n in range(1100)})
    assert plan.names == tuple(f"c{n:04d}" for n in range(100, 1100))


def test_bins_are_tenths_of_the_reference_and_categories_without_strangers_add_up():
    plan = drift.plan_numbers(np.arange(1.0, 1001.0))
    np.testing.assert_array_equal(plan.bins, np.arange(100.0, 1000, 100))
    assert drift.Labels(drift.LabelPlan(("a",)), np.array([3])).n == 3


def test_a_constant_reference_has_no_unit_to_move_by():
    assert drift.compare("x", *numbers([2.0] * 5, [1.0, 3.0])).wasserstein == 0.0


def test_two_categories_are_enough_to_test_and_one_is_not():
    expected = stats.chi2_contingency([[60, 40], [45, 55]], correction=False).pvalue
    assert st.chi_square([60, 40], [45, 55]) == pytest.approx(expected, abs=1e-12)
    assert np.isnan(st.chi_square([60], [45]))


@pytest.mark.parametrize("limit", [1.2, 1.63])
def test_a_bridge_watched_over_long_steps_is_kolmogorovs_too(limit):
    """Only touching both sides in one step is left out: less likely, the higher the limit."""
    touched = ties._touches(limit, np.array([0.3, 0.3, 0.4]), np.ones(3, bool))
    assert touched == pytest.approx(stats.kstwobign.sf(limit), rel=2e-3)


@pytest.mark.parametrize("limit", [1.3, 1.95, 2.5, 3.2])
def test_a_bridge_seen_at_many_points_is_one_with_a_limit_further_away(limit):
    """Further by .5826 times the root of a step, as Siegmund says (1985): Sequential Analysis."""
    shares = np.full(140, 1 / 140)
    further = stats.kstwobign.sf(limit + 0.5826 * np.sqrt(1 / 140))
    untied = stats.kstwobign.sf(limit)
    assert ties.tie_factor(limit, shares, untied) == pytest.approx(further / untied, rel=0.01)


@pytest.mark.parametrize("limit", [0.2, 0.5, 1.0, 1.5, 2.5])
def test_a_heavy_value_among_many_light_ones_changes_nothing_and_never_raises_the_chance(limit):
    shares = np.append(0.007, np.full(9930, 0.0001))
    found = ties.tie_factor(limit, shares, stats.kstwobign.sf(limit))
    assert found <= 1
    assert found == pytest.approx(1, abs=1e-4)


def test_light_values_are_watched_in_stretches_and_a_heavy_one_is_a_step_of_its_own():
    shares = np.concatenate([np.full(100, 0.004), [0.2], np.full(100, 0.004)])
    lengths, watched = ties._steps(shares)
    assert lengths.sum() == pytest.approx(1)
    assert lengths[~watched] == pytest.approx([0.2])
    assert lengths[watched].max() <= ties.STRETCH + 0.004
    # 26 stretches of 1/64 hold .4 at most, and the two beside the heavy value are cut short.
    assert watched.sum() <= 2 * 26 + 2


def test_a_heavy_value_in_the_middle_of_a_stretch_cuts_it():
    shares = np.concatenate([np.full(15, 0.0005), [0.008], np.full(1969, 0.0005)])
    lengths, watched = ties._steps(shares)
    assert lengths[:2] == pytest.approx([0.0075, 0.008])
    assert watched[:3].tolist() == [True, False, True]


def test_a_step_too_short_for_the_quadrature_is_joined_to_the_next():
    lengths, watched = ties._without_slivers(
        np.array([0.001, 0.5, 0.3, 0.198, 0.001]), np.array([True, False, True, False, True])
    )
    assert lengths == pytest.approx([0.501, 0.3, 0.199])
    assert watched.tolist() == [False, True, False]


@pytest.mark.parametrize("watched", [[True, False, False], [True, True, False]])
def test_a_bridge_is_the_same_backwards(watched):
    lengths = np.array([0.2, 0.3, 0.5])
    forth = ties._touches(1.0, lengths, np.array(watched))
    assert ties._touches(1.0, lengths[::-1], np.array(watched[::-1])) == pytest.approx(forth)

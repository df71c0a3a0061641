"""Groups: differences that are there are found, noise is not, and comparisons are counted."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib.home.exam import GroupRow
from retencion_lib.maths import metrics
from retencion_lib.stages.evaluate import say, segments


def base(n=4000, seed=0):
    """True scores, outcomes drawn from them, and groups that play no part."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    y = (rng.random(n) < p).astype(int)
    return y, p, pd.Series(rng.choice(["a", "b", "c"], n), dtype=object), rng


def one(found: segments.Segments, group: str) -> GroupRow:
    """The row of a group."""
    return next(row for row in found.groups if row.group == group)


def test_a_group_whose_leavers_are_not_foreseen_is_named_with_its_figures():
    y, p, group, rng = base()
    y[(group == "b").to_numpy() & (rng.random(len(y)) < 0.15)] = 1
    found = segments.compare_groups(y, p, 0.3, {"town": group})
    assert "calibration" in one(found, "b").differs
    assert any("«town: b» el modelo prevé bajas de menos" in s for s in say.groups_sentences(found))


def test_a_group_that_is_ranked_at_random_is_named():
    y, p, group, rng = base()
    own = (group == "c").to_numpy()
    p[own] = rng.permutation(p[own])
    found = segments.compare_groups(y, p, 0.3, {"town": group})
    row = one(found, "c")
    assert "roc_auc" in row.differs
    assert row.roc_auc == pytest.approx(0.5, abs=0.05)
    assert any("«town: c» ordena peor" in s for s in say.groups_sentences(found))


@pytest.mark.slow
def test_without_differences_one_is_claimed_in_at_most_five_per_cent_of_tables():
    claimed = 0
    for seed in range(200):
        y, p, group, rng = base(1200, seed)
        other = pd.Series(rng.choice(["x", "y"], len(y)), dtype=object)
        found = segments.compare_groups(y, p, 0.3, {"town": group, "sex": other})
        claimed += len(found.differing()) > 0
    # 5 % of 200 is 10; 18 is its 99 % limit (binomial).
    assert claimed <= 18


def test_two_groups_are_one_comparison_and_three_are_three():
    y, p, group, rng = base()
    two = pd.Series(rng.choice(["x", "y"], len(y)), dtype=object)
    assert segments.compare_groups(y, p, 0.3, {"sex": two}).n_tests == 4
    assert segments.compare_groups(y, p, 0.3, {"town": group}).n_tests == 12
    assert segments.compare_groups(y, p, 0.3, {"town": group}, named=False).n_tests == 6


def test_a_group_too_small_is_shown_without_a_comparison():
    y, p, group, _ = base()
    group[:5] = "tiny"
    row = one(segments.compare_groups(y, p, 0.3, {"town": group}), "tiny")
    assert row.n == 5
    assert np.isnan([row.roc_auc_p, row.calibration_p, row.selected_p]).all()
    assert row.differs == ()


@pytest.mark.parametrize(
    ("p_values", "holds"),
    [
        # Holm's steps for four comparisons: 0.0125, 0.0167, 0.025, 0.05.
        pytest.param([0.01, 0.04, 0.03, 0.005], [True, False, False, True], id="two-hold"),
        pytest.param([0.02, 0.02, 0.02, 0.02], [False] * 4, id="none-holds"),
        pytest.param([0.01, np.nan, 0.04], [True, False, True], id="not-made-not-counted"),
        pytest.param([np.nan], [False], id="none-made"),
    ],
)
def test_holm_rejects_step_by_step(p_values, holds):
    assert segments.holm(np.array(p_values)).tolist() == holds


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        pytest.param([0.0, 1.0, np.nan], ["0", "1", "sin dato"], id="flags"),
        pytest.param(["a", None, "b"], ["a", "sin dato", "b"], id="labels"),
        pytest.param(
            [1.0, 2, 3, 4, 5, 6, 7, 8],
            ["hasta 2,75"] * 2 + ["de 2,75 a 4,50"] * 2 + ["de 4,50 a 6,25"] * 2
            + ["más de 6,25"] * 2,
            id="bands",
        ),
    ],
)  # fmt: skip
def test_a_column_becomes_groups_that_can_be_read(values, groups):
    found = segments.group_of(pd.Series(values))
    assert [say.group_words(*group) for group in found] == groups


def test_many_labels_leave_the_rare_ones_together():
    labels = pd.Series([f"t{i}" for i in range(20) for _ in range(20 - i)], dtype=object)
    found = segments.group_of(labels)
    assert found.nunique() == segments.MAX_GROUPS
    assert found.iloc[0] == ("label", "t0")
    assert found.iloc[-1] == ("other", "")


def test_a_table_without_groups_says_so():
    y, p, _, _ = base(100)
    found = segments.compare_groups(y, p, 0.3, {}, named=False)
    assert (found.n_tests, say.groups_sentences(found), len(say.groups_table(found))) == (0, [], 0)
    assert "Nombra en segments" in say.no_groups_sentence(found)


def lasting(n=200, months=12, seed=0):
    """Customers who are the same every month, in a group that plays no part."""
    y, p, group, rng = base(n, seed)
    p = np.clip(np.tile(p, months) + 0.02 * rng.normal(size=n * months), 0.001, 0.999)
    panel = metrics.Panel(np.tile(np.arange(n), months), np.repeat(np.arange(months), n))
    return np.tile(y, months), p, pd.concat([group] * months, ignore_index=True), panel


def test_copies_of_customers_say_of_a_group_what_one_row_of_each_says():
    y, p, group, _ = base(600)
    strangers = metrics.Panel(np.arange(600), np.zeros(600, int))
    copies = metrics.Panel(np.tile(np.arange(600), 12), np.repeat(np.arange(12), 600))
    twelve = pd.concat([group] * 12, ignore_index=True)
    once = segments.compare_groups(y, p, 0.3, {"town": group}, panel=strangers)
    often = segments.compare_groups(
        np.tile(y, 12), np.tile(p, 12), 0.3, {"town": twelve}, panel=copies
    )
    for one_row, copied in zip(once.groups, often.groups, strict=True):
        assert copied.n == 12 * one_row.n
        for measure in segments.MEASURES:
            assert copied.p_value(measure) == pytest.approx(one_row.p_value(measure))
        assert (copied.selected_low, copied.roc_auc_high) == pytest.approx(
            (one_row.selected_low, one_row.roc_auc_high)
        )


def test_with_one_row_a_customer_groups_compare_nearly_as_without_a_panel():
    y, p, group, _ = base(6000)
    panel = metrics.Panel(np.arange(6000), np.zeros(6000, int))
    ours = segments.compare_groups(y, p, 0.3, {"town": group}, panel=panel)
    plain = segments.compare_groups(y, p, 0.3, {"town": group})
    for own, other in zip(ours.groups, plain.groups, strict=True):
        for measure in segments.MEASURES:
            assert own.p_value(measure) == pytest.approx(other.p_value(measure), abs=0.02)


def test_rows_of_few_customers_are_too_few_to_compare():
    y, p, group, panel = lasting()
    group[panel.customers < 5] = "tiny"
    row = one(segments.compare_groups(y, p, 0.3, {"town": group}, panel=panel), "tiny")
    assert row.n == 60  # rows, twice as many as would be compared of strangers
    assert np.isnan([row.roc_auc_p, row.calibration_p, row.selected_p, row.precision_p]).all()


def test_a_group_of_a_panel_that_is_ranked_at_random_is_named():
    y, p, group, panel = lasting(1500)
    own = (group == "c").to_numpy()
    p[own] = np.random.default_rng(0).permutation(p[own])
    found = segments.compare_groups(y, p, 0.3, {"town": group}, panel=panel)
    assert "roc_auc" in one(found, "c").differs


@pytest.mark.slow
def test_groups_of_a_panel_without_differences_are_told_apart_by_rows_and_not_by_customers():
    claimed = np.zeros(2)
    for seed in range(200):
        y, p, group, panel = lasting(400, seed=seed)
        given = y, p, 0.3, {"town": group}
        for which, own in enumerate((panel, None)):
            claimed[which] += len(segments.compare_groups(*given, panel=own).differing()) > 0
    # 5 % of 200 is 10; 18 is its 99 % limit (binomial).
    assert claimed[0] <= 18
    assert claimed[1] > 60


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        pytest.param([1.0, 2, 3, 4, 5, 6], ["1", "2", "3", "4", "5", "6"], id="six-are-labels"),
        pytest.param([3, 1, 2.5], ["3", "1", "2.5"], id="halves"),
        pytest.param([1, 2, 3, 4, 5, 6, 7, None],
                     ["..2.5"] * 2 + ["2.5..4"] * 2 + ["4..5.5"] + ["5.5.."] * 2 + [""],
                     id="seven-are-bands-and-who-has-none-is-apart"),
        pytest.param([0.0] * 9 + [1, 2, 3, 4, 5, 6], ["..0"] * 9 + ["0..2.5"] * 2 + ["2.5.."] * 4,
                     id="ends-that-are-equal-are-one"),
        pytest.param([0.0] * 30 + [1, 2, 3, 4, 5, 6], ["..0"] * 30 + ["0.."] * 6, id="one-end"),
    ],
)  # fmt: skip
def test_numbers_of_few_values_are_labels_and_of_more_four_bands(values, groups):
    assert [code for _, code in segments.group_of(pd.Series(values))] == groups


@pytest.mark.parametrize(
    ("n", "missing", "n_groups", "other"),
    [(12, False, 12, False), (13, False, 12, True), (11, True, 12, False), (12, True, 13, True)],
)
def test_at_most_twelve_groups_and_who_has_none_beside_them(n, missing, n_groups, other):
    labels = [f"t{i:02d}" for i in range(n) for _ in range(20 - i)] + [None] * missing
    found = segments.group_of(pd.Series(labels, dtype=object))
    assert (found.nunique(), segments.OTHER in set(found)) == (n_groups, other)


def row(**p_values):
    """A group with these p-values, the others not made."""
    y, p, group, _ = base(300)
    blank = segments.compare_groups(y, p, 0.3, {"town": group}).groups[0]
    made = {f"{m}_p": p_values.get(m, np.nan) for m in segments.MEASURES}
    return replace(blank, **made)


def test_all_comparisons_are_counted_and_each_group_keeps_its_own():
    rows = [row(roc_auc=0.012, calibration=0.6), row(selected=0.01), row(calibration=0.001)]
    found = segments._judged(rows, named=True)
    # Four comparisons: .001 and .01 hold (.0125, .0167), .012 too (.025), .6 does not.
    assert [r.differs for r in found.groups] == [("roc_auc",), ("selected",), ("calibration",)]
    assert (found.n_tests, found.facts().comparisons, found.facts().level) == (4, 4, 0.05)
    unnamed = segments._judged(rows, named=False)
    assert [r.differs for r in unnamed.groups] == [("roc_auc",), (), ("calibration",)]
    assert (unnamed.n_tests, len(unnamed.differing())) == (3, 2)
    assert unnamed.most() is unnamed.groups[2]


def test_a_group_that_was_compared_is_less_like_the_others_than_one_that_was_not():
    rows = [row(), row(calibration=1.0), row()]
    found = segments._judged(rows, named=True)
    assert found.most() is found.groups[1]


def test_who_is_at_the_threshold_is_flagged():
    y, p = np.tile([0, 1], 100), np.full(200, 0.3)
    group = pd.Series(["a", "b"] * 100, dtype=object)
    assert one(segments.compare_groups(y, p, 0.3, {"town": group}), "a").selected == 1


def test_columns_asked_for_come_first_else_the_sensitive_and_those_of_two_to_six_values():
    X = pd.DataFrame({
        "one": [1] * 8, "two": [1, 2] * 4, "six": [1, 2, 3, 4, 5, 6, 6, 6], "seven": range(8),
    })  # fmt: skip
    kinds = [SimpleNamespace(name="sex", kind="sensitive"), SimpleNamespace(name="k", kind="text")]
    customers = SimpleNamespace(X=X, columns=kinds, values=lambda name: name)
    assert list(segments.grouping_columns(customers, [])) == ["sex", "two", "six"]
    assert segments.grouping_columns(customers, ["k"]) == {"k": "k"}

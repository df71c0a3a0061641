"""A table's summary: what merges, what goes to JSON, and what tells one table from another."""

import json

import numpy as np
import pytest

from retencion_lib.maths import drift
from retencion_lib.maths.drift import table
from retencion_lib.maths.drift.table import Profile


def profile(ages, plans, newest, cuts=(20.0, 30.0)):
    plan = drift.NumberPlan(np.array(cuts), np.array(cuts))
    names, counts = np.unique(plans, return_counts=True)
    labels = drift.count_labels(drift.LabelPlan(("a", "b")), list(names), counts)
    columns = {"age": drift.count_numbers(plan, ages), "plan": labels}
    return Profile(len(ages), columns, {"joined": newest})


HERE = profile([20.0, 35.0, 41.0], ["a", "b", "c"], "2026-03-01")


def test_two_parts_make_the_whole_with_the_newest_date():
    parts = profile([20.0], ["a"], "2026-03-01").merge(
        profile([35.0, 41.0], ["b", "c"], "2026-02-01")
    )
    assert table.to_plain(parts) == table.to_plain(HERE)
    assert parts.merge(table.nothing(parts.plan)).n_rows == 3
    assert set(HERE.plan) == {"age", "plan", "joined"}
    assert HERE.plan["joined"] is None


def test_a_profile_reads_back_the_same_from_json():
    again = table.from_plain(json.loads(json.dumps(table.to_plain(HERE))))
    assert table.to_plain(again) == table.to_plain(HERE)


def test_a_fingerprint_is_of_the_rows_and_not_of_the_plan():
    other_plan = profile([20.0, 35.0, 41.0], ["a", "b", "c"], "2026-03-01", cuts=(25.0,))
    names = ["plan", "age", "absent"]
    assert table.fingerprint(HERE, names) == table.fingerprint(other_plan, names)


@pytest.mark.parametrize("other", [
    profile([20.0, 35.0, 42.0], ["a", "b", "c"], "2026-03-01"),
    profile([20.0, 35.0, 41.0], ["a", "b", "b"], "2026-03-01"),
    profile([20.0, 36.0, 41.0], ["a", "b", "c"], "2026-03-01"),
    profile([20.0, 35.0, 41.0], ["a", "b", "d"], "2026-03-01"),
    profile([20.0, 35.0, np.nan], ["a", "b", "c"], "2026-03-01"),
], ids=["highest", "label", "mean", "unknown-label", "null"])  # fmt: skip
def test_another_value_is_another_fingerprint(other):
    names = ["age", "plan"]
    assert table.fingerprint(HERE, names) != table.fingerprint(other, names)


def test_only_the_columns_that_are_named_count():
    other = profile([20.0, 35.0, 42.0], ["a", "b", "c"], "2026-03-01")
    assert table.fingerprint(HERE, ["plan"]) == table.fingerprint(other, ["plan"])


def test_the_keys_of_rows_are_the_published_splitmix64():
    assert [f"{key:016x}" for key in table.row_keys(0, 3)] == [
        "e220a8397b1dcdaf", "6e789e6aa1b965f4", "06c45d188009454f",
    ]  # fmt: skip
    np.testing.assert_array_equal(table.row_keys(1, 2), table.row_keys(0, 3)[1:])

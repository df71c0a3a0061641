"""A column of 0 and 1 is said as a share of the customers, never as a mean or by its KS."""

from dataclasses import replace

import numpy as np
import pytest

from retencion_lib.maths import drift
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.checks.say_moved import what_moved
from retencion_lib.stages.checks.shifts import shift_alerts
from retencion_lib.stages.monitor import figures, say


def moved(before, now, name="fijo"):
    """Shift of a column between two samples."""
    before, now = (np.asarray(side, float) for side in (before, now))
    plan = drift.plan_numbers(before)
    sides = (drift.count_numbers(plan, side) for side in (before, now))
    return drift.judge([drift.compare(name, *sides)], drift.Settings())[0]


ONES = moved([0] * 700 + [1] * 300, [0] * 400 + [1] * 600)


@pytest.mark.parametrize(
    ("values", "binary"),
    [([0, 1, 1], True), ([0, 0, 0], True), ([0, 1, 2], False), ([0.5, 1, 0], False)],
)
def test_binary_is_what_holds_nothing_but_0_and_1(values, binary):
    assert moved(values * 50, values * 50).binary is binary


def test_its_change_is_told_in_customers():
    assert what_moved(ONES) == "los clientes con 'fijo' pasan del 30,0 % al 60,0 %"
    (alert,) = map(worded, shift_alerts([ONES]))
    assert "los clientes con 'fijo' pasan del 30,0 % al 60,0 % (PSI" in alert.message
    assert "KS" not in alert.message


def test_its_row_of_the_table_shows_shares_and_no_ks():
    row = say.shifts_table([ONES]).iloc[0]
    assert (row["Antes y ahora"], row["ks"]) == ("30 % → 60 %", None)
    assert row["Se vería desde"].startswith("±")
    assert "en una de 0 y 1, que los clientes con 'fijo' ganaran" in say.visible_sentence([ONES])


def test_its_panel_has_its_two_values_and_no_ranges():
    before, now = [0.0] * 70 + [1.0] * 30, [0.0] * 40 + [1.0] * 60
    plan = drift.plan_numbers(np.array(before))
    sides = [drift.count_numbers(plan, np.array(side)) for side in (before, now)]
    names, (was, is_now) = figures.shares(*sides, binary=True)
    assert (names, list(was), list(is_now)) == (["0", "1"], [0.7, 0.3], [0.4, 0.6])


def test_a_finding_stored_before_this_was_known_reads_as_it_did():
    (alert,) = shift_alerts([ONES])
    facts = {k: v for k, v in alert.facts.items() if k != "binary"}
    assert "la media de 'fijo' pasa de" in worded(replace(alert, facts=facts)).message

"""Outcomes that come before their horizon is over: they wait, and raise no alert."""

import numpy as np
import pytest

from retencion_lib import words
from retencion_lib.home.history import History
from retencion_lib.stages.monitor.performance.realised import (
    Yardstick,
    measure_batches,
    realised_alerts,
)
from retencion_lib.stages.monitor.performance.say import outcomes_sentence
from retencion_lib.tables.history import clock_of
from retencion_lib.tables.outcomes import collect, logged, predicted
from tests.scored_home import batch_of, many_scores, write_labels, write_log

SNAPSHOT, WATCHED = np.datetime64("2026-03-01"), 28
IN_TIME = SNAPSHOT + WATCHED + 1  # the day after the last that is watched


def looked_at(home, days_early: int, *, history: bool = True):
    """A batch whose leavers leave on any day of four weeks, with labels of some days before."""
    rng = np.random.default_rng(2)
    p = many_scores(3000, 1)
    left_on = np.where(rng.random(3000) < p, rng.integers(1, WATCHED + 1, 3000), WATCHED + 1)
    y = (left_on <= WATCHED - days_early).astype(int)
    ids = [f"k{n}" for n in range(3000)]
    for day, scores in (("2026-02-01", rng.permutation(p)), (str(SNAPSHOT), p)):
        write_log(home, ids, scores, day=day, snapshot=day)
    clock = clock_of(History("day", f"{WATCHED}d", as_of=str(IN_TIME - days_early)))
    time = {"clock": clock, "snapshot_col": "day"} if history else {}
    batch = batch_of(p)
    people = predicted(
        batch, logged("cliente"), threshold=0.5, snapshot_col="day" if history else None
    )
    found = collect(batch, people, write_labels(home, ids, y), target="baja", **time)
    realised = measure_batches(found, Yardstick(0.1))
    exam = {"roc_auc": realised[0].expected["roc_auc"]} if realised else {}
    return found, realised_alerts(realised, exam)


@pytest.mark.parametrize("days_early", [1, 7, 14, 21])
def test_labels_that_come_early_wait_and_raise_nothing(home, days_early):
    found, alerts = looked_at(home, days_early)
    assert (len(found.known), found.immature, found.mature_on) == (0, 3000, str(IN_TIME))
    assert alerts == []
    said = outcomes_sentence(found)
    assert "se toma por la del 1 de marzo de 2026" in said
    assert "3.000 por madurar, que aún no dicen nada" in said
    assert f"cuentan todos desde el {words.day(IN_TIME)}" in said


def test_labels_in_time_are_measured_and_raise_nothing(home):
    found, alerts = looked_at(home, 0)
    assert (len(found.known), found.immature, alerts) == (3000, 0, [])


def test_the_same_labels_would_have_raised_alerts_where_nothing_is_asked_of_time(home):
    assert {a.code for a in looked_at(home, 14, history=False)[1]} == {"RET041", "RET042"}

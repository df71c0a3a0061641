"""What the stage reads: each document and each table once, and what it does without them."""

import pytest

from retencion_lib.home.watch_report import CURRENT
from retencion_lib.stages.checks.shifts import shifts
from retencion_lib.stages.monitor.causes import Unknown
from retencion_lib.stages.monitor.watch import watch
from retencion_lib.tables import scored
from retencion_lib.tables.sources import Source
from tests.watch_home import loaded


@pytest.fixture
def opened(monkeypatch):
    """Tables that were opened, in order; none can be read whole."""
    opened, paths = scored.open_source, []

    def noted(path):
        paths.append(path)
        return opened(path)

    monkeypatch.setattr(scored, "open_source", noted)
    monkeypatch.delattr(Source, "table")
    return paths


def test_the_batch_and_the_reference_are_each_opened_once_and_never_held(home, opened):
    watch(loaded("same.csv"))
    assert opened == ["same.csv", "monitoring/train_with_score.csv"]


def test_before_any_other_stage_the_batch_is_still_looked_at(home):
    seen = watch(loaded("same.csv"))
    assert (seen.causes.unknown, seen.exam, seen.effect) == (Unknown.NO_MODEL, {}, None)
    assert seen.capacity == 0.10
    assert seen.expected.line is None
    assert seen.alerts == []


def test_what_moved_is_remembered_beside_the_estimate(home):
    tables = loaded("moved.csv")
    assert watch(tables, shifts(tables)).expected.moved == ["months"]


def test_outcomes_are_measured_without_a_model_in_use(home):
    (home / "labels.csv").write_text(
        "id,left\n" + "".join(f"C2-{i},{i % 3 == 0:d}\n" for i in range(900))
    )
    (batch,) = watch(loaded("same.csv"), labels="labels.csv").realised
    assert (batch.batch, batch.n_labelled, batch.n_missing) == (CURRENT, 900, 100)

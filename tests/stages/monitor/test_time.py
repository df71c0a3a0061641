"""Where customers have a history: what 05 compares with, and which outcomes it lets count."""

import sys
from dataclasses import replace

import pandas as pd
import pytest

from retencion_lib.errors import ParameterError
from retencion_lib.home import watch_report
from retencion_lib.home.history import History
from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages.monitor import say_report
from retencion_lib.stages.monitor.documents import read_documents
from tests.watch_home import ASK, REFERENCE, customers

EXAM = ("2026-02-01", "2026-03-01")
HISTORY = History("day", "28d", as_of="2026-03-31")


@pytest.fixture
def home(home, monkeypatch):
    """A home whose model in use learnt with a history, and a batch of May like the exam."""
    reference = customers(3000, 1)
    days = [EXAM[i % 2] for i in range(3000)]
    reference.assign(day=days).to_csv(home / REFERENCE, index=False)
    customers(1000, 2).assign(day="2026-05-01").to_csv(home / "same.csv", index=False)
    learnt = replace(read_documents("id"), history=HISTORY)
    stage = sys.modules[monitoring.watch.__module__]
    monkeypatch.setattr(stage, "read_documents", lambda id_col: learnt)
    return home


def look(labels="", *, date="2026-05-02", **time):
    tables, _ = monitoring.load(REFERENCE, "same.csv", **ASK, date=date)
    found = monitoring.shifts(tables, monitoring.settings(min_ks=0.05, min_psi=0.01))
    seen = monitoring.watch(tables, found, labels, **time)
    monitoring.write_report(tables, found, [], seen=seen)
    return tables, watch_report.read()


def test_the_day_of_the_rows_is_never_compared(home):
    tables, report = look()
    assert "day" not in tables.features
    assert "day" not in [shift.name for shift in report.features]


def test_the_report_says_with_which_days_the_batch_is_compared(home):
    _, report = look()
    assert (report.snapshot, tuple(report.reference_snapshots)) == ("2026-05-01", EXAM)
    said = say_report.reference_sentence(report)
    assert "2 fotos, del 2026-02-01 al 2026-03-01. Ninguna es del mes de la del lote" in said
    same_month = replace(report, snapshot="2027-02-01")
    assert "Ninguna" not in say_report.reference_sentence(same_month)


def test_an_old_report_says_nothing_of_days(home):
    _, report = look()
    assert say_report.reference_sentence(replace(report, reference_snapshots=[])) == ""


DAYS = [
    # 1 May and 28 days is 29 May, which has to be over.
    pytest.param({"date": "2026-05-29"}, (1000, "2026-05-30", 0), id="the-run's-day"),
    pytest.param({"date": "2026-05-30"}, (0, None, 1000), id="the-day-after"),
    pytest.param(
        {"date": "2026-06-30", "as_of": "2026-05-29"}, (1000, "2026-05-30", 0), id="as-of"
    ),
]


@pytest.mark.parametrize(("given", "expected"), DAYS)
def test_outcomes_count_when_their_horizon_is_over_on_the_day_of_the_labels(home, given, expected):
    batch = pd.read_csv(home / "same.csv")
    labels = batch[["id"]].assign(left=[i % 4 == 0 for i in range(1000)]).astype({"left": int})
    labels.to_csv(home / "labels.csv", index=False)
    _, report = look("labels.csv", **given)
    known = sum(r.n_labelled for r in report.realised)
    assert (report.immature_outcomes, report.mature_on, known) == expected


def test_another_horizon_is_refused_before_anything_is_written(home):
    with pytest.raises(ParameterError, match=r"horizon = '3m'.*se entrenó con horizon = '28d'"):
        look(horizon="3m")
    assert watch_report.last() is None

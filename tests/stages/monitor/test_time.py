"""Where customers have a history: what 05 compares with, and which outcomes it lets count."""

import sys
from dataclasses import replace

import pandas as pd
import pytest

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import disk, watch_report
from retencion_lib.home.experiments import Learnt
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
    table = Learnt("panel.csv", "", 0, 0.0, "left", "id", 0.2, history=HISTORY)
    learnt = replace(read_documents(), table=table)
    stage = sys.modules[monitoring.watch.__module__]
    monkeypatch.setattr(stage, "read_documents", lambda: learnt)
    return home


def look(labels="", *, date="2026-05-02", **time):
    tables, _ = monitoring.load(REFERENCE, "same.csv", **ASK, date=date)
    rules = monitoring.settings(min_ks=0.05, min_psi=0.01)
    found = monitoring.shifts(tables, rules)
    seen = monitoring.watch(tables, found, labels, **time)
    season = monitoring.last_year(tables, seen.table, seen.snapshot, rules)
    monitoring.write_report(tables, found, [], seen=seen, season=season)
    return tables, watch_report.read()


def test_the_day_of_the_rows_is_never_compared(home):
    tables, report = look()
    assert "day" not in tables.features
    assert "day" not in [shift.name for shift in report.features]


def test_the_report_says_with_which_days_the_batch_is_compared(home):
    _, report = look()
    assert (report.snapshot, tuple(report.reference_snapshots)) == ("2026-05-01", EXAM)
    said = say_report.reference_sentence(report)
    assert (
        "2 fotos, del 1 de febrero de 2026 al 1 de marzo de 2026. Ninguna es del mes de la del lote"
        in said
    )
    same_month = replace(report, snapshot="2027-02-01")
    assert "Ninguna" not in say_report.reference_sentence(same_month)


def test_a_row_without_a_day_is_refused_wherever_it_lies(home):
    batch = pd.read_csv(home / "same.csv")
    batch.loc[700, "day"] = None
    batch.to_csv(home / "same.csv", index=False)
    with pytest.raises(DataError, match=r"same\.csv: 'day' está vacío en 1 fila \(línea 702\)"):
        look()


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


@pytest.fixture
def panel(home, monkeypatch):
    """The table learnt from reaches back a year, to a May in which customers were older."""
    old = pd.concat([
        customers(1000, 4, months=42).assign(day="05/05/2025"),
        customers(1000, 5).assign(day="20/06/2025"),
    ])  # fmt: skip
    old.drop(columns="score").to_csv(home / "panel.csv", index=False)
    sha256 = disk.sha256(home / "panel.csv")
    table = Learnt("panel.csv", sha256, 0, 0.0, "left", "id", 0.2, history=HISTORY)
    known = replace(read_documents(), table=table)
    stage = sys.modules[monitoring.watch.__module__]
    monkeypatch.setattr(stage, "read_documents", lambda: known)
    return home


SEASONS = [
    (42, 10, "Como entonces, y es cosa de la época: 'months'."),
    (60, 10, "Distinto también de entonces: 'months'."),
    (30, 10, "Distinto solo de entonces: 'months'."),
    (42, 1, "Como entonces, y es cosa de la época: 'months'. "
            "Distinto también de entonces: 'price'."),
]  # fmt: skip


@pytest.mark.parametrize(("months", "spread", "said"), SEASONS)
def test_what_has_moved_is_held_against_the_same_month_of_the_year_before(
    panel, months, spread, said
):
    batch = customers(1000, 2, months=months).assign(day="2026-05-01")
    batch["price"] = 50 + (batch["price"] - 50) * spread / 10
    batch.to_csv(panel / "same.csv", index=False)
    _, report = look()
    assert (report.season.day, report.season.n_rows) == ("2025-05-05", 1000)
    assert say_report.reference_sentence(report) == (
        "La referencia es de 2 fotos, del 1 de febrero de 2026 al 1 de marzo de 2026. También se "
        f"compara con la foto de un año antes, la del 5 de mayo de 2025 (1.000 filas). {said}"
    )


def test_where_nothing_differs_from_then_it_is_said(panel):
    customers(1000, 6, months=42).assign(day="2026-05-01").to_csv(panel / "same.csv", index=False)
    _, report = look()
    as_then = replace(report, features=[replace(s, status="ok") for s in report.features])
    assert say_report.reference_sentence(as_then).endswith("Nada ha cambiado desde entonces.")


@pytest.mark.parametrize("day", ["2026-04-19", "2026-07-06"])
def test_a_month_that_is_not_the_same_is_not_compared(panel, day):
    customers(1000, 2).assign(day=day).to_csv(panel / "same.csv", index=False)
    assert look(date="2026-07-07")[1].season is None


def test_another_table_under_the_name_of_the_one_learnt_from_is_not_compared(panel):
    with (panel / "panel.csv").open("a") as handle:
        handle.write("\n")
    assert look()[1].season is None
    (panel / "panel.csv").unlink()
    assert look()[1].season is None

"""The list of runs: order, seals, what is drawn over time, and its links."""

import re

import pytest

from retencion_lib import config
from retencion_lib.home.event import Event, Model
from retencion_lib.runs import index


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))


def run(day, notebook="05_monitor", **results):
    """Start and end of a run on a day of October 2026."""
    at, run_id = f"2026-10-{day:02}T08:30:00+00:00", f"{day}-{notebook}"
    folder = f"runs/2026-10-{day:02}/{run_id}/{notebook}"
    files = {f"{folder}.ipynb": "a" * 64, f"{folder}.html": "b" * 64}
    common = {"at": at, "run_id": run_id, "notebook": notebook}
    return [
        Event("run_started", seq=2 * day - 1, **common),
        Event("run_finished", seq=2 * day, status="ok", files=files, results=results, **common),
    ]  # fmt: skip


def shown_rows(events):
    return re.findall(r'<tr id="l.*?</tr>', index.to_html(events))


def test_runs_are_listed_newest_first_and_all_of_them_without_any_script():
    events = [e for day in range(1, 31) for e in run(day)]
    days = [re.search(r'data-d="([^"]+)"', row)[1] for row in shown_rows(events)]
    assert days == [f"2026-10-{day:02}" for day in range(30, 0, -1)]


def test_a_run_that_started_and_never_ended_is_listed_without_a_seal():
    (row,) = shown_rows(run(3)[:1])
    assert "sin terminar" in row
    assert "sin sellar" in row


def test_the_seal_names_the_line_and_the_report_s_hash():
    (row,) = shown_rows(run(3))
    assert "línea 6 <code>bbbbbbbb</code>" in row


def test_links_start_at_the_page_and_survive_strange_names():
    events = run(3, notebook="mi cuaderno & más")
    (row,) = shown_rows(events)
    assert 'href="2026-10-03/3-mi%20cuaderno%20%26%20m%C3%A1s/' in row
    assert ">mi cuaderno &amp; más</a>" in row


def test_events_of_another_kind_and_missing_results_are_no_trouble():
    other = Event("erasure", seq=9, at="2026-10-09T08:00:00+00:00")
    assert len(shown_rows([*run(3), other])) == 1


@pytest.mark.parametrize(
    ("notebook", "results", "code", "said"),
    [
        ("05_monitor", {"list_usable": "yes", "status": "ok"}, "usable", "usable"),
        ("05_monitor", {"list_usable": "care", "status": "alert"}, "review", "revisar"),
        ("04_infer", {"list_usable": "no"}, "unusable", "no usar"),
        ("01_eda", {"table_usable": "no"}, "unusable", "no usar"),
        ("03_champion_eval", {}, "done", "terminada"),
    ],
)
def test_the_badge_of_a_run_is_its_outcome_and_one_can_filter_by_it(notebook, results, code, said):
    text = index.to_html(run(3, notebook, **results))
    assert f'data-s="{code}"' in text
    assert f'<span class="badge {code}">{said}</span>' in text
    assert f'<option value="{code}">{said}</option>' in text


def test_the_auc_comes_with_its_interval():
    (row,) = shown_rows(run(3, "03_champion_eval", roc_auc=0.8509, roc_auc_ci=[0.8278, 0.8709]))
    assert "0,851 <small>[0,828; 0,871]</small>" in row


def figures(*events) -> dict[str, str]:
    """Figures at the top of the page, with their notes."""
    found = re.findall(
        r"<dt>(.*?)</dt><dd>(.*?)</dd>", index.to_html([e for r in events for e in r])
    )
    return {label: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for label, value in found}


def exam(day, examined, champion, roc_auc):
    return run(day, "03_champion_eval", examined=examined, champion=champion, roc_auc=roc_auc,
               roc_auc_ci=[0.8, 0.9])  # fmt: skip


def test_the_exam_of_a_challenger_that_was_turned_down_is_its_own():
    events = exam(1, "A v0.1", "A v0.1", 0.85), exam(2, "B v0.2", "A v0.1", 0.83)
    assert figures(*events)["Campeón"].startswith("A v0.1")
    assert figures(*events)["ROC-AUC en su examen"].startswith("0,850")
    first, second = shown_rows([e for r in events for e in r])[::-1]
    assert 'data-l="Modelo">A v0.1</td>' in first
    assert 'data-l="Modelo">B v0.2 <small>sigue A v0.1</small></td>' in second


def test_beside_the_champions_exam_stands_what_was_last_measured_of_it():
    def measured(day, model, roc_auc, on=""):
        return run(day, measured_roc_auc=roc_auc, measured_roc_auc_ci=[0.7, 0.9], measured_on=on,
                   measured_model=model)  # fmt: skip

    shown = figures(exam(1, "A v0.1", "A v0.1", 0.85), measured(3, "A v0.1", 0.82, "2026-08-28"),
                    measured(4, "Z v0.0", 0.60))  # fmt: skip
    assert shown["ROC-AUC con resultados"] == "0,820 [0,700; 0,900], al 95 %; 28 de agosto de 2026"


def test_the_champion_is_who_was_put_in_use_and_not_who_scored_last():
    put = Event("promotion", seq=9, at="2026-10-02T08:00:00+00:00", new=Model(name="B v0.2"))
    shown = figures(exam(1, "B v0.2", "A v0.1", 0.83), [put], run(3, "04_infer", champion="C v0.3"))
    assert shown["Campeón"].startswith("B v0.2")
    assert shown["ROC-AUC en su examen"].startswith("0,830")


def test_the_change_of_champion_is_listed_with_its_reason_and_who_approved_it():
    event = Event(
        "promotion", seq=7, at="2026-10-07T08:00:00+00:00", approver="Ana",
        old=Model("xgb v0.1"), new=Model("xgb v0.2"), reason="gana <siempre>",
    )  # fmt: skip
    text = index.to_html([event])
    for said in ("xgb v0.1", "xgb v0.2", "gana &lt;siempre&gt;", "Ana"):
        assert f"<td>{said}</td>" in text


def test_an_empty_ledger_gives_an_empty_list():
    text = index.to_html([])
    assert "0 ejecuciones" in text
    assert "está vacío" in text

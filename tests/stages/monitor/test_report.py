"""The report of a run and its answer: what is written, what is said first, and what to do."""

import json
from dataclasses import asdict

import pandas as pd
import pytest

from retencion_lib.home import watch_report
from retencion_lib.home.watch_report import CURRENT, Effect, Groups, WatchReport
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.checks.rules import hard_findings
from retencion_lib.stages.checks.shifts import shift_alerts, shifts
from retencion_lib.stages.monitor import say_report
from retencion_lib.stages.monitor.advice import recommend
from retencion_lib.stages.monitor.report import write_report
from retencion_lib.stages.monitor.say_report import answer, moved_sentence
from tests.watch_home import loaded
from tests.watch_reports import AUC, expected, measured, quiet


def report_of(current: str, *more: Alert) -> WatchReport:
    t = loaded(current)
    found = shifts(t)
    return write_report(t, found, [*hard_findings(t), *shift_alerts(found), *more])


def test_a_batch_of_the_same_customers_says_nothing(home):
    report = report_of("same.csv")
    assert (report.status, report.alerts) == ("ok", [])
    assert answer_of("same.csv")[0] == (
        "**¿Se puede usar esta lista? Sí.** Ningún hallazgo en un lote de 1.000 clientes."
    )
    assert "Usa las puntuaciones" in answer_of("same.csv")[3]


def test_a_moved_column_is_said_with_its_code_and_the_contract_keeps_its_keys(home):
    report = report_of("moved.csv")
    assert [a.column for a in report.alerts if a.code == "RET010"] == ["months"]
    assert "la media de 'months' pasa de" in moved_sentence(report)
    written = json.loads((home / "monitoring/drift_report.json").read_text())
    assert set(written) >= {"created_at", "status", "reference", "current", "features", "score",
                            "quality", "alerts"}  # fmt: skip
    for row in [*written["features"], written["score"]]:
        assert set(row) >= {"name", "kind", "psi", "ks", "p_value", "status"}


FALL = Alert(
    Code.REALISED_FALL, "alert", None, -0.2, -0.02,
    {"batch": "current", "retired": "", "measured": 0.6, "exam": 0.8, "low": -0.3, "high": -0.1},
)  # fmt: skip


def test_every_finding_counts_for_the_status_and_the_worst_is_first(home):
    report = report_of("moved.csv", FALL)
    assert report.status == "alert"
    assert [a.code for a in report.alerts] == ["RET041", "RET010"]
    assert report.quality == []


def test_what_is_written_is_what_is_read(home):
    written = report_of("moved.csv", FALL)
    assert asdict(watch_report.read()) == asdict(written)


def test_the_report_holds_both_answers_as_codes(home):
    written = report_of("moved.csv", FALL)
    assert (written.list_usable, written.retrain) == ("care", "yes")
    found = json.loads((home / "monitoring/drift_report.json").read_text())
    assert {name: found[name] for name in written.answers} == written.answers


@pytest.mark.parametrize(
    ("batches", "on"),
    [
        ([measured("2026-04-28"), measured("2026-05-28")], "2026-05-28"),
        ([measured("2026-05-28"), measured(CURRENT)], ""),
        ([measured("2026-04-28"), measured("2026-05-28", retired="mlp__v0.1")], "2026-04-28"),
    ],
    ids=["newest", "this-batch", "not-of-a-retired-model"],
)
def test_what_was_last_measured_of_the_model_in_use_goes_to_the_list_of_runs(home, batches, on):
    found = monitoring.measured(quiet(realised=batches))
    assert (found["measured_roc_auc"], found["measured_on"]) == (0.8, on)


def test_the_list_of_runs_gets_what_was_estimated_and_what_each_batch_with_outcomes_showed(home):
    kept = Effect(Groups(34, 4), Groups(8, 2), Estimate(0.2, 0.1, 0.3), 900.0, None,
                  Estimate(6.8, 3.4, 10.2), Estimate(700.0, -50.0, 1400.0))  # fmt: skip
    batches = [measured(CURRENT), measured("2026-05-28", effect=kept)]
    found = monitoring.measured(quiet(realised=batches, expected=expected(AUC)))
    assert (found["expected_roc_auc"], found["expected_roc_auc_ci"]) == (0.8, [0.7, 0.9])
    auc = {"n_labelled": 500, "n_missing": 0, "roc_auc": 0.8, "roc_auc_ci": [0.7, 0.9]}
    assert found["measures"] == [
        {"on": "", **auc},
        {"on": "2026-05-28", **auc, "n_contact": 34, "n_control": 4, "saved": 6.8,
         "saved_ci": [3.4, 10.2], "profit": 700.0, "profit_ci": [-50.0, 1400.0]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "Ningún hallazgo en un lote de 500 clientes."),
        ([Alert(Code.COLUMN_MOVED, "warning", "x")], "1 hallazgo: cambio en 'x'."),
        (
            [Alert(Code.COLUMN_MOVED, "alert", "x"), Alert(Code.PERSISTS, "alert", "y")],
            "Lo impide: cambio en 'x'.",
        ),
    ],
)
def test_one_line_says_why_the_list_can_be_used_or_not(found, why):
    assert say_report.why(quiet(alerts=found)) == why


def test_without_outcomes_nothing_was_measured():
    assert monitoring.measured(quiet()) == {}


def test_both_answers_come_first_then_what_moved_and_what_to_do(home):
    said = answer_of("moved.csv")
    assert said[0].startswith("**¿Se puede usar esta lista? Sí, con cuidado.** 1 hallazgo en un")
    assert said[1].startswith("**¿Hay que reentrenar? No.** Nada indica")
    assert said[2].startswith("**Qué ha cambiado.** 1 de 3 columnas, y la puntuación no:")
    assert said[3].startswith("**Qué hacer.** Es pequeño y real")


def test_a_broken_extract_is_said_first_in_words_and_the_list_is_stopped(home):
    table = pd.read_csv(home / "same.csv")
    table["price"] = table["price"].mask(table.index % 3 == 0)
    table.to_csv(home / "broken.csv", index=False)
    said = answer_of("broken.csv")
    assert said[0].startswith("**¿Se puede usar esta lista? No.**")
    assert said[0].endswith("lo impide: más nulos en 'price'.")
    assert said[1].startswith("**¿Hay que reentrenar? Esperar hasta que el extracto esté corregido")
    assert said[-1].endswith("repite `retencion infer` y `retencion monitor`.")
    assert "RET0" not in " ".join(said)


def test_what_the_outcomes_show_is_said_before_what_moved_and_its_figures_in_the_findings(home):
    report = report_of("same.csv", FALL)
    said = _answer(report)
    assert said[1].startswith(
        "**¿Hay que reentrenar? Sí.** El acierto medido es menor que el del examen."
    )
    assert said[2].startswith("**Qué ha cambiado.** Nada")
    assert report.alerts[0].message.startswith("Con los resultados de este lote, ROC-AUC 0,600")
    assert not any(alert.message in " ".join(said) for alert in report.alerts)


def answer_of(current):
    return _answer(report_of(current))


def _answer(report):
    advice = recommend(report, id_col="id", target="left", date="2026-10-31")
    return answer(report, advice).split("\n\n")

"""Outcomes of several batches: one table, one figure and one paragraph, however many there are."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

from retencion_lib.home.watch_report import CURRENT, Effect, Groups, Realised
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.monitor.performance import figures, say_months
from retencion_lib.stages.monitor.performance.say import NAMES

EXAM = {"roc_auc": Estimate(0.85, 0.83, 0.87)}
GOOD, BAD = Estimate(0.84, 0.80, 0.88), Estimate(0.60, 0.55, 0.65)
NAN = Estimate(float("nan"), float("nan"), float("nan"))
KEPT = Effect(
    Groups(70, 8), Groups(30, 5), Estimate(0.2, 0.1, 0.3), 2000.0, None, Estimate(14, 3, 25),
    Estimate(1500, 200, 2800),
)  # fmt: skip


def batch(day, auc=GOOD, **given):
    measured = dict.fromkeys(NAMES, Estimate(0.3, 0.2, 0.4)) | {"roc_auc": auc}
    facts = {"n_labelled": 300, "n_missing": 0, "line": None, "ece": 0.02, "ece_noise": 0.02,
             "score_gap": 0.0, "n_contacted": 0, "n_control": 0, "retired": "", "own_exam": {},
             "miscalibrated": False}  # fmt: skip
    return Realised(
        batch=day, measured=measured, expected=measured | {"roc_auc": GOOD}, **facts | given
    )


MONTHS = [batch(CURRENT), *(batch(f"2026-0{n}-28") for n in (3, 1, 2))]


def test_there_is_a_row_a_batch_the_oldest_first():
    table = say_months.months_table(MONTHS)
    assert list(table["Lote"]) == ["2026-01-28", "2026-02-28", "2026-03-28", "este lote"]
    assert "Conservados" not in table


def test_outcomes_are_counted_and_those_missing_too():
    table = say_months.months_table([batch("2026-01-28"), batch("2026-02-28", n_missing=40)])
    assert list(table["Resultados"]) == ["300", "300 de 340"]


def test_what_the_campaign_kept_is_said_where_it_was_measured():
    table = say_months.months_table([MONTHS[0], replace(MONTHS[1], effect=KEPT)])
    assert list(table["Ganado (EUR)"]) == ["1.500 [200; 2.800]", "—"]
    assert list(table["Conservados"]) == ["14 [3; 25]", "—"]


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (batch("2026-04-28", BAD), "En 4 de 5 lotes el ROC-AUC cae donde se estimaba; fuera, "
         "2026-04-28. **Claramente peor que el examen de su modelo**: 2026-04-28."),
        (batch("2026-04-28", NAN), "Con una sola clase no hay ROC-AUC: 2026-04-28."),
        (batch("2026-04-28", retired="logreg__v0.1"),
         "ya no está en uso: Regresión logística v0.1 (2026-04-28)."),
        (batch("2026-04-28", n_contacted=50), "no hay control (si la campaña retiene, el modelo "
         "acierta más de lo que se mide): 2026-04-28."),
        (batch("2026-04-28", n_contacted=50, n_control=9), "en su lugar, los del grupo de control"),
        (batch("2026-04-28", n_missing=40), "cuando lleguen los que faltan: 2026-04-28."),
    ],
    ids=["fallen", "one class", "retired", "muddled", "control", "missing"],
)  # fmt: skip
def test_what_stands_out_is_said_once_with_its_batches(odd, said):
    assert said in say_months.months_sentence([*MONTHS, odd], EXAM)


def test_months_that_are_as_expected_take_two_sentences():
    assert say_months.months_sentence(MONTHS, EXAM) == (
        "En 4 de 4 lotes el ROC-AUC cae donde se estimaba. Ninguno es claramente peor que el "
        "examen de su modelo."
    )


def test_of_one_batch_all_is_said_and_of_none_nothing():
    assert "ROC-AUC **0,840**" in say_months.months_sentence(MONTHS[:1], EXAM)
    assert say_months.months_sentence([], EXAM) == ""


@pytest.mark.parametrize(
    ("found", "titles", "words"),
    [
        (MONTHS, ["Ordenó como se estimaba en 4 de 4 lotes"],
         "Ordenó como se estimaba en 4 de 4 lotes; ROC-AUC medido de 0,840 a 0,840."),
        ([batch("2026-01-28", NAN, effect=KEPT), batch("2026-02-28", BAD)],
         ["Ordenó como se estimaba en 0 de 1 lote", "Ganó más allá del azar en 1 de 1 lote"],
         "Ordenó como se estimaba en 0 de 1 lote; ROC-AUC medido de 0,600 a 0,600; ganó más allá "
         "del azar en 1 de 1 lote; de 1.500 a 1.500 EUR por lote."),
    ],
    ids=["ranking alone", "with money, and a batch of one class"],
)  # fmt: skip
def test_the_titles_of_the_figure_are_what_was_found(found, titles, words):
    fig = figures.plot_months(found)
    assert [ax.get_title() for ax in fig.axes] == titles
    assert figures.describe_months(found) == words
    plt.close(fig)

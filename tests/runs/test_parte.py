"""The page that a manager opens: what to do this month, and how it has gone."""

import html
import re

import nbformat
import pytest

from retencion_lib.config import NOTEBOOKS
from retencion_lib.runs import index, parte, report
from retencion_lib.runs.batches import batches
from retencion_lib.runs.charts import Chart, Point, Value
from tests.batch_events import measures, scored, watched, year
from tests.house import ROOT

JAN, FEB, MAR = "2026-01-28", "2026-02-28", "2026-03-28"


def now(*events):
    return parte.this_month(batches(events))


def words(cells):
    return {c.label: c.value for c in cells}


def text(events) -> str:
    """Band of this month, as read."""
    band = index.to_html(events).partition('<section aria-labelledby="marcha">')[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", band.partition("<h1>")[2]).split()))


def test_a_good_month_says_to_call_whom_and_what_it_should_earn():
    found = now(scored(JAN), watched(JAN))
    assert (found["answer"], found["code"]) == ("¿Se puede usar esta lista? Sí", "usable")
    assert words(found["figures"]) == {"A llamar": "34 clientes", "Se espera ganar": "1.500 EUR"}
    assert found["figures"][1].note == "[900; 2.100], al 95 %"
    assert found["retrain"] == "¿Hay que reentrenar? No"
    assert f'<a class="button" href="../data/call_list_{JAN}.csv">' in index.to_html([scored(JAN)])


def test_a_gain_that_may_be_nothing_is_said_to_be_so():
    found = now(scored(JAN, expected_profit_ci=[-10.0, 80.0]))
    assert found["figures"][1].note == "[-10; 80], al 95 %; puede no ganar nada"


def test_what_05_found_goes_before_what_04_could_see():
    found = now(scored(JAN), watched(JAN, "care"))
    assert found["answer"] == "¿Se puede usar esta lista? Sí, con cuidado"
    assert found["why"] == "1 hallazgo: cambio en 'monthly_charges'."


@pytest.mark.parametrize("by_04", ["no", "yes"])
def test_a_bad_month_promises_nothing_and_invites_nobody_to_call(by_04):
    events = [scored(JAN), watched(JAN, measures=[measures()]), scored(FEB, by_04),
              watched(FEB, "no")]  # fmt: skip
    said = text(events)
    assert "¿Se puede usar esta lista? No Lo impide: más nulos en 'tenure'." in said
    assert "Por revisar, sin llamar 34 clientes" in said
    assert "EUR" not in said
    assert not re.search("A llamar|Abrir la lista", said)
    line = parte.line(batches(events)[-1])
    assert words(line.cells)["Se esperaba"] == ""
    assert line.cells[0].note == "34 por revisar"


def test_a_batch_that_was_refused_leaves_no_list_to_call_and_says_so():
    found = now(scored(JAN), scored(FEB, status="refused"))
    assert (found["answer"], found["figures"]) == ("No hay lista nueva", [])
    assert found["why"] == "La puntuación del lote: rechazada."
    assert found["line"].reports[0].href.endswith("04_infer.html")


def test_the_other_batch_of_the_day_is_named():
    events = [scored(JAN, file="data/a.csv"), scored(JAN, "care", file="data/b.csv")]
    assert "Ese día hay otro lote, a.csv: Sí." in text(events)


def test_an_empty_home_says_in_one_sentence_what_to_do():
    page = index.to_html([])
    assert page.count("Todavía no hay ningún lote puntuado") == 1
    assert "empieza por <code>retencion run</code>" in page
    assert "<svg" not in page


def test_without_outcomes_it_says_how_to_measure():
    assert "retencion monitor --labels" in index.to_html([scored(JAN), watched(JAN)])
    known = [scored(JAN), watched(JAN, measures=[measures()])]
    assert "retencion monitor --labels" not in index.to_html(known)


def test_a_line_holds_expected_and_measured_with_their_intervals_and_sources():
    seen = watched(MAR, measures=[measures(JAN)])
    line = parte.line(batches([scored(JAN), watched(JAN, "care"), scored(MAR), seen])[0])
    told = {c.label: (c.value, c.note, c.href.rpartition("/")[2]) for c in line.cells}
    measured = "05_monitor.html#acierto-con-resultados-conocidos"
    assert told == {
        "Llamados": ("34", "", "04_infer.html#a-quien-se-llamaria"),
        "Se esperaba": ("1.500 EUR", "[900; 2.100]", "04_infer.html#a-quien-se-llamaria"),
        "Se midió": ("900 EUR", "[-600; 2.500]", measured),
        "Conservados": ("6", "[-3; 15]", measured),
        "ROC-AUC estimado": ("0,840", "[0,800; 0,880]",
                             "05_monitor.html#acierto-esperado-antes-de-los-resultados"),
        "ROC-AUC medido": ("0,830", "[0,780; 0,880]", measured),
        "Hallazgos": ("1", "aviso", "05_monitor.html#hallazgos"),
    }  # fmt: skip
    assert f"/r{seen.seq}/" in line.cells[2].href


def test_the_seal_of_a_line_is_that_of_its_run_below():
    page = index.to_html([event := scored(JAN)])
    assert f'<a href="#l{event.seq}">línea {event.seq}</a>' in page
    assert f'<tr id="l{event.seq}"' in page


def test_every_section_that_a_figure_leads_to_is_a_heading_of_its_notebook():
    wanted = {"infer": {parte.CALLS, parte.ASKED}, "evaluate": {index.EXAM},
              "monitor": {parte.FOUND, parte.ESTIMATED, parte.MEASURED}}  # fmt: skip
    for stage, sections in wanted.items():
        path = next((ROOT / "notebooks").glob(f"{NOTEBOOKS[stage]}*.ipynb"))
        cells = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown"]
        heads = re.findall(r"^##+ (.+)$", "\n".join(cells), re.M)
        assert sections <= {report._anchor(head, set()) for head in heads}


def test_strange_names_are_only_text():
    page = index.to_html([scored(JAN, file="data/<script>alert(1)</script>.csv")])
    assert "<script>alert" not in page
    assert page.count("<script>") == 1


def test_the_charts_draw_both_sides_of_every_batch_and_mark_what_happened():
    money, ranking = (str(c["svg"]) for c in parte.charts(batches(year(12))))
    # 12 months; 2 of them must not be used, so nothing was expected; 10 have outcomes.
    assert (money.count('<g class="exp">'), money.count('<g class="got">')) == (10, 10)
    assert (ranking.count("<polygon"), ranking.count('<g class="got">')) == (1, 10)
    for drawn in (money, ranking):
        assert drawn.count('class="alarm"') == 2
        assert re.findall(r'class="mid">([MC])<', drawn) == ["M", "C"]
    assert "esperado en 10, de 1.500 EUR a 1.500 EUR; medido en 10, de 460 EUR a 820 EUR" in money
    assert "cambia el modelo antes del 28 jul" in money


def test_a_chart_without_values_is_left_out_and_one_batch_is_enough_for_one():
    assert parte.charts(batches([scored(JAN, "no")])) == []
    (money,) = parte.charts(batches([scored(JAN)]))
    assert "nan" not in money["svg"]
    assert money["chart"].sentence() == (
        "Lo que gana cada lote, EUR: 1 lote del 28 ene; esperado en 1, de 1.500 EUR a 1.500 EUR."
    )


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.78, 0.88, [0.75, 0.8, 0.85, 0.9]),
        (-600.0, 2500.0, [-1000, 0, 1000, 2000, 3000]),
        (5.0, 5.0, [4, 6]),
        (0.0, 0.0, [0, 0.5]),
    ],
)
def test_the_axis_has_few_round_values_that_hold_all(low, high, ticks):
    point = Point(JAN, Value((low + high) / 2, low, high))
    assert Chart("x", [point], str).ticks() == pytest.approx(ticks)

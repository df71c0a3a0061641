"""The report of a run: what a reader finds on the page, and in which order."""

import base64
import hashlib
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from retencion_lib import config
from retencion_lib.home import ledger
from retencion_lib.runs import context, headline, record, report
from retencion_lib.show import notebook, page
from tests import browser

TITLE = "# 04 · ¿Quién está en riesgo?\nEl lote."


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def page_of(*cells, status="ok"):
    content = new_notebook(cells=[new_markdown_cell(TITLE), *cells])
    return report.to_html(content, status=status, run_id="r1", name="04_infer")


def shown(**data):
    kind = {f"{k.replace('_', '/')}": v for k, v in data.items()}
    return new_code_cell("x", outputs=[new_output("display_data", data=kind)])


def failing(ename, evalue, traceback):
    output = new_output("error", ename=ename, evalue=evalue, traceback=traceback)
    return new_code_cell("x", outputs=[output])


def test_the_title_and_the_language_are_those_of_the_notebook():
    text = page_of()
    assert "<title>04 · ¿Quién está en riesgo?</title>" in text
    assert '<html lang="es">' in text


def test_the_browser_is_told_to_ask_the_network_for_nothing():
    policy = re.search(r"<meta [^>]*Content-Security-Policy[^>]*>", page_of())[0]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert not re.search(r"https?:", page.common()["css"])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text_html": "<p>tabla</p>"}, "<p>tabla</p>"),
        ({"text_markdown": "**fuerte**"}, "<strong>fuerte</strong>"),
        ({"text_plain": "3 < 4"}, "3 &lt; 4"),
        ({"application_json": {"a": 1}, "text_plain": "no"}, '"a": 1'),
        ({"image_png": "aGk=", "text_plain": "no"}, 'src="data:image/png;base64,aGk="'),
        ({"image_svg+xml": "<svg></svg>"}, 'src="data:image/svg+xml;base64,'),
        ({"text_latex": "$x$"}, "$x$"),
        ({"application_vnd.jupyter.widget-view+json": {}, "text_plain": "W()"}, "W()"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_every_kind_of_output_is_on_the_page(data, expected):
    text = page_of(shown(**data))
    assert expected in text
    assert ">no<" not in text


def test_a_table_of_pandas_scrolls_by_itself_and_can_be_reached_with_the_keyboard():
    text = page_of(shown(text_html="<table><tr><td>1</td></tr></table>"))
    around = re.search(r"<div [^>]*>(?=<table>)", text)[0]
    assert 'class="table"' in around
    assert 'tabindex="0"' in around


def test_only_the_last_state_of_a_progress_bar_is_kept():
    bar = new_output("stream", name="stderr", text="\r 0%|  | 0/2\r 50%|█ | 1/2")
    more = new_output("stream", name="stderr", text="\r100%|██| 2/2\nUserWarning: <ojo>\n")
    text = page_of(new_code_cell("x", outputs=[bar, more]))
    assert "100%|██| 2/2\nUserWarning: &lt;ojo&gt;" in text
    assert "50%" not in text
    assert "Progreso y avisos" in text


def test_code_is_folded_and_says_which_cell_it_is():
    text = page_of(new_code_cell("x = 1", execution_count=7))
    assert re.search(r"<details><summary>Código · celda 7</summary>", text)


def test_every_entry_of_the_contents_leads_to_a_heading_of_its_own():
    headings = "## Fugas\n\n## Fugas\n\n## ¿Qué *hay* en `la tabla`?"
    text = page_of(new_markdown_cell(headings))
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', text)
    assert dict.fromkeys(links) == dict.fromkeys(
        [("fugas", "Fugas"), ("fugas-2", "Fugas"), ("que-hay-en-la-tabla", "¿Qué hay en la tabla?")]
    )
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert {anchor for anchor, _ in links} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("status", "cell", "expected"),
    [
        ("refused", failing("DataError", "lote.csv: está vacío.", ["Error: lote.csv"]),
         ["Ejecución rechazada", "lote.csv: está vacío."]),
        ("failed", failing("KeyError", "'a'", ["Traceback", "KeyError: 'a'"]),
         ["error del programa", "KeyError: 'a'"]),
        ("failed", new_code_cell("x"), ["error del programa", "El cuaderno no terminó."]),
        ("abandoned", new_code_cell("x"), ["se cortó sin terminar"]),
    ],
)  # fmt: skip
def test_a_run_that_did_not_finish_says_so_before_its_title(status, cell, expected):
    before_title = page_of(cell, status=status).split("<h1")[0]
    banner = before_title[before_title.index('class="banner"') :]
    for text in expected:
        assert text in banner


@pytest.mark.parametrize(
    ("status", "results", "code", "said"),
    [
        ("ok", {"list_usable": "yes"}, "usable", "Usable"),
        ("ok", {"list_usable": "care"}, "review", "Revisar"),
        ("ok", {"list_usable": "no"}, "unusable", "No usar"),
        ("ok", {}, "done", "Terminada"),
        ("refused", {}, "refused", "Rechazada"),
        ("failed", {"list_usable": "yes"}, "failed", "Falló"),
        ("abandoned", {}, "abandoned", "Abandonada"),
    ],
)
def test_the_badge_is_what_came_of_the_run_and_never_that_it_ran(status, results, code, said):
    output = new_output("display_data", data={record.MEDIA_TYPE: {"results": results}})
    text = page_of(new_code_cell("x", outputs=[output]), status=status)
    assert re.findall(r'class="badge ([^"]+)">([^<]+)<', text) == [(code, said)]


def test_a_run_that_finished_has_no_banner():
    assert 'class="banner"' not in page_of()


def test_what_papermill_adds_to_a_failed_notebook_in_english_is_left_out():
    note = new_markdown_cell("An Exception was encountered at 'In [1]'.")
    note.metadata["tags"] = [report.PAPERMILL_NOTE]
    assert "An Exception" not in page_of(note, status="failed")


def test_the_footer_says_where_the_ledger_stood_and_how_to_check():
    ledger.append("run_started", run_id="r1", notebook="04_infer")
    seq, sha256 = ledger.head()
    assert seq == 1
    assert f"retencion verify --head 1:{sha256}" in page_of()


def test_without_a_ledger_the_footer_says_that_there_is_no_seal():
    assert "Sin sello" in page_of()


@pytest.mark.parametrize(
    ("results", "value", "note"),
    [
        ({"champion": "XGBoost v0.1"}, "XGBoost v0.1", ""),
        ({"champion": "XGBoost v0.2", "examined": "XGBoost v0.2"}, "XGBoost v0.2", ""),
        (
            {"champion": "MLP v0.1", "examined": "XGBoost v0.2"},
            "XGBoost v0.2",
            "sigue en uso MLP v0.1",
        ),
    ],
    ids=["of before", "promoted", "rejected"],
)
def test_the_model_of_the_headline_is_the_one_its_figures_speak_of(results, value, note):
    assert headline.figures(results) == [headline.Figure("Modelo", value, note)]


def test_the_headline_figures_are_those_that_the_run_recorded():
    results = {"roc_auc": 0.8509, "roc_auc_ci": [0.8278, 0.8709], "champion": "xgb v0.1"}
    output = new_output("display_data", data={record.MEDIA_TYPE: {"results": results}})
    text = page_of(new_code_cell("x", outputs=[output]))
    figures = text[text.index('class="figures"') : text.index("</dl>")]
    for said in ("xgb v0.1", "0,851", "[0,828; 0,871], al 95 %"):
        assert said in figures
    assert 'class="figures"' not in page_of()


def test_the_answer_comes_before_the_figures_and_the_evidence():
    results = {"answer": "Se usa **XGBoost**.", "roc_auc": 0.85}
    output = new_output("display_data", data={record.MEDIA_TYPE: {"results": results}})
    text = page_of(new_code_cell("x", outputs=[output]))
    start = text.index('class="answer"')
    assert "Se usa <strong>XGBoost</strong>." in text[start : text.index('class="figures"')]
    assert 'class="answer"' not in page_of()


@pytest.mark.parametrize(
    ("results", "label", "value", "note"),
    [
        ({"lift_at_k": 3.153}, "Bajas en la lista", "3,2 veces", "las de la media"),
        ({"profit": 6355.2, "profit_ci": [2025, 11039]}, "La lista habría ganado",
         "6.355 EUR", "[2.025; 11.039], al 95 %"),
        ({"expected_profit": 0.0}, "Se espera ganar", "0 EUR", ""),
        ({"rows_to_call": 71}, "A llamar", "71", ""),
        ({"best": "XGBoost"}, "El que mejor ordena", "XGBoost", ""),
        ({"valid_roc_auc": 0.8489}, "ROC-AUC de validación", "0,849", ""),
    ],
)  # fmt: skip
def test_a_result_is_written_for_a_reader(results, label, value, note):
    assert headline.figures(results) == [headline.Figure(label, value, note)]


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.1, "0,1"), (200.0, "200"), ("", "—"), ([], "—"), (["a", "b"], "a y b"), (True, "sí"),
     (20, "20"), (None, "—"), ("data/x.csv", "data/x.csv")],
)  # fmt: skip
def test_a_parameter_is_written_for_a_reader(value, said):
    assert context._said(value) == said


def test_what_never_ran_is_not_in_the_report_of_a_run_that_stopped():
    broken = new_output("error", ename="DataError", evalue="Falta la columna.", traceback=[])
    cells = [new_code_cell("x", outputs=[broken]), new_markdown_cell("## A quién llamar")]
    assert "A quién llamar" not in page_of(*cells, status="refused")


LIST = (
    '<div class="table search" role="region" tabindex="0" aria-label="La lista"><table>'
    "<thead><tr><th>id</th><th>Razones</th></tr></thead><tbody><tr><td>C1</td><td>Antigüedad: 2"
    "</td></tr><tr><td>C2</td><td>Cuota alta</td></tr></tbody></table></div>"
)
SEARCH = """const box = document.querySelector(".find input"), found = [];
for (const words of ["", "antiguedad", "c2 CUOTA", "nadie"]) {
  box.value = words; box.dispatchEvent(new Event("input"));
  found.push([...document.querySelectorAll("tbody tr")].filter(r => r.offsetParent).length);
  found.push(document.querySelector(".find span").textContent);
} return found;"""


def listed_page():
    output = new_output("display_data", {"text/html": LIST})
    return page_of(new_code_cell("x", outputs=[output]))


def test_a_report_with_a_list_admits_the_script_that_searches_it_and_no_other():
    text = listed_page()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    sha256 = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{sha256}'\"" in text


def test_the_rows_of_a_list_are_searched_by_words_whatever_their_accents():
    found = browser.run(listed_page(), SEARCH, width=390)
    assert found == [2, "", 1, "1 de 2", 1, "1 de 2", 0, "0 de 2"]


TABLE = pd.DataFrame({"name": ["b", "=a", "c;d"], "value": [1234.5, np.nan, -3.0]})
SORT = """const days = [], table = document.querySelector("table");
const buttons = table.querySelectorAll("th button");
const rows = () => [...table.tBodies[0].rows].map(row => row.cells[0].textContent);
for (const button of [buttons[1], buttons[1], buttons[0]]) {
  button.focus(); button.click();
  days.push(rows(), [...table.querySelectorAll("th")].map(h => h.getAttribute("aria-sort")));
} return days;"""
SAVE = """let kept, link; URL.createObjectURL = blob => { kept = blob; return "blob:x"; };
HTMLAnchorElement.prototype.click = function () { link = this.download; };
document.querySelector("button.save").click();
return [link, await kept.text()];"""
POINT = """const mark = document.querySelectorAll(".hits rect")[1];
mark.dispatchEvent(new Event("pointerover", {bubbles: true}));
return document.querySelector("output").textContent;"""
LETTERS = """const texts = [...document.querySelectorAll(".plot text")];
return [texts.length, Math.min(...texts.map(t => t.getBoundingClientRect().height)),
        document.documentElement.scrollWidth - innerWidth];"""


def displayed(show_it, monkeypatch):
    """A report of what a notebook displays."""
    kept = []
    monkeypatch.setattr(
        notebook, "display",
        lambda output, raw=False: kept.append(output if raw else {"text/html": output.data}),
    )  # fmt: skip
    show_it()
    return page_of(new_code_cell("x", outputs=[new_output("display_data", data=d) for d in kept]))


def tabled(monkeypatch):
    return displayed(lambda: notebook.table(TABLE, "Los números: dos", 1), monkeypatch)


def charted(monkeypatch):
    def draw():
        fig, panels = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
        for ax in panels:
            ax.bar(["uno", "dos"], [1, 2.5])
            ax.set(title="Título", xlabel="Grupos de clientes")
        notebook.figure(fig, "Tres barras: crecen.")

    return displayed(draw, monkeypatch)


def test_a_report_shows_a_chart_and_not_the_picture_of_its_notebook(monkeypatch):
    text = charted(monkeypatch)
    assert text.count("<svg") == 3
    assert re.search(r'<div [^>]*aria-label="Tres barras: crecen."[^>]* role="img"', text)
    assert "data:image/png" not in text
    assert "Datos (CSV)</a>" in text


def test_the_rows_of_a_table_are_sorted_by_its_headings_and_gaps_stay_last(monkeypatch):
    assert browser.run(tabled(monkeypatch), SORT, width=390) == [
        ["c;d", "b", "=a"], [None, "ascending"],
        ["b", "c;d", "=a"], [None, "descending"],
        ["=a", "b", "c;d"], ["ascending", None],
    ]  # fmt: skip


def test_a_table_is_saved_as_a_spanish_sheet_reads_it_and_runs_nothing(monkeypatch):
    name, text = browser.run(tabled(monkeypatch), SAVE, width=390)
    assert name == "los-numeros-dos.csv"
    assert text.lstrip("\ufeff") == 'Nombre;Valor\r\nb;1234,5\r\n\'=a;—\r\n"c;d";-3,0\r\n'


def test_a_mark_of_a_chart_that_is_touched_says_its_value_below(monkeypatch):
    said = browser.run(charted(monkeypatch), POINT, width=390)
    assert said == "Grupos de clientes: dos · 2,50"


def test_the_letters_of_a_chart_are_read_on_a_phone(monkeypatch):
    number, least, over = browser.run(charted(monkeypatch), LETTERS, width=390)
    assert number > 10
    assert least >= 10  # the height of a line of letters of 9 px
    assert over <= 0

"""The two layers of a report: what one acts on, then "Detalle", folded until somebody wants it."""

import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from retencion_lib.runs import index, layers, parte, report
from tests import browser
from tests.runs.test_report import failing, page_of

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def said(text):
    return new_code_cell("x", outputs=[new_output("display_data", {"text/markdown": text})])


def answered():
    cell = said("La respuesta, que el informe ya dice.")
    cell.metadata["tags"] = [layers.ANSWER_TAG]
    return cell


def page():
    return page_of(
        answered(),
        new_markdown_cell("## Punto de partida\nSe lee la tabla."),
        said("Leída."),
        new_markdown_cell("## La lista\nA quién llamar."),
        said("Llama a dos."),
        new_markdown_cell("## Detalle\nDe dónde sale."),
        new_markdown_cell("### El examen\nUna vez."),
        said("Fue bien."),
    )


def test_what_one_acts_on_comes_first_and_what_was_done_before_it_is_folded_too():
    text = page()
    first, detail = text.split('<details class="layer"')
    assert "Llama a dos." in first
    assert "Leída." not in first
    order = ["Detalle</h2>", "De dónde sale.", "Punto de partida</h3>", "Leída.", "El examen</h3>"]
    places = [detail.index(words) for words in order]
    assert places == sorted(places)


def test_the_answer_of_the_notebook_is_not_said_twice_in_its_report():
    assert "que el informe ya dice" not in page()


def test_the_contents_list_the_sections_of_both_layers():
    found = re.findall(r'<li( class="sub")?><a href="#([^"]+)"', page())
    once = list(dict.fromkeys((anchor, bool(sub)) for sub, anchor in found))
    assert once == [("la-lista", False), ("detalle", False), ("punto-de-partida", True),
                    ("el-examen", True)]  # fmt: skip


def test_a_notebook_without_detail_has_one_layer():
    assert 'class="layer"' not in page_of(new_markdown_cell("## La lista"))


def test_where_a_run_stopped_the_detail_is_open():
    start = new_markdown_cell("## Punto de partida\nSe lee la tabla.")
    text = page_of(start, failing("DataError", "Está vacía.", ["Error"]), status="refused")
    assert '<details class="layer" open' in text
    assert 'id="fallo"' in text.partition('<details class="layer" open')[2]


@pytest.mark.parametrize(
    ("anchor", "opened"), [("el-examen", True), ("la-lista", False)], ids=["into it", "above it"]
)
def test_a_link_into_the_detail_opens_it_without_a_script(anchor, opened):
    assert "<script" not in page()
    found = browser.run(
        page(),
        f"""const gone = new Promise(go => addEventListener("hashchange", go));
        location.hash = "{anchor}";  // as the link does
        await gone;
        return document.querySelector("details.layer").open;""",
        width=390,
    )
    assert found is opened


@pytest.mark.slow
def test_on_paper_the_detail_is_open(tmp_path):
    long = new_markdown_cell("### Mucho\n" + "\n\n".join(f"Párrafo {n}." for n in range(200)))
    text = page_of(new_markdown_cell("## Detalle"), long)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    paper = tmp_path / "page.pdf"
    command = [browser.browser(), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={tmp_path}/profile", f"--print-to-pdf={paper}"]  # fmt: skip
    subprocess.run([*command, f"file://{tmp_path}/page.html"], capture_output=True, timeout=180)
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) > 3


@pytest.mark.parametrize(
    ("notebook", "anchors"),
    [
        ("03_champion_eval", [index.EXAM]),
        ("04_infer", [parte.CALLS, parte.ASKED]),
        ("05_monitor", [parte.FOUND, parte.ESTIMATED, parte.MEASURED]),
    ],
)
def test_what_the_list_of_runs_links_to_is_a_heading_of_the_notebook(notebook, anchors):
    read = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4)
    headings = re.findall("^#+ (.+)", "\n".join(c.source for c in read.cells), re.M)
    assert set(anchors) <= {report._anchor(heading, set()) for heading in headings}

"""axe-core in headless Chromium finds nothing to mend: WCAG 2.2 A and AA, wide and narrow.

The five reports are rendered from the notebooks with the outputs they are committed with.
"""

from pathlib import Path

import nbformat
import pytest

from retencion_lib import config
from retencion_lib.home.document import typed
from retencion_lib.home.exam import Exam
from retencion_lib.runs import index, report
from retencion_lib.stages.evaluate import card
from tests import browser, card_home
from tests.batch_events import year
from tests.runs.test_index import run
from tests.runs.test_report import failing

pytestmark = pytest.mark.slow
NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
BATCHES_OF = {"index": year(24), "index-no": year(4, "no"), "index-empty": []}
PAGES = [*(path.stem for path in NOTEBOOKS), "refused", "index", "card"]
DARK = "@media screen and (prefers-color-scheme: dark)"
AXE = """
const look = async theme => {
  const found = await axe.run(document, {runOnly:
    ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
  return {theme, paper: getComputedStyle(document.body).backgroundColor,
    violations: found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]),
    checks: found.passes.map(p => p.id), over: document.documentElement.scrollWidth - innerWidth};
};
document.querySelectorAll("details").forEach(d => { d.open = true; });
const light = await look("light");
for (const style of document.querySelectorAll("style"))
  style.textContent = style.textContent.replaceAll("DARK", "@media screen");
return [light, await look("dark")];
"""
WHITE, BLACK = "rgb(255, 255, 255)", "rgb(20, 24, 29)"
USE = """
const $ = id => document.getElementById(id), body = id => [...$(id).rows];
const visible = id => body(id).filter(r => !r.hidden).length;
const choose = (id, name, value) => {
  const form = document.querySelector(`form[data-for=${id}]`);
  form.elements[name].value = value;
  form.dispatchEvent(new Event("input", {bubbles: true}));
  return visible(id); };
"""
RUNS = (
    USE
    + """
const first = visible("rows");
$("more").click();
return {first, more: visible("rows"), notebook: choose("rows", "n", "04_infer"),
        from: choose("rows", "from", "2026-10-26"), both: choose("rows", "to", "2026-10-28"),
        said: $("rows-shown").textContent};
"""
)
BATCHES = (
    USE
    + """
const days = () => body("batches").filter(r => !r.hidden).map(r => r.dataset.d.slice(5, 7));
const [, lot] = [...document.querySelectorAll("th.sort button")], newest = days();
lot.click(); const byName = days(); lot.click();
return {newest, byName, again: days(),
        no: choose("batches", "s", "unusable"), named: choose("batches", "n", "2026-04"),
        said: $("batches-shown").textContent};
"""
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def month(copies=1):
    """A month of scoring and monitoring, with something to draw and every kind of badge."""
    events = []
    for day in [d for d in range(1, 31) for _ in range(copies)]:
        level, usable = (("ok", "yes"), ("warning", "care"), ("alert", "no"))[day % 3]
        said = {"list_usable": usable, "retrain": "wait", "retrain_until": "cause"}
        events += run(day, "03_champion_eval", roc_auc=0.8 + day / 1000, roc_auc_ci=[0.7, 0.9])
        events += run(day, "04_infer", rows_scored=700 + day, positive_rate=day / 100)
        events += run(day, "05_monitor", status=level, alerts=day % 3, score_psi=day / 200,
                      **said)  # fmt: skip
    return [*events, *run(31)[:1]]


def page(name, home):
    """HTML of one of `PAGES`."""
    if name in BATCHES_OF:
        return index.to_html(BATCHES_OF[name])
    if name == "card":
        card_home.write(home)
        card_home.watch(home, status="ok", psi=0.03)
        exam = typed(Exam, card_home.judged(), "examen")
        return card.write(exam, card_home.CONTRACT)[0].read_text(encoding="utf-8")
    if name == "refused":
        said = "lote.csv: falta la columna 'meses'."
        cells = [nbformat.v4.new_markdown_cell("# 04 · Lote"), failing("DataError", said, [said])]
        content = nbformat.v4.new_notebook(cells=cells)
        return report.to_html(content, status="refused", run_id="r1", name=name)
    path = next(p for p in NOTEBOOKS if p.stem == name)
    return report.to_html(nbformat.read(path, 4), status="ok", run_id="r1", name=name)


@pytest.mark.parametrize(
    ("name", "width"),
    [*((name, width) for name in PAGES for width in (1280, 390)), ("index-empty", 390),
     ("index-no", 390)],
)  # fmt: skip
def test_axe_finds_no_violation_in_any_theme_and_nothing_sticks_out(name, width, home):
    script = AXE.replace("DARK", DARK)
    light, dark = browser.run(page(name, home), script, width=width, library=browser.axe())
    for found in (light, dark):
        assert (found["theme"], found["violations"]) == (found["theme"], [])
        assert found["over"] <= 0
        assert {"html-has-lang", "document-title", "color-contrast"} <= set(found["checks"])
    assert (light["paper"], dark["paper"]) == (WHITE, BLACK)


def test_axe_does_find_what_is_wrong():
    text = index.to_html(month()).replace('lang="es"', "")
    found = browser.run(text, AXE.replace("DARK", DARK), width=1280, library=browser.axe())
    assert [name for name, _ in found[0]["violations"]] == ["html-has-lang"]


def test_the_list_of_runs_is_filtered_without_a_server():
    found = browser.run(index.to_html(month(copies=3)), RUNS, width=1280)
    # 30 days of 3 copies of 3 notebooks, and a start: 271 rows, 200 of them at first.
    assert (found["first"], found["more"]) == (200, 271)
    assert (found["notebook"], found["from"], found["both"]) == (90, 15, 9)
    assert found["said"] == "9 de 271 ejecuciones"


def test_batches_are_sorted_and_filtered_without_a_server():
    found = browser.run(index.to_html(year(4, "no")), BATCHES, width=1280)
    assert found["newest"] == found["again"] == ["04", "03", "02", "01"]
    assert found["byName"] == ["01", "02", "03", "04"]
    assert (found["no"], found["named"], found["said"]) == (1, 1, "1 de 4 lotes")

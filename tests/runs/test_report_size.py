"""How long reports are: the words of the first layer are counted, and those of the demo are few."""

import json
from pathlib import Path

import nbformat
import pytest

from benchmarks import report_size
from retencion_lib import config
from retencion_lib.runs import report

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PAGE = """<main><h1>03 · ¿Cuánto?</h1><p>Ganaría 12 EUR, o 3,5.</p>
<details><summary>Código</summary>no cuenta</details>
<script>ni esto</script><table><tr><td>una lista</td></tr></table><img class="figure" alt="ni">
<details class="layer"><summary><h2>Detalle</h2></summary><p>tres palabras más</p>
<figure><svg><text>nada</text></svg></figure><details>ni aquí</details></details>
</main><p>fuera</p>"""


def test_a_word_has_a_letter_and_what_is_folded_is_not_read():
    assert report_size.before_detail(PAGE) == report_size.Size(words=6, tables=1, charts=1)
    assert report_size.in_all(PAGE) == report_size.Size(words=10, tables=1, charts=2)


@pytest.mark.parametrize(
    ("name", "words", "charts"),
    [("01_eda", 700, 1), ("02_train_models", 700, 1), ("03_champion_eval", 800, 1),
     ("05_monitor", 1000, 1)],
)  # fmt: skip
def test_the_demo_s_reports_say_first_what_one_acts_on(name, words, charts, tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4)
    page = report.to_html(notebook, status="ok", run_id="r1", name=name)
    first = report_size.before_detail(page)
    assert first.words <= words
    assert first.charts == charts
    assert first.tables <= 1


def test_the_page_shows_what_was_measured():
    found = json.loads(report_size.RESULTS.read_text(encoding="utf-8"))
    assert report_size.section(found) in report_size.PAGE.read_text(encoding="utf-8")

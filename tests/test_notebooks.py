"""House rules of the notebooks, so that reviews can be about content."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from papermill import inspect_notebook

from retencion_lib import config
from retencion_lib.runs import layers, record, report
from retencion_lib.runs.parameters import declared

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TYPES = {"str", "int", "float", "bool", "list", "dict"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.stem)
def path(request):
    return request.param


def cells(path: Path, kind: str):
    return [c for c in nbformat.read(path, 4).cells if c.cell_type == kind]


def parameters(path: Path):
    (cell,) = [c for c in cells(path, "code") if "parameters" in c.metadata.get("tags", [])]
    return cell.source


def test_there_are_five_notebooks_and_the_one_that_makes_their_table():
    assert [p.stem for p in NOTEBOOKS] == [
        "00_snapshots", "01_eda", "02_train_models", "03_champion_eval", "04_infer", "05_monitor"
    ]  # fmt: skip


def test_notebook_is_valid(path):
    nbformat.validate(nbformat.read(path, 4))


def test_notebook_defines_no_functions_or_classes(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(
                node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.AsyncFunctionDef
            ), cell.source


def test_every_parameter_has_a_type_and_a_help_that_papermill_understands(path):
    source = parameters(path)
    declared = [n.target.id for n in ast.parse(source).body if isinstance(n, ast.AnnAssign)]
    understood = inspect_notebook(str(path))
    assert list(understood) == declared, "quita '=' o '#' de la ayuda y '|' o '.' del tipo"
    for name, found in understood.items():
        assert found["inferred_type_name"] in TYPES, name
        assert len(found["help"].strip()) >= 5, name
    for line in source.splitlines():
        assert re.fullmatch(r"\w+: \w+ = [^=#]+  # [^=#]+", line), line


def test_code_cells_are_short(path):
    # The parameters' cell has one line each, however many they are.
    written = [c for c in cells(path, "code") if "parameters" not in c.metadata.get("tags", [])]
    lengths = [c.source.count("\n") + 1 for c in written]
    assert max(lengths) <= 12
    assert sorted(lengths)[len(lengths) // 2] <= 6


def test_there_is_about_as_much_prose_as_code(path):
    assert len(cells(path, "markdown")) >= 0.9 * len(cells(path, "code"))


def test_prose_has_no_typed_figures(path):
    for cell in cells(path, "markdown"):
        prose = re.sub(r"`[^`]*`|\b0[0-5]\b", "", cell.source)
        assert not re.search(r"\d+[.,]\d+|\d+ ?%", re.sub(r"95 ?%", "", prose)), cell.source


def test_committed_outputs_are_there_and_in_order(path):
    counts = [c.execution_count for c in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))
    assert not any(o.output_type == "error" for c in cells(path, "code") for o in c.outputs)


def test_the_answer_on_top_is_the_one_that_the_report_and_the_list_of_runs_say(path):
    notebook = nbformat.read(path, 4)
    (top,) = [c for c in notebook.cells if layers.ANSWER_TAG in c.metadata.get("tags", [])]
    assert notebook.cells.index(top) == 1  # under the title
    assert top.outputs[0].data["text/markdown"] == record.find(notebook).results["answer"]


def test_the_detail_comes_last_and_its_sections_are_of_the_third_level(path):
    headings = [h for c in cells(path, "markdown") for h in re.findall("^##+ .+", c.source, re.M)]
    first = headings.index(f"## {layers.DETAIL}")
    assert headings[0] == f"## {layers.START}"
    assert all(h.startswith("### ") for h in headings[first + 1 :])
    assert headings[-1] == "### Rastro"


def test_every_figure_has_alternative_text(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            assert "image/png" not in output.get("data", {}), "usa show.figure"
            for image in re.findall(r"<img[^>]*>", output.get("data", {}).get("text/html", "")):
                assert re.search(r'alt="[^"]{20,}"', image)


def test_committed_notebook_is_small_and_names_no_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    assert not re.search(r"/home/|/root/|/tmp/|/Users/", text)


def test_the_report_of_a_notebook_is_small(path, tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    text = report.to_html(nbformat.read(path, 4), status="ok", run_id="r1", name=path.stem)
    assert len(text.encode()) < 500_000


def test_a_class_can_be_named_wherever_a_table_with_outcomes_is_first_read():
    # The message about two unknown labels says to use `positive`: 01 must take it as 02 does.
    for notebook in ("01_eda", "02_train_models"):
        assert "positive" in declared(notebook)

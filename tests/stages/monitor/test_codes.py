"""Every code of the watch is raised by one module, tested beside it, named and explained once."""

import ast
import re
from pathlib import Path

import pytest

from retencion_lib.stages.monitor import rules as quality

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = sorted((ROOT / "retencion_lib").rglob("*.py"))
CODE = r"RET\d{3}"
MADE_UP = {"RET099"}  # of tests, for a finding that no rule gives


def raised(path: Path) -> set[str]:
    """Codes written in functions of a module that make an `Alert`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            inside = list(ast.walk(node))
            if any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Alert"
                   for n in inside):  # fmt: skip
                found |= {n.value for n in inside if isinstance(n, ast.Constant)
                          and re.fullmatch(CODE, str(n.value))}  # fmt: skip
    return found


RAISED_BY = {code: path for path in LIBRARY for code in raised(path)}


def explained() -> list[str]:
    """Codes with a paragraph or a row of their own in the documentation."""
    paragraphs = re.findall(rf"^### ({CODE}) · ", (ROOT / "docs/monitoreo.md").read_text(), re.M)
    rows = re.findall(rf"^\| ({CODE}) \| ", (ROOT / "docs/resultados.md").read_text(), re.M)
    return paragraphs + rows


def beside(path: Path) -> Path:
    """Test file of a module, or of its room."""
    inside = path.relative_to(ROOT / "retencion_lib")
    own = ROOT / "tests" / inside.parent / f"test_{inside.name}"
    return own if own.is_file() else ROOT / "tests" / f"test_{inside.parts[0]}.py"


def test_the_codes_raised_named_and_explained_are_the_same():
    assert sorted(RAISED_BY) == sorted(quality.NAMES) == explained()


def test_no_two_modules_raise_one_code():
    times = [code for path in LIBRARY for code in raised(path)]
    assert len(times) == len(set(times))


@pytest.mark.parametrize("code", sorted(quality.NAMES))
def test_each_code_is_tested_beside_the_module_that_raises_it(code):
    assert code in beside(RAISED_BY[code]).read_text(encoding="utf-8")


def test_nothing_mentions_a_code_that_does_not_exist():
    places = [*LIBRARY, *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), *ROOT.glob("notebooks/*"),
              *ROOT.glob("benchmarks/*.py"), *ROOT.glob("tests/**/*.py")]  # fmt: skip
    for path in places:
        found = set(re.findall(CODE, path.read_text(encoding="utf-8")))
        assert found <= set(quality.NAMES) | MADE_UP, path


def test_a_check_in_words_names_its_column_but_for_the_score():
    assert quality.named("RET004", "tenure") == "más nulos en 'tenure'"
    assert quality.named("RET002", "tenure") == "falta la columna 'tenure'"
    assert quality.named("RET011", "score") == "cambio de la puntuación"
    assert quality.named("RET041", None) == "menos acierto medido"

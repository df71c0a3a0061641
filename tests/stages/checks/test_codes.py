"""Every code of the watch is raised by one module, tested beside it, worded and explained once."""

import ast
import re
from pathlib import Path

import pytest

from retencion_lib.stages.checks.findings import Alert, Code, Group, of_group
from retencion_lib.stages.checks.say_findings import WORDINGS, named, worded
from retencion_lib.stages.monitor.say_report import REASONS

ROOT = Path(__file__).resolve().parents[3]
STAGES = ROOT / "retencion_lib/stages"
MODULES = sorted(STAGES.rglob("*.py"))
CODE = r"(?<![A-Za-z0-9+/])RET\d{3}(?![A-Za-z0-9+/])"  # not letters of a picture


def raised(path: Path) -> set[Code]:
    """Codes named in functions of a module that make an `Alert`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            inside = list(ast.walk(node))
            if any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Alert"
                   for n in inside):  # fmt: skip
                found |= {Code[n.attr] for n in inside if isinstance(n, ast.Attribute)
                          and getattr(n.value, "id", "") == "Code"}  # fmt: skip
    return found


RAISED_BY = {code: path for path in MODULES for code in raised(path)}


def explained(page: str) -> list[str]:
    """Codes with a paragraph or a row of their own in a page of the documentation."""
    return re.findall(rf"^(?:### |\| )({CODE}) (?:·|\|) ", (ROOT / page).read_text(), re.M)


def test_the_codes_raised_worded_and_in_the_catalogue_are_the_same():
    assert sorted(RAISED_BY) == sorted(WORDINGS) == sorted(Code)


def test_each_code_is_explained_once_in_the_page_that_the_catalogue_says():
    pages = dict.fromkeys(code.page for code in Code)
    assert {page: explained(page) for page in pages} == {
        page: [code for code in Code if code.page == page] for page in pages
    }


def test_no_two_modules_raise_one_code():
    times = [code for path in MODULES for code in raised(path)]
    assert len(times) == len(set(times))


@pytest.mark.parametrize("code", sorted(Code))
def test_each_code_is_tested_beside_the_module_that_raises_it(code):
    inside = RAISED_BY[code].relative_to(STAGES)
    test = ROOT / "tests/stages" / inside.parent / f"test_{inside.name}"
    assert code in test.read_text(encoding="utf-8")


def test_nothing_mentions_a_code_that_does_not_exist():
    places = [*ROOT.glob("retencion_lib/**/*.py"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"),
              *ROOT.glob("notebooks/*"), *ROOT.glob("benchmarks/*.py"),
              *ROOT.glob("tests/**/*.py")]  # fmt: skip
    for path in places:
        assert set(re.findall(CODE, path.read_text(encoding="utf-8"))) <= set(Code), path


def test_the_code_of_a_rule_is_written_in_the_catalogue_alone():
    for path in [*ROOT.glob("retencion_lib/**/*.py")]:
        written = {n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                   if isinstance(n, ast.Constant) and re.fullmatch(CODE, str(n.value))}  # fmt: skip
        assert not written or path.name == "findings.py", path


def test_every_proof_and_sign_has_its_reason_for_the_advice():
    asked = {code for code in Code if code.group in (Group.PROOF, Group.SIGN)}
    assert set(REASONS) == asked


def test_findings_are_told_by_their_group_in_their_order():
    found = [Alert(code, "alert") for code in ("RET050", "RET004", "RET002", "RET041")]
    assert [a.code for a in of_group(found, Group.BROKEN)] == ["RET004", "RET002"]
    assert [a.code for a in of_group(found, Group.SIGN, Group.PROOF)] == ["RET050", "RET041"]


@pytest.mark.parametrize(("severity", "action"), [
    ("slight", "Es pequeño: mira qué columnas lo explican."),
    ("large", "No decidas con el umbral actual sin revisar qué ha cambiado."),
])  # fmt: skip
def test_what_to_do_about_the_score_follows_how_much_it_moved(severity, action):
    facts = {"severity": severity, "ks": None, "kind": "numeric", "category": None,
             "before": 0.2, "now": 0.3}  # fmt: skip
    assert worded(Alert(Code.SCORE_MOVED, "warning", "score", 0.1, 0.0, facts)).action == action


@pytest.mark.parametrize(("code", "column", "said"), [
    ("RET004", "tenure", "más nulos en 'tenure'"),
    ("RET002", "tenure", "falta la columna 'tenure'"),
    ("RET043", "tenure", "cambia a quién se avisa por 'tenure'"),
    ("RET011", "score", "cambio de la puntuación"),
    ("RET041", None, "menos acierto medido"),
])  # fmt: skip
def test_a_check_in_words_names_its_column_but_for_the_score(code, column, said):
    assert named(code, column) == said

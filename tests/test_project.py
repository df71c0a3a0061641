"""The project's files agree with each other: versions, lock, Makefile, imports."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house import (
    BELOW,
    GROUND,
    MODULES,
    between_stages,
    dotted,
    figures,
    imports,
    top,
    tree,
)

ROOT = Path(__file__).resolve().parents[1]
# Modules that speak to a reader, and those that write down what is said.
SPEAKS = re.compile(r"(^|\.)(say\w*|\w*figures|card(\.\w+)?)$")
WRITES = re.compile(r"(^|\.)(report|notices|orders)$")
SPANISH = set("de la el que en los las una un no se con por para del al es son más".split())  # noqa: SIM905
LIMITS = {
    "rooms at the top": 12, "floors": 6, "arrows between rooms": 45,
    "imports from stage to stage": 0, "string subscripts": 59, "signatures with a bare dict": 7,
    "median function": 7, "90th percentile": 18, "longest function": 45, "longest module": 300,
}  # fmt: skip
LOCK, TOOLS = ((ROOT / f"requirements{of}.lock").read_text() for of in ("", "-dev"))


def locked_versions(lock: str = TOOLS) -> dict[str, str]:
    """Versions that a lock gives on Linux x86-64 with Python 3.11."""
    machine = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux",
               "platform_machine": "x86_64", "platform_system": "Linux"}  # fmt: skip
    lines = re.findall(r"^[a-z0-9][^\n\\]*==[^\n\\]*", lock, re.M)
    found = [Requirement(line.strip()) for line in lines]
    here = [r for r in found if r.marker is None or r.marker.evaluate(machine)]
    return {r.name.lower(): next(iter(r.specifier)).version for r in here}


def test_conda_environment_has_the_locked_versions():
    text = (ROOT / "environment.yml").read_text()
    pairs = re.findall(r"- ([a-z0-9-]+)={1,2}([0-9][^\s]*)", text)
    locked = locked_versions() | {"python": "3.11"}
    locked["matplotlib-base"] = locked["matplotlib"]
    assert len(pairs) > 15
    assert [(n, v) for n, v in pairs if locked.get(n) != v] == []


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # What the benchmarks measure on is no part of the environment: `lifetimes` would bring its own.
    extras = {k: v for k, v in project["optional-dependencies"].items() if k != "panels"}
    groups = [project["dependencies"], *extras.values()]
    names = {re.match(r"[A-Za-z0-9_.-]+", d).group().lower() for group in groups for d in group}
    assert names - {"xgboost"} <= set(locked_versions())


@pytest.mark.parametrize("lock", [LOCK, TOOLS], ids=["to use", "to test"])
def test_the_locks_have_hashes_and_no_address(lock):
    assert lock.count("--hash=sha256:") > 100
    assert not re.search(r"https?://|--index|--find-links|file:", lock)


def test_what_is_tested_is_what_is_used_and_what_only_tests_need_stays_out():
    used, tested = locked_versions(LOCK), locked_versions(TOOLS)
    assert used.items() <= tested.items()
    assert not {"moto", "pytest", "dask", "duckdb", "sqlalchemy"} & used.keys()


def spoken(text: str) -> bool:
    """Whether a text is a sentence for a reader: Spanish words, not a name or a key."""
    words = re.findall(r"[a-záéíóúñü]+", text.lower()) if " " in text.strip() else []
    return len(words) >= 3 and bool(SPANISH & set(words))


def test_the_rooms_at_the_top_are_those_of_the_picture():
    assert {top(dotted(p)) for p in MODULES} - {"__init__"} == set(BELOW) | GROUND


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_room_imports_only_what_hangs_below_it(path):
    own = top(dotted(path))
    below = {"__init__": set()}.get(own, BELOW.get(own, GROUND) | GROUND | {own})
    assert {name for name in imports(path) if top(name) not in below} == set()


def test_no_stage_imports_another():
    assert between_stages() == set()


def test_the_maths_know_neither_file_nor_clock_nor_models():
    for path in MODULES:
        if top(dotted(path)) == "maths":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^(import|from) (os|pathlib|time|datetime)\b", text, re.M), path


SILENT = [p for p in MODULES if top(dotted(p)) in {"stages", "models", "maths"}
          and not SPEAKS.search(dotted(p)) and not WRITES.search(dotted(p))]  # fmt: skip


@pytest.mark.parametrize("path", SILENT, ids=dotted)
def test_a_sentence_stands_only_where_a_reader_is_spoken_to_or_refused(path):
    refusing = {id(n) for f in ast.walk(tree(path)) if isinstance(f, ast.FunctionDef)
                and any(isinstance(r, ast.Raise) for r in ast.walk(f))
                for n in ast.walk(f)}  # fmt: skip
    docs = {id(n.value) for n in ast.walk(tree(path)) if isinstance(n, ast.Expr)}
    said = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant)
            and isinstance(n.value, str) and id(n) not in refusing | docs
            and spoken(n.value)]  # fmt: skip
    assert said == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_nothing_that_computes_imports_what_speaks(path):
    name = dotted(path)
    if SPEAKS.search(name) or WRITES.search(name) or path.name == "__init__.py":
        return
    assert {found for found in imports(path) if re.search(r"(^|\.)say\w*$", found)} == set()


@pytest.mark.parametrize(("name", "most"), LIMITS.items())
def test_the_house_stays_within_its_measures(name, most):
    assert figures()[name] <= most

"""The project's files agree with each other: versions, lock, Makefile, imports."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "retencion_lib").rglob("*.py"))
LOCK = (ROOT / "requirements.lock").read_text()
# From top to bottom: a room may import only rooms below it.
ROOMS = [
    "__main__", "commands", "runs", "card",
    "scoring", "champion", "choice", "training", "partition", "monitoring", "eda",
    "retraining", "causes", "performance", "campaign", "segments", "history", "notices",
    "quality", "explain", "registry",
    "models", "data", "features", "plots", "show", "page", "store", "ledger", "disk",
    "impact", "estimation", "metrics", "decision", "drift", "config", "errors", "words",
]  # fmt: skip
PURE = {"impact", "estimation", "metrics", "decision", "drift"}  # no files, no clock


def locked_versions() -> dict[str, str]:
    """Versions that the lock gives on Linux x86-64 with Python 3.11."""
    machine = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux",
               "platform_machine": "x86_64", "platform_system": "Linux"}  # fmt: skip
    lines = re.findall(r"^[a-z0-9][^\n\\]*==[^\n\\]*", LOCK, re.M)
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
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.match(r"[A-Za-z0-9_.-]+", d).group().lower() for group in groups for d in group}
    assert names - {"xgboost"} <= set(locked_versions())


def test_the_lock_has_hashes_and_no_address():
    assert LOCK.count("--hash=sha256:") > 100
    assert not re.search(r"https?://|--index|--find-links|file:", LOCK)


def module_room(path: Path) -> str:
    return path.relative_to(ROOT / "retencion_lib").with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("retencion_lib"):
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {
                a.name.split(".")[1] for a in node.names if a.name.startswith("retencion_lib.")
            }
    return rooms & set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_imports_only_point_down(path):
    room = module_room(path)
    if room == "__init__":
        assert imported_rooms(path) == set()
        return
    rank = {name: i for i, name in enumerate(ROOMS)}
    upward = {r for r in imported_rooms(path) if r != room and rank[r] < rank[room]}
    assert upward == set()


@pytest.mark.parametrize(
    "path", [p for p in MODULES if module_room(p) in PURE],
    ids=lambda p: p.stem,
)  # fmt: skip
def test_the_pure_rooms_touch_no_files_and_no_clock(path):
    assert imported_rooms(path) <= PURE | {"errors", "words"}
    assert not re.search(r"^(import|from) (os|pathlib|time|datetime)\b", path.read_text(), re.M)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_modules_read_in_one_sitting_and_functions_fit_on_a_screen(path):
    text = path.read_text()
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            doc = node.body[0] if ast.get_docstring(node) else None
            skipped = doc.end_lineno - doc.lineno + 1 if doc else 0
            assert node.end_lineno - node.lineno + 1 - skipped <= 60, node.name

"""The library as a house: its rooms, what each imports, and how much its code weighs.

`python -m tests.house` prints the figures that `test_project.py` holds to their limits.
"""

import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retencion_lib.config import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "retencion_lib"
MODULES = sorted(LIBRARY.rglob("*.py"))
GROUND = {"config", "errors", "words"}
# Who may import whom: a room, and what hangs below it. The ground is below all.
BELOW = {
    "__main__": {"audit", "runs", "tables", "home"},
    "stages": {"models", "tables", "runs", "home", "maths", "show"},
    "audit": {"runs", "models", "tables", "home", "maths", "show"},
    "runs": {"home", "show"},
    "models": {"tables", "home", "maths"},
    "tables": {"home", "maths"},
    "home": {"maths"},
    "maths": set(),
    "show": set(),
}


def dotted(path: Path) -> str:
    """Name of a module, from the library."""
    return ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(path) for path in MODULES}


@cache
def tree(path: Path) -> ast.Module:
    """Parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Modules of the library that a module imports, from the library."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("retencion_lib"):
            base = node.module.removeprefix("retencion_lib").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                found.add(inner if inner in NAMES else base)
        elif isinstance(node, ast.Import):
            found |= {
                a.name.removeprefix("retencion_lib.") for a in node.names
                if a.name.startswith("retencion_lib.")
            }  # fmt: skip
    return frozenset(found - {""})


def top(name: str) -> str:
    """Folder or file of the top that a module lies in."""
    return name.partition(".")[0] or "__init__"


def arrows() -> set[tuple[str, str]]:
    """Pairs of rooms at the top of which one imports the other."""
    pairs = {(top(dotted(p)), top(name)) for p in MODULES for name in imports(p)}
    return {(a, b) for a, b in pairs if a != b and a != "__init__"}


def stage(name: str) -> str:
    """Stage that a module belongs to; empty for what the stages share, and elsewhere."""
    parts = name.split(".")
    return parts[1] if parts[0] == "stages" and parts[1:2] and parts[1] in NOTEBOOKS else ""


def between_stages() -> set[tuple[str, str]]:
    """Modules of a stage, or of what the stages share, that import (another) stage, and which."""
    return {
        (dotted(p), name) for p in MODULES for name in imports(p)
        if top(dotted(p)) == "stages" and stage(name) not in ("", stage(dotted(p)))
    }  # fmt: skip


def floors() -> int:
    """How many rooms stand on each other, the ground not counted."""

    @cache
    def height(name: str) -> int:
        return 1 + max(map(height, BELOW[name]), default=0)

    return max(map(height, BELOW))


@dataclass(frozen=True)
class Function:
    """One function, and how long it is without its docstring."""

    where: str
    lines: int
    node: ast.FunctionDef


def functions() -> Iterator[Function]:
    """Every function of the library."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                doc = node.body[0] if ast.get_docstring(node) else None
                skipped = doc.end_lineno - doc.lineno + 1 if doc else 0
                lines = node.end_lineno - node.lineno + 1 - skipped
                yield Function(f"{dotted(path)}.{node.name}", lines, node)


def bare_dicts() -> list[str]:
    """Functions that take or give a `dict` of which nobody knows what it holds."""
    return [f.where for f in functions() if any(map(_is_bare, _annotations(f.node)))]


def _annotations(node: ast.FunctionDef) -> list[ast.expr]:
    given = [*node.args.args, *node.args.kwonlyargs]
    return [a for a in (*(g.annotation for g in given), node.returns) if a is not None]


def _is_bare(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.BinOp):
        return _is_bare(annotation.left) or _is_bare(annotation.right)
    return isinstance(annotation, ast.Name) and annotation.id == "dict"


def subscripts() -> list[str]:
    """Keys of documents asked for by their text: ``report["test"]``, a table's columns apart.

    A name stands for a document where it is annotated as a mapping, or made by a call that reads
    one; a subscript of a subscript of it is one more.
    """
    return [where for path in MODULES for where in _document_keys(path)]


def _document_keys(path: Path) -> Iterator[str]:
    for scope in [tree(path), *(n for n in ast.walk(tree(path)) if _is_function(n))]:
        documents = _documents(scope)
        for node in ast.walk(scope):
            if _is_key(node) and _root(node) in documents and _scope_of(path, node) is scope:
                yield f"{dotted(path)}:{node.lineno}"


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


def _is_key(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _owners(path: Path) -> dict[ast.AST, ast.AST]:
    owners: dict[ast.AST, ast.AST] = {}
    for scope in [tree(path), *(n for n in ast.walk(tree(path)) if _is_function(n))]:
        owners |= dict.fromkeys(ast.walk(scope), scope)
    return owners


def _scope_of(path: Path, node: ast.AST) -> ast.AST:
    return _owners(path)[node]


READERS = {"read_json", "loads", "load", "settings", "figures", "facts"}


def _documents(scope: ast.AST) -> set[str]:
    """Names that a function knows as documents: what it is given, makes, or goes through."""
    found = set()
    if isinstance(scope, ast.FunctionDef):
        given = [*scope.args.args, *scope.args.kwonlyargs]
        found |= {a.arg for a in given if a.annotation and _holds_dict(a.annotation)}
    for node in ast.walk(scope):
        if isinstance(node, ast.AnnAssign) and _holds_dict(node.annotation):
            found.add(getattr(node.target, "id", ""))
        elif isinstance(node, ast.Assign) and _is_document(node.value, found):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.For | ast.comprehension) and _root(node.iter) in found:
            found |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    return found - {""}


def _holds_dict(annotation: ast.expr) -> bool:
    names = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)]
    return bool({"dict", "Mapping", "Row", "Rows"} & set(names)) and "DataFrame" not in names


def _is_document(value: ast.expr, known: set[str]) -> bool:
    if isinstance(value, ast.Dict):
        return True
    if isinstance(value, ast.Call):
        name = getattr(value.func, "attr", getattr(value.func, "id", ""))
        return name in READERS or _root(value) in known
    return isinstance(value, ast.Subscript) and _root(value) in known


def figures() -> dict[str, float]:
    """What the house measures."""
    lines = sorted(f.lines for f in functions())
    top_rooms = {top(dotted(p)) for p in MODULES} - {"__init__"}
    return {
        "rooms at the top": len(top_rooms),
        "floors": floors(),
        "arrows between rooms": len(arrows()),
        "imports from stage to stage": len(between_stages()),
        "string subscripts": len(subscripts()),
        "signatures with a bare dict": len(bare_dicts()),
        "median function": statistics.median(lines),
        "90th percentile": lines[int(0.9 * len(lines))],
        "longest function": lines[-1],
        "longest module": max(p.read_text(encoding="utf-8").count("\n") for p in MODULES),
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:30} {value:g}")

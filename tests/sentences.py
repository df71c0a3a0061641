"""Every sentence that the product can print, for somebody to read them all once.

`python -m tests.sentences` lists them with where they stand: those of the library, of the pages'
templates and of the notebooks. What is computed stands in braces, as it does in the code.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from retencion_lib import config
from tests.house import LIBRARY, MODULES, ROOT, tree

TEMPLATES = LIBRARY / "show/page/templates"
LETTERS = re.compile(r"[a-záéíóúñü]{2,}[ ,.;:¿¡]", re.I)


def of_library() -> Iterator[tuple[str, str]]:
    """Texts of the code with a blank in them, docstrings and imports aside."""
    for path in MODULES:
        parsed = tree(path)
        docs = {id(n.value) for n in ast.walk(parsed) if isinstance(n, ast.Expr)}
        inside = {id(v) for n in ast.walk(parsed) if isinstance(n, ast.JoinedStr)
                  for v in ast.walk(n) if v is not n}  # fmt: skip
        for node in ast.walk(parsed):
            if id(node) in docs | inside or not isinstance(node, ast.Constant | ast.JoinedStr):
                continue
            said = text_of(node)
            if LETTERS.search(said):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", said


def text_of(node: ast.expr) -> str:
    """A text, with the expressions of an f-string in braces."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
        for part in node.values
    )


def of_templates() -> Iterator[tuple[str, str]]:
    """Lines of the pages' templates that hold words, their style and scripts aside."""
    for path in sorted(TEMPLATES.rglob("*.j2")):
        plain = re.sub(r"<(style|script).*?</\1>|\{#.*?#\}", "", path.read_text(), flags=re.S)
        for line in plain.splitlines():
            words = " ".join(re.sub(r"<[^>]+>|\{%.*?%\}", " ", line).split())
            if LETTERS.search(f"{words} "):
                yield str(path.relative_to(ROOT)), words


def of_notebooks() -> Iterator[tuple[str, str]]:
    """Markdown of the notebooks, and the help of their parameters and captions."""
    for path in sorted(Path(config.notebooks()).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                yield str(path.relative_to(ROOT)), source
            elif "parameters" in cell["metadata"].get("tags", []):
                helps = (line.partition("  # ")[2] for line in source.splitlines())
                yield from ((str(path.relative_to(ROOT)), said) for said in helps if said)


if __name__ == "__main__":
    for where, said in [*of_library(), *of_templates(), *of_notebooks()]:
        print(f"{where}\t{said!r}")

"""From an executed notebook to one self-contained HTML page, and the list of all runs.

No page asks the network for anything. The code is folded and can be opened; headings make
the table of contents; the page reads on a phone and prints.
"""

import html
import re
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

from retencion_lib import config, ledger, store

TEMPLATES = Path(__file__).parent / "template"
INDEX = "runs/index.html"
STATUS = {"ok": "correcta", "failed": "con error", "refused": "rechazada",
          "abandoned": "abandonada"}  # fmt: skip


def render(notebook: Path, *, status: str, run_id: str) -> Path:
    """Write the HTML report beside an executed notebook; give back its path."""
    content = nbformat.read(notebook, 4)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    title = next((h for _, h, _ in headings(content)), notebook.stem)
    exporter = HTMLExporter(
        template_name="informe",
        extra_template_basedirs=[str(TEMPLATES)],
        config=Config({"HTMLExporter": {"mathjax_url": "", "require_js_url": "", "jquery_url": "",
                                        "mermaid_js_url": "", "widget_renderer_url": ""}}),
    )  # fmt: skip
    body, _ = exporter.from_notebook_node(
        content,
        resources={"title": title, "toc": headings(content)[1:], "status": status,
                   "status_label": STATUS[status], "run_id": run_id},
    )  # fmt: skip
    return store.write_bytes(notebook.with_suffix(".html"), body.encode())


def headings(content: nbformat.NotebookNode) -> list[tuple[int, str, str]]:
    """Level, text and anchor of each heading, as nbconvert writes its anchors."""
    found = []
    for cell in content.cells:
        if cell.cell_type == "markdown":
            for marks, text in re.findall(r"^(#{1,3}) (.+)$", cell.source, re.M):
                plain = re.sub(r"[*`]", "", text).strip()
                found.append((len(marks), plain, plain.replace(" ", "-")))
    return found


def write_index() -> Path:
    """Write the list of runs, newest first."""
    rows = "".join(_index_row(e) for e in reversed(ledger.read()) if e["event"] == "run_finished")
    page = (TEMPLATES / "index.html").read_text(encoding="utf-8").replace("{{ROWS}}", rows)
    return store.write_bytes(config.resolve(INDEX), page.encode())


def _index_row(event: dict) -> str:
    report = next((f for f in event["files"] if f.endswith(".html")), "")
    link = html.escape(report.removeprefix("runs/"))
    return (
        f"<tr><td>{event['at'][:16].replace('T', ' ')}</td>"
        f'<td><a href="{link}">{html.escape(event["notebook"])}</a></td>'
        f'<td class="{event["status"]}">{STATUS[event["status"]]}</td>'
        f"<td>{html.escape(event['run_id'])}</td></tr>\n"
    )

"""From an executed notebook to one self-contained HTML page.

No page asks the network for anything. The code is folded and can be opened; headings make
the table of contents; a run that failed says so first, in its own words; the page reads on
a phone and prints. See docs/decisions/0003.
"""

import html
import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from retencion_lib.home import disk, ledger
from retencion_lib.runs import headline, layers, record
from retencion_lib.show import page
from retencion_lib.words import day

FAILURE = {
    "refused": ("Ejecución rechazada: los datos o los parámetros no sirven",
                "No se ha escrito ningún resultado."),
    "abandoned": ("La ejecución se cortó sin terminar",
                  "Lo que sigue no está completo: no lo uses."),
    "failed": ("La ejecución se detuvo por un error del programa",
               "Lo que sigue no está completo: no lo uses. La traza está donde se detuvo."),
}  # fmt: skip
# Papermill adds cells of its own, in English, to a notebook that failed.
PAPERMILL_NOTE = "papermill-error-cell-tag"
SHOWN = (page.CHART, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg",
         "application/json", "text/latex", "text/plain")  # fmt: skip
FOLD = '<details class="layer"'  # the second layer of the page, where its headings are listed too
LABELS = {"parameters": "Parámetros por defecto", "injected-parameters": "Parámetros dados"}


def render(notebook: Path, *, status: str, run_id: str) -> Path:
    """Write the HTML report beside an executed notebook; give back its path."""
    content = nbformat.read(notebook, 4)
    body = to_html(content, status=status, run_id=run_id, name=notebook.stem)
    return disk.write(notebook.with_suffix(".html"), body.encode())


def to_html(content: NotebookNode, *, status: str, run_id: str, name: str) -> str:
    """Page of an executed notebook.

    Parameters
    ----------
    content : NotebookNode
        The notebook with its outputs; it is tidied in place.
    status : str
        ``ok``, ``failed`` or ``refused``.
    run_id : str
        Name of the run, for the footer.
    name : str
        Title where the notebook has no heading.
    """
    found = record.find(content)
    results = found.results if found else {}
    _tidy(content)
    exporter = HTMLExporter(
        template_name="informe",
        extra_template_basedirs=[str(page.TEMPLATES)],
        exclude_anchor_links=True,
        filters={"highlight": _highlighted},
    )
    facts = {
        **page.common(script=_script(content)), **_seal(run_id), "title": _title(content, name),
        "outcome": headline.outcome(status, results), "run_id": run_id, "when": _now(),
        "figures": headline.figures(results), "answer": results.get("answer", ""),
        "failure": _failure(content, status),
    }  # fmt: skip
    body, _ = exporter.from_notebook_node(content, resources=facts)
    return _with_contents(body)


def _tidy(content: NotebookNode) -> None:
    """Keep what a reader needs: one form an output, the last state of a progress bar."""
    content.cells = [
        c for c in content.cells
        if PAPERMILL_NOTE not in c.metadata.get("tags", []) and c.source.strip()
    ]  # fmt: skip
    broken = [i for i, c in enumerate(content.cells) if _stopped(c)]
    if broken:  # what follows never ran: its headings would promise what is not there
        content.cells = content.cells[: broken[0] + 1]
    content.cells = layers.layered(content.cells)
    for cell in content.cells:
        if cell.cell_type != "code":
            continue
        tags = [LABELS[t] for t in cell.metadata.get("tags", []) if t in LABELS]
        number = f"Código · celda {cell.execution_count}" if cell.execution_count else "Código"
        cell.label = tags[0] if tags else number
        cell.outputs = _joined(cell.outputs)
        for output in cell.outputs:
            _choose(output)


def _script(content: NotebookNode) -> str:
    """The script of a report with a table or a chart; other reports have none."""
    shown = [o.get("data", {}) for c in content.cells for o in c.get("outputs", [])]
    needed = any(page.CHART in s or 'class="table' in s.get("text/html", "") for s in shown)
    return page.report_script() if needed else ""


def _stopped(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs with neighbouring pieces of one stream joined, and overwritten text dropped."""
    kept: list[NotebookNode] = []
    for output in outputs:
        stream = output.get("name")
        if kept and stream and kept[-1].get("name") == stream:
            kept[-1].text += output.text
        else:
            kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            lines = output.text.replace("\r\n", "\n").split("\n")
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return [o for o in kept if o.output_type != "stream" or o.text.strip()]


def _choose(output: NotebookNode) -> None:
    data = output.get("data", {})
    output.best = next((media for media in SHOWN if media in data), "")
    output.alt = output.get("metadata", {}).get("alt") or "Figura sin descripción."
    if output.best == "application/json":
        output.data[output.best] = json.dumps(data[output.best], ensure_ascii=False, indent=2)
    # A table that is not one of ours scrolls by itself too.
    markup = data.get("text/html", "")
    if output.best == "text/html" and "<table" in markup and 'class="table' not in markup:
        output.data["text/html"] = (
            f'<div class="table" role="region" tabindex="0" aria-label="Tabla">{markup}</div>'
        )


def _failure(content: NotebookNode, status: str) -> dict[str, str | bool] | None:
    """What went wrong, to be said before anything else."""
    if status == "ok":
        return None
    errors = [o for c in content.cells for o in c.get("outputs", []) if o.output_type == "error"]
    what, then = FAILURE[status]
    if not errors:
        return {"what": what, "said": "El cuaderno no terminó.", "next": then, "cell": False}
    said = errors[0].evalue if status == "refused" else f"{errors[0].ename}: {errors[0].evalue}"
    return {"what": what, "said": said, "next": then, "cell": True}


def _seal(run_id: str) -> dict[str, str]:
    """Where the ledger stood when this page was written."""
    seq, sha256 = ledger.head()
    if not seq:
        return {"head": "el libro está vacío", "verify": "", "seal": "Sin sello: nadie la anotó."}
    return {
        "head": f"{seq}:{sha256}",
        "verify": f"retencion verify --head {seq}:{sha256}",
        "seal": f"Se anota al terminar, en una línea posterior a la {seq}.",
    }


def _title(content: NotebookNode, name: str) -> str:
    for cell in content.cells:
        found = re.search(r"^# (.+)$", cell.source, re.M) if cell.cell_type == "markdown" else None
        if found:
            return re.sub(r"[*`]", "", found[1]).strip()
    return name


def _now() -> str:
    now = datetime.now(UTC)
    return f"{day(now.date().isoformat())}, {now:%H:%M} UTC"


def _highlighted(source: str) -> str:
    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n")


def _with_contents(body: str) -> str:
    """Give every heading an anchor of its own and fill in the table of contents."""
    used: set[str] = set()
    entries: list[tuple[str, str, str]] = []

    def anchored(match: re.Match) -> str:
        level, text = match[1], match[3]
        plain = html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
        anchor = _anchor(plain, used)
        folded = match.start() > fold
        if (level == "2" or (level == "3" and folded)) and "no-toc" not in match[2]:
            entries.append((anchor, plain, ' class="sub"' if level == "3" else ""))
        return f'<h{level} id="{anchor}">{text}</h{level}>'

    fold = body.find(FOLD) if FOLD in body else len(body)
    body = re.sub(r"<h([1-6])([^>]*)>(.*?)</h\1>", anchored, body, flags=re.S)
    items = "".join(
        f'<li{kind}><a href="#{a}">{html.escape(text)}</a></li>' for a, text, kind in entries
    )
    return body.replace("<!--toc-side-->", _side(items)).replace("<!--toc-fold-->", _fold(items))


def _side(items: str) -> str:
    return (
        '<nav class="toc-side" aria-label="Índice"><div>'
        f'<p class="toc-title">En este informe</p><ol>{items}</ol></div></nav>'
    )


def _fold(items: str) -> str:
    if not items:
        return ""
    return (
        '<nav class="toc-fold" aria-label="Índice"><details>'
        f"<summary>En este informe</summary><ol>{items}</ol></details></nav>"
    )


def _anchor(text: str, used: set[str]) -> str:
    """Name of a heading in a link: plain letters, and never the same twice on a page."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "apartado"
    name, n = base, 1
    while name in used:
        n += 1
        name = f"{base}-{n}"
    used.add(name)
    return name

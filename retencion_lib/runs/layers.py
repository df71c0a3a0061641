"""What of a report stands first, and what is folded under "Detalle".

A notebook says it with its headings of the second level: `DETAIL` begins what is for whoever
wants to check, with sections of the third level; `START` is what has to run first and is read
last, so a report shows it there too. In JupyterLab both are headings like any other.
"""

import re

from nbformat import NotebookNode

DETAIL, START = "Detalle", "Punto de partida"
ANSWER_TAG = "answer"  # of the cell on top that `close_run` fills: a report says it by itself


def layered(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Cells in the order of a report; the first of those that are folded is marked ``folds``."""
    first: list[NotebookNode] = []
    start: list[NotebookNode] = []
    detail: list[NotebookNode] = []
    here = first
    for cell in cells:
        name = _heading(cell)
        if name and here is not detail:
            here = {DETAIL: detail, START: start}.get(name, first)
        if ANSWER_TAG not in cell.metadata.get("tags", []):
            here.append(cell)
    folded = [*_unheaded(detail[:1]), *map(_below, start), *detail[1:]]
    for cell in folded[:1]:
        cell.folds = True
    return [*first, *folded]


def _heading(cell: NotebookNode) -> str:
    found = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
    return found[1].strip() if found else ""


def _unheaded(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cell that begins the detail without its heading, which the page writes."""
    for cell in cells:
        cell.source = cell.source.partition("\n")[2]
    return [cell for cell in cells if cell.source]


def _below(cell: NotebookNode) -> NotebookNode:
    """A cell whose headings are a level further down."""
    if cell.cell_type == "markdown":
        cell.source = re.sub(r"^#+ ", r"#\g<0>", cell.source, flags=re.M)
    return cell

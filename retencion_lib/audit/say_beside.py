"""Two runs side by side for a reader: lines at the terminal, or a page."""

from collections.abc import Sequence

from retencion_lib.audit.beside import Difference, Part
from retencion_lib.home.event import Event
from retencion_lib.show import page
from retencion_lib.words import plural, printable

PARTS = {
    Part.PARAMETERS: "Parámetros",
    Part.READ: "Archivos leídos",
    Part.FIGURES: "Cifras",
    Part.WRITTEN: "Archivos escritos",
    Part.CODE: "Código y entorno",
}
CODE = {
    "notebook": "Cuaderno", "status": "Final", "commit": "Commit",
    "dirty": "Cambios sin guardar", "environment": "Entorno",
}  # fmt: skip
NONE = "—"


def lines(found: Sequence[Difference]) -> list[str]:
    """A line a difference, under the part it belongs to."""
    said = []
    for part, title in PARTS.items():
        rows = [d for d in found if d.part is part]
        said += [f"{title}:"] if rows else []
        said += [printable(f"  {_name(d)}: {d.old or NONE} → {d.new or NONE}") for d in rows]
    return said or ["Nada las distingue: mismos parámetros, archivos, cifras y código."]


def to_html(old: Event, new: Event, found: Sequence[Difference]) -> str:
    """The same as a page of its own."""
    parts = [
        (title, [(_name(d), d.old or NONE, d.new or NONE) for d in found if d.part is part])
        for part, title in PARTS.items()
    ]
    return page.render(
        "compare.html.j2", old=old, new=new, parts=[p for p in parts if p[1]],
        total=plural(len(found), "diferencia", "diferencias"),
        same=[title.lower() for title, rows in parts if not rows],
    )  # fmt: skip


def _name(found: Difference) -> str:
    return CODE.get(found.name, found.name) if found.part is Part.CODE else found.name

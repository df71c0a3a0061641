"""Put what was found at every step, and on a small disk, into docs/auditoria.md, by itself."""

import json
import re
from pathlib import Path

from retencion_lib.words import count

RESULTS = Path(__file__).parent / "results" / "every_step.json"
SMALL = RESULTS.with_name("small_disk.json")
DOC = Path(__file__).resolve().parent.parent / "docs/auditoria.md"
BETWEEN = re.compile(r"(?<=<!-- cortes: inicio -->\n).*?(?=<!-- cortes: fin -->)", re.S)
NAMES = {
    "train": "`train`", "evaluate": "`evaluate`", "campaign": "`evaluate` con otra campaña",
    "adopt": "`campaign`",
    "infer": "`infer`", "monitor": "`monitor`", "promote": "`promote`", "rollback": "`rollback`",
    "erase": "`erase`", "sign": "`sign`", "seal": "`seal`", "take-in": "`seal CUADERNO`",
    "parts": "`infer`, partes del registro", "erase-parts": "`erase`, partes del registro",
}  # fmt: skip
FATES = ("kill", "full", "once", "small")


def table() -> str:
    """Points tried by order and fate, and how many went well."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    for order, tally in json.loads(SMALL.read_text(encoding="utf-8")).items():
        for key in ("points", "right"):
            found[order][key]["small"] = tally[key]
    lines = ["| orden | pasos en disco | se corta | disco lleno | disco lleno un momento | disco "
             "pequeño de verdad |", "|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    lines += [_row(NAMES[order], str(found[order]["steps"]), [found[order]])
              for order in NAMES if order in found]  # fmt: skip
    return "\n".join([*lines, _row("**todas**", "", list(found.values()))]) + "\n"


def _row(name: str, steps: str, tallies: list[dict]) -> str:
    cells = [name, steps]
    for fate in FATES:
        tried, right = (sum(t[key].get(fate, 0) for t in tallies) for key in ("points", "right"))
        cells.append(f"{count(right)} de {count(tried)}" if tried else "—")
    return f"| {' | '.join(cells)} |"


def rendered(page: str) -> str:
    """The page with the table of what was found between its marks."""
    return BETWEEN.sub(lambda _: table(), page)


def write() -> None:
    """Write the page again."""
    DOC.write_text(rendered(DOC.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()

"""How long each report is before "Detalle" and in all: words, tables, charts and screens.

python -m benchmarks.report_size DEMO LATER

DEMO is a home where the demo was run, LATER one whose last report of 05 has the outcomes of many
batches. A word has a letter in it. What is folded by itself (code, tables of detail) is not
counted, and a screen is 900 px high. The figures go to `results/report_size.json`, beside those
of the reports of one layer that there were before, and from there into docs/arquitectura.md.
"""

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from retencion_lib.words import count, es

RESULTS = Path(__file__).parent / "results/report_size.json"
PAGE = Path(__file__).resolve().parents[1] / "docs/arquitectura.md"
START, END = "<!-- informes: inicio -->", "<!-- informes: fin -->"
MONITOR, LATER = "05_monitor", "05_monitor, con resultados de muchos lotes"
WIDTHS = (1280, 390)  # px: a laptop, a telephone
SCREENS = """const layer = document.querySelector("details.layer");
const screens = () => document.documentElement.scrollHeight / innerHeight;
if (layer) layer.open = true;
const all = screens();
layer?.remove();
return [screens(), all];"""


@dataclass(frozen=True)
class Size:
    """What a reader has before them."""

    words: int
    tables: int
    charts: int


def before_detail(page: str) -> Size:
    """Size of the first layer of a report."""
    return _size(page, "details")


def in_all(page: str) -> Size:
    """Size of a report once its detail is opened."""
    return _size(page, "details:not(.layer)")


def _size(page: str, folded: str) -> Size:
    main = BeautifulSoup(page, "html.parser").main
    for hidden in main.select(f"{folded}, script, style"):
        hidden.decompose()
    return Size(_words(main), len(main.select("table")), len(main.select("img.figure, figure")))


def _words(main: Tag) -> int:
    for drawn in main.select("svg"):
        drawn.decompose()
    return len(re.findall(r"\S*[^\W\d_]\S*", main.get_text(" ")))


def newest(home: Path) -> dict[str, Path]:
    """Newest report of each notebook."""
    pages = sorted((home / "runs").glob("*/*/*.html"), key=lambda page: page.parent.name)
    return dict(sorted((page.stem, page) for page in pages))


def measure(page: str) -> dict:
    """Both sizes of a report, and its screens at each width."""
    from tests import browser  # Chromium is asked only here

    seen = {width: browser.run(page, SCREENS, width=width) for width in WIDTHS}
    return {
        "before_detail": asdict(before_detail(page)), "in_all": asdict(in_all(page)),
        "screens": {str(w): [round(n, 1) for n in found] for w, found in seen.items()},
    }  # fmt: skip


def section(found: dict) -> str:
    """Each report before there were two layers and now, as a table."""
    rows = [
        f"| {name} | {count(was['before_detail']['words'])} | {_cell(now, 'words')} | "
        f"{was['before_detail']['tables']} | {_cell(now, 'tables')} | "
        f"{was['before_detail']['charts']} | {_cell(now, 'charts')} | "
        + " | ".join(
            f"{es(was['screens'][w][0])} | {es(now['screens'][w][0])} ({es(now['screens'][w][1])})"
            for w in map(str, WIDTHS)
        )
        + " |"
        for name, was in found["before"].items()
        if (now := found["after"].get(name))
    ]
    heads = ["Informe"]
    for what in ("Palabras", "Tablas", "Gráficos", *(f"Pantallas a {w} px" for w in WIDTHS)):
        heads += [f"{what}, antes", "ahora (con Detalle)"]
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *rows])


def _cell(now: dict, what: str) -> str:
    return f"{count(now['before_detail'][what])} ({count(now['in_all'][what])})"


def write(found: dict) -> None:
    """Keep the figures, and put their table into the page."""
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{section(found)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure the reports of two homes."""
    demo, later = map(Path, sys.argv[1:3])
    pages = newest(demo) | {LATER: newest(later)[MONITOR]}
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    found["after"] = {n: measure(p.read_text(encoding="utf-8")) for n, p in pages.items()}
    write(found)


if __name__ == "__main__":
    main()

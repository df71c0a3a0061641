"""Put what was measured into the README: no figure there is typed by hand.

python -m benchmarks.readme
"""

import json
from pathlib import Path

from retencion_lib.words import es

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
START, END = "<!-- medido: inicio -->", "<!-- medido: fin -->"


def run_rows() -> str:
    """What the notebooks cost against a plain script."""
    found = json.loads((RESULTS / "run.json").read_text(encoding="utf-8"))
    split, ratio = found["split_seconds"], found["ratio"]
    overlapped = split["kernel_start"] + split["imports"] - split["waiting_for_a_kernel"]
    return (
        f"- **Cuadernos contra un guion.** `make run`, ya instalado, tarda {es(ratio['wall'], 2)} "
        "veces lo que un solo proceso de Python con las mismas llamadas (mediana de "
        f"{len(found['pairs'])} pares). Una ejecución, en segundos: {es(split['total'])} en total; "
        f"trabajo de los cuadernos {es(split['work'])}, arranque de núcleos "
        f"{es(split['kernel_start'])} e importaciones {es(split['imports'])} (de ellos, "
        f"{es(overlapped)} mientras trabajaba el cuaderno anterior), HTML {es(split['html'])}."
    )


def rendered(readme: str) -> str:
    """The README with the measured lines between its marks."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{START}", *rows(), f"{END}{after}"])


def rows() -> list[str]:
    """One line or more for each benchmark whose results are kept."""
    return [run_rows()]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(rendered(path.read_text(encoding="utf-8")), encoding="utf-8")

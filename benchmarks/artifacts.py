"""Could models be kept as `skops` files, which run no code when opened? Measured on real ones.

    python -m benchmarks.artifacts HOME      the figures of docs/decisions/0002

HOME is one where `retencion train` has run; `skops` is installed for this alone. It does not write
a model as it is, for it knows no table of pandas: the one that explains is handed to it as lists
here, and what is measured is what comes after that.
"""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from zipfile import ZIP_DEFLATED

import skops
import skops.io as sio

from retencion_lib.models.fitted import FittedModel, from_bytes, to_bytes

RECORD = Path(__file__).resolve().parent.parent / "docs/decisions/0002-pickle-behind-hashes.md"
BETWEEN = re.compile(r"(?<=<!-- figures: start -->\n).*?(?=<!-- figures: end -->)", re.S)
OURS = "retencion_lib."


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """CPU time of some work, the median of a few."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - start))
    return median(spent)


def refusal(model: FittedModel) -> str:
    """What `skops` says to a model as it is; empty if it takes it."""
    try:
        sio.dumps(model)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def written(model: FittedModel) -> bytes:
    """A model as `skops` writes it, deflated."""
    return sio.dumps(model, compression=ZIP_DEFLATED)


def row(path: Path) -> tuple[str, set[str], str]:
    """One model's line of the table, the types it would need trusted, and its refusal."""
    model = from_bytes(path.read_bytes())
    plain = replace(model, background=model.background.to_dict("list"))
    pickled, zipped = to_bytes(plain), written(plain)
    types = set(sio.get_untrusted_types(data=zipped))
    again = sio.loads(zipped, trusted=sorted(types))
    same = (again.predict(model.background) == model.predict(model.background)).all()
    cells = (
        model.family, f"{len(pickled) / 1e6:.2f}", f"{len(zipped) / 1e6:.2f}",
        f"{milliseconds(lambda: from_bytes(pickled)):.0f}",
        f"{milliseconds(lambda: sio.loads(zipped, trusted=sorted(types))):.0f}",
        str(len(types)), "yes" if same else "no",
        "yes" if written(plain) == zipped else "no",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |", types, refusal(model)


def table(home: Path) -> str:
    """All models of a home, and what would have to be trusted."""
    rows = [row(path) for path in sorted((home / "artifacts").glob("*.pkl"))]
    types = set().union(*(t for _, t, _ in rows))
    ours, others = ({t for t in types if t.startswith(OURS) == own} for own in (True, False))
    said = "; ".join(sorted({r for *_, r in rows if r})) or "nothing"
    return "\n".join([
        f"skops {skops.__version__}; it refuses a model as it is with: {said}.\n",
        "| model | pickle, MB | skops deflated, MB | pickle opens, ms | skops opens, ms | "
        "types to trust | same scores | same bytes twice |",
        "|---|---:|---:|---:|---:|---:|---|---|",
        *(line for line, *_ in rows),
        f"\nTo trust, of ours: {', '.join(sorted(ours))}. Of others: {', '.join(sorted(others))}.",
    ]) + "\n"  # fmt: skip


if __name__ == "__main__":
    figures = table(Path(sys.argv[1]))
    page = RECORD.read_text(encoding="utf-8")
    RECORD.write_text(BETWEEN.sub(lambda _: figures, page), encoding="utf-8")
    print(figures)

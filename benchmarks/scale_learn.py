"""What do 01 and 02 cost at size? The whole commands, on one Parquet table of customers.

    python -m benchmarks.scale_learn [--stages eda train] [--customers N …]

It writes benchmarks/results/scale_learn.json, and its table in docs/arquitectura.md. The customers
are those of `benchmarks.scale`, with an outcome, and figures are taken as there; the floor is Arrow
reading the table.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.scale import measured, write_batch
from retencion_lib.words import count, es

RESULT = Path(__file__).parent / "results" / "scale_learn.json"
START, END = "<!-- learn:start -->", "<!-- learn:end -->"
SIZES = (1_000_000, 10_000_000)
COLUMNS = 20  # beside the outcome
STAGES = ("eda", "train")


def measure(customers: int, stages: list[str]) -> dict[str, object]:
    """Some stages on one table in a home of its own, and the floor that reads it."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "data" / "customers.parquet"
        table.parent.mkdir()
        write_batch(table, customers, outcome=True)
        floor = [sys.executable, "-m", "benchmarks.scale_floor", "read", str(table)]
        order = [sys.executable, "-m", "retencion_lib"]
        found = {
            stage: measured([*order, stage, "--data", "data/customers.parquet"], Path(folder))
            for stage in stages
        }
        shape = {"customers": customers, "columns": COLUMNS}
        return shape | found | {"read_floor": measured(floor, Path(folder))}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--customers", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    given = parser.parse_args()
    found = {row["customers"]: row for row in read_result()}
    for n in given.customers:
        found[n] = found.get(n, {}) | measure(n, given.stages)
        print(json.dumps(found[n]), flush=True)
        RESULT.write_text(json.dumps([found[n] for n in sorted(found)], indent=2) + "\n")
        write()


def said() -> str:
    """What was measured as a table."""
    lines = ["| clientes | 01 | 02 | leerla con Arrow |", "| ---: | ---: | ---: | ---: |"]
    for row in read_result():
        costs = [row.get(name) for name in (*STAGES, "read_floor")]
        cells = [
            f"{es(c['cpu'])} s, {count(round(c['peak_mb']))} MB" if c else "sin medir"
            for c in costs
        ]
        lines.append(f"| {count(row['customers'])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write() -> None:
    """Put the table between its marks in docs/arquitectura.md."""
    path = Path(__file__).resolve().parent.parent / "docs" / "arquitectura.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    path.write_text(f"{before}{START}\n\n{said()}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def read_result() -> list[dict]:
    """What was measured, from the fewest customers up; empty before the first time."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else []


if __name__ == "__main__":
    main()

"""What does it cost to append to a log of predictions, and to follow a customer, as it grows?

    python -m benchmarks.log      writes benchmarks/results/log.json and the table of the docs

A synthetic log of batches of ten million customers, as the library lays them down: parts of
`config.LOG_ROWS` rows sorted by customer. Two parts are made, and all others are links to the
second; the customer who is followed is in the first, which every batch has once. Each measure is
CPU seconds of a process of its own, as an order is, and the least of three: to append a batch that
the log does not hold, and to follow the customer.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.audit import Writer
from retencion_lib import config
from retencion_lib.home import disk, ledger, log_parts, predictions, store
from retencion_lib.words import count, es

RESULTS = Path(__file__).parent / "results" / "log.json"
PAGE = Path(__file__).parent.parent / "docs/arquitectura.md"
BEGIN, END = "<!-- registro: inicio -->", "<!-- registro: fin -->"
BATCHES, PARTS = (0, 10), 39  # of some ten million rows each
LARGE, SMALL, TIMES = 300_000, 10_000, 3
CUSTOMER = "C00123456"


def batch(number: int, rows: int) -> pd.DataFrame:
    """Rows of the log of one batch; each has a day of its own."""
    rng = np.random.default_rng(number)
    groups = np.array(["", "contact", "control"], object)[rng.choice(3, rows, p=[0.9, 0.09, 0.01])]
    score = rng.random(rows)
    return pd.DataFrame({
        "event_id": [f"{n:016x}" for n in rng.integers(0, 1 << 62, rows)],
        "run_id": run_of(number), "scored_at": f"{day_of(number)}T06:00:00Z",
        "cliente": [f"C{number % 2}{n:07}" for n in rng.permutation(rows)],
        "model": "stack", "version": "0.1", "score": score, "threshold": 0.31,
        "prediction": (score >= 0.31).astype(int), "decile": 1 + (10 * score).astype(int),
        "expected_profit": np.round(90 * score - 10, 4), "group": groups,
        "reasons": np.where(groups == "", "", "antigüedad de 2 meses; paga 95,10"),
        "campaign": "otoño",
    })  # fmt: skip


def run_of(number: int) -> str:
    """Run that appended a batch."""
    return f"r{number:05}-04_infer"


def day_of(number: int) -> str:
    """Day of a batch."""
    return str(np.datetime64("2020-01-01") + number)


def append(number: int, rows: int) -> None:
    """Append one batch as a run does, and print the seconds."""
    events, run_id = batch(number, rows), run_of(number)
    start = time.process_time()
    ledger.append("run_started", run_id=run_id, notebook="04_infer", parameters={})
    store.begin(run_id)
    assert predictions.log_predictions(events) == rows
    store.end()
    seconds = time.process_time() - start
    ledger.append("run_finished", run_id=run_id, notebook="04_infer", status="ok", parameters={},
                  inputs=[], outputs=[], results={}, files={})  # fmt: skip
    print(seconds)


def follow(batches: int) -> None:
    """Follow the customer as the order does, and print the seconds."""
    from retencion_lib.audit import trace

    start = time.process_time()
    found = trace.trace(customer=CUSTOMER)
    seconds = time.process_time() - start
    assert len(found) == batches
    print(seconds)


def asked(home: Path, *words: object) -> float:
    """Seconds that a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.log", *map(str, words)], capture_output=True, text=True,
        check=True, env=os.environ | {config.HOME_VARIABLE: str(home)},
    )  # fmt: skip
    return float(done.stdout)


def appended(home: Path, rows: int) -> float:
    """Least seconds to append a batch to a log, which is left as it was."""
    found = []
    for n in range(TIMES):
        aside = home.with_name("aside")
        shutil.copytree(home, aside, copy_function=os.link)  # no order writes into a file
        (aside / ledger.LEDGER).unlink(missing_ok=True)
        if (home / ledger.LEDGER).exists():
            shutil.copy(home / ledger.LEDGER, aside / ledger.LEDGER)
        found.append(asked(aside, "append", 3000 + n, rows))
        shutil.rmtree(aside)
    return min(found)


def grow(home: Path, batches: int) -> None:
    """Let a log hold so many batches, and its ledger say so."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    if not batches:
        return
    made, writer = [home / "first", home / "second"], Writer()
    for number, path in enumerate(made):
        path.write_bytes(log_parts.content(batch(number, config.LOG_ROWS), "cliente"))
    hashes = [disk.sha256(path) for path in made]
    for number in range(batches):
        run = {"run_id": run_of(number), "notebook": "04_infer"}
        writer.add("run_started", **run, parameters={})
        for n in range(PARTS):
            path = home / config.LOG_PARTS / f"date={day_of(number)}" / f"{n + 1:04}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(made[n > 0], path)
            writer.add("write", run_id=run["run_id"], path=config.relative(path),
                       sha256=hashes[n > 0], bytes=path.stat().st_size,
                       rows=config.LOG_ROWS)  # fmt: skip
        writer.add("run_finished", **run, status="ok", parameters={}, inputs=[], outputs=[],
                   results={}, files={})  # fmt: skip
    (home / ledger.LEDGER).parent.mkdir()
    (home / ledger.LEDGER).write_bytes(b"\n".join(writer.lines) + b"\n")


def measure() -> list[dict]:
    """One row for each size of the log, from empty on."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        os.environ[config.HOME_VARIABLE] = str(home)
        for batches in BATCHES:
            grow(home, batches)
            parts = predictions.parts()
            traced = [asked(home, "follow", batches) for _ in range(TIMES if batches else 0)]
            found.append({
                "rows": len(parts) * config.LOG_ROWS, "parts": len(parts),
                "bytes": sum(p.stat().st_size for p in parts),
                "append_large": appended(home, LARGE),
                "append_small": appended(home, SMALL), "trace": min(traced, default=None),
            })  # fmt: skip
            print(found[-1], file=sys.stderr, flush=True)
            RESULTS.write_bytes(disk.json_bytes(found))
    return found


def table(found: list[dict]) -> str:
    """The figures as the docs show them."""
    head = [f"| filas en el registro | partes | MB | añadir {count(LARGE)} | "
            f"añadir {count(SMALL)} | `trace` de un cliente |", "|---:" * 6 + "|"]  # fmt: skip
    lines = [
        f"| {count(row['rows'])} | {count(row['parts'])} | {count(row['bytes'] // 10**6)} | "
        f"{es(row['append_large'], 2)} s | {es(row['append_small'], 2)} s | "
        f"{es(row['trace'], 2) + ' s' if row['trace'] is not None else '—'} |"
        for row in found
    ]
    said = f"Cada lote tiene {PARTS} partes de {count(config.LOG_ROWS)} filas, que es `LOG_ROWS`."
    return "\n".join([*head, *lines, "", said])


def write() -> None:
    """Put the table where the docs have it."""
    text, shown = PAGE.read_text(), table(json.loads(RESULTS.read_text()))
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{shown}\n{END}{rest.partition(END)[2]}")


def main(words: list[str]) -> None:
    """Measure, or be the process that is measured."""
    if words[:1] == ["append"]:
        append(int(words[1]), int(words[2]))
    elif words[:1] == ["follow"]:
        follow(int(words[1]))
    else:
        measure()
        write()


if __name__ == "__main__":
    main(sys.argv[1:])

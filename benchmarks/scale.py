"""What do 04 and 05 cost at size? The whole commands, from ten thousand customers up, in Parquet.

    python -m benchmarks.scale [--customers N …]      writes benchmarks/results/scale.json

Each size scores and watches customers drawn again from the demo's, under new ids, in a copy of one
home where the five notebooks have run; a tenth may be called. Beside it stand two floors: Arrow
reads the batch and does nothing with it, and a plain scikit-learn and XGBoost pipeline scores it.
Every figure is that of a process and all its children: CPU seconds, and the peak of their memory
together, each shared page counted once (PSS).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import psutil

from retencion_lib import config
from retencion_lib.tables.demo import demo_table

RESULT = Path(__file__).parent / "results" / "scale.json"
SIZES = (10_000, 100_000, 1_000_000)
CALLED = 0.10
SEED = 42
FLOORS = ("read", "score")
BLOCK = 1 << 17  # rows written at a time
LOOK_SECONDS = 0.2  # between two looks at the memory


def write_batch(path: Path, customers: int, *, outcome: bool = False) -> Path:
    """Write customers drawn again from the demo's: its id, 19 features, and the outcome if wanted.

    Numbers of many values move by up to a tenth, so that few rows are copies.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table, rng = demo_table(), np.random.default_rng(SEED)
    table = table if outcome else table.drop(columns=config.TARGET)
    writer = None
    for start in range(0, customers, BLOCK):
        n = min(BLOCK, customers - start)
        block = table.iloc[rng.integers(0, len(table), n)].reset_index(drop=True)
        block[config.ID_COL] = [f"S{i:09d}" for i in range(start, start + n)]
        for name in ("monthly_charges", "total_charges"):
            block[name] = (block[name] * rng.uniform(0.9, 1.1, n)).round(2)
        arrow = pa.Table.from_pandas(block, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, arrow.schema)
        writer.write_table(arrow)
    writer.close()
    return path


def measured(command: list[str], home: Path) -> dict[str, float]:
    """CPU seconds and peak of memory, in MB, of a command and all its children."""
    environment = os.environ | {config.HOME_VARIABLE: str(home)}
    running = subprocess.Popen(
        command, env=environment, cwd=config.clone(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    peak, over = [0.0], threading.Event()
    watch = threading.Thread(target=_watch, args=(running.pid, peak, over))
    watch.start()
    said = running.stdout.read()
    _, status, usage = os.wait4(running.pid, 0)
    over.set()
    watch.join()
    if status:
        raise RuntimeError(f"{' '.join(command)}\n{said}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "peak_mb": peak[0] / 2**20}


def _watch(pid: int, peak: list[float], over: threading.Event) -> None:
    while not over.wait(LOOK_SECONDS):
        peak[0] = max(peak[0], _memory(pid))


def _memory(pid: int) -> float:
    """Bytes of a process and its children; 0 once it is gone."""
    try:
        root = psutil.Process(pid)
        return sum(p.memory_full_info().pss for p in [root, *root.children(recursive=True)])
    except psutil.Error:
        return 0.0


def measure(customers: int, demo: Path) -> dict[str, object]:
    """Both commands and both floors on one batch, in a copy of the demo's home."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(demo, home)
        batch = write_batch(home / "data" / "batch.parquet", customers)
        order = [sys.executable, "-m", "retencion_lib"]
        floor = [sys.executable, "-m", "benchmarks.scale_floor"]
        return {
            "customers": customers,
            "columns": len(demo_table().columns) - 1,
            "called": CALLED,
            "infer": measured(
                [*order, "infer", "--input", "data/batch.parquet", "--capacity", str(CALLED)], home
            ),
            "monitor": measured([*order, "monitor"], home),
        } | {f"{name}_floor": measured([*floor, name, str(batch)], home) for name in FLOORS}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--customers", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--home", type=Path, help="where the five notebooks have run on the demo")
    given = parser.parse_args()
    found = {row["customers"]: row for row in read_result()}
    with tempfile.TemporaryDirectory() as folder:
        demo = given.home or Path(folder)
        if not given.home:
            for stage in ("data", "run"):
                measured([sys.executable, "-m", "retencion_lib", stage], demo)
        for n in given.customers:
            found[n] = measure(n, demo)
            print(json.dumps(found[n]), flush=True)
            RESULT.write_text(json.dumps([found[n] for n in sorted(found)], indent=2) + "\n")


def read_result() -> list[dict]:
    """What was measured, from the smallest batch up; empty before the first time."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else []


if __name__ == "__main__":
    main()

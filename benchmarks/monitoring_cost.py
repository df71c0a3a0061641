"""What the drift computation costs: CPU and memory on made tables of 20 columns."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 1_000_000
BLOCK = 250_000


def make_table(path: Path, rows: int, seed: int) -> Path:
    """Write ten numbers and ten categories; every second number repeats its values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng, writer = np.random.default_rng(seed), None
    for start in range(0, rows, BLOCK):
        n = min(BLOCK, rows - start)
        columns = {
            f"number_{i}": rng.normal(size=n) if i % 2 else np.round(rng.exponential(50, n), 2)
            for i in range(10)
        }
        for i in range(10):
            names = np.array([f"category {j}" for j in range(3 + 2 * i)])
            columns[f"label_{i}"] = names[rng.integers(0, len(names), n)]
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()
    return path


def ours(profile: str, current: str) -> dict:
    """Compare a table with a stored profile, after the imports; say what it took."""
    from retencion_lib.maths import drift
    from retencion_lib.maths.drift import table
    from retencion_lib.tables.scan import scan

    imported = time.process_time()
    before = table.from_plain(json.loads(Path(profile).read_text()))
    now = scan(current, before.plan)
    found = [drift.compare(c, before.columns[c], now.columns[c]) for c in now.columns]
    drift.judge(found, drift.Settings())
    return {"cpu_after_imports": time.process_time() - imported}


def build(reference: str, profile: str) -> dict:
    """Make and store the profile of a reference, once a model version."""
    from retencion_lib.maths.drift import table
    from retencion_lib.tables.scan import make_plan, scan

    imported = time.process_time()
    found = scan(reference, make_plan(reference, set()))
    Path(profile).write_text(json.dumps(table.to_plain(found)))
    return {"cpu_after_imports": time.process_time() - imported}


def floor(current: str) -> dict:
    """Read every column once with Arrow, text as dictionary codes: no work could take less."""
    import pyarrow.parquet as pq

    imported = time.process_time()
    names = [f"label_{i}" for i in range(10)]
    file = pq.ParquetFile(current, read_dictionary=names)
    for group in range(file.num_row_groups):
        for name in file.schema_arrow.names:
            file.read_row_group(group, columns=[name])
    return {"cpu_after_imports": time.process_time() - imported}


def _run(*words: str) -> dict:
    done = subprocess.run([*words], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(peers: str, python: str) -> dict:
    """Every figure in one run, each in a process of its own."""
    script = str(Path(__file__))
    with tempfile.TemporaryDirectory() as folder:
        small, other = (make_table(Path(folder) / f"{s}.parquet", ROWS, s) for s in (1, 2))
        profile = str(Path(folder) / "profile.json")
        found = {
            "rows": ROWS,
            "columns": 20,
            "profile": _run(python, script, "build", str(small), profile),
            "ours": _run(python, script, "ours", profile, str(other)),
            "floor": _run(python, script, "floor", str(other)),
        }
        if peers:
            peer = str(Path(__file__).with_name("monitoring_peer.py"))
            found["evidently"] = _run(peers, peer, str(small), str(other))
        large = make_table(Path(folder) / "large.parquet", 10 * ROWS, 3)
        found["ours_10m"] = _run(python, script, "ours", profile, str(large))
    return found


def peak_mb() -> float:
    """Largest memory of this process; `ru_maxrss` would count that of its parent too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    told = {"build": build, "ours": ours, "floor": floor}[sys.argv[1]](*sys.argv[2:])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told |= {"cpu_process": usage.ru_utime + usage.ru_stime, "peak_mb": peak_mb()}
    print(json.dumps(told))

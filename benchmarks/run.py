"""What do notebooks cost? Seconds of `retencion run` on the demo, and its ratio to a plain script.

The plain script is one Python process that makes the same library calls: the code cells of the
five notebooks, one after the other. Both run in turn in fresh homes, several times; the ratio is
the median of the pairs. The split of one run says where its seconds go.

    python -m benchmarks.run [PAIRS]      writes benchmarks/results/run.json
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import nbformat

from retencion_lib import config

RESULTS = Path(__file__).parent / "results" / "run.json"


def plain_script() -> str:
    """Code cells of the five notebooks as one script."""
    cells = [
        cell.source
        for notebook in map(config.NOTEBOOKS.get, config.SEQUENCE)
        for cell in nbformat.read(config.notebooks() / f"{notebook}.ipynb", 4).cells
        if cell.cell_type == "code"
    ]
    return "import matplotlib\nmatplotlib.use('agg')\n" + "\n".join(cells)


def timed(command: list[str]) -> dict[str, float]:
    """Wall and CPU seconds of a command in a fresh home with the demo data."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {config.HOME_VARIABLE: home}
        quiet = {"env": environment, "cwd": config.clone(), "check": True, "capture_output": True}
        subprocess.run([sys.executable, "-m", "retencion_lib", "data"], **quiet)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, **quiet)
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


def split() -> dict[str, float]:
    """Seconds of one run by what they went to; what two threads do at once counts for both."""
    from retencion_lib.runs import execute, kernels, report, seal
    from retencion_lib.tables import write_demo

    spent: dict[str, float] = defaultdict(float)

    def watched(name: str, function: Callable) -> Callable:
        def call(*args, **kwargs):
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    kernels.wait_until_ready = watched("kernel_start", kernels.wait_until_ready)
    kernels.warm_up = watched("imports", kernels.warm_up)
    kernels.Prepared.ready = watched("waiting_for_a_kernel", kernels.Prepared.ready)
    seal.report.render = watched("html", report.render)
    with tempfile.TemporaryDirectory() as home:
        os.environ[config.HOME_VARIABLE] = home
        write_demo()
        start = time.perf_counter()
        finished = execute.run_stages(list(config.SEQUENCE), {})
        spent["total"] = time.perf_counter() - start
        for run in finished:
            notebook = nbformat.read(run.report.with_suffix(".ipynb"), 4)
            spent["work"] += sum(
                c.metadata.papermill.duration or 0.0
                for c in notebook.cells
                if "papermill" in c.metadata
            )
    return dict(spent)


def main(pairs: int) -> None:
    """Measure, print and keep the figures."""
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plain.py"
        script.write_text(plain_script(), encoding="utf-8")
        for _ in range(pairs):
            ours = timed([sys.executable, "-m", "retencion_lib", "run"])
            plain = timed([sys.executable, str(script)])
            measured.append({"run": ours, "plain": plain})
            print(json.dumps(measured[-1]), flush=True)
    ratio = {
        kind: statistics.median(pair["run"][kind] / pair["plain"][kind] for pair in measured)
        for kind in ("wall", "cpu")
    }
    result = {"pairs": measured, "ratio": ratio, "split_seconds": split()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({k: result[k] for k in ("ratio", "split_seconds")}, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

"""How long do 10,000 runs take to verify, to follow one customer through, and to list?

    python -m benchmarks.audit [RUNS]      writes benchmarks/results/audit.json

The home is synthetic: each run has its start, its end, a notebook, a report and a block of the
prediction log or another file; the ledger is chained by the same hashes that `verify` checks.
The seconds are of one run on one machine; the ratio to plain SHA-256 of the same files says
what the checks add to reading them.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from retencion_lib import config
from retencion_lib.audit import trace
from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, ledger
from retencion_lib.runs import index

RESULTS = Path(__file__).parent / "results" / "audit.json"
HEADER = "event_id,run_id,scored_at,id,model,version,score,threshold,prediction\n"
ROWS = 20  # predictions a scoring run


class Writer:
    """A ledger written in one go: the library's own append waits for the disk at every line."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.before = ledger.FIRST

    def add(self, event: str, **facts: object) -> None:
        """Chain one event."""
        seq = len(self.lines) + 1
        clock = f"{seq // 36000:02}:{seq // 600 % 60:02}:{seq // 10 % 60:02}.{seq % 10}00"
        at = f"2026-01-01T{clock}+00:00"
        line = {"seq": seq, "at": at, "prev": self.before, "event": event, **facts}
        self.lines.append(ledger.encoded(line))
        self.before = disk.digest(self.lines[-1])


def make(runs: int) -> None:
    """Write a home of so many runs: one training, then scoring and watching by turns."""
    writer, log = Writer(), bytearray()
    for number in range(runs):
        scoring = number % 2 == 0
        notebook = "02_train_models" if number == 0 else "04_infer" if scoring else "05_monitor"
        run_id = f"r{number:06}-{notebook}"
        stem = f"runs/2026-01-{number % 28 + 1:02}/{run_id}/{notebook}"
        writer.add("run_started", run_id=run_id, notebook=notebook, parameters={},
                   output=f"{stem}.ipynb")  # fmt: skip
        if number == 0:
            path, content = "artifacts/xgb__v0.1.pkl", b"model"
            _file(path, content)
            writer.add("write", run_id=run_id, path=path, sha256=disk.digest(content), bytes=5)
        elif scoring:
            block = _block(run_id, number, header=not log)
            writer.add("write", run_id=run_id, path=config.PREDICTIONS, sha256=disk.digest(block),
                       rows=ROWS, bytes=len(block), offset=len(log))  # fmt: skip
            log += block
        _finish(writer, run_id, notebook, stem)
    _file(config.PREDICTIONS, bytes(log))
    _file(ledger.LEDGER, b"\n".join(writer.lines) + b"\n")


def _block(run_id: str, number: int, *, header: bool) -> bytes:
    rows = "".join(
        f"e{number}-{n},{run_id},2026-01-01T00:00:00Z,C{n + number * ROWS},xgb,0.1,0.3,0.2,1\n"
        for n in range(ROWS)
    )
    return ((HEADER if header else "") + rows).encode()


def _finish(writer: Writer, run_id: str, notebook: str, stem: str) -> None:
    files = {}
    for end in ("ipynb", "html"):
        content = f"{run_id} {end} ".encode() * 300
        _file(f"{stem}.{end}", content)
        files[f"{stem}.{end}"] = disk.digest(content)
    results = {"status": "ok", "alerts": 0, "score_psi": 0.01} if "monitor" in notebook else {}
    writer.add("run_finished", run_id=run_id, notebook=notebook, status="ok", parameters={},
               inputs=[], outputs=[], results=results, files=files, date="2026-01-01")  # fmt: skip


def _file(name: str, content: bytes) -> None:
    path = config.resolve(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def timed(work) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def hash_everything() -> None:
    """SHA-256 of every file in `runs`, one after the other: the bar."""
    for path in config.resolve("runs").rglob("*"):
        if path.is_file():
            disk.sha256(path)


def main(runs: int) -> None:
    """Make the home, measure, and keep the figures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ[config.HOME_VARIABLE] = home
        make(runs)
        hash_everything()  # so that every measure finds the files in memory
        customer = f"C{ROWS * (runs // 2 // 2 * 2) + 3}"
        seconds = {
            "plain_sha256": timed(hash_everything),
            "verify": timed(lambda: _expect(faults() == [])),
            "trace": timed(lambda: _expect(len(trace.trace(customer=customer)) == 1)),
            "index": timed(index.write),
            "append": timed(lambda: ledger.append("run_started", run_id="last")),
        }
    found = {
        "runs": runs,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "verify_over_plain_sha256": round(seconds["verify"] / seconds["plain_sha256"], 2),
    }
    RESULTS.write_bytes(disk.json_bytes(found))
    print(json.dumps(found, indent=2))


def _expect(holds: bool) -> None:
    if not holds:
        raise AssertionError("the synthetic home is not what it should be")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

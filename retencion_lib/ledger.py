"""The ledger of runs: append-only lines, each with the hash of the one before.

`prev` is the SHA-256 of the raw bytes of the previous line without its line end, so that
the chain can be checked with `sed` and `sha256sum`. The first line has 64 zeros.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from retencion_lib import config, store

LEDGER = "runs/ledger.jsonl"
FIRST = "0" * 64


def append(event: str, **facts: object) -> dict:
    """Append one event under the ledger's lock, flushed to disk; give back the line."""
    path = config.resolve(LEDGER)
    with store.locked(path):
        lines = path.read_bytes().splitlines() if path.exists() else []
        line = {
            "seq": len(lines) + 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "prev": hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST,
            "event": event,
            **store.clean(facts),
        }
        with path.open("ab") as handle:
            handle.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
            handle.flush()
            os.fsync(handle.fileno())
    return line


def read() -> list[dict]:
    """All events, oldest first."""
    path = config.resolve(LEDGER)
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def head() -> tuple[int, str]:
    """Number and SHA-256 of the last line: an anchor to keep elsewhere. (0, zeros) if empty."""
    path = config.resolve(LEDGER)
    last = path.read_bytes().splitlines()[-1:] if path.exists() else []
    return (json.loads(last[0])["seq"], hashlib.sha256(last[0]).hexdigest()) if last else (0, FIRST)


def faults() -> list[str]:
    """What does not agree with the ledger, one sentence each: chain, reports, lone starts."""
    path = config.resolve(LEDGER)
    found, before = [], FIRST
    for number, raw in enumerate(path.read_bytes().splitlines() if path.exists() else [], 1):
        try:
            line = json.loads(raw)
        except ValueError:
            line = {}
        if line.get("seq") != number or line.get("prev") != before:
            found.append(f"{LEDGER}, línea {number}: la cadena está rota.")
        before = hashlib.sha256(raw).hexdigest()
        found += [_file_fault(line, name, sha) for name, sha in line.get("files", {}).items()]
    return [fault for fault in found if fault] + _lone_starts(path)


def _file_fault(line: dict, name: str, sha256: str) -> str:
    path = config.resolve(name)
    if not path.is_file():
        return f"{line.get('run_id')}: falta {name}."
    return "" if store.sha256(path) == sha256 else f"{line.get('run_id')}: {name} ha cambiado."


def _lone_starts(path: Path) -> list[str]:
    if not path.exists():
        return []
    raw = path.read_text(encoding="utf-8", errors="replace").splitlines()
    finished = "".join(line for line in raw if '"run_finished"' in line)
    starts = [json.loads(line)["run_id"] for line in raw if '"event": "run_started"' in line]
    return [f"{run}: empezó y no consta que terminara." for run in starts if run not in finished]

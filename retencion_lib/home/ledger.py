"""The ledger: append-only lines, each with the hash of the one before.

`prev` is the SHA-256 of the raw bytes of the previous line without its line end, so that
the chain can be checked with `sed` and `sha256sum`. The first line has 64 zeros. Events:

- ``run_started`` and ``run_finished`` (ok, failed, refused, abandoned) of one notebook;
- ``write``: a file that a run is about to give a name to, or a block about to be appended to a
  log. It comes before the file changes, so that a killed run leaves nothing unexplained;
- ``promotion``: a model put in use, by whom and why;
- ``erasure``: a customer's rows deleted, as a tombstone.

It holds hashes, counts and ids of runs, never a customer's row.
"""

import getpass
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from retencion_lib import config
from retencion_lib.home import disk

LEDGER = "runs/ledger.jsonl"
FIRST = "0" * 64
ACTOR_VARIABLE = "RETENCION_ACTOR"
TAIL = 1 << 16  # bytes read from the end at first, more only if the last line is longer


def append(event: str, **facts: object) -> dict:
    """Append one event under the ledger's lock, flushed to disk; give back the line.

    A line that a killed process left half written was never an event: it is cut off, and the
    next line says how many bytes it had.

    Raises
    ------
    StorageError
        If the disk is full or the folder read-only; the ledger is as it was.
    """
    path = config.resolve(LEDGER)
    with disk.locked(path):
        last, half = _tail(path)
        if half:
            os.truncate(path, path.stat().st_size - half)
        line = {
            "seq": _seq(path, last) + 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "prev": disk.digest(last) if last else FIRST,
            "event": event,
            **disk.clean(facts),
            **({"cut_bytes": half} if half else {}),
        }
        disk.append(path, (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode())
    return line


def _tail(path: Path) -> tuple[bytes, int]:
    """Last whole line without its end, and the bytes of a half line after it."""
    if not path.exists():
        return b"", 0
    with path.open("rb") as handle:
        size = handle.seek(0, os.SEEK_END)
        window = TAIL
        while True:
            content = _last_bytes(handle, size, window)
            whole, end, half = content.rpartition(b"\n")
            if window >= size or b"\n" in whole:
                return (whole.rpartition(b"\n")[2] if end else b""), len(half)
            window *= 8


def _last_bytes(handle: BinaryIO, size: int, window: int) -> bytes:
    handle.seek(max(0, size - window))
    return handle.read()


def _seq(path: Path, last: bytes) -> int:
    """Number of the last line; counted where somebody spoilt it, and `verify` says so."""
    if not last:
        return 0
    try:
        return int(json.loads(last)["seq"])
    except (ValueError, KeyError, TypeError):
        return path.read_bytes().count(b"\n")


def lines() -> list[bytes]:
    """Raw lines, oldest first, without their ends; a half line at the end is left out."""
    path = config.resolve(LEDGER)
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def half_line() -> int:
    """Bytes of a half line at the end, which a killed run left; 0 as a rule."""
    return _tail(config.resolve(LEDGER))[1]


def read() -> list[dict]:
    """All events, oldest first; a line that is not JSON is `verify`'s business."""
    return list(parse(lines()))


def parse(raw: list[bytes]) -> Iterator[dict]:
    """Events of raw lines."""
    for line in raw:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            yield event


def mentioning(text: str) -> list[dict]:
    """Events whose line holds a text, such as a hash or the id of a run; oldest first."""
    return list(parse([line for line in lines() if text.encode() in line]))


def head() -> tuple[int, str]:
    """Number and SHA-256 of the last line: an anchor to keep elsewhere. (0, zeros) if empty."""
    path = config.resolve(LEDGER)
    last, _ = _tail(path)
    return (_seq(path, last), disk.digest(last)) if last else (0, FIRST)


def actor() -> str:
    """Who acts: `RETENCION_ACTOR`, else the user of the system."""
    try:
        return os.environ.get(ACTOR_VARIABLE) or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"

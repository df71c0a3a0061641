"""The ledger: append-only lines, each with the hash of the one before.

`prev` is the SHA-256 of the raw bytes of the previous line without its line end, so that
the chain can be checked with `sed` and `sha256sum`. The first line has 64 zeros. What a line
may say is in `events`. It holds hashes, counts and ids of runs, never a customer's row.

Whoever may write the home may also spoil this file: it is never opened unless it is an ordinary
file, and no line is held in memory beyond `LONGEST` bytes.
"""

import getpass
import hashlib
import json
import os
import platform
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from retencion_lib import config
from retencion_lib.errors import AuditError, StorageError
from retencion_lib.home import disk, events
from retencion_lib.home.event import Event

LEDGER = "runs/ledger.jsonl"
FIRST = "0" * 64
ACTOR_VARIABLE = "RETENCION_ACTOR"
TAIL = 1 << 16  # bytes read from the end at first, more only if the last line is longer
LONGEST = 1 << 22  # bytes of a line; ours have a few thousand


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line of the ledger."""

    content: bytes | None  # without its end; None if it is longer than `LONGEST`
    sha256: str
    end: int  # where the next line starts


def append(event: str, **facts: object) -> int:
    """Append one event under the ledger's lock, flushed to disk; give back its number.

    A line that a killed process left half written was never an event: it is cut off, and the
    next line says how many bytes it had.

    Raises
    ------
    StorageError
        If the disk is full or the folder read-only, or the line too long; the ledger is as it was.
    AuditError
        If something else than a file lies in its place.
    """
    path = config.resolve(LEDGER)
    with disk.locked(path):
        seq, sha256, half = _tail()
        line = {
            "seq": seq + 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "prev": sha256,
            "event": event,
            **disk.clean(facts),
            **({} if "host" in facts else {"host": platform.node()}),
            **({"cut_bytes": half} if half else {}),
        }
        raw = encoded(line)
        if len(raw) > LONGEST:
            raise StorageError(
                f"{LEDGER}: la anotación '{event}' ocuparía {len(raw)} bytes y caben {LONGEST}. "
                "Acorta los parámetros o los resultados de la ejecución; el libro sigue igual."
            )
        if half:
            os.truncate(path, path.stat().st_size - half)
        disk.append(path, raw + b"\n")
    return seq + 1


def encoded(line: Mapping[str, object]) -> bytes:
    """Bytes of a line as the ledger holds it, without its end: there is no other way to write."""
    return json.dumps(line, ensure_ascii=False, default=str).encode()


def is_there() -> bool:
    """Whether the home has a ledger.

    Raises
    ------
    AuditError
        If a folder, a link or a pipe lies in its place: it is not opened.
    """
    try:
        mode = config.resolve(LEDGER).lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISREG(mode):
        raise AuditError(
            f"{LEDGER} no es un archivo corriente (es {disk.kind_of(mode)}): no se abre. "
            "Ponlo en su sitio desde una copia."
        )
    return True


def scan(start: int = 0) -> Iterator[Line]:
    """Whole lines from a place on, oldest first; a half line at the end is left out."""
    if not is_there():
        return
    with config.resolve(LEDGER).open("rb") as handle:
        handle.seek(start)
        while line := _next(handle):
            yield line


def _next(handle: BinaryIO) -> Line | None:
    part = handle.readline(LONGEST + 1)
    if part.endswith(b"\n"):
        content = part[:-1]
        return Line(content, disk.digest(content), handle.tell())
    summed = hashlib.sha256()
    while part and not part.endswith(b"\n"):
        summed.update(part)
        part = handle.readline(LONGEST)
    summed.update(part[:-1])
    return Line(None, summed.hexdigest(), handle.tell()) if part else None


def _tail() -> tuple[int, str, int]:
    """Number and hash of the last whole line, and the bytes of a half line after it."""
    if not is_there():
        return 0, FIRST, 0
    with config.resolve(LEDGER).open("rb") as handle:
        size = handle.seek(0, os.SEEK_END)
        window = TAIL
        while True:
            content = _last_bytes(handle, size, window)
            whole, end, half = content.rpartition(b"\n")
            if window >= size or b"\n" in whole:
                last = whole.rpartition(b"\n")[2]
                return (_seq(last), disk.digest(last), len(half)) if end else (0, FIRST, len(half))
            if window == 2 * LONGEST:
                return _tail_of_long_lines(size)
            window = min(8 * window, 2 * LONGEST)


def _tail_of_long_lines(size: int) -> tuple[int, str, int]:
    number, last = 0, Line(b"", FIRST, 0)
    for number, last in enumerate(scan(), 1):  # noqa: B007 (the last ones are wanted)
        pass
    return number, last.sha256, size - last.end


def _last_bytes(handle: BinaryIO, size: int, window: int) -> bytes:
    handle.seek(max(0, size - window))
    return handle.read()


def _seq(last: bytes) -> int:
    """Number of the last line; counted where somebody spoilt it, and `verify` says so."""
    plain = parsed(last)
    seq = plain.get("seq") if plain else None
    return seq if type(seq) is int and 0 < seq < 1 << 53 else sum(1 for _ in scan())


def lines() -> list[bytes]:
    """Raw lines, oldest first, without their ends; too long ones and a half one are left out."""
    return [line.content for line in scan() if line.content is not None]


def half_line() -> int:
    """Bytes of a half line at the end, which a killed run left; 0 as a rule."""
    return _tail()[2]


def read() -> list[Event]:
    """All events, oldest first; a line that is none of ours is `verify`'s business."""
    return list(parse(lines()))


def parse(raw: list[bytes]) -> Iterator[Event]:
    """Events of raw lines; those that the grammar does not know are left out."""
    for line in raw:
        plain = parsed(line)
        if plain is not None and events.misfit(plain) is None:
            yield Event.of(plain)


def parsed(line: bytes) -> dict[str, Any] | None:
    """Values of a raw line; None if it is no JSON object that names one."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    named = isinstance(event, dict) and isinstance(event.get("event"), str)
    return event if named else None


def mentioning(text: str) -> list[Event]:
    """Events whose line holds a text, such as a hash or the id of a run; oldest first."""
    return list(parse([line for line in lines() if text.encode() in line]))


def head() -> tuple[int, str]:
    """Number and SHA-256 of the last line: an anchor to keep elsewhere. (0, zeros) if empty."""
    return _tail()[:2]


def actor() -> str:
    """Who acts: `RETENCION_ACTOR`, else the user of the system."""
    try:
        return os.environ.get(ACTOR_VARIABLE) or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"

"""Logs that past runs read: each was, to the byte, the beginning of what the log holds now."""

import hashlib

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger
from retencion_lib.home.event import Event
from retencion_lib.home.versions import Book

CHUNK = 1 << 20


def check_logs_read(found: list[Event], book: Book) -> list[Fault]:
    """Runs that read a log with rows that no line announced.

    Where rows have been erased since, what was read then cannot be computed any more, and the
    erasure is all that is known.
    """
    erased = {path for e in found if e.event == "erasure" for path in e.blocks}
    taken_in = {e.run_id for e in found if e.taken_in}
    faults, prefixes = [], {}
    for event in found:
        for touched in event.inputs:
            path = touched.path
            if path not in book.logs or path in erased or event.run_id in taken_in:
                continue
            if path not in prefixes:
                prefixes[path] = _prefixes(path, book)
            if touched.sha256 not in prefixes[path]:
                said = f"{ledger.LEDGER}, línea {event.seq}: leyó {path} con otras filas."
                faults.append(Fault("laundered", said, event.run_id, path))
    return faults


def _prefixes(path: str, book: Book) -> set[str]:
    """Hashes of a log up to the end of each of its blocks, read once."""
    file, summed, found = config.resolve(path), hashlib.sha256(), set()
    if not file.is_file():
        return found
    with file.open("rb") as handle:
        for block in book.logs[path]:
            left = block.bytes
            while left > 0 and (part := handle.read(min(left, CHUNK))):
                summed.update(part)
                left -= len(part)
            found.add(summed.hexdigest())
    return found

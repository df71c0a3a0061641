"""Find again what a run read or wrote, by its hash, although later runs wrote over it.

In this order: small JSON kept by content; the file itself; the beginning of a file that only
grows; the first items of a JSON list, or rows of a Parquet table, that only grow; a copy of the
same bytes elsewhere.
"""

import io
import json
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.home import events, ledger, store
from retencion_lib.home.blocks import layouts
from retencion_lib.home.disk import digest, json_bytes, sha256
from retencion_lib.home.event import Event


def find(path: str, sha: str, size: int, rows: int | None) -> bytes | None:
    """Bytes with this hash that once lay at `path`; None if they are nowhere any more."""
    file = config.resolve(path)
    kept = config.resolve(store.OBJECTS) / sha[:2] / sha
    if kept.is_file() and sha256(kept) == sha:
        return kept.read_bytes()
    if file.is_file():
        content = file.read_bytes()
        for candidate in (content, content[:size], _first(file.suffix, content, rows)):
            if digest(candidate) == sha:
                return candidate
    return _copy(sha, size)


def _first(suffix: str, content: bytes, rows: int | None) -> bytes:
    """The first items or rows of a list or table, written as the library writes them."""
    if rows is None:
        return b""
    if suffix == ".parquet":
        buffer = io.BytesIO()
        pd.read_parquet(io.BytesIO(content)).head(rows).to_parquet(buffer, index=False)
        return buffer.getvalue()
    try:
        items = json.loads(content)
    except ValueError:
        return b""
    return json_bytes(items[:rows]) if isinstance(items, list) else b""


def _copy(sha: str, size: int) -> bytes | None:
    for folder in ("data", "monitoring", "artifacts"):
        for file in sorted(config.resolve(folder).rglob("*")):
            if file.is_file() and file.stat().st_size == size and sha256(file) == sha:
                return Path(file).read_bytes()
    return None


def logs_before(event: Event) -> dict[str, bytes]:
    """Logs as they were before the run appended to them.

    Of a log in parts, those of the run's days, which it asked, and the one before it, which says
    that there are some and with which columns.
    """
    found = ledger.read()
    blocks, logs = layouts(found), {}
    for output in event.outputs:
        if output.offset:
            own = next(b for b in blocks[output.path] if b.run_id == event.run_id)
            logs[output.path] = config.resolve(output.path).read_bytes()[: own.offset]
    own = {o.path for o in event.outputs if events.PART.fullmatch(o.path)}
    if own:
        first = min(e.seq for e in found if e.path in own and e.run_id == event.run_id)
        older = [e.path for e in found if e.seq < first and e.event == "write"]
        asked = [p for p in older if events.PART.fullmatch(p) and config.resolve(p).is_file()]
        days = {Path(path).parent for path in own}
        for path in dict.fromkeys([*asked[-1:], *(p for p in asked if Path(p).parent in days)]):
            logs[path] = config.resolve(path).read_bytes()
        log = config.resolve(config.PREDICTIONS)
        if log.is_file():
            logs[config.PREDICTIONS] = log.read_bytes()
    return logs

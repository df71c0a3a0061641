"""Extracts of a database: which query gave which file, as the ledger says.

A query is asked once a run. What it gave is sealed as a file that is named by its content, and
from then on whoever names the query in that run reads the file.
"""

import os
from pathlib import Path

from retencion_lib import config
from retencion_lib.home import disk, door, ledger, lineage, store
from retencion_lib.home.event import Content, Event

FOLDER = "data/extracts"
AGAIN_VARIABLE = "RETENCION_EXTRACTS_OF"  # run whose extracts are used, where it is repeated


def find(query_sha256: str, *, sealed: str = "") -> Content | None:
    """Extract of a query that this run has read already, or that it has to read.

    Parameters
    ----------
    query_sha256 : str
        Of the bytes of the query's file.
    sealed : str
        SHA-256 of the extract that is asked for, whichever run made it.

    Raises
    ------
    AuditError
        If the file is not as the ledger says.
    """
    read = {(t.path, t.sha256) for t in lineage.current().touched}
    again = os.environ.get(AGAIN_VARIABLE)
    for event in reversed(_of_query(query_sha256)):
        wanted = (event.path, event.sha256) in read or event.sha256 == sealed
        if (wanted or event.run_id == again) and _is_there(event.content):
            return event.content
    return None


def seal(made: Path, query: Path, content: bytes, *, rows: int, seconds: float) -> Content:
    """Give its name to a whole extract that lies in `FOLDER`, and say which query gave it.

    Parameters
    ----------
    made : Path
        The extract under a temporary name; it is gone afterwards.
    query : Path
        File of the query, whose bytes are `content`.
    """
    sha256, n = disk.sha256(made), 0
    first = path = config.resolve(FOLDER) / f"{query.stem}__{sha256[:12]}.parquet"
    with disk.locked(first):
        # The same name with another content is what an erasure left.
        while path.exists() and door.sha256(path) != sha256:
            n += 1
            path = first.with_name(f"{first.stem}_{n}.parquet")
        if path.exists():
            made.unlink()
        else:
            store.place(path, made, rows=rows)
    said = Content(config.relative(path), sha256, path.stat().st_size, rows)
    _announce(said, query, content, seconds)
    return said


def _announce(said: Content, query: Path, content: bytes, seconds: float) -> None:
    run = lineage.current()
    run.say_start()
    if run.run_id is not None:
        ledger.append(
            "extract", run_id=run.run_id, query=config.relative(query),
            query_sha256=disk.digest(content), text=content.decode(), **said.plain(),
            seconds=round(seconds, 3),
        )  # fmt: skip


def of_files(wanted: set[tuple[str, str]]) -> list[Event]:
    """Lines that say where files with these paths and hashes come from, oldest first."""
    return [e for e in ledger.read() if e.event in ("extract", "fetch") and e.brought & wanted]


def _of_query(query_sha256: str) -> list[Event]:
    found = ledger.mentioning(query_sha256)
    return [e for e in found if e.event == "extract" and e.query_sha256 == query_sha256]


def _is_there(said: Content) -> bool:
    path = config.resolve(said.path)
    return path.is_file() and door.sha256(path) == said.sha256

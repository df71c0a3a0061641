"""Copies of what lies in an object store: which address gave which files, as the ledger says.

An address is asked once a run. What lay there is sealed as a folder that is named by its content,
and from then on whoever names the address in that run reads the folder.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from retencion_lib import config
from retencion_lib.home import access, disk, door, ledger, lineage
from retencion_lib.home.event import Content, Event
from retencion_lib.home.extracts import AGAIN_VARIABLE, FOLDER
from retencion_lib.home.lineage import Touched


def find(address: str, *, sealed: str = "") -> Event | None:
    """Copy of an address that this run has made already, or that it has to read.

    Parameters
    ----------
    sealed : str
        SHA-256 of the table that is asked for, whichever run copied it.

    Raises
    ------
    AuditError
        If a file is not as the ledger says.
    """
    touched = {(t.path, t.sha256) for t in lineage.current().touched}
    again = os.environ.get(AGAIN_VARIABLE)
    for event in reversed(ledger.read()):
        if event.event != "fetch" or event.address != address:
            continue
        wanted = event.brought <= touched or event.sha256 == sealed
        if (wanted or event.run_id == again) and all(_is_there(*file) for file in event.brought):
            return event
    return None


def seal(
    made: Path, address: str, files: list[Content], *, table: str, stem: str, sha256: str,
    versions: Mapping[str, str], seconds: float,
) -> str:  # fmt: skip
    """Give its name to a folder of whole copies, and say which address gave it.

    Parameters
    ----------
    made : Path
        The folder under a temporary name in `FOLDER`; it is gone afterwards.
    files : list of Content
        All that it holds, by their paths in it.
    table : str
        What of it is the table: the name of a file, or empty for all of it.
    sha256 : str
        Of the table.
    versions : mapping
        What the store calls the content of each file.

    Returns
    -------
    str
        Path of the table from the home.
    """
    first = path = config.resolve(FOLDER) / f"{stem}__{sha256[:12]}"
    n = 0
    with disk.locked(first):
        # The same name with another content is what an erasure left.
        while path.exists() and not all(_is_there(path / f.path, f.sha256) for f in files):
            n += 1
            path = first.with_name(f"{first.name}_{n}")
        named = {f.path: config.relative(path / f.path) for f in files}
        placed = [Content(named[f.path], f.sha256, f.bytes, f.rows) for f in files]
        if path.exists():
            shutil.rmtree(made)
        else:
            _place(path, made, placed)
    where = config.relative(path / table)
    known = {named[name]: version for name, version in versions.items()}
    _announce(address, where, sha256, placed, known, seconds)
    return where


def _place(path: Path, made: Path, files: list[Content]) -> None:
    """Give its name to a folder of whole files, and record each as an output of the run."""
    touched = [Touched("output", f.path, f.sha256, f.rows, f.bytes) for f in files]
    for one in touched:
        lineage.current().announce(one)
    with disk.explained(path):
        for file in filter(Path.is_file, made.rglob("*")):
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
            file.chmod(access.mode(file))
        made.replace(path)
    for one in touched:
        lineage.current().remember(one)


def _announce(
    address: str, where: str, sha256: str, files: list[Content], versions: Mapping[str, str],
    seconds: float,
) -> None:  # fmt: skip
    run = lineage.current()
    run.say_start()
    if run.run_id is None:
        return
    rows = [f.rows for f in files]
    said = {} if None in rows else {"rows": sum(rows)}
    ledger.append(
        "fetch", run_id=run.run_id, address=address, path=where, sha256=sha256,
        bytes=sum(f.bytes for f in files), **said, seconds=round(seconds, 3),
        files={f.path: f.sha256 for f in files}, versions=versions,
    )  # fmt: skip


def _is_there(path: str | Path, sha256: str) -> bool:
    file = config.resolve(path)
    return file.is_file() and door.sha256(file) == sha256

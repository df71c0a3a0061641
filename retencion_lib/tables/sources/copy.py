"""A table in an object store: copied once a run, byte for byte, and read from the sealed copy."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import disk, fetched
from retencion_lib.home.event import Content
from retencion_lib.home.extracts import FOLDER
from retencion_lib.tables.sources import excel
from retencion_lib.tables.sources.remote import Object, Place, answered, objects, reach, version
from retencion_lib.tables.sources.source import Source

STEP = 1 << 22  # bytes that are held at a time
Opener = Callable[[Path, str, str], Source]  # of a file or folder, its name, and a sheet


def open_address(given: str, opened: Opener, *, sealed: str = "") -> Source:
    """Copy what lies at an address, or open what this run copied before.

    Parameters
    ----------
    opened : callable
        Opens the copy.
    sealed : str
        SHA-256 of a table: where the home has it of this very address, it is opened instead.

    Raises
    ------
    DataError, ParameterError, LibraryError
        If it is not there, cannot be read, is no table, or changes meanwhile: nothing is left.
    """
    address, sheet = sheet_of(given)
    found = fetched.find(address, sealed=sealed)
    path = found.path if found else _fetch(address, sheet, opened)
    source = opened(config.resolve(path), address, sheet)
    source.query = Path(address)
    source.note("fetched", path)
    return source


def is_copied(given: str, sha256: str) -> bool:
    """Whether the home has the table with this hash that this very address gave."""
    found = fetched.find(sheet_of(given)[0], sealed=sha256)
    return found is not None and found.sha256 == sha256


def sheet_of(given: str) -> tuple[str, str]:
    """An address and the sheet that is asked for behind it."""
    address, _, sheet = given.rpartition("#")
    known = PurePosixPath(address).suffix.lower() in excel.SUFFIXES
    return (address, sheet) if known else (given.rstrip("/"), "")


def _fetch(address: str, sheet: str, opened: Opener) -> str:
    began, place = time.monotonic(), reach(address)
    found = objects(place)
    stem = re.sub(r"[^\w.-]", "_", PurePosixPath(address).stem)[:60]
    with _made(config.resolve(FOLDER), stem) as folder:
        files, versions = [], {}
        for one in found:
            copied, versions[one.name] = _copy(place, one, folder)
            files.append(copied)
        table = found[0].name if place.path == found[0].path else ""
        source = opened(folder / table, address, sheet)
        rows = {p.path.relative_to(folder).as_posix(): p.n_rows for p in source.parts}
        files = [Content(f.path, f.sha256, f.bytes, rows.get(f.path)) for f in files]
        seconds = time.monotonic() - began
        return fetched.seal(
            folder, address, files, table=table, stem=stem, sha256=source.sha256,
            versions=versions, seconds=seconds,
        )  # fmt: skip


def _copy(place: Place, one: Object, folder: Path) -> tuple[Content, str]:
    """Copy one object; give back what was copied, and which version it is."""
    target = folder / one.name
    where = place.address if place.path == one.path else f"{place.address}/{one.name}"
    summed, size = hashlib.sha256(), 0
    with answered(where):
        before = version(place, one.path)
        with place.store.open_input_stream(one.path, compression=None) as stream:
            while part := stream.read(STEP):
                summed.update(part)
                size += len(part)
                _add(target, part)
            if not size:
                _add(target, b"")
        if version(place, one.path) != before:
            raise DataError(
                f"{where}: ha cambiado mientras se copiaba. No queda nada a medias: repite la "
                "orden cuando esté entero."
            )
    return Content(one.name, summed.hexdigest(), size), before


def _add(target: Path, part: bytes) -> None:
    with disk.explained(config.resolve(FOLDER)):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("ab") as handle:
            handle.write(part)


@contextlib.contextmanager
def _made(folder: Path, stem: str) -> Iterator[Path]:
    """A folder to be filled beside its final place; it is gone unless it got its name."""
    prefix = f".{stem}.{disk.WRITER}-{os.getpid()}-"
    with disk.explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder, prefix=prefix, suffix=".tmp"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)

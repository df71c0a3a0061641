"""Bytes on disk: whole or not at all, under a lock, with an error that a user can act on.

A file is written beside its final name, flushed and renamed. A log grows by whole blocks:
before a block is appended its place is noted in a small file beside the log, so that whoever
comes next can cut off what a killed process left half written.
"""

import contextlib
import errno
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from retencion_lib import config
from retencion_lib.errors import StorageError

CAUSES = {
    errno.ENOSPC: ("no queda sitio en el disco", "Libera espacio y repite la orden"),
    errno.EDQUOT: ("se ha agotado la cuota de disco", "Libera espacio y repite la orden"),
    errno.EFBIG: ("el archivo pasa del tamaño permitido", "Amplía el límite y repite la orden"),
    errno.EROFS: ("el disco es de solo lectura", "Elige otra carpeta con RETENCION_HOME"),
    errno.EACCES: ("falta permiso de escritura", "Pide permiso o elige otro RETENCION_HOME"),
    errno.ENOENT: ("su carpeta no existe ni se puede crear", "Elige otra con RETENCION_HOME"),
    errno.ENOTDIR: ("una de sus carpetas es un archivo", "Elige otra carpeta con RETENCION_HOME"),
    errno.EEXIST: ("ya hay un archivo con el nombre de su carpeta",
                   "Cámbiale el nombre o elige otra carpeta con RETENCION_HOME"),
    errno.EPERM: ("falta permiso de escritura", "Pide permiso o elige otro RETENCION_HOME"),
}  # fmt: skip


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn a full disk or a read-only folder into one sentence; other errors pass.

    Raises
    ------
    StorageError
        With the file, the cause and the remedy; what was there before is still there.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in CAUSES:
            raise
        cause, remedy = CAUSES[error.errno]
        raise StorageError(
            f"No se puede escribir {config.relative(path)}: {cause}. {remedy}; "
            "lo que había sigue como estaba."
        ) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that guards a shared file; the same process may take it again."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.parent / f".{path.name}.lock", is_singleton=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(content: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed before the rename)
            dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False
        )
        try:
            with handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            os.chmod(handle.name, 0o644)
            os.replace(handle.name, path)
        except BaseException:
            Path(handle.name).unlink(missing_ok=True)
            raise
    return path


def place(path: Path, made: Path) -> None:
    """Give its name to a whole file that lies in the same folder, flushed."""
    with explained(path):
        with made.open("rb") as handle:
            os.fsync(handle.fileno())
        made.chmod(0o644)
        made.replace(path)


def append(path: Path, block: bytes) -> int:
    """Append one block, flushed; cut it off again if that fails. Give back where it starts."""
    with explained(path), path.open("ab") as handle:
        start = handle.seek(0, os.SEEK_END)
        try:
            handle.write(block)
            handle.flush()
            os.fsync(handle.fileno())
        except BaseException:
            os.truncate(path, start)
            raise
    return start


def note_append(path: Path, start: int, block: bytes) -> None:
    """Note the block about to be appended to a log, for `mend`."""
    place = {"offset": start, "bytes": len(block), "sha256": digest(block)}
    write(_note(path), json.dumps(place).encode())


def mend(path: Path) -> None:
    """Cut off the half block that a killed process left; a whole one stays.

    The caller holds the lock of the log.
    """
    note = _note(path)
    if not note.exists():
        return
    place = json.loads(note.read_bytes())
    if path.exists():
        with path.open("rb") as handle:
            handle.seek(place["offset"])
            whole = digest(handle.read(place["bytes"])) == place["sha256"]
        if not whole:
            os.truncate(path, place["offset"])
    note.unlink()


def _note(path: Path) -> Path:
    return path.parent / f".{path.name}.pending"


def forget_note(path: Path) -> None:
    """Say that the noted block is whole on disk."""
    _note(path).unlink(missing_ok=True)


def clean(value: Any) -> Any:
    """Plain JSON form of a value: numpy to Python, NaN and infinities to null."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | np.ndarray | pd.Series):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def json_bytes(value: Any) -> bytes:
    """JSON as every file of ours holds it: UTF-8, two spaces, full precision, null for NaN."""
    text = json.dumps(clean(value), ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return (text + "\n").encode()

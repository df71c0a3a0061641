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
import platform
import re
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock

from retencion_lib import config
from retencion_lib.errors import AuditError, StorageError
from retencion_lib.home import access

CAUSES = {
    errno.ENOSPC: ("no queda sitio en el disco", "Libera espacio y repite la orden"),
    errno.EDQUOT: ("se ha agotado la cuota de disco", "Libera espacio y repite la orden"),
    errno.EFBIG: ("el archivo pasa del tamaño permitido", "Amplía el límite y repite la orden"),
    errno.EROFS: ("el disco es de solo lectura", "Elige otra carpeta con RETENCION_HOME"),
    errno.EACCES: ("falta permiso de escritura", "Pide permiso o elige otro RETENCION_HOME"),
    errno.ENOENT: ("su carpeta no existe ni se puede crear", "Elige otra con RETENCION_HOME"),
    errno.ENOTDIR: ("una de sus carpetas es un archivo", "Elige otra carpeta con RETENCION_HOME"),
    errno.EISDIR: ("en su lugar hay una carpeta", "Quítala y repite la orden"),
    errno.EEXIST: ("ya hay un archivo con el nombre de su carpeta",
                   "Cámbiale el nombre o elige otra carpeta con RETENCION_HOME"),
    errno.EPERM: ("falta permiso de escritura", "Pide permiso o elige otro RETENCION_HOME"),
}  # fmt: skip

WRITER = re.sub(r"\W", "_", platform.node())[:40]  # in the name of a half-written file
TEMPORARY = re.compile(r"\..+\.(\w+)-(\d+)-\w+\.tmp")
PIECE = 1 << 20  # bytes read at a time
OLD = 3600  # seconds after which no file of another machine is still being written
KINDS = ((stat.S_ISREG, "un archivo"), (stat.S_ISLNK, "un enlace simbólico"),
         (stat.S_ISDIR, "una carpeta"), (stat.S_ISFIFO, "una tubería"),
         (stat.S_ISSOCK, "un zócalo"))  # fmt: skip


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
        access.take(lock, path)
    try:
        yield
    finally:
        lock.release()


def kind_of(mode: int) -> str:
    """What a path is, in words, by its mode."""
    return next((said for is_kind, said in KINDS if is_kind(mode)), "un dispositivo")


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(content: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def digest_of(handle: BinaryIO, size: int) -> str:
    """Hexadecimal SHA-256 of so many of a file's next bytes, few of them held at a time."""
    found = hashlib.sha256()
    while size > 0 and (part := handle.read(min(size, PIECE))):
        found.update(part)
        size -= len(part)
    return found.hexdigest()


def write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    made = stage(path, content)
    with explained(path):
        try:
            os.replace(made, path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    return path


def stage(path: Path, content: bytes | Iterable[bytes]) -> Path:
    """Write a whole file beside the one that it is to become, flushed; give back where it lies.

    Parameters
    ----------
    content : bytes, or iterable of bytes
        Whole, or part by part where it is too large to be held.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 (it outlives this function)
            dir=path.parent,
            prefix=f".{path.name}.{WRITER}-{os.getpid()}-",
            suffix=".tmp",
            delete=False,
        )
        try:
            with handle:
                handle.writelines([content] if isinstance(content, bytes) else content)
                handle.flush()
                os.fsync(handle.fileno())
            with contextlib.suppress(OSError):  # some disks keep no permissions: SMB, S3
                os.chmod(handle.name, access.mode(path))
        except BaseException:
            Path(handle.name).unlink(missing_ok=True)
            raise
    return Path(handle.name)


def place(path: Path, made: Path) -> None:
    """Give its name to a whole file that lies in the same folder, flushed."""
    with explained(path):
        with made.open("rb") as handle:
            os.fsync(handle.fileno())
        made.chmod(access.mode(path))
        made.replace(path)


def append(path: Path, block: bytes) -> int:
    """Append one block, flushed; cut it off again if that fails. Give back where it starts."""
    with explained(path), open(path, "ab", opener=_opened) as handle:
        start = handle.seek(0, os.SEEK_END)
        try:
            handle.write(block)
            handle.flush()
            os.fsync(handle.fileno())
        except BaseException:
            os.truncate(path, start)
            raise
    return start


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags, access.mode(Path(path)))


@dataclass(frozen=True)
class _Place:
    """Where a block lies in its log, as its note says."""

    offset: int
    bytes: int
    sha256: str


def note_append(path: Path, start: int, block: bytes) -> None:
    """Note the block about to be appended to a log, for `mend`."""
    place = _Place(start, len(block), digest(block))
    write(_note(path), json.dumps(asdict(place)).encode())


def mend(path: Path, least: int = 0) -> None:
    """Cut off the half block that a killed process left; a whole one stays.

    The caller holds the lock of the log. Nothing is cut before `least`, where the rows end that
    the ledger holds for certain, and only what could be part of the noted block.

    Raises
    ------
    AuditError
        If the note is not one that an append of ours left.
    """
    note = _note(path)
    if not note.exists():
        return
    place = _placed(note, least)
    if path.exists():
        with path.open("rb") as handle:
            over = handle.seek(0, os.SEEK_END) - place.offset
            handle.seek(place.offset)
            whole = digest_of(handle, place.bytes) == place.sha256
        if not whole and 0 <= over <= place.bytes:
            os.truncate(path, place.offset)
    note.unlink()


def _placed(note: Path, least: int) -> _Place:
    try:
        place = _Place(**json.loads(note.read_bytes()))
        sound = (
            type(place.offset) is type(place.bytes) is int
            and place.offset >= least
            and place.bytes >= 0
        )
    except (ValueError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise AuditError(
            f"{config.relative(note)}: no es la nota de un añadido que se cortó; se esperaba una "
            f"posición desde {least}. No se corta nada: quítala si no sabes de quién es."
        )
    return place


def abandoned(path: Path) -> bool:
    """Whether whoever was writing a temporary file is surely no longer at it."""
    named = TEMPORARY.fullmatch(path.name)
    if named and named[1] == WRITER:
        return not alive(int(named[2]))
    return time.time() - path.lstat().st_mtime > OLD


def alive(pid: int) -> bool:
    """Whether a process of this machine goes on."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _note(path: Path) -> Path:
    return path.parent / f".{path.name}.pending"


def forget_note(path: Path) -> None:
    """Say that the noted block is whole on disk."""
    _note(path).unlink(missing_ok=True)


def clean(value: Any) -> Any:
    """Plain JSON form of a value: numpy to Python, NaN and infinities to null."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # a number, an array or a column of numpy's or pandas'
        value = value.tolist()
    if isinstance(value, list | tuple | set):
        return [clean(item) for item in value]
    # Who has not imported pandas holds none of its gaps, and many orders never do.
    pandas = sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def json_bytes(value: Any) -> bytes:
    """JSON as every file of ours holds it: UTF-8, two spaces, full precision, null for NaN."""
    text = json.dumps(clean(value), ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return (text + "\n").encode()

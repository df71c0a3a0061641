"""Reports, notebooks, artifacts and other outputs: as the ledger says, and none missing."""

import os
import stat
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tqdm import tqdm

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.audit.verify.logs import check_log
from retencion_lib.home import disk
from retencion_lib.home.blocks import Lives, intact
from retencion_lib.home.versions import Book, Version, lawful, sure

UNFINISHED = {
    "erasure": "el borrado no llegó a terminar; lo acaba 'retencion seal', o repetirlo",
    "promotion": "el cambio de campeón no llegó a terminar; 'retencion seal' lo acaba",
    "campaign": "el cambio de campaña no llegó a terminar; 'retencion seal' lo acaba",
    "index": "no está al día; 'retencion seal' la rehace",
    "signed": "la firma no llegó a escribirse, o se ha repuesto una anterior; firma otra vez",
}


@dataclass(frozen=True)
class State:
    """What lies at a path: a file's hash and size, or in words why it cannot be read."""

    sha256: str | None = None  # None with no `odd`: nothing is there
    bytes: int = 0
    odd: str = ""


def state(path: str) -> State:
    """Look at a path without following a link, waiting at a pipe, or reading what has no end."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        file = config.resolve(path)
        mode = file.lstat().st_mode
        if not stat.S_ISREG(mode):
            return State(odd=f"es {disk.kind_of(mode)}, y tenía que ser un archivo")
        with os.fdopen(os.open(file, flags), "rb") as handle:
            size = os.fstat(handle.fileno()).st_size  # of what lies in /proc it is 0
            return State(disk.digest_of(handle, size), size)
    except (FileNotFoundError, NotADirectoryError):
        return State()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        return State(odd=f"no se puede leer ({said})")


def check_files(book: Book) -> list[Fault]:
    """Changed and missing files, and rows of logs."""
    paths = list(book.versions)
    with ThreadPoolExecutor(4) as pool:
        bar = tqdm(pool.map(state, paths), total=len(paths), file=sys.stderr,
                   desc="Comprobando", unit="archivo", delay=2, leave=False)  # fmt: skip
        pairs = zip(paths, bar, strict=True)
        found = [_compare(path, now, book.versions[path], book.lives) for path, now in pairs]
    return [f for f in found if f] + [f for path in book.logs for f in _rows(path, book)]


def _rows(path: str, book: Book) -> list[Fault]:
    mode = _mode(path)
    if mode and not stat.S_ISREG(mode):
        return [Fault("kind", f"{path}: es {disk.kind_of(mode)}, y tenía que ser un archivo.",
                      path=path)]  # fmt: skip
    try:
        found = check_log(path, book)
        if found and path in book.unerased and not intact(path, book.unerased[path], book.lives):
            return [Fault("erasure", f"{path}: {UNFINISHED['erasure']}.", path=path)]
        return found
    except OSError as error:
        said = f"{path}: no se puede leer ({error.strerror})."
        return [Fault("unreadable", said, path=path)]


def _mode(path: str) -> int:
    try:
        return config.resolve(path).lstat().st_mode
    except OSError:
        return 0


def _compare(path: str, now: State, versions: list[Version], lives: Lives) -> Fault | None:
    allowed, last = lawful(versions, lives), versions[-1]
    if now.odd:
        code = "kind" if now.odd.startswith("es ") else "unreadable"
        return Fault(code, f"{path}: {now.odd}.", last.run_id, path)
    if now.sha256 in {v.sha256 for v in allowed}:
        return _grown(path, now, versions)
    first = now.sha256 is None and last.event in ("index", "signed") and len(versions) == 1
    if now.sha256 is None and not first:
        never_written = not any(sure(v, lives) for v in versions)
        return None if never_written else Fault("missing", f"Falta {path}.", last.run_id, path)
    older = first or now.sha256 in {v.sha256 for v in versions}
    if last.event in UNFINISHED and older:
        return Fault(last.event, f"{path}: {UNFINISHED[last.event]}.", last.run_id, path)
    extra = " (es una versión anterior)" if older else ""
    return Fault("changed", f"{path} ha cambiado{extra}.", last.run_id, path)


def _grown(path: str, now: State, versions: list[Version]) -> Fault | None:
    """A table in which an erasure put something, instead of taking it away."""
    if versions[-1].event != "erasure" or not path.endswith((".csv", ".parquet")):
        return None
    if path.endswith(".csv"):
        before, after = _last(v.bytes for v in versions), now.bytes
    else:  # one row less, written anew, may take a byte more
        import pyarrow.parquet as pq  # here: who asks for help does not wait for it

        before = _last(v.rows for v in versions)
        after = pq.read_metadata(config.resolve(path)).num_rows
    if before is None or after < before:
        return None
    said = f"{path}: tras el borrado no es más corto: un borrado solo quita."
    return Fault("undone", said, None, path)


def _last(known: Iterable[int | None]) -> int | None:
    return next((n for n in reversed(list(known)) if n is not None), None)

"""The one door to every file of ours: what the ledger does not vouch for is not used.

A file that some line of the ledger announced is ours, and so is one that bears the name of a
file of ours: its content must be the one announced last. Any other file comes from outside and is
read as it is, as is everything in a home without a ledger. What is about to be written over or
added to is asked for too, so that no edit disappears under a lawful content.

The ledger is read once in a process, and then only what has been added to it.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, events, ledger
from retencion_lib.home.blocks import intact
from retencion_lib.home.event import Event
from retencion_lib.home.versions import Book

PROOF = 256  # bytes before the place reached: the same only if the ledger has only grown


@dataclass
class Reader:
    """The ledger of one home as far as it has been read."""

    home: Path | None = None
    book: Book = field(default_factory=Book)
    at: int = 0
    proof: bytes = b""

    def caught_up(self) -> Book:
        """What the ledger says by now."""
        if self.home != config.home() or self._proof() != self.proof:
            self.home, self.book, self.at = config.home(), Book(), 0
        for line in ledger.scan(self.at):
            self.at = line.end
            plain = ledger.parsed(line.content) if line.content else None
            try:
                if plain is not None:
                    self.book.add(Event.of(plain))
            except (TypeError, AttributeError):  # `verify` names it; no file hangs on it
                continue
        self.proof = self._proof()
        return self.book

    def _proof(self) -> bytes:
        if not ledger.is_there():
            return b""
        with config.resolve(ledger.LEDGER).open("rb") as handle:
            handle.seek(max(0, self.at - PROOF))
            return handle.read(min(self.at, PROOF))


_reader = Reader()


def said() -> Book:
    """What the ledger says by now of every file."""
    return _reader.caught_up()


def read(path: Path) -> bytes:
    """Bytes of a file, once the ledger vouches for them.

    Raises
    ------
    AuditError
        If it is a file of ours and not as the ledger last said.
    """
    for last in (False, True):  # a run that goes on may have written it meanwhile
        content = path.read_bytes()
        if _vouched(path, disk.digest(content), refuse=last):
            break
    return content


def sha256(path: Path) -> str:
    """SHA-256 of a file, once the ledger vouches for it; raises as `read` does."""
    for last in (False, True):
        found = disk.sha256(path)
        if _vouched(path, found, refuse=last):
            break
    return found


def _vouched(path: Path, found: str, *, refuse: bool) -> bool:
    name, book = config.relative(path), _reader.caught_up()
    if name in book.logs:
        _check_log(name, book)
        return True
    versions = book.versions.get(name)
    if versions is None:
        _refuse_stranger(name, book)
        return True
    fits = found in {v.sha256 for v in book.lawful(name)}
    if not fits and refuse:
        raise _changed(name, found, book)
    return fits


def ready_to_write(path: Path) -> None:
    """See to it that what is about to be written over is known, and what is added to is there.

    Raises
    ------
    AuditError
        If somebody else changed the file, put it there, or took it away.
    """
    name, book = config.relative(path), _reader.caught_up()
    if not path.exists():
        if events.GROWS.fullmatch(name) and book.surely_written(name):
            raise _gone(name)
    elif name in book.logs:
        _check_log(name, book)
    elif name in book.versions:
        found = disk.sha256(path)
        if found not in {v.sha256 for v in book.versions[name]}:
            raise _changed(name, found, book)
    else:
        _refuse_stranger(name, book)


def parts(folder: Path) -> list[Path]:
    """Parts of a log that is laid down in files of a folder, in the order they were written.

    None of them is read that has the size it should: whoever uses one asks for its content.

    Raises
    ------
    AuditError
        If one that was surely written is gone, one lies there that nobody wrote, or one has
        another size.
    """
    book, base = _reader.caught_up(), config.relative(folder)
    there = {f"{base}/{p.parent.name}/{p.name}": p for p in folder.glob("*/*")}
    there = {name: p for name, p in there.items() if events.PART.fullmatch(name)}
    for name in filter(events.PART.fullmatch, book.versions):
        if name not in there and book.surely_written(name):
            raise _gone(name)
    for name, path in there.items():
        sizes = {v.bytes for v in book.lawful(name)}
        if None not in sizes and path.stat().st_size not in sizes:
            sha256(path)
    return [there[n] for n in sorted(there, key=lambda n: (book.written_at(n), n))]


@contextlib.contextmanager
def blamed(path: Path) -> Iterator[None]:
    """Read a file before it is vouched for: where it cannot be, that somebody changed it is said.

    Raises
    ------
    AuditError
        If it cannot be read, and is not as the ledger last said.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, NotImplementedError):
        sha256(path)
        raise


def mend(path: Path) -> None:
    """Cut off what a killed process left half appended to a log; rows that are certain stay."""
    book = _reader.caught_up()
    blocks = book.logs.get(config.relative(path), [])
    disk.mend(path, max((b.end for b in blocks if b.certain(book.lives)), default=0))


def _gone(name: str) -> AuditError:
    return AuditError(
        f"Falta {name}, que {ledger.LEDGER} da por escrito. No se empieza otro en su "
        "lugar: recupéralo de una copia, o usa otra carpeta con RETENCION_HOME."
    )


def _refuse_stranger(name: str, book: Book) -> None:
    if book.said and events.owner(name):
        raise AuditError(
            f"{name}: ninguna ejecución anotada en {ledger.LEDGER} lo escribió, y con ese nombre "
            "solo vale lo que escriben ellas. No se usa: dale otro nombre o quítalo."
        )


def _check_log(name: str, book: Book) -> None:
    wrong = intact(name, book.logs[name], book.lives)
    if wrong:
        raise AuditError(
            f"{name}: no es como consta en {ledger.LEDGER}; se esperaban las filas de la ejecución "
            f"{wrong} (SHA-256 anotado con ellas) y se encontró otra cosa. No se usa ni se amplía: "
            "'retencion verify' dice qué ha cambiado; recupéralo de una copia."
        )


def _changed(name: str, found: str, book: Book) -> AuditError:
    last = book.lawful(name)[0]
    kept = f"runs/objects/{last.sha256[:2]}/{last.sha256}"
    copy = (
        f"hay una copia en {kept}" if config.resolve(kept).is_file() else "recupéralo de una copia"
    )
    return AuditError(
        f"{name}: no es como consta en {ledger.LEDGER}, línea {last.seq}: se esperaba SHA-256 "
        f"{last.sha256[:12]}… y se encontró {found[:12]}…. No se usa ni se escribe encima: "
        f"{copy}. Si es otra cosa, dale otro nombre."
    )

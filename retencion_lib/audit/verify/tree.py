"""Everything that lies in the folders of runs: nothing foreign, nothing hidden, nothing linked."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.audit.verify.files import state
from retencion_lib.home import disk, events, ledger, store
from retencion_lib.home.event import Content, Event
from retencion_lib.home.versions import Book

WHOLE = ("runs", "artifacts")  # only runs write here; elsewhere only files with our names
FOLDERS = (*WHOLE, "logs", "monitoring")
LOCK = re.compile(r"\..+\.lock|\.gitkeep")
LEFT = re.compile(r"\..+\.(tmp|pending)")
LOOSE = {ledger.LEDGER, events.INDEX, *events.SIGNS}


def check_tree(found: list[Event], book: Book) -> list[Fault]:
    """Links, pipes, files that nobody wrote, and what killed processes left."""
    known = book.versions.keys() | book.logs.keys() | LOOSE
    for event in found:
        if event.event == "run_started" and event.output:
            output = Path(event.output)
            known |= {output.as_posix(), output.with_suffix(".html").as_posix()}
    return [f for folder in FOLDERS for path in _walk(folder) for f in _look(path, known)]


def _walk(folder: str) -> Iterator[str]:
    """Paths of all that is no folder, from the home; links below the folder are not followed."""
    home, unread = f"{config.home()}{os.sep}", []
    if os.path.islink(home + folder):
        yield folder
    for here, folders, files in os.walk(home + folder, onerror=unread.append):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        for name in sorted([*files, *links]):
            yield os.path.join(here, name).removeprefix(home)
    yield from (str(e.filename).removeprefix(home) for e in unread
                if not isinstance(e, FileNotFoundError))  # fmt: skip


def _look(path: str, known: set[str]) -> Iterator[Fault]:
    name = path.rpartition("/")[2]
    info = os.lstat(os.path.join(config.home(), path))
    if stat.S_ISDIR(info.st_mode):
        yield Fault("unreadable", f"{path}: no se puede abrir la carpeta.", path=path)
    elif not stat.S_ISREG(info.st_mode):
        if path not in known or path in LOOSE:  # else it is named with its hash
            said = f"{path}: es {disk.kind_of(info.st_mode)}, y aquí no se sigue ni se abre."
            yield Fault("kind", said, path=path)
    elif LEFT.fullmatch(name):
        said = f"{path}: quedó a medias de una escritura; 'retencion seal' lo quita."
        yield Fault("stray", said, path=path)
    elif LOCK.fullmatch(name):
        if info.st_size:
            said = f"{path}: guarda contenido, y un cerrojo está vacío."
            yield Fault("orphan", said, path=path)
    elif path not in known and not path.startswith(store.OBJECTS + "/") and _ours(path):
        yield Fault("orphan", f"{path}: ninguna ejecución lo escribió.", path=path)


def _ours(path: str) -> bool:
    return path.startswith(tuple(f"{folder}/" for folder in WHOLE)) or bool(events.owner(path))


def check_objects(found: list[Event]) -> list[Fault]:
    """Contents kept by hash: each is what its name says, some run used it, and none is gone."""
    taken_in = {e.run_id for e in found if e.taken_in}
    mentioned, kept, erased, faults = used(found), {}, set(), []
    for event in found:
        for touched in event.touched:
            if event.status == "ok" and event.run_id not in taken_in and _is_kept(touched):
                kept[touched.sha256] = (touched.path, event.run_id)
        erased |= set(event.objects)
    lone = {e.run_id for e in found if e.event == "run_started"} - {
        e.run_id for e in found if e.event == "run_finished"
    }
    there = {path.rpartition("/")[2]: path for path in _walk(store.OBJECTS)}
    for name, path in there.items():
        if LEFT.fullmatch(name):
            continue
        if path != f"{store.OBJECTS}/{name[:2]}/{name}" or state(path).sha256 != name:
            faults.append(Fault("changed", f"{path} ha cambiado.", path=path))
        elif name not in mentioned and not lone:
            said = f"{path}: ninguna ejecución lo usó; 'retencion seal' lo quita."
            faults.append(Fault("orphan", said, path=path))
    for sha256 in kept.keys() - there.keys() - erased:
        path, run = kept[sha256]
        gone = f"{store.OBJECTS}/{sha256[:2]}/{sha256}"
        said = f"Falta {gone}, la copia de {path} que guardó esta ejecución."
        faults.append(Fault("missing", said, run, gone))
    return faults


def used(found: list[Event]) -> set[str]:
    """Hashes that some line names: what is kept under another is of no run."""
    return {
        sha256
        for event in found
        for sha256 in (event.sha256, *event.files.values(), *(t.sha256 for t in event.touched))
    }


def _is_kept(touched: Content) -> bool:
    """Whether a run keeps this file by its content: small JSON that is no list."""
    small = touched.bytes <= store.KEEP_BYTES
    return small and touched.path.endswith(".json") and touched.rows is None

"""Reports, notebooks, artifacts and other outputs: as the ledger says, none missing, none extra.

A file that several runs wrote must be as the last one left it. Where runs overlapped, or a run
was cut short between announcing a file and naming it, more than one content is lawful.
"""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger, store
from retencion_lib.home.blocks import Lives
from retencion_lib.home.disk import sha256
from retencion_lib.home.versions import Book, Version, lawful, sure

# Files in `runs` that are no output of a run.
# Locks, half-written files and git's place-holder.
OURS = re.compile(r"\.gitkeep|\..+\.(lock|tmp|pending)")
LOOSE = {ledger.LEDGER, "runs/index.html", "runs/head.txt", "runs/head.txt.sig"}


def check_files(events: list[dict]) -> list[Fault]:
    """Changed, missing and orphan files."""
    book = Book.of(events)
    versions, lives = book.versions, book.lives
    with ThreadPoolExecutor(4) as pool:
        bar = tqdm(pool.map(_hash, versions), total=len(versions), file=sys.stderr,
                   desc="Comprobando", unit="archivo", delay=2, leave=False)  # fmt: skip
        found = [
            _compare(path, content, versions[path], lives)
            for path, content in zip(versions, bar, strict=True)
        ]
    return [f for f in found if f] + _orphans(events, versions) + _objects(events)


def _compare(path: str, found: str | None, versions: list[Version], lives: Lives) -> Fault | None:
    allowed = lawful(versions, lives)
    last = versions[-1]
    if found in {v.sha256 for v in allowed}:
        return None
    if found is None:
        never_written = not any(sure(v, lives) for v in versions)
        return None if never_written else Fault("missing", f"Falta {path}.", last.run_id, path)
    if last.event == "erasure" and found in {v.sha256 for v in versions}:
        return Fault("erasure", f"{path}: el borrado no llegó a terminar; repítelo.", None, path)
    older = next((v for v in versions if v.sha256 == found), None)
    extra = " (es una versión anterior)" if older else ""
    return Fault("changed", f"{path} ha cambiado{extra}.", last.run_id, path)


def _hash(path: str) -> str | None:
    file = config.resolve(path)
    return sha256(file) if file.is_file() else None


def _orphans(events: list[dict], versions: dict[str, list[Version]]) -> list[Fault]:
    known = versions.keys() | LOOSE
    for event in events:
        if event["event"] == "run_started" and event.get("output"):
            output = Path(event["output"])
            known |= {output.as_posix(), output.with_suffix(".html").as_posix()}
    return [
        Fault("orphan", f"{path}: ninguna ejecución lo escribió.", path=path)
        for path in (*_walk("runs"), *_walk("artifacts"))
        if path not in known and not path.startswith(store.OBJECTS + "/")
    ]


def _walk(folder: str) -> Iterator[str]:
    home = config.home()
    for path in sorted(config.resolve(folder).rglob("*")):
        if path.is_file() and not OURS.fullmatch(path.name):
            yield path.relative_to(home).as_posix()


def _objects(events: list[dict]) -> list[Fault]:
    """Contents kept by hash: each is what its name says, and some run read or wrote it."""
    mentioned = {event.get("sha256") for event in events}
    for event in events:
        mentioned |= set((event.get("files") or {}).values())
        for touched in (*(event.get("inputs") or []), *(event.get("outputs") or [])):
            mentioned.add(touched.get("sha256"))
    found = []
    unfinished = Lives.of(events)
    lone = bool(unfinished.started - unfinished.ended.keys())
    for path in _walk(store.OBJECTS):
        name = Path(path).name
        if _hash(path) != name:
            found.append(Fault("changed", f"{path} ha cambiado.", path=path))
        elif name not in mentioned and not lone:
            found.append(Fault("orphan", f"{path}: ninguna ejecución lo usó.", path=path))
    return found

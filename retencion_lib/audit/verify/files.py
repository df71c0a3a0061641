"""Reports, notebooks, artifacts and other outputs: as the ledger says, none missing, none extra.

A file that several runs wrote must be as the last one left it. Where runs overlapped, or a run
was cut short between announcing a file and naming it, more than one content is lawful.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger, store
from retencion_lib.home.blocks import Lives
from retencion_lib.home.disk import sha256

# Files in `runs` that are no output of a run.
# Locks, half-written files and git's place-holder.
OURS = re.compile(r"\.gitkeep|\..+\.(lock|tmp|pending)")
LOOSE = {ledger.LEDGER, "runs/index.html", "runs/head.txt", "runs/head.txt.sig"}


@dataclass(frozen=True)
class Version:
    """One content that the ledger gives a file."""

    path: str
    sha256: str
    run_id: str | None
    seq: int
    event: str


def check_files(events: list[dict]) -> list[Fault]:
    """Changed, missing and orphan files."""
    versions = file_versions(events)
    lives = Lives.of(events)
    with ThreadPoolExecutor(4) as pool:
        bar = tqdm(pool.map(_hash, versions), total=len(versions), file=sys.stderr,
                   desc="Comprobando", unit="archivo", delay=2, leave=False)  # fmt: skip
        found = [
            _compare(path, content, versions[path], lives)
            for path, content in zip(versions, bar, strict=True)
        ]
    return [f for f in found if f] + _orphans(events, versions) + _objects(events)


def file_versions(events: list[dict]) -> dict[str, list[Version]]:
    """Contents that the ledger gives each file, oldest first."""
    versions = defaultdict(list)
    for event in events:
        kind, run, seq = event["event"], event.get("run_id"), event.get("seq", 0)
        if kind == "write" and "offset" not in event:
            versions[event["path"]].append(Version(event["path"], event["sha256"], run, seq, kind))
        elif kind in ("run_finished", "promotion", "erasure"):
            for path, sha in (event.get("files") or {}).items():
                versions[path].append(Version(path, sha, run, seq, kind))
    return dict(versions)


def lawful(versions: list[Version], lives: Lives) -> list[Version]:
    """Contents that a file may have now, newest first."""
    allowed, surest, replaced = [], -1.0, set()
    for version in reversed(versions):
        over = lives.over_by(version.run_id, version.seq)
        overlapped = over >= surest and version.run_id not in replaced
        if overlapped or version is versions[-1]:
            allowed.append(version)
        if _sure(version, lives):
            surest = max(surest, version.seq)
            replaced.add(version.run_id)
    return allowed


def _sure(version: Version, lives: Lives) -> bool:
    """Whether the file surely had this content at some time."""
    sealed = version.event in ("run_finished", "erasure")
    return sealed or lives.certain(version.run_id, version.path, version.sha256)


def _compare(path: str, found: str | None, versions: list[Version], lives: Lives) -> Fault | None:
    allowed = lawful(versions, lives)
    last = versions[-1]
    if found in {v.sha256 for v in allowed}:
        return None
    if found is None:
        never_written = not any(_sure(v, lives) for v in versions)
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

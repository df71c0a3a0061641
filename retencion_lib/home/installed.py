"""What is in use follows the ledger's last decision: all its files, or finished later.

A decision is a change of champion or of the campaign's terms. Its document (the registry, the
list of terms) gets its name last: while it is as the ledger says, so are the others.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from retencion_lib import config
from retencion_lib.home import disk, door, events, ledger, lineage, staged
from retencion_lib.home.event import Event
from retencion_lib.home.lineage import Touched
from retencion_lib.home.versions import Version

DOCUMENTS = {config.REGISTRY: "promotion", config.CAMPAIGNS: "campaign"}  # what decides of each


def install(
    files: Mapping[str, bytes], decide: Callable[[], object], *, rows: int | None = None
) -> None:
    """Put the files of a decision in place; the event is `decide`'s.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path from the home, one of `DOCUMENTS` among them. The caller holds its lock.
    rows : int, optional
        Items of the document, where it is a list.
    """
    run = lineage.current()
    touched = [Touched("output", p, disk.digest(c), rows, len(c)) for p, c in files.items()]
    for path in files:
        door.ready_to_write(config.resolve(path))

    def announce_and_decide() -> None:
        for file in touched:
            run.announce(file)
        decide()

    with staged.staged(files, announce_and_decide) as made:
        for path in _in_order(made):
            staged.name(path, made[path])
    for file in touched:
        run.remember(file)


def finish(document: str = config.REGISTRY) -> Event | None:
    """Finish a decision that was cut short; give back its event, if there was one.

    Where something else lies at one of its paths, or a content is nowhere any more, nothing is
    touched: the door refuses what is not as the ledger says.
    """
    if not _cut(document):
        return None
    with disk.locked(config.resolve(document)):
        version = _cut(document)
        if version is None:
            return None
        event = next(e for e in ledger.mentioning(version.sha256) if e.seq == version.seq)
        made = {path: _beside(path, event) for path in event.files if _is_older(path, event)}
        if not all(made.values()):
            return None
        for path in _in_order(made):
            staged.name(path, made[path])
        return event if made else None


def _in_order(paths: Mapping[str, object]) -> list[str]:
    return sorted(paths, key=DOCUMENTS.__contains__)


def _cut(document: str) -> Version | None:
    """The last decision of a document, where the document does not have it."""
    versions = door.said().versions.get(document)
    if not versions or versions[-1].event != DOCUMENTS[document]:
        return None
    file = config.resolve(document)
    has = file.is_file() and disk.sha256(file) == versions[-1].sha256
    return None if has else versions[-1]


def _is_older(path: str, event: Event) -> bool:
    """Whether a file has not come to the event: it is missing, or as a line before said."""
    file = config.resolve(path)
    if not file.is_file():
        return True
    now = disk.sha256(file)
    known = {v.sha256 for v in door.said().versions[path] if v.seq < event.seq}
    return now != event.files[path] and now in known


def _beside(path: str, event: Event) -> Path | None:
    """The content that the event gives a file: left beside it, or the version's own file."""
    sha256 = event.files[path]
    if made := staged.left_beside(path, lambda file: disk.sha256(file) == sha256):
        return made
    if event.new is None:
        return None
    name = event.new.model.replace(" v", "__v")
    source = config.resolve(events.PROMOTES.get(path, "").format(name=name) or "-")
    content = source.read_bytes() if source.is_file() else b""
    return disk.stage(config.resolve(path), content) if disk.digest(content) == sha256 else None

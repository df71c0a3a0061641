"""Contents that the ledger gives each file, and which of them a file may have now.

A file that several runs wrote must be as the last one left it. Where runs overlapped, or a run
was cut short between announcing a file and naming it, more than one content is lawful.
"""

from dataclasses import dataclass, field

from retencion_lib.home.blocks import Block, Lives, lay
from retencion_lib.home.event import Event

DECISIONS = ("promotion", "campaign")  # their event comes first, and then the files
WHOLE = ("run_finished", *DECISIONS, "erasure", "signed")  # events with `files`


@dataclass(frozen=True, slots=True)
class Version:
    """One content that the ledger gives a file."""

    path: str
    sha256: str
    run_id: str | None
    seq: int
    event: str
    bytes: int | None = None
    rows: int | None = None


@dataclass
class Book:
    """What the ledger says of every file, line by line."""

    lives: Lives = field(default_factory=Lives)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    logs: dict[str, list[Block]] = field(default_factory=dict)
    unerased: dict[str, list[Block]] = field(default_factory=dict)  # before their last erasure
    said: int = 0  # lines so far

    @classmethod
    def of(cls, events: list[Event]) -> "Book":
        """Read it from the events."""
        book = cls()
        for event in events:
            book.add(event)
        return book

    def add(self, event: Event) -> None:
        """Take in one more line."""
        self.said += 1
        self.lives.add(event)
        self.unerased |= {p: list(self.logs.get(p, [])) for p in event.blocks}
        lay(self.logs, event)
        for version in versions_in(event):
            self.versions.setdefault(version.path, []).append(version)

    def lawful(self, path: str) -> list[Version]:
        """Contents that a file may have now, newest first."""
        return lawful(self.versions.get(path, []), self.lives)

    def written_at(self, path: str) -> int:
        """Number of the line that last announced the file; 0 where none does."""
        return max((v.seq for v in self.versions.get(path, []) if v.event == "write"), default=0)

    def surely_written(self, path: str) -> bool:
        """Whether the file surely was there at some time."""
        whole = (v for v in self.versions.get(path, []) if v.event not in DECISIONS)
        return any(sure(v, self.lives) for v in whole) or any(
            block.certain(self.lives) for block in self.logs.get(path, [])
        )


def versions_in(event: Event) -> list[Version]:
    """Contents that one line gives to whole files."""
    kind, run, seq = event.event, event.run_id, event.seq
    if kind == "index" or (kind == "write" and event.offset is None):
        return [Version(event.path, event.sha256, run, seq, kind, event.bytes, event.rows)]
    if kind in WHOLE:
        return [Version(path, sha, run, seq, kind) for path, sha in event.files.items()]
    return []


def lawful(versions: list[Version], lives: Lives) -> list[Version]:
    """Contents that a file may have now, newest first."""
    allowed, surest, replaced = [], -1.0, set()
    for version in reversed(versions):
        over = lives.over_by(version.run_id, version.seq)
        overlapped = over >= surest and version.run_id not in replaced
        if overlapped or version is versions[-1]:
            allowed.append(version)
        if sure(version, lives):
            surest = max(surest, version.seq)
            replaced.add(version.run_id)
    return allowed


def sure(version: Version, lives: Lives) -> bool:
    """Whether the file surely had this content at some time."""
    sealed = version.event in ("run_finished", "erasure")
    return sealed or lives.certain(version.run_id, version.path, version.sha256)

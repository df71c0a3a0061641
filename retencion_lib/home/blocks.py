"""Logs that grow by blocks, as the ledger says: which run appended what, and where it lies now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from retencion_lib import config
from retencion_lib.home.disk import digest_of
from retencion_lib.home.event import Event, Rewritten

UNDONE = ("failed", "abandoned", "refused")


@dataclass
class Lives:
    """When each run ended in the ledger, and how."""

    started: set[str] = field(default_factory=set)
    ended: dict[str, tuple[int, str]] = field(default_factory=dict)  # last line, and status
    # Run, path and hash of what an unlucky run did write.
    kept: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, events: list[Event]) -> "Lives":
        """Read them from the events."""
        lives = cls()
        for event in events:
            lives.add(event)
        return lives

    def add(self, event: Event) -> None:
        """Take in one more line."""
        if event.event == "run_started":
            self.started.add(event.run_id)
        elif event.event == "run_finished":
            self.ended[event.run_id] = (event.seq, event.status)
            if event.status in UNDONE:
                self.kept |= {(event.run_id, o.path, o.sha256) for o in event.outputs}

    def certain(self, run_id: str | None, path: str, sha256: str) -> bool:
        """Whether a run surely wrote what it announced: it ended well, or its end says so."""
        if run_id in self.ended:
            ok = self.ended[run_id][1] not in UNDONE
            return ok or (run_id, path, sha256) in self.kept
        return run_id not in self.started

    def over_by(self, run_id: str | None, announced: int) -> float:
        """Number of the line by which what a run announced was surely done or given up."""
        if run_id in self.ended:
            return self.ended[run_id][0]
        return float("inf") if run_id in self.started else announced


@dataclass(frozen=True)
class Block:
    """Rows that one run appended."""

    run_id: str
    offset: int
    bytes: int
    rows: int
    sha256: str
    path: str
    announced: str  # its hash when it was appended; an erasure gives it another

    def certain(self, lives: Lives) -> bool:
        """Whether the run surely appended it."""
        return lives.certain(self.run_id, self.path, self.announced)

    @classmethod
    def of(cls, event: Event) -> "Block":
        """Read it from its line ``write``."""
        said = event.content
        return cls(str(event.run_id), said.offset or 0, said.bytes, said.rows or 0, said.sha256,
                   said.path, said.sha256)  # fmt: skip

    @property
    def end(self) -> int:
        """Where the next block starts."""
        return self.offset + self.bytes


def layouts(events: list[Event]) -> dict[str, list[Block]]:
    """Blocks of each log in the order they lie in the file, as the ledger says."""
    logs: dict[str, list[Block]] = {}
    for event in events:
        lay(logs, event)
    return logs


def lay(logs: dict[str, list[Block]], event: Event) -> None:
    """Take in one more line."""
    if event.event == "write" and event.offset is not None:
        placed(logs.setdefault(event.path, []), Block.of(event))
    elif event.event == "erasure":
        for path, changed in event.blocks.items():
            logs[path] = rewritten(logs.get(path, []), changed)


def placed(blocks: list[Block], block: Block) -> None:
    """Put a block behind those of its log; one that a cut run never wrote gives it its place."""
    while blocks and blocks[-1].offset >= block.offset:
        blocks.pop()
    blocks.append(block)


def rewritten(blocks: list[Block], changed: Mapping[str, Rewritten]) -> list[Block]:
    """Blocks after an erasure: `changed` gives new bytes, rows and hash by the old offset."""
    result, offset = [], 0
    for block in blocks:
        left = changed.get(str(block.offset))
        new = replace(block, **asdict(left) if left else {}, offset=offset)
        result.append(new)
        offset = new.end
    return result


def held(path: str, block: Block) -> bool:
    """Whether a block lies in its log as it was appended."""
    file = config.resolve(path)
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return holds(handle, block, 0)


def holds(handle: BinaryIO, block: Block, shift: int) -> bool:
    """Whether a block lies, as it was appended, so many bytes from its place."""
    handle.seek(max(0, block.offset + shift))
    return digest_of(handle, block.bytes) == block.sha256


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a log is not as the ledger says."""

    kind: str  # "changed", "added", "gone" in a block; "extra" behind all; "missing"; "half"
    block: Block | None
    size: int = 0  # bytes behind the last block, of whole or half rows


def differences(path: str, blocks: list[Block], lives: Lives) -> list[Difference]:
    """What of a log is not as the ledger says; empty if all holds."""
    file = config.resolve(path)
    size = file.stat().st_size if file.is_file() else 0
    # The last blocks may never have been written, if their runs were cut short or failed.
    while blocks and size <= blocks[-1].offset and not blocks[-1].certain(lives):
        blocks = blocks[:-1]
    if not blocks:
        return [Difference("extra", None, size)] if size else []
    if not file.is_file():
        return [Difference("missing", blocks[-1])]
    if size < blocks[-1].end and not blocks[-1].certain(lives):
        half = blocks[-1]
        cut = Difference("half", half, size - half.offset)
        return [*_compared(file, blocks[:-1], half.offset), cut]
    return _compared(file, blocks, size)


def _compared(file: Path, blocks: list[Block], size: int) -> list[Difference]:
    """Compare each block; after a changed one, look for the rest where it moved to."""
    found: list[Difference] = []
    shift, moved = 0, size - blocks[-1].end if blocks else 0
    with file.open("rb") as handle:
        for block in blocks:
            if holds(handle, block, shift):
                continue
            by = moved - shift
            kind = "changed" if not by else ("added" if by > 0 else "gone")
            found.append(Difference(kind, block))
            shift = moved
    if moved > 0 and not found:
        found.append(Difference("extra", None, moved))
    return found


def intact(path: str, blocks: list[Block], lives: Lives) -> str:
    """Run whose rows in a log are not as it left them; empty if all holds."""
    wrong = [d for d in differences(path, blocks, lives) if d.kind != "half"]
    return (wrong[0].block.run_id if wrong[0].block else blocks[-1].run_id) if wrong else ""

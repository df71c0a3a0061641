"""Logs that grow by blocks, as the ledger says: which run appended what, and where it lies now."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import BinaryIO

from retencion_lib import config
from retencion_lib.home.disk import digest

UNDONE = ("failed", "abandoned", "refused")


@dataclass(frozen=True)
class Lives:
    """When each run ended in the ledger, and how."""

    started: frozenset[str]
    ended: dict[str, tuple[int, str]]  # run to number of its last line, and status
    kept: frozenset[tuple[str, str, str]]  # run, path and hash of what an unlucky run did write

    @classmethod
    def of(cls, events: list[dict]) -> "Lives":
        """Read them from the events."""
        started = frozenset(e["run_id"] for e in events if e["event"] == "run_started")
        ends = [e for e in events if e["event"] == "run_finished"]
        ended = {e["run_id"]: (e.get("seq", 0), e.get("status", "")) for e in ends}
        kept = frozenset(
            (e["run_id"], str(o.get("path")), str(o.get("sha256")))
            for e in ends
            if e.get("status") in UNDONE
            for o in e.get("outputs") or []
            if isinstance(o, dict)
        )
        return cls(started, ended, kept)

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
    def of(cls, event: dict) -> "Block":
        """Read it from its line ``write``."""
        sha = event["sha256"]
        return cls(str(event.get("run_id")), event["offset"], event["bytes"],
                   event.get("rows") or 0, sha, event["path"], sha)  # fmt: skip

    @property
    def end(self) -> int:
        """Where the next block starts."""
        return self.offset + self.bytes


def layouts(events: list[dict]) -> dict[str, list[Block]]:
    """Blocks of each log in the order they lie in the file, as the ledger says."""
    logs: dict[str, list[Block]] = defaultdict(list)
    for event in events:
        if event["event"] == "write" and "offset" in event:
            placed(logs[event["path"]], Block.of(event))
        elif event["event"] == "erasure":
            for path, changed in (event.get("blocks") or {}).items():
                logs[path] = rewritten(logs[path], changed)
    return dict(logs)


def placed(blocks: list[Block], block: Block) -> None:
    """Put a block behind those of its log; one that a cut run never wrote gives it its place."""
    while blocks and blocks[-1].offset >= block.offset:
        blocks.pop()
    blocks.append(block)


def rewritten(blocks: list[Block], changed: dict[str, dict]) -> list[Block]:
    """Blocks after an erasure: `changed` gives new bytes, rows and hash by the old offset."""
    result, offset = [], 0
    for block in blocks:
        new = replace(block, **changed.get(str(block.offset), {}), offset=offset)
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
    return digest(handle.read(block.bytes)) == block.sha256

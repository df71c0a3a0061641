"""Logs that grow by blocks: each run's rows are still those that it appended, and no others."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault, Lives
from retencion_lib.home.disk import digest
from retencion_lib.words import count, plural


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


def check_logs(events: list[dict]) -> list[Fault]:
    """Rows edited, removed or added behind the ledger's back."""
    lives = Lives.of(events)
    found = []
    for path, blocks in layouts(events).items():
        found += _check(path, blocks, lives)
    return found


def layouts(events: list[dict]) -> dict[str, list[Block]]:
    """Blocks of each log in the order they lie in the file, as the ledger says."""
    logs: dict[str, list[Block]] = defaultdict(list)
    for event in events:
        if event["event"] == "write" and "offset" in event:
            blocks = logs[event["path"]]
            # A block that a cut run announced and never wrote is replaced by the next.
            while blocks and blocks[-1].offset >= event["offset"]:
                blocks.pop()
            blocks.append(Block.of(event))
        elif event["event"] == "erasure":
            for path, changed in (event.get("blocks") or {}).items():
                logs[path] = rewritten(logs[path], changed)
    return dict(logs)


def rewritten(blocks: list[Block], changed: dict[str, dict]) -> list[Block]:
    """Blocks after an erasure: `changed` gives new bytes, rows and hash by the old offset."""
    result, offset = [], 0
    for block in blocks:
        new = replace(block, **changed.get(str(block.offset), {}), offset=offset)
        result.append(new)
        offset = new.end
    return result


def _check(path: str, blocks: list[Block], lives: Lives) -> list[Fault]:
    file = config.resolve(path)
    size = file.stat().st_size if file.is_file() else 0
    # The last blocks may never have been written, if their runs were cut short or failed.
    while blocks and size <= blocks[-1].offset and not blocks[-1].certain(lives):
        blocks = blocks[:-1]
    if not blocks:
        return [_extra(path, size)] if size else []
    if not file.is_file():
        return [Fault("missing", f"Falta {path}.", blocks[-1].run_id, path)]
    if size < blocks[-1].end and not blocks[-1].certain(lives):
        half = blocks[-1]
        said = (
            f"{path}: quedan {count(size - half.offset)} bytes a medias de una ejecución cortada; "
            "'retencion seal' los quita."
        )
        lost = Fault("half_block", said, half.run_id, path)
        return [*_compare(path, file, blocks[:-1], half.offset), lost]
    return _compare(path, file, blocks, size)


def _compare(path: str, file: Path, blocks: list[Block], size: int) -> list[Fault]:
    """Compare each block; after a changed one, look for the rest where it moved to."""
    found, shift = [], 0
    moved = size - blocks[-1].end if blocks else 0
    with file.open("rb") as handle:
        for block in blocks:
            if _holds(handle, block, shift):
                continue
            found.append(_changed(path, block, moved - shift))
            shift = moved
    if moved > 0 and not found:
        found.append(_extra(path, moved))
    return found


def _holds(handle, block: Block, shift: int) -> bool:
    handle.seek(max(0, block.offset + shift))
    return digest(handle.read(block.bytes)) == block.sha256


def held(path: str, block: Block) -> bool:
    """Whether a block lies in its log as it was appended."""
    file = config.resolve(path)
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return _holds(handle, block, 0)


def _changed(path: str, block: Block, moved: int) -> Fault:
    what = "se han cambiado" if not moved else ("se han añadido" if moved > 0 else "faltan")
    rows = plural(block.rows, "fila", "filas")
    return Fault("log", f"{path}: en las {rows} de esta ejecución {what} datos.",
                 block.run_id, path)  # fmt: skip


def _extra(path: str, size: int) -> Fault:
    return Fault("log", f"{path}: al final sobran {count(size)} bytes que ninguna ejecución "
                 "escribió.", path=path)  # fmt: skip

"""Logs that grow by blocks: each run's rows are still those that it appended, and no others."""

from pathlib import Path

from retencion_lib import config
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home.blocks import Block, Lives, holds, layouts
from retencion_lib.words import count, plural


def check_logs(events: list[dict]) -> list[Fault]:
    """Rows edited, removed or added behind the ledger's back."""
    lives = Lives.of(events)
    found = []
    for path, blocks in layouts(events).items():
        found += _check(path, blocks, lives)
    return found


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
            if holds(handle, block, shift):
                continue
            found.append(_changed(path, block, moved - shift))
            shift = moved
    if moved > 0 and not found:
        found.append(_extra(path, moved))
    return found


def _changed(path: str, block: Block, moved: int) -> Fault:
    what = "se han cambiado" if not moved else ("se han añadido" if moved > 0 else "faltan")
    rows = plural(block.rows, "fila", "filas")
    return Fault("log", f"{path}: en las {rows} de esta ejecución {what} datos.",
                 block.run_id, path)  # fmt: skip


def _extra(path: str, size: int) -> Fault:
    return Fault("log", f"{path}: al final sobran {count(size)} bytes que ninguna ejecución "
                 "escribió.", path=path)  # fmt: skip

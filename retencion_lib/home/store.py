"""Files of the stages: hashes, versions, and what a run touched.

Whatever is read or written through this module is noted in the run's `lineage`, which the last
cell of each notebook shows; inside a run, whatever is written is announced in the ledger before it
has its name. Small JSON is also kept by content in `runs/objects`, so that a later reader finds
what an earlier run read (docs/decisions/0004).
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError
from retencion_lib.home import disk, door, lineage
from retencion_lib.home.disk import clean, json_bytes, locked, sha256
from retencion_lib.home.lineage import Touched, begin, end

if TYPE_CHECKING:  # orders that read no table must not wait for what reads tables
    import pandas as pd

__all__ = ["begin", "clean", "end", "locked", "sha256"]

OBJECTS = "runs/objects"
KEEP_BYTES = 1 << 18  # JSON larger than this is not kept by content


def record(role: str, path: Path, rows: int | None = None) -> None:
    """Remember a file for the lineage, once the ledger vouches for it; the same content once."""
    size, sha = path.stat().st_size, door.sha256(path)
    lineage.current().remember(Touched(role, config.relative(path), sha, rows, size))


def lineage_table() -> "pd.DataFrame":
    """Files touched so far in this process, one row each, in order."""
    import pandas as pd

    columns = ["role", "path", "sha256", "rows", "bytes"]
    return pd.DataFrame([asdict(t) for t in lineage.current().touched], columns=columns)


def write_bytes(path: Path, content: bytes, *, rows: int | None = None) -> Path:
    """Write a file whole or not at all, and record it as an output."""
    door.ready_to_write(path)
    sha = disk.digest(content)
    touched = Touched("output", config.relative(path), sha, rows, len(content))
    lineage.current().announce(touched)
    disk.write(path, content)
    lineage.current().remember(touched)
    return path


def place(path: Path, made: Path, *, rows: int | None = None) -> Path:
    """Give its name to a file written beside it, and record it as an output.

    For what is too large to be held: `made` lies in the same folder and is whole.
    """
    door.ready_to_write(path)
    touched = Touched("output", config.relative(path), sha256(made), rows, made.stat().st_size)
    lineage.current().announce(touched)
    disk.place(path, made)
    lineage.current().remember(touched)
    return path


def keep(content: bytes) -> None:
    """Keep small content under its own hash; the same content is kept once."""
    name = disk.digest(content)
    path = config.resolve(OBJECTS) / name[:2] / name
    run = lineage.current()
    if run.run_id is not None and len(content) <= KEEP_BYTES and not path.exists():
        run.say_start()
        disk.write(path, content)


def write_new(path: Path, content: bytes) -> Path:
    """Write a file that must not exist yet: versions are never overwritten.

    Raises
    ------
    DataError
        If the file is already there.
    """
    with locked(path):
        if path.exists():
            raise DataError(
                f"{config.relative(path)} ya existe y una versión no se sobrescribe. "
                "Elige otra 'version', o déjala vacía para usar la siguiente libre."
            )
        return write_bytes(path, content)


def write_json(path: Path, value: Any) -> Path:
    """Write JSON: UTF-8, two spaces, full precision, null for what is not a number."""
    content = json_bytes(value)
    if isinstance(value, dict):
        keep(content)
    return write_bytes(path, content, rows=len(value) if isinstance(value, list) else None)


def read_json(path: Path, *, made_by: str) -> Any:
    """Read JSON that the stage `made_by` writes.

    Raises
    ------
    OrderError
        If the file is not there: that stage has not run.
    DataError
        If it is not JSON.
    """
    need(path, made_by=made_by)
    content = read_bytes(path)
    try:
        value = json.loads(content)
    except ValueError as error:
        raise DataError(
            f"{config.relative(path)}: no es JSON válido ({error}). "
            f"Bórralo o recupera una copia, y ejecuta otra vez '{made_by}'."
        ) from None
    rows = len(value) if isinstance(value, list) else None
    if rows is None:
        keep(content)
    sha = disk.digest(content)
    lineage.current().remember(Touched("input", config.relative(path), sha, rows, len(content)))
    return value


def read_bytes(path: Path) -> bytes:
    """Bytes of a file that is there, once the ledger vouches for them.

    Raises
    ------
    AuditError
        If it is a file of ours and not as the ledger last said.
    """
    return door.read(path)


def need(path: Path, *, made_by: str) -> Path:
    """Give back a path that must exist, or name the command that writes it."""
    if not path.is_file():
        raise OrderError(
            f"Falta {config.relative(path)} (en {config.home()}). "
            f"Lo escribe 'retencion {made_by}': ejecútalo antes."
        )
    return path


def read_csv(path: Path, *, made_by: str, **options: object) -> "pd.DataFrame":
    """Read a CSV that the stage `made_by` writes, as pandas does, and record it as an input."""
    import pandas as pd

    sha = door.sha256(need(path, made_by=made_by))
    table = pd.read_csv(path, **options)
    size = path.stat().st_size
    lineage.current().remember(Touched("input", config.relative(path), sha, len(table), size))
    return table


def csv_blocks(
    path: Path, *, rows: int, made_by: str, **options: object
) -> Iterator["pd.DataFrame"]:
    """The same by blocks of so many rows; the input is recorded once all have been read."""
    import pandas as pd

    sha, read = door.sha256(need(path, made_by=made_by)), 0
    with pd.read_csv(path, chunksize=rows, **options) as blocks:
        for block in blocks:
            read += len(block)
            yield block
    size = path.stat().st_size
    lineage.current().remember(Touched("input", config.relative(path), sha, read, size))


def append_json(path: Path, items: list[dict]) -> Path:
    """Append to a JSON list under a lock; what is there stays as it is."""
    with locked(path):
        before = []
        if path.exists():
            before = json.loads(read_bytes(path))
            record("input", path, len(before))
        return write_json(path, before + items)


def write_csv(path: Path, table: "pd.DataFrame") -> Path:
    """Write a table as CSV, floats in the shortest form that reads back the same.

    Of one that is too large to be held twice, only a few rows are in words at a time.
    """
    from retencion_lib.home.csv_text import ROWS, csv_bytes, csv_parts

    if len(table) <= ROWS:
        return write_bytes(path, csv_bytes(table), rows=len(table))
    door.ready_to_write(path)
    made = disk.stage(path, csv_parts(table))
    try:
        return place(path, made, rows=len(table))
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def append_csv(path: Path, table: "pd.DataFrame") -> Path:
    """Append rows to a CSV log under its lock (the caller may hold it already).

    The block is written whole or cut off again, at the latest by whoever appends next after a
    process was killed half way: the log never keeps half a block.

    Raises
    ------
    DataError
        If the log has other columns than the table.
    """
    from retencion_lib.home.csv_text import csv_bytes

    with locked(path):
        door.mend(path)
        door.ready_to_write(path)
        start = path.stat().st_size if path.exists() else 0
        if start:
            check_form(path, csv_header(path), list(table.columns))
        block = csv_bytes(table, header=not start)
        name, sha = config.relative(path), disk.digest(block)
        touched = Touched("output", name, sha, len(table), len(block), start)
        disk.note_append(path, start, block)
        try:
            lineage.current().announce(touched)
            disk.append(path, block)
        except Exception:
            disk.mend(path, start)
            raise
        disk.forget_note(path)
    lineage.current().remember(touched)
    return path


def check_form(path: Path, found: list[str], columns: list[str]) -> None:
    """Refuse rows of other columns than those that a log has.

    Raises
    ------
    DataError
        With both.
    """
    if found != columns:
        raise DataError(
            f"{config.relative(path)}: sus columnas son {found} y hacían falta {columns}. "
            f"Un registro no cambia de forma: elige otra carpeta con {config.HOME_VARIABLE}."
        )


def csv_header(path: Path) -> list[str]:
    """Names of the columns of a CSV of ours."""
    with path.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle), [])

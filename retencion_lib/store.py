"""Files: atomic writes, hashes, versions, and the lineage of what a run touched.

Every write goes to a temporary file in the same folder, is flushed to disk and then
renamed, so no half-written file ever carries a final name. Whatever is read or
written through this module is recorded in `lineage`, which the last cell of each
notebook shows.
"""

import contextlib
import csv
import hashlib
import io
import json
import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError


@dataclass(frozen=True)
class Touched:
    """One file that a run read or wrote."""

    role: str  # "input" or "output"
    path: str  # from the home
    sha256: str
    rows: int | None
    bytes: int


lineage: list[Touched] = []


def record(role: str, path: Path, rows: int | None = None) -> None:
    """Remember a file for the lineage; the same file and content is remembered once."""
    touched = Touched(role, config.relative(path), sha256(path), rows, path.stat().st_size)
    if touched not in lineage:
        lineage.append(touched)


def lineage_table() -> pd.DataFrame:
    """Files touched so far in this process, one row each, in order."""
    return pd.DataFrame(
        [asdict(t) for t in lineage], columns=["role", "path", "sha256", "rows", "bytes"]
    )


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_bytes(path: Path, content: bytes, *, rows: int | None = None) -> Path:
    """Write a file whole or not at all, and record it as an output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed before the rename)
        dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False
    )
    try:
        with handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.chmod(handle.name, 0o644)
        os.replace(handle.name, path)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise
    record("output", path, rows)
    return path


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


def clean(value: Any) -> Any:
    """Plain JSON form of a value: numpy to Python, NaN and infinities to null."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | np.ndarray | pd.Series):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def write_json(path: Path, value: Any) -> Path:
    """Write JSON: UTF-8, two spaces, full precision, null for what is not a number."""
    text = json.dumps(clean(value), ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return write_bytes(path, (text + "\n").encode())


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
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(
            f"{config.relative(path)}: no es JSON válido ({error}). "
            f"Bórralo o recupera una copia, y ejecuta otra vez '{made_by}'."
        ) from None
    record("input", path)
    return value


def need(path: Path, *, made_by: str) -> Path:
    """Give back a path that must exist, or name the command that writes it."""
    if not path.is_file():
        raise OrderError(
            f"Falta {config.relative(path)} (en {config.home()}). "
            f"Lo escribe 'retencion {made_by}': ejecútalo antes."
        )
    return path


def append_json(path: Path, items: list[dict]) -> Path:
    """Append to a JSON list under a lock; what is there stays as it is."""
    with locked(path):
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return write_json(path, before + items)


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV, floats in the shortest form that reads back the same."""
    return write_bytes(
        path, table.to_csv(index=False, lineterminator="\n").encode(), rows=len(table)
    )


def append_csv(path: Path, table: pd.DataFrame) -> Path:
    """Append rows to a CSV log under its lock (the caller may hold it already).

    The block is written with one `write` and flushed, and cut off again if that fails,
    so the log never ends in half a row.

    Raises
    ------
    DataError
        If the log has other columns than the table.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        new = not path.exists() or path.stat().st_size == 0
        if not new:
            _check_header(path, list(table.columns))
        block = table.to_csv(index=False, header=new, lineterminator="\n").encode()
        with path.open("ab") as handle:
            start = handle.tell()
            try:
                handle.write(block)
                handle.flush()
                os.fsync(handle.fileno())
            except BaseException:
                os.truncate(path, start)
                raise
    record("output", path, len(table))
    return path


def _check_header(path: Path, columns: list[str]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        found = next(csv.reader(handle), [])
    if found != columns:
        raise DataError(
            f"{config.relative(path)}: sus columnas son {found} y hacían falta {columns}. "
            "Un registro no cambia de forma: muévelo a otro nombre y se empezará uno nuevo."
        )


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that guards a shared file; the same process may take it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / f".{path.name}.lock", is_singleton=True):
        yield


def png_bytes(figure: Any, dpi: int) -> bytes:
    """Figure as PNG without a date or a program name, so that equal figures have equal bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", metadata={"Software": None})
    return buffer.getvalue()

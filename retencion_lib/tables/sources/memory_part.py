"""A table that is held whole while it is read: a sheet of a workbook, or JSON."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from retencion_lib.tables.text import canonical

BATCH = 1 << 16


@dataclass
class MemoryPart:
    """A table in memory."""

    path: Path
    names: list[str]
    columns: dict[str, pa.Array]
    n_rows: int
    separator: str = ""

    @classmethod
    def of(cls, path: Path, columns: dict[str, list]) -> "MemoryPart":
        """Columns of Python values, each as the one type that holds it."""
        arrays = {name: as_array(values) for name, values in columns.items()}
        rows = len(next(iter(columns.values()))) if columns else 0
        return cls(path, list(arrays), arrays, rows)

    def table(self, columns: Sequence[str], labels: Collection[str] | None) -> pa.Table:
        """The columns, whole."""
        return pa.table({name: self.columns[name] for name in columns})

    def batches(self, columns: Sequence[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        """The columns, a few rows at a time."""
        yield from self.table(columns, labels).to_batches(BATCH)


def as_array(values: list) -> pa.Array:
    """Values of one type as that type, of several as their canonical texts."""
    kinds = {type(v) for v in values if v is not None and v != ""}
    if kinds <= {int, float} and kinds:
        blank = [None if v == "" else v for v in values]
        try:
            return pa.array(blank, pa.float64() if float in kinds else pa.int64())
        except (pa.ArrowInvalid, OverflowError):
            pass  # beyond 64 bits: its digits are kept as text
    if kinds == {bool}:
        return pa.array([None if v == "" else v for v in values])
    return pa.array([None if v is None else text(v) for v in values], pa.string())


def text(value: object) -> str | None:
    """One text of a value of any kind, days as ISO; None where it is blank."""
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == value.min.time()
            else value.isoformat(" ", "seconds")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False)
    return canonical(value)

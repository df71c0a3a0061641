"""Are two outputs the same: byte by byte, or in every value but times and names of runs?"""

import io
import json
import math
import re

import pandas as pd

from retencion_lib import config
from retencion_lib.home import events
from retencion_lib.words import plural

TOLERANCE = 1e-9
# What changes with every run although nothing did. A user's column may have one of these names:
# a value of another kind, and a column of any table but our own logs, are compared.
VOLATILE = {"run_id": str, "created_at": str, "at": str, "promoted_at": str, "fit_seconds": float}
VOLATILE_COLUMNS = {
    config.PREDICTIONS: {"run_id", "scored_at"},
    config.LOG_PARTS: {"run_id", "scored_at"},
    config.HISTORY: {"run_id", "at"},
}

RUN_OR_TIME = re.compile(
    r"\d{8}T\d{6}-\w+-[0-9a-f]{4,}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?"
)


def differences(path: str, old: bytes, new: bytes) -> list[str]:
    """Where two contents differ in more than times and names of runs; empty if nowhere."""
    if path.endswith(".json"):
        return values_differ(json.loads(old), json.loads(new))
    kind = config.LOG_PARTS if events.PART.fullmatch(path) else path
    besides = VOLATILE_COLUMNS.get(kind, set())
    if path.endswith(".csv"):
        return tables_differ(*(_read_csv(content) for content in (old, new)), besides)
    if path.endswith(".parquet"):
        tables = (pd.read_parquet(io.BytesIO(content)) for content in (old, new))
        return tables_differ(*tables, besides)
    if path.endswith((".html", ".md")):
        return texts_differ(old.decode(), new.decode())
    return ["bytes"] if old != new else []


def values_differ(old: object, new: object, where: str = "") -> list[str]:
    """Paths of the values that differ by more than `TOLERANCE`."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            found
            for key in sorted(old.keys() | new.keys())
            if not _volatile(key, old.get(key), new.get(key))
            for found in values_differ(old.get(key), new.get(key), f"{where}.{key}".lstrip("."))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            found
            for n, (a, b) in enumerate(zip(old, new, strict=True))
            for found in values_differ(a, b, f"{where}[{n}]")
        ]
    return [] if _same(old, new) else [where or "valor"]


def _volatile(key: str, old: object, new: object) -> bool:
    kind = VOLATILE.get(key)
    return kind is not None and all(isinstance(v, kind) for v in (old, new))


def _same(old: object, new: object) -> bool:
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE) if numbers else old == new


def texts_differ(old: str, new: str) -> list[str]:
    """Numbers of the lines that differ in more than names of runs and times."""
    a, b = (RUN_OR_TIME.sub("", text).splitlines() for text in (old, new))
    if len(a) != len(b):
        return [f"{plural(len(a), 'línea', 'líneas')} y {len(b)}"]
    return [f"línea {n}" for n, (x, y) in enumerate(zip(a, b, strict=True), 1) if x != y]


def _read_csv(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype=str, na_filter=False)


def tables_differ(a: pd.DataFrame, b: pd.DataFrame, besides: set[str]) -> list[str]:
    """Columns that differ, in the order of the first table, but for those of `besides`."""
    if a.shape != b.shape or list(a.columns) != list(b.columns):
        return [f"{plural(len(a), 'fila', 'filas')} y {len(b)}, o sus columnas"]
    return [c for c in a.columns if c not in besides and not _same_column(a[c], b[c])]


def _same_column(a: pd.Series, b: pd.Series) -> bool:
    other = (a != b) & ~(a.isna() & b.isna())
    gap = pd.to_numeric(a[other], errors="coerce") - pd.to_numeric(b[other], errors="coerce")
    return bool((gap.abs() <= TOLERANCE).all())

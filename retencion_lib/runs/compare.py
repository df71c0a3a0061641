"""Are two outputs the same: byte by byte, or in every value but times and names of runs?"""

import io
import json
import math

import pandas as pd

TOLERANCE = 1e-9
# What changes with every run although nothing did.
VOLATILE = {"run_id", "created_at", "at", "promoted_at", "scored_at", "fit_seconds", "seconds"}


def differences(path: str, old: bytes, new: bytes) -> list[str]:
    """Where two contents differ in more than times and names of runs; empty if nowhere."""
    if path.endswith(".json"):
        return values_differ(json.loads(old), json.loads(new))
    if path.endswith(".csv"):
        return tables_differ(old, new)
    return ["bytes"] if old != new else []


def values_differ(old: object, new: object, where: str = "") -> list[str]:
    """Paths of the values that differ by more than `TOLERANCE`."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            found
            for key in sorted(old.keys() | new.keys())
            if key not in VOLATILE
            for found in values_differ(old.get(key), new.get(key), f"{where}.{key}".lstrip("."))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            found
            for n, (a, b) in enumerate(zip(old, new, strict=True))
            for found in values_differ(a, b, f"{where}[{n}]")
        ]
    return [] if _same(old, new) else [where or "valor"]


def _same(old: object, new: object) -> bool:
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE) if numbers else old == new


def tables_differ(old: bytes, new: bytes) -> list[str]:
    """Columns that differ, in the order of the first table."""
    a, b = (pd.read_csv(io.BytesIO(content), dtype=str, na_filter=False) for content in (old, new))
    if a.shape != b.shape or list(a.columns) != list(b.columns):
        return [f"{a.shape[0]} filas y {b.shape[0]}, o sus columnas"]
    return [c for c in a.columns if c not in VOLATILE and not _same_column(a[c], b[c])]


def _same_column(a: pd.Series, b: pd.Series) -> bool:
    other = a != b
    gap = pd.to_numeric(a[other], errors="coerce") - pd.to_numeric(b[other], errors="coerce")
    return bool((gap.abs() <= TOLERANCE).all())

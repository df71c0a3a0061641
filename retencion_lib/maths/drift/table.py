"""A whole table as summaries of its columns, that merges and goes to JSON and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from retencion_lib.maths.drift import document
from retencion_lib.maths.drift.profile import Column, LabelPlan, NumberPlan, empty

Plan = Mapping[str, NumberPlan | LabelPlan | None]  # None for a column of dates


@dataclass(frozen=True)
class Profile:
    """Rows, columns and newest dates of a table, or of part of one."""

    n_rows: int
    columns: Mapping[str, Column]
    dates: Mapping[str, str]  # column of dates: the newest, ISO; empty where there is none

    @property
    def plan(self) -> Plan:
        """Where each column is cut, to summarise another table the same way."""
        return {name: c.plan for name, c in self.columns.items()} | dict.fromkeys(self.dates)

    def merge(self, other: "Profile") -> "Profile":
        """Profile of the rows of both, which must share the plan."""
        return Profile(
            self.n_rows + other.n_rows,
            {name: c.merge(other.columns[name]) for name, c in self.columns.items()},
            {name: max(d, other.dates[name]) for name, d in self.dates.items()},
        )


def nothing(plan: Plan) -> Profile:
    """Profile of no rows."""
    columns = {name: empty(p) for name, p in plan.items() if p is not None}
    return Profile(0, columns, {name: "" for name, p in plan.items() if p is None})


def to_plain(profile: Profile) -> dict:
    """JSON-able form of a profile."""
    return {
        "n_rows": profile.n_rows,
        "dates": dict(profile.dates),
        "columns": {name: document.to_plain(c) for name, c in profile.columns.items()},
    }


def from_plain(found: dict) -> Profile:
    """Profile from what `to_plain` gave, through JSON or not."""
    columns = {name: document.from_plain(c) for name, c in found["columns"].items()}
    return Profile(found["n_rows"], columns, found["dates"])


def fingerprint(profile: Profile, names: Sequence[str]) -> str:
    """SHA-256 of what the columns of these names hold, whatever plan they were counted under.

    Two tables with the same rows have the same one; moments are rounded, since the size of the
    blocks that a table is read in moves their last digits.
    """
    said = [profile.n_rows]
    for name in sorted(set(names) & set(profile.columns)):
        column = profile.columns[name]
        if hasattr(column, "mean"):
            held = [column.nulls, column.n_texts, column.low, column.high]
            held += [f"{v:.8g}" for v in (column.mean, column.squares)]
        else:
            known = zip(column.plan.names, column.counts.tolist(), strict=True)
            counts = {n: c for n, c in known if c} | dict(column.others)
            held = [column.nulls, sorted(counts.items())]
        said.append([name, *held])
    return sha256(json.dumps(said).encode()).hexdigest()


def row_keys(start: int, n: int) -> np.ndarray:
    """A number for each row that only its position decides, to keep the rows of least number.

    SplitMix64 of the positions ``start … start + n - 1``, uint64 of shape (n,).
    """
    z = (np.arange(start, start + n, dtype=np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))

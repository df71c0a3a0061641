"""What 02 was asked of time, where customers have a history: later stages repeat it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class History:
    """Which column dates the rows, and when the outcome of each one is known."""

    snapshot_col: str
    horizon: str  # how long the outcome is watched, like 28d
    gap: str = "0d"  # from the snapshot to the first day that counts
    as_of: str = ""  # last day that the table holds, ISO; empty is its newest snapshot

"""Who comes back: of those silent for so many days, the share that does something again.

A silence that the end of the log cuts short says only that it lasted at least so long, and is
counted so (Kaplan & Meier, 1958, JASA 53(282), 457-481). Nothing here reads files.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

ENOUGH = 30  # silences still open, below which a share would be an anecdote


@dataclass(frozen=True)
class Returns:
    """The curve, up to the longest silence that enough customers reached."""

    curve: pd.DataFrame  # days, share that comes back later, at_risk silences that reached it
    limit: int  # days up to which a return could be seen

    def share(self, days: float) -> float | None:
        """Share that comes back after a silence; None beyond what can be seen."""
        if not 0 <= days < self.limit:
            return None
        return float(self.curve["share"].iloc[int(days)])

    def below(self, share: float) -> int | None:
        """Shortest silence after which fewer than a share come back; None if none is seen."""
        found = self.curve.loc[self.curve["share"] < share, "days"]
        return int(found.iloc[0]) if len(found) and found.iloc[0] < self.limit else None


def returns(silences: pd.DataFrame) -> Returns:
    """Share that comes back after each length of silence.

    Parameters
    ----------
    silences : DataFrame
        ``days, ended, n`` of `tables.snapshots.silences`.

    Returns
    -------
    Returns
        For each whole number of days, 1 - S(limit) / S(days), where S is the share of silences
        that last longer.
    """
    longest = int(silences["days"].max())
    over, cut = (_counts(silences[silences["ended"] == e], longest) for e in (True, False))
    at_risk = np.cumsum((over + cut)[::-1])[::-1]  # silences of this length or longer
    reached = np.flatnonzero(at_risk >= ENOUGH)
    limit = int(reached[-1]) if len(reached) else 0
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.cumprod(np.where(at_risk > 0, 1 - over / at_risk, 1.0))[: limit + 1]
        share = np.where(stay > 0, 1 - stay[-1] / stay, 0.0)
    days = np.arange(limit + 1)
    return Returns(pd.DataFrame({"days": days, "share": share, "at_risk": at_risk[days]}), limit)


def _counts(silences: pd.DataFrame, longest: int) -> np.ndarray:
    found = np.zeros(longest + 1)
    np.add.at(found, silences["days"].to_numpy(int), silences["n"].to_numpy(float))
    return found

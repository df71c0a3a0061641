"""The clock of a customer's history: durations, snapshots, and when an outcome is known.

Everything counts whole days, so that a log with times of day and the same log without them say
the same. For a snapshot taken on day ``t``:

- what is known is what happened **before** it: a window of 90 days is ``[t - 90, t)``;
- the outcome is watched in ``(t + gap, t + gap + horizon]``: from the day after the gap, for as
  long as the horizon. What happens on day ``t`` itself is neither known nor judged;
- the row is **mature** when ``t + gap + horizon <= as_of``, the last day that the data hold.

``docs/tiempo.md`` draws it.
"""

import re
from dataclasses import dataclass
from datetime import date as Date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retencion_lib.errors import ParameterError
from retencion_lib.words import listed

Days = NDArray[np.datetime64]
DURATION = re.compile(r"(\d{1,5}) ?([a-zA-ZñÑ]+)")
UNITS = {"d": "días", "w": "semanas", "m": "meses", "y": "años"}
DAY, MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")
DAYS_OF = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}


@dataclass(frozen=True)
class Duration:
    """A number of days, weeks, months or years, as somebody wrote it."""

    count: int
    unit: str  # "d", "w", "m" or "y"

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def days(self) -> float:
        """Length in days; of months and years, the average one: for order, never for dates."""
        return self.count * DAYS_OF[self.unit]

    def times(self, n: int) -> "Duration":
        """The duration `n` times in a row."""
        return Duration(n * self.count, self.unit)


def parse_duration(text: str, name: str, *, zero: bool = False) -> Duration:
    """Read ``28d``, ``4w``, ``3m`` or ``1y``.

    Parameters
    ----------
    text : str
        A whole number and a unit.
    name : str
        The parameter, for the message.
    zero : bool
        Whether none at all is a duration.

    Raises
    ------
    ParameterError
        If it is not that, or is zero where it may not be.
    """
    found = DURATION.fullmatch(text.strip())
    if not found or found[2].lower() not in UNITS:
        known = listed([f"{unit} ({said})" for unit, said in UNITS.items()])
        raise ParameterError(
            f"{name} = '{text}': debe ser un número entero y su unidad, {known}; por ejemplo "
            "'28d' o '3m'."
        )
    if not int(found[1]) and not zero:
        raise ParameterError(f"{name} = '{text}': debe durar algo; por ejemplo '28d' o '3m'.")
    return Duration(int(found[1]), found[2].lower())


def shift(days: ArrayLike, duration: Duration, *, back: bool = False) -> Days:
    """Days that lie a duration later, or earlier.

    Months and years keep the day of the month, or take the month's last where there is no such
    day: a month after 31 January is 28 or 29 February.
    """
    days = np.asarray(days, dtype="datetime64[D]")
    step = -duration.count if back else duration.count
    if duration.unit in "dw":
        return days + step * int(DAYS_OF[duration.unit]) * DAY
    months = days.astype("datetime64[M]")
    target = months + step * (12 if duration.unit == "y" else 1) * MONTH
    last = (target + MONTH).astype("datetime64[D]") - DAY
    return np.minimum(target.astype("datetime64[D]") + (days - months.astype(days.dtype)), last)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How long an outcome is watched, from when, and up to which day anything is known."""

    horizon: Duration
    gap: Duration
    as_of: np.datetime64  # last day that the data hold

    def opens(self, snapshots: ArrayLike) -> Days:
        """Last day that does not count yet, of each snapshot: the outcome starts the day after."""
        return shift(snapshots, self.gap)

    def closes(self, snapshots: ArrayLike) -> Days:
        """Last day of the outcome, of each snapshot: from its end on, the row is mature."""
        return shift(self.opens(snapshots), self.horizon)

    def mature(self, snapshots: ArrayLike) -> NDArray[np.bool_]:
        """Whether the outcome of each snapshot is known whole."""
        return self.closes(snapshots) <= self.as_of


def parse_day(text: str, name: str) -> np.datetime64:
    """Read a parameter that is a day, as ISO text.

    Raises
    ------
    ParameterError
        If it is not.
    """
    try:
        return np.datetime64(Date.fromisoformat(text.strip()), "D")
    except ValueError:
        raise ParameterError(
            f"{name} = '{text}': debe ser una fecha AAAA-MM-DD, por ejemplo '2026-10-31'."
        ) from None

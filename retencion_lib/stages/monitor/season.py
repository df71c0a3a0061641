"""The same time of the year before: what moves with the season is not what has changed.

The reference of the watch is the exam's months. Where the table that the model learnt from still
lies there and reaches back a year, its snapshot nearest to the batch's day of then is compared too.
"""

from functools import reduce

import numpy as np

from retencion_lib.home.experiments import Learnt
from retencion_lib.home.watch_report import Season
from retencion_lib.maths import drift
from retencion_lib.maths.drift import Settings
from retencion_lib.maths.drift.table import Profile
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.tables.arrays import distinct
from retencion_lib.tables.days import read_days
from retencion_lib.tables.parts import scan_parts
from retencion_lib.tables.sources import Source, as_it_was

NEAR = np.timedelta64(15, "D")  # half a month
FEWEST = 100  # customers of then


def last_year(t: Tables, learnt: Learnt | None, snapshot: str, rules: Settings) -> Season | None:
    """Hold the batch against the snapshot of the year before, by the rules of every shift.

    Parameters
    ----------
    learnt : Learnt, optional
        The table that the model in use learnt from.
    snapshot : str
        ISO day of the batch; empty without a history.

    Returns
    -------
    Season or None
        None where that table is not there as it was, or has no snapshot within `NEAR` of the day
        with `FEWEST` customers.
    """
    if learnt is None or learnt.history is None or not snapshot:
        return None
    source = as_it_was(learnt.path, learnt.sha256)
    if source is None:
        return None
    found = _snapshot(t, source, learnt.history.snapshot_col, np.datetime64(snapshot))
    if found is None:
        return None
    source.record()
    day, before = found
    shifts = [
        drift.compare(name, column, t.current.columns[name])
        for name, column in before.columns.items()
    ]
    moved = [s.name for s in drift.judge(shifts, rules) if s.status != "ok"]
    return Season(day, before.n_rows, moved)


def _snapshot(
    t: Tables, source: Source, snapshot_col: str, day: np.datetime64
) -> tuple[str, Profile] | None:
    """The day nearest to a year before, and the profile of its rows."""
    known = {
        text
        for block in source.blocks([snapshot_col])
        for text in distinct(block.read(snapshot_col))[1]
        if text
    }
    texts = sorted(known)
    days = read_days(texts, source.where)
    away = np.abs(days - _year_before(day))
    if not len(days) or away.min() > NEAR:
        return None
    nearest = days[away.argmin()]
    cuts = [text for text, one in zip(texts, days, strict=True) if one == nearest]
    plan = {c: t.reference.columns[c].plan for c in t.shared if c in source.names}
    found = reduce(Profile.merge, scan_parts(source, plan, snapshot_col, cuts, len(cuts)))
    return (str(nearest), found) if found.n_rows >= FEWEST else None


def _year_before(day: np.datetime64) -> np.datetime64:
    """The same day of the year before; of 29 February, the 28th's following day."""
    month = day.astype("datetime64[M]")
    return (month - 12).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))

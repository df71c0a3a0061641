"""A small log of made-up purchases, the same on every machine, to see a panel made of."""

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.tables.split import hashes

CUSTOMERS = 120
DAYS = 730
START = np.datetime64("2024-01-01")
KINDS = ("comida", "hogar", "ropa", "ocio")


def demo_log() -> pd.DataFrame:
    """Two years of purchases: each customer has a pace, a first day and perhaps a last one.

    Chance comes from hashes of the customers' names: no generator of random numbers promises
    the same figures in its next version.
    """
    names = pd.Series([f"P{n:04d}" for n in range(1, CUSTOMERS + 1)])
    pace = 3 + 8 * _chance(names, "pace") ** 2  # days between two purchases, on average
    first = np.floor(300 * _chance(names, "first"))
    # About a third stop buying, some day of the second year.
    stops = _chance(names, "stops") < 1 / 3
    last = np.where(stops, 365 + np.floor(365 * _chance(names, "last")), DAYS)
    bought = [
        (name, day)
        for name, every, start, end in zip(names, pace, first, last, strict=True)
        for day in _days(name, every, start, end)
    ]
    table = pd.DataFrame(bought, columns=[config.ID_COL, "day"]).sort_values(
        ["day", config.ID_COL], ignore_index=True
    )
    key = table[config.ID_COL] + table["day"].astype(str)
    table["amount"] = np.round(5 + 60 * _chance(key, "amount") ** 3, 2)
    table["kind"] = np.array(KINDS)[(len(KINDS) * _chance(key, "kind") ** 1.5).astype(int)]
    table.insert(1, "date", (START + table.pop("day").to_numpy()).astype(str))
    return table


def _chance(keys: pd.Series, what: str) -> np.ndarray:
    """A number between 0 and 1 for each key, the same for ever."""
    return hashes(keys, what) / 2.0**64


def _days(name: str, pace: float, start: float, end: float) -> list[int]:
    """Days on which one customer buys: waiting times that remember nothing."""
    draws = _chance(pd.Series([f"{name}-{n}" for n in range(DAYS // 4)]), "wait")
    days = start + np.cumsum(1 + np.floor(-pace * np.log1p(-draws)))
    return [int(day) for day in days if day < end]

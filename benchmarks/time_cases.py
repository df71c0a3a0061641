"""Cases for `benchmarks.time`: three panels, and the day on which the clock is put back to.

A case is a panel that ends on the day on which one of its snapshots matured.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import panels
from retencion_lib import config
from retencion_lib.home.history import History
from retencion_lib.tables import ask_history
from retencion_lib.tables.history import clock_of
from retencion_lib.tables.split import hashes

DATA, TARGET, DATED, SEED = "data/snapshots.parquet", "baja", "snapshot", 42


@dataclass(frozen=True)
class Case:
    """A panel, how many of its customers are looked at, and the last snapshot that is mature."""

    panel: str
    share: float
    last: str  # ISO day

    @property
    def id_col(self) -> str:
        """Column of the customer."""
        return panels.SOURCES[self.panel].given["id_col"]

    def ask(self, as_of: str = "") -> History:
        """What is asked of time."""
        return ask_history(DATED, panels.SOURCES[self.panel].given["horizon"], as_of=as_of)


@contextmanager
def a_home(folder: Path) -> Iterator[None]:
    """Let every path be of another home for a while."""
    before = os.environ.get(config.HOME_VARIABLE)
    os.environ[config.HOME_VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[config.HOME_VARIABLE]
        else:
            os.environ[config.HOME_VARIABLE] = before


def the_panel(name: str, folder: Path) -> pd.DataFrame:
    """What 00 makes of a log, made if it is not there yet."""
    path = folder / name / DATA
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with a_home(folder / name):
            panels.run(name)
    return pd.read_parquet(path)


def some(table: pd.DataFrame, id_col: str, share: float) -> pd.DataFrame:
    """Rows of a share of the customers, by their hash."""
    names = table[id_col].unique()
    kept = names[hashes(names, SEED) < share * 2.0**64] if share < 1 else names
    return table[table[id_col].isin(kept)].reset_index(drop=True)


def mature_days(table: pd.DataFrame) -> list[str]:
    """Snapshots whose outcome the panel tells, oldest first."""
    told = table.dropna(subset=[TARGET])[DATED]
    return sorted(pd.to_datetime(told).dt.strftime("%Y-%m-%d").unique())


def day_of(table: pd.DataFrame) -> np.ndarray:
    """Day of each row."""
    return pd.to_datetime(table[DATED]).to_numpy().astype("datetime64[D]")


def closes(case: Case, day: str) -> str:
    """Last day of the outcome of a snapshot."""
    return str(clock_of(case.ask(day)).closes(np.datetime64(day)))


def closes_all(table: pd.DataFrame) -> str:
    """A day on which the outcome of every snapshot that has one is known."""
    return str(day_of(table).max())


def cases(panel: str, share: float, table: pd.DataFrame, most: int, step: int) -> list[Case]:
    """Last mature snapshots of the newest cases, the next one being known."""
    days = mature_days(table)[:-1][::-1][::step]
    return [Case(panel, share, day) for day in days[:most]]

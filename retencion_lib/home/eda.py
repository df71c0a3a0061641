"""What 01 found in a table, on file: `monitoring/eda_summary.json`."""

from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.document import typed
from retencion_lib.home.experiments import FileOf
from retencion_lib.maths.drift import Shift


@dataclass(frozen=True)
class ColumnSeen:
    """One column: its kind, its gaps, and the code of why a model may not use it."""

    name: str
    kind: str = ""
    dtype: str = ""
    n_missing: int = 0
    n_unique: int = 0
    use: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Strength:
    """How much one column alone says of who leaves."""

    name: str
    kind: str
    auc: float
    correlation: float | None = None  # of numbers
    cramers_v: float | None = None  # of categories


@dataclass(frozen=True)
class Suspected:
    """One column that may know the outcome, and the evidence, in codes and in words."""

    column: str
    kind: str = ""
    value: float = nan
    label: str = ""
    beside: float | None = None  # what `value` is held against
    certain: bool = False
    evidence: str = ""


@dataclass(frozen=True)
class EarlyShift(Shift):
    """How far a column moves between two parts of the table."""

    split: str = ""  # halves or partitions


@dataclass(frozen=True)
class Repeated:
    """Rows that repeat another but for the id."""

    n_rows: int
    share: float


@dataclass(frozen=True)
class Summary:
    """A table before any model learns from it."""

    n_rows: int
    n_columns: int
    target: str
    positive_rate: float
    data: FileOf
    columns: list[ColumnSeen]
    association: list[Strength]
    leakage: list[Suspected]
    initial_drift: list[EarlyShift]
    duplicates: Repeated
    looked_at: int | None = None  # rows of the customers that were held, where they were not all


def read_summary() -> Summary | None:
    """What 01 found last; None where it has not run.

    Raises
    ------
    DataError
        If the file is not one of ours.
    """
    file = config.resolve(config.EDA_SUMMARY)
    if not file.is_file():
        return None
    return typed(Summary, store.read_json(file, made_by="eda"), config.EDA_SUMMARY)


def save_summary(summary: Summary) -> Path:
    """Write what 01 found."""
    return store.write_json(config.resolve(config.EDA_SUMMARY), asdict(summary))

"""The log of experiments: one entry a candidate that 02 trained, oldest first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import store
from retencion_lib.home.document import typed
from retencion_lib.home.history import History


@dataclass(frozen=True)
class FileOf:
    """A file that a run left, and what it held."""

    path: str  # from the home
    sha256: str


@dataclass(frozen=True)
class Learnt:
    """The table that a candidate learnt from."""

    path: str
    sha256: str
    n_rows: int
    positive_rate: float
    target: str
    id_col: str
    test_share: float
    dropped: list[str] = field(default_factory=list)
    sensitive: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)  # columns that certainly know the outcome
    accepted: str = ""  # why these are learnt from all the same
    positive: str = ""  # label of the class that left; empty in entries of before it was kept
    history: History | None = None  # where its customers have many rows
    # Of the table, with an outcome, where only some of its customers were learnt from.
    table_rows: int | None = None


@dataclass(frozen=True)
class Refit:
    """The same recipe learnt from every row whose outcome is known, the exam's too."""

    version: str  # as 0.1r
    artifact: FileOf
    oof: FileOf  # whom it learnt from, and in which fold: nothing of it is measured
    n_rows: int
    learnt_until: str  # newest snapshot learnt from, ISO; empty without a history


@dataclass(frozen=True)
class Experiment:
    """One candidate: how it was made, on what, and how well it did out of fold."""

    run_id: str
    created_at: str
    family: str
    version: str
    params: dict[str, Any]
    seed: int
    fit_seconds: float
    data: Learnt
    valid: dict[str, float]  # metric to value, on the rows learnt from
    artifact: FileOf
    oof: FileOf  # scores out of fold, one column a candidate
    contract: FileOf
    refit: Refit | None = None

    @property
    def label(self) -> str:
        """Family and version, as events name a model."""
        return f"{self.family} v{self.version}"

    def versions(self) -> set[str]:
        """Its version, and that of its refit."""
        return {self.version} | ({self.refit.version} if self.refit else set())

    def hashes(self) -> set[str]:
        """Hashes of its artifacts."""
        return {self.artifact.sha256} | ({self.refit.artifact.sha256} if self.refit else set())


def experiments() -> list[Experiment]:
    """Every candidate trained here, oldest first.

    Raises
    ------
    OrderError
        If nothing has been trained.
    DataError
        If the log is not one of ours.
    """
    log = store.read_json(config.resolve(config.EXPERIMENTS), made_by="train")
    if not log:
        raise OrderError(f"{config.EXPERIMENTS} está vacío. Ejecuta antes 'retencion train'.")
    return [typed(Experiment, entry, config.EXPERIMENTS) for entry in log]


def log_experiments(entries: Sequence[Experiment]) -> None:
    """Append candidates to the log."""
    store.append_json(config.resolve(config.EXPERIMENTS), [asdict(entry) for entry in entries])


def of_artifact(log: Sequence[Experiment], sha256: str) -> Experiment | None:
    """The newest candidate whose artifact, or its refit's, has those bytes."""
    return next((e for e in reversed(log) if sha256 in e.hashes()), None)

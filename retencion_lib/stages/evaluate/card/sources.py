"""Where a card takes its figures from: the files that the stages wrote, and nothing typed."""

from dataclasses import dataclass

import pandas as pd

from retencion_lib import config
from retencion_lib.home import disk, registry, store, watch_report
from retencion_lib.home.eda import Summary, Suspected, read_summary
from retencion_lib.home.exam import Exam
from retencion_lib.home.experiments import Experiment, experiments, of_artifact
from retencion_lib.home.registry import Change, Entry
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.tables.rules import Contract


@dataclass(frozen=True)
class Sources:
    """Files about one model; what does not exist, or is about other data, is None."""

    exam: Exam
    experiment: Experiment
    contract: Contract  # of its training table
    entry: Entry | None  # its place in the registry
    history: list[Change]  # promotions that name it
    eda: Summary | None  # 01 on the same table
    drift: WatchReport | None  # the last monitoring, if it compares with this model's reference
    calibration: pd.DataFrame | None  # bins of its out-of-fold predictions

    @property
    def suspects(self) -> list[Suspected]:
        """Columns that 01 suspects of knowing the outcome, of those that the model learns from."""
        dropped = {*self.experiment.data.dropped, *self.experiment.data.sensitive}
        found = self.eda.leakage if self.eda else []
        return [s for s in found if s.column not in dropped]


def gather(exam: Exam, contract: Contract) -> Sources:
    """Read all that is known of the model that an exam judges."""
    experiment = of_artifact(experiments(), exam.artifact_sha256)
    book = registry.read()
    eda = read_summary()
    same = eda is not None and eda.data.sha256 == experiment.data.sha256
    return Sources(
        exam, experiment, contract, book.of(exam.artifact_sha256),
        [change for change in book.history if exam.label in (change.model, change.previous)],
        eda if same else None,
        _watched(),
        _bins(exam.family, exam.version),
    )  # fmt: skip


def _watched() -> WatchReport | None:
    """Last monitoring, unless it is about a model that was in use before."""
    drift, reference = watch_report.last(), config.resolve(config.REFERENCE)
    if drift is None or not reference.is_file():
        return None
    return drift if drift.reference.sha256 == disk.sha256(reference) else None


def _bins(family: str, version: str) -> pd.DataFrame | None:
    path = config.resolve(f"artifacts/{family}__calibration.csv")
    if not path.is_file():
        return None
    table = store.read_csv(path, made_by="train", dtype={"version": str})
    own = table[(table["version"] == version) & (table["split"] == "valid")]
    return own if len(own) else None

"""What 01 found in a table, and its summary on file."""

from dataclasses import asdict, dataclass

import pandas as pd

from retencion_lib.home.eda import (
    ColumnSeen,
    EarlyShift,
    Repeated,
    Strength,
    Summary,
    Suspected,
    save_summary,
)
from retencion_lib.home.experiments import FileOf
from retencion_lib.stages.eda.suspect import duplicates, initial_drift
from retencion_lib.tables import Training
from retencion_lib.tables.leaks import Suspect, evidence_words, suspects
from retencion_lib.tables.strength import association


@dataclass(frozen=True)
class Found:
    """A table looked at."""

    training: Training
    strength: pd.DataFrame  # `strength.association`
    moved: pd.DataFrame  # `suspect.initial_drift`
    leaks: list[Suspect]
    repeated: Repeated


def look(training: Training) -> Found:
    """Look at a table for what may help a model, and what may deceive it."""
    strength = association(training)
    return Found(
        training, strength, initial_drift(training), suspects(training, strength),
        duplicates(training),
    )  # fmt: skip


def write_summary(found: Found) -> None:
    """Write `eda_summary.json`."""
    training = found.training
    save_summary(
        Summary(
            n_rows=training.table_rows,
            n_columns=len(training.columns),
            target=training.target,
            positive_rate=training.table_rate,
            looked_at=training.n_rows if training.whole else None,
            data=FileOf(training.path, training.sha256),
            columns=[ColumnSeen(**asdict(c)) for c in training.columns],
            association=[Strength(**row) for row in found.strength.to_dict("records")],
            leakage=[
                Suspected(**asdict(s), certain=s.certain, evidence=evidence_words(s))
                for s in found.leaks
            ],
            initial_drift=[EarlyShift(**row) for row in found.moved.to_dict("records")],
            duplicates=found.repeated,
        )
    )

"""What 01 found in a table, and its summary on file."""

from dataclasses import asdict, dataclass

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.stages.eda.describe import columns_facts
from retencion_lib.stages.eda.suspect import Repeated, duplicates, initial_drift
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
    store.write_json(
        config.resolve(config.EDA_SUMMARY),
        {
            "n_rows": training.n_rows,
            "n_columns": len(training.columns),
            "target": training.target,
            "positive_rate": training.positive_rate,
            "data": {"path": training.path, "sha256": training.sha256},
            "columns": columns_facts(training).to_dict("records"),
            "association": found.strength.to_dict("records"),
            "leakage": [
                asdict(s) | {"certain": s.certain, "evidence": evidence_words(s)}
                for s in found.leaks
            ],
            "initial_drift": found.moved.to_dict("records"),
            "duplicates": asdict(found.repeated),
        },
    )

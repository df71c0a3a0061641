"""Can a model be trained on this table? The answer, its reasons, and the summary on file."""

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.stages.eda.describe import columns_facts
from retencion_lib.stages.eda.suspect import duplicates, leakage
from retencion_lib.tables import Training


def summary(training: Training, strength: pd.DataFrame, moved: pd.DataFrame) -> dict:
    """Write `eda_summary.json` and give it back."""
    report = {
        "n_rows": training.n_rows,
        "n_columns": len(training.columns),
        "target": training.target,
        "positive_rate": training.positive_rate,
        "data": {"path": training.path, "sha256": training.sha256},
        "columns": columns_facts(training).to_dict("records"),
        "association": strength.to_dict("records"),
        "leakage": leakage(training, strength),
        "initial_drift": moved.to_dict("records"),
        "duplicates": duplicates(training),
    }
    store.write_json(config.resolve(config.EDA_SUMMARY), report)
    return report

"""A home with a reference, a batch and a log, small enough to work out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from retencion_lib.quality import Tables


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    for folder in ("logs", "data", "monitoring", "artifacts"):
        (tmp_path / folder).mkdir()
    return tmp_path


def tables_of(scores, ids=None, path="data/lote_with_score.csv") -> Tables:
    """Tables whose current batch has these scores; id and target have names of their own."""
    ids = [f"k{n}" for n in range(len(scores))] if ids is None else ids
    frame = pd.DataFrame({"cliente": ids, "x": 1.0, "score": scores})
    reference = pd.DataFrame({"cliente": ["r1", "r2"], "x": 1.0, "score": [0.01, 0.99]})
    return Tables(reference, frame, ("monitoring/ref.csv", path), "cliente", "score", "baja")


def many_scores(n: int, seed: int = 0) -> np.ndarray:
    return expit(np.random.default_rng(seed).normal(-1.3, 1.4, n))


def write_log(home, ids, scores, *, day="2026-01-31", **columns) -> None:
    """Append a batch to the log of predictions."""
    path = home / "logs/predictions.csv"
    rows = pd.DataFrame(
        {
            "event_id": [f"{day}-{i}" for i in ids], "run_id": day, "scored_at": f"{day}T10:00:00Z",
            "cliente": ids, "model": "logreg", "version": "0.1", "score": scores,
            "threshold": 0.5, "prediction": 1, **columns,
        }
    )  # fmt: skip
    rows.to_csv(path, mode="a", header=not path.exists(), index=False)


def write_labels(home, ids, y, name="labels.csv") -> str:
    pd.DataFrame({"cliente": ids, "baja": y}).to_csv(home / name, index=False)
    return name

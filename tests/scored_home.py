"""A home with a reference, a batch and a log, small enough to work out by hand."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import expit

from retencion_lib.tables.outcomes import Outcomes, collect, logged, predicted
from retencion_lib.tables.scored import Scored
from retencion_lib.tables.sources import Source


def batch_of(scores, ids=None, path="data/lote_with_score.csv", day="") -> Scored:
    """A batch with these scores, and the day of its rows; its id column has a name of its own."""
    ids = [f"k{n}" for n in range(len(scores))] if ids is None else list(ids)
    table = pa.table({"cliente": ids, "score": np.asarray(scores, float)})
    if day:
        table = table.append_column("day", [[day] * len(ids)])
    source = Source(Path(path), path, tuple(table.column_names), (Held(table),))
    return Scored(source, "cliente", np.asarray(scores, float))


@dataclass
class Held:
    """A part of a table that lies in no file."""

    whole: pa.Table
    separator: str = ""

    @property
    def n_rows(self) -> int:
        return self.whole.num_rows

    def batches(self, columns, labels):
        return self.whole.select(columns).to_batches()


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


def outcomes_of(home, batch: Scored, ids, y) -> Outcomes:
    """Outcomes of these customers, as they arrive for a batch and the log of the home."""
    people = predicted(batch, logged("cliente"), threshold=0.5)
    return collect(batch, people, write_labels(home, ids, y), target="baja")

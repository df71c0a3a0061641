"""A home with a reference of 3,000 customers, a batch like them and one that has moved."""

from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages.checks.comparison import Tables

REFERENCE = "monitoring/train_with_score.csv"
ASK = {"id_col": "id", "score_col": "score", "target": "left"}


def customers(n, seed, months=30.0):
    draw = np.random.default_rng(seed)
    return pd.DataFrame({
        "id": [f"C{seed}-{i}" for i in range(n)],
        "months": np.round(draw.exponential(months, n)),
        "price": np.where(draw.random(n) < 0.1, np.nan, draw.normal(50, 10, n)),
        "plan": draw.choice(["mes", "año"], n),
        "score": draw.beta(2, 5, n),
    })  # fmt: skip


def write(home: Path) -> None:
    """Write the reference and both batches."""
    (home / "monitoring").mkdir()
    customers(3000, 1).to_csv(home / REFERENCE, index=False)
    customers(1000, 2).to_csv(home / "same.csv", index=False)
    customers(1000, 3, months=36).to_csv(home / "moved.csv", index=False)


def loaded(current: str) -> Tables:
    """A batch beside the reference."""
    return monitoring.load(REFERENCE, current, **ASK)[0]

"""What training costs as rows grow: every family and the stack, from 7 to 700 thousand rows.

    python -m benchmarks.speed [--rows N …]

The table is a bootstrap of the demo's customers with jitter: their numbers move by a tenth of a
standard deviation, and the outcome is drawn again from a model's probability, so that copies of
one customer do not betray each other. Each size runs in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.quality import cpu_seconds
from benchmarks.tables import load
from retencion_lib.models import fit_baseline, prepare_columns, train_candidates
from retencion_lib.models.features import describe
from retencion_lib.tables import fold_numbers

RESULT = Path(__file__).parent / "results" / "speed.json"
SIZES = (7_000, 70_000, 280_000, 700_000)
SEED = 42
TABLE = "wa_churn"


def customers(n: int) -> tuple[pd.DataFrame, np.ndarray, list[str], list[str]]:
    """Features, outcome, numbers and categories of n customers like those of the demo."""
    rng, table = np.random.default_rng(SEED), load(TABLE)
    fitted = fit_baseline(table.X, table.y, describe(table.X, table.numeric, table.categorical))
    X = table.X.iloc[rng.integers(0, len(table.X), n)].reset_index(drop=True)
    for name in table.numeric:
        if table.X[name].nunique() > 2:
            X[name] += 0.1 * table.X[name].std() * rng.normal(size=n)
    y = (rng.random(n) < fitted.predict_proba(X)[:, 1]).astype(int)
    return X, y, table.numeric, table.categorical


def measure(n: int) -> dict:
    """CPU seconds of each family and of the whole, and the peak of memory."""
    X, y, numeric, categorical = customers(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = cpu_seconds()
    folds = fold_numbers(list(map(str, X.index)), y, SEED)
    columns, _ = prepare_columns(X, y, folds, numeric, categorical, SEED)
    searched = cpu_seconds() - start
    found = train_candidates(X, y, folds, columns, SEED)
    total = cpu_seconds() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "rows": n,
        "cpu_seconds": total,
        "search": searched,
        "families": {name: c.fit.seconds for name, c in found.items()},
        "table_mb": before / 1024,
        "peak_mb": peak / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--here", action="store_true", help="measure in this process, and print")
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure(given.rows[0])))
        return
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else []
    found = {row["rows"]: row for row in kept}
    for n in given.rows:
        order = [sys.executable, "-m", "benchmarks.speed", "--here", "--rows", str(n)]
        run = subprocess.run(order, check=True, capture_output=True, text=True)
        found[n] = json.loads(run.stdout)
        print(found[n], flush=True)
        RESULT.write_text(json.dumps([found[n] for n in sorted(found)], indent=2) + "\n")


if __name__ == "__main__":
    main()

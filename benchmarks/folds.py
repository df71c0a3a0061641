"""Would a small table be better learnt in ten folds than in five? Log-loss and cost on held rows.

    python -m benchmarks.folds [--tables NAME …]

On the first of five stratified parts (seed 42) of each table of `tables.py` that leaves fewer than
`SMALL` rows to learn from, 02's candidates learn in five folds and in ten and the champion
of each is judged. Positive differences are in favour of ten. Writes `results/folds.json` table by
table; one that is there is not run again.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks.tables import CONFIRMED, MORE, TABLES, Loaded, load
from retencion_lib import config
from retencion_lib.maths import metrics
from retencion_lib.models import prepare_columns, train_candidates
from retencion_lib.tables import fold_numbers

RESULT = Path(__file__).parent / "results" / "folds.json"
SEED, EXAM = 42, 5
SMALL, MORE_FOLDS = 5000, 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tables", nargs="+", default=list(TABLES | MORE | CONFIRMED))
    found = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in parser.parse_args().tables:
        if name in found:
            continue
        table = load(name)
        if len(table.y) * (1 - 1 / EXAM) < SMALL:
            found[name] = compared(table)
            print(name, json.dumps(found[name]), flush=True)
            RESULT.write_text(json.dumps(found, indent=1) + "\n")


def compared(table: Loaded) -> dict[str, object]:
    """Both numbers of folds on one table: losses, seconds, and the paired difference."""
    parts = StratifiedKFold(EXAM, shuffle=True, random_state=SEED)
    train, test = next(parts.split(table.X, table.y))
    losses, said = {}, {"rows": len(train)}
    for n_folds in (config.FOLDS, MORE_FOLDS):
        start = time.process_time()
        losses[n_folds] = champion_loss(table, train, test, n_folds)
        said[f"log_loss_{n_folds}"] = float(losses[n_folds].mean())
        said[f"cpu_{n_folds}"] = time.process_time() - start
    gain = losses[config.FOLDS] - losses[MORE_FOLDS]
    error = gain.std(ddof=1) / len(gain) ** 0.5
    return said | {"gain": float(gain.mean()), "error": float(error)}


def champion_loss(table: Loaded, train: np.ndarray, test: np.ndarray, n_folds: int) -> np.ndarray:
    """Log-loss of each held row by what 03 would choose."""
    X, y = table.X.iloc[train], table.y[train]
    folds = fold_numbers([str(i) for i in X.index], y, SEED, n_folds)
    X = X.reset_index(drop=True)
    columns, _ = prepare_columns(X, y, folds, table.numeric, table.categorical, SEED)
    candidates = train_candidates(X, y, folds, columns, SEED)
    winner = metrics.contest(y, {n: c.p for n, c in candidates.items()}, seed=SEED).winner
    p = np.clip(candidates[winner].predict(table.X.iloc[test]), 1e-6, 1 - 1e-6)
    return -np.log(np.where(table.y[test] == 1, p, 1 - p))


if __name__ == "__main__":
    main()

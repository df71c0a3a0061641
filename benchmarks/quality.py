"""How good are the models, against whom, and at what cost: measured on the same folds.

    python benchmarks/quality.py [--own] [--peers PYTHON] [--autogluon PYTHON] [--tables …]

Stratified, shuffled folds (seed 42) of the tables of `tables.py`: five of the three that were
looked at while designing, three of those that were not. On each, this project trains as 02 does,
on the training rows alone, and is judged on the fold. Peers run with their defaults on the same
folds, in the environment of the interpreter given: for `--peers`,
`pip install lightgbm catboost xgboost scikit-learn pandas pyarrow`; for `--autogluon`,
`pip install torch==2.13.0` and then `pip install autogluon.tabular[all]`. A model that is not run
again keeps its predictions, in `benchmarks/results/predictions`; one that is run again and says the
same keeps the least of its seconds. Without options, only the results and the tables of
docs/modelos.md are written again from them.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from benchmarks import quality_page
from benchmarks.tables import TABLES, Loaded, load
from retencion_lib.maths import metrics
from retencion_lib.models import prepare_columns, train_candidates
from retencion_lib.tables import fold_numbers

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PREDICTIONS = RESULTS / "predictions"  # not kept in git: 02 and the peers make them again
SEED = 42
PEERS = ("logreg", "xgboost", "lightgbm", "catboost")
AUTOGLUON = {"wa_churn": 2, "mlc_churn": 2}  # folds
CHAMPION = "own:champion"


def cpu_seconds() -> float:
    """CPU seconds of this process so far, all its threads."""
    spent = os.times()
    return spent.user + spent.system


def own(table: Loaded, train: np.ndarray, test: np.ndarray) -> dict[str, tuple[np.ndarray, float]]:
    """Probabilities and CPU seconds of each candidate and of the champion."""
    start = cpu_seconds()
    X, y = table.X.iloc[train], table.y[train]
    folds = fold_numbers([str(i) for i in X.index], y, SEED)
    X = X.reset_index(drop=True)
    columns, _ = prepare_columns(X, y, folds, table.numeric, table.categorical, SEED)
    searched = cpu_seconds() - start
    candidates = train_candidates(X, y, folds, columns, SEED)
    winner = metrics.contest(y, {n: c.p for n, c in candidates.items()}, seed=SEED).winner
    total = cpu_seconds() - start
    held = table.X.iloc[test]
    found = {
        f"own:{name}": (c.predict(held), c.fit.seconds + searched) for name, c in candidates.items()
    }
    return found | {CHAMPION: (found[f"own:{winner}"][0], total)}


def peer(
    python: str, model: str, table: Loaded, train: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, float]:
    """Probabilities and CPU seconds of one peer, fitted in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{part}" for part in ("train.parquet", "test.parquet", "out.npz")]
        for rows, path in zip((train, test), paths, strict=False):
            table.X.iloc[rows].assign(__y=table.y[rows]).to_parquet(path)
        subprocess.run([python, str(HERE / "peers.py"), model, *paths, str(SEED)], check=True)
        out = np.load(paths[2])
        return out["p"], float(out["seconds"])


def run(names: list[str], with_own: bool, peers: str, autogluon: str) -> None:
    """Run what is asked for and keep predictions and seconds, fold by fold."""
    for name in names:
        table = load(name)
        split = StratifiedKFold(TABLES[name].folds, shuffle=True, random_state=SEED)
        for fold, (train, test) in enumerate(split.split(table.X, table.y)):
            found = own(table, train, test) if with_own else {}
            wanted = [(model, peers) for model in PEERS if peers]
            if autogluon and fold < AUTOGLUON.get(name, 0):
                wanted.append(("autogluon", autogluon))
            for model, python in wanted:
                found[f"peer:{model}"] = peer(python, model, table, train, test)
            keep(name, fold, table.y[test], found)
            print(name, fold, {m: round(s, 1) for m, (_, s) in found.items()}, flush=True)


def keep(name: str, fold: int, y: np.ndarray, found: dict[str, tuple[np.ndarray, float]]) -> None:
    """Keep the predictions of one fold, and the seconds of each model in the last row.

    The same predictions again are the same work: the least seconds are kept, for what comes on
    top is that of others on the machine.
    """
    path = PREDICTIONS / f"{name}_{fold}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = pd.read_parquet(path) if path.exists() else pd.DataFrame({"y": [*y, np.nan]})
    for model, (p, seconds) in found.items():
        if model in kept and np.array_equal(kept[model].to_numpy()[:-1], p):
            seconds = min(seconds, kept[model].iloc[-1])
        kept[model] = [*p, seconds]
    kept.to_parquet(path)


def judge(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Metrics of one model in one fold."""
    found, true = metrics.evaluate(y, p), metrics.reliability(y, p)
    return {m: found[m] for m in ("roc_auc", "pr_auc", "log_loss", "brier")} | {
        "ece": true.ece,
        "ece_perfect": true.ece_perfect,
    }


def against(y: np.ndarray, champion: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Paired differences in favour of the champion, with their standard errors."""
    auc = metrics.auc_difference(y, champion, other)
    loss, error = metrics.log_loss_difference(y, other, champion)
    return {"auc_gain": auc.difference, "auc_error": auc.error,
            "loss_gain": loss, "loss_error": error}  # fmt: skip


def results() -> pd.DataFrame:
    """One row a table, fold and model, from the predictions kept."""
    rows = []
    for name, table in TABLES.items():
        for fold in range(table.folds):
            path = PREDICTIONS / f"{name}_{fold}.parquet"
            if not path.exists():
                continue
            kept = pd.read_parquet(path)
            y, seconds = kept["y"].to_numpy()[:-1].astype(int), kept.iloc[-1]
            for model in kept.columns.drop("y"):
                p = kept[model].to_numpy()[:-1]
                row = {"table": name, "fold": fold, "model": model, "cpu_seconds": seconds[model]}
                row |= judge(y, p)
                if CHAMPION in kept and model != CHAMPION:
                    row |= against(y, kept[CHAMPION].to_numpy()[:-1], p)
                rows.append(row)
    return pd.DataFrame(rows).sort_values(["table", "model", "fold"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--own", action="store_true")
    parser.add_argument("--peers", default="", metavar="PYTHON")
    parser.add_argument("--autogluon", default="", metavar="PYTHON")
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=list(TABLES))
    given = parser.parse_args()
    if given.own or given.peers or given.autogluon:
        run(given.tables, given.own, given.peers, given.autogluon)
    results().to_csv(RESULTS / "quality.csv", index=False)
    quality_page.write()


if __name__ == "__main__":
    main()

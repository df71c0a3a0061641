"""The model families, each one sklearn Pipeline, and the fitted model that gets a version.

Adding a family is one entry in `FAMILIES`. Gradient boosting and the network stop early on
the log-loss of an inner stratified share of what they are given, so that out-of-fold
predictions never see the rows they are judged on.
"""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from xgboost import XGBClassifier

from retencion_lib.features import preprocessor

INNER_SHARE = 0.15  # of the rows given, kept aside to decide when to stop


class EarlyStoppedXGB(ClassifierMixin, BaseEstimator):
    """Gradient-boosted trees that stop when the inner log-loss no longer improves."""

    def __init__(self, max_depth=3, colsample=0.6, learning_rate=0.04, seed=0):
        self.max_depth = max_depth
        self.colsample = colsample
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> "EarlyStoppedXGB":
        """Fit on most rows and stop on the rest."""
        fit, stop, y_fit, y_stop = inner_split(X, y, self.seed)
        self.model_ = XGBClassifier(
            n_estimators=3000,
            early_stopping_rounds=60,
            eval_metric="logloss",
            tree_method="hist",
            learning_rate=self.learning_rate,
            max_depth=self.max_depth,
            colsample_bytree=self.colsample,
            subsample=0.8,
            min_child_weight=5,
            n_jobs=2,
            random_state=self.seed,
        ).fit(fit, y_fit, eval_set=[(stop, y_stop)], verbose=False)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, 2)."""
        return self.model_.predict_proba(X)


class EarlyStoppedMLP(ClassifierMixin, BaseEstimator):
    """One hidden layer that keeps the weights with the best inner log-loss.

    sklearn's own ``early_stopping`` watches accuracy, which says little when few leave.
    """

    def __init__(self, hidden=32, alpha=1.0, patience=10, max_epochs=100, seed=0):
        self.hidden = hidden
        self.alpha = alpha
        self.patience = patience
        self.max_epochs = max_epochs
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> "EarlyStoppedMLP":
        """Fit epoch by epoch; stop after `patience` epochs without a better log-loss."""
        fit, stop, y_fit, y_stop = inner_split(X, y, self.seed)
        net = MLPClassifier(
            (self.hidden,),
            alpha=self.alpha,
            learning_rate_init=3e-3,
            batch_size=min(128, len(fit)),
            random_state=self.seed,
        )
        best, since, weights = np.inf, 0, None
        for _ in range(self.max_epochs):
            net.partial_fit(fit, y_fit, classes=[0, 1])
            loss = log_loss(y_stop, net.predict_proba(stop)[:, 1], labels=[0, 1])
            if loss < best - 1e-5:
                best, since = loss, 0
                weights = [w.copy() for w in net.coefs_], [b.copy() for b in net.intercepts_]
            else:
                since += 1
            if since >= self.patience:
                break
        net.coefs_, net.intercepts_ = weights
        self.model_, self.classes_ = net, net.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, 2)."""
        return self.model_.predict_proba(X)


def inner_split(X: np.ndarray, y: np.ndarray, seed: int) -> list[np.ndarray]:
    """Rows to fit on and rows to stop on: ``X_fit, X_stop, y_fit, y_stop``."""
    return train_test_split(X, y, test_size=INNER_SHARE, stratify=y, random_state=seed)


@dataclass(frozen=True)
class Family:
    """A kind of model: its name in files, its name for readers, and how to build one."""

    name: str
    label: str
    build: Callable[[Sequence[str], Sequence[str], int], Pipeline]


def _logreg(numeric: Sequence[str], categorical: Sequence[str], seed: int) -> Pipeline:
    model = LogisticRegression(C=0.1, max_iter=2000, random_state=seed)
    return Pipeline([("prepare", preprocessor("splines", numeric, categorical)), ("model", model)])


def _xgb(numeric: Sequence[str], categorical: Sequence[str], seed: int) -> Pipeline:
    prepare = preprocessor("plain", numeric, categorical)
    return Pipeline([("prepare", prepare), ("model", EarlyStoppedXGB(seed=seed))])


def _mlp(numeric: Sequence[str], categorical: Sequence[str], seed: int) -> Pipeline:
    prepare = preprocessor("normal", numeric, categorical, seed)
    return Pipeline([("prepare", prepare), ("model", EarlyStoppedMLP(seed=seed))])


# From the simplest to the most complex.
FAMILIES = {
    family.name: family
    for family in (
        Family("logreg", "Regresión logística", _logreg),
        Family("xgb", "XGBoost", _xgb),
        Family("mlp", "Red neuronal (MLP)", _mlp),
    )
}


def baseline(numeric: Sequence[str], categorical: Sequence[str]) -> Pipeline:
    """Plain logistic regression, without splines or tuning: the bar to clear."""
    model = LogisticRegression(max_iter=2000)
    return Pipeline([("prepare", preprocessor("scaled", numeric, categorical)), ("model", model)])


@dataclass(frozen=True)
class FittedModel:
    """All that scoring needs: the pipeline, its contract and its thresholds."""

    family: str
    version: str
    pipeline: Pipeline
    contract: dict
    thresholds: dict[str, float]  # policy to score, from out-of-fold predictions
    seed: int
    test_share: float
    data_sha256: str
    positive: str
    positive_rate: float
    libraries: dict[str, str]

    @property
    def features(self) -> list[str]:
        """Names of the columns that the model reads, in order."""
        return list(self.contract["columns"])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Probability of leaving for each row, shape (n,); rows are independent."""
        return self.pipeline.predict_proba(frame[self.features])[:, 1].astype(float)


def to_bytes(model: FittedModel) -> bytes:
    """Artifact of a model. Equal models give equal bytes."""
    return pickle.dumps(model, protocol=5)


def from_bytes(content: bytes) -> FittedModel:
    """Model of an artifact whose hash the caller has already checked."""
    return pickle.loads(content)


def cross_predict(
    family: Family,
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    numeric: Sequence[str],
    categorical: Sequence[str],
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> np.ndarray:
    """Out-of-fold score of every row: each is predicted by a model that never saw it.

    Parameters
    ----------
    folds : array of shape (n,)
        Fold of each row.
    tick : callable
        Called after each fold, for a progress bar.

    Returns
    -------
    ndarray of shape (n,)
    """
    scores = np.full(len(y), np.nan)
    for fold in np.unique(folds):
        held = folds == fold
        pipeline = family.build(numeric, categorical, seed).fit(X[~held], y[~held])
        scores[held] = pipeline.predict_proba(X[held])[:, 1]
        tick()
    return scores

"""The model families. Another one is one more entry in `FAMILIES`: see docs/modelos.md."""

from collections.abc import Callable
from dataclasses import dataclass

from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from retencion_lib.features import Columns, Derive, preprocessor
from retencion_lib.models.estimators import EarlyStoppedMLP, EarlyStoppedXGB

STACK = "stack"


@dataclass(frozen=True)
class Variant:
    """One way to build a family: how its numbers enter, and the estimator behind."""

    name: str
    prepare: str  # kind of `features.preprocessor`
    estimator: Callable[[int], BaseEstimator]  # of a seed; needs decision_function in log-odds

    def build(self, columns: Columns, seed: int) -> Pipeline:
        """Unfitted pipeline: derived columns, matrix, estimator."""
        return Pipeline(
            [
                ("derive", Derive(columns.derived)),
                ("prepare", preprocessor(self.prepare, columns, seed)),
                ("model", self.estimator(seed)),
            ]
        )


@dataclass(frozen=True)
class Family:
    """A kind of model: its name in files, its name for readers, and its variants.

    The variant, or the mean of all, with the best out-of-fold log-loss stands for the family.
    """

    name: str
    label: str
    variants: tuple[Variant, ...]


def _logistic(seed: int) -> BaseEstimator:
    return LogisticRegression(C=0.1, max_iter=2000, random_state=seed)


def _shallow(seed: int) -> BaseEstimator:
    return EarlyStoppedXGB(max_depth=3, colsample=0.6, learning_rate=0.05, seed=seed)


def _deep(seed: int) -> BaseEstimator:
    return EarlyStoppedXGB(max_depth=6, colsample=0.9, learning_rate=0.05, seed=seed)


def _network(seed: int) -> BaseEstimator:
    return EarlyStoppedMLP(seed=seed)


# From the simplest to the most complex: between equals, the earlier wins.
FAMILIES = {
    family.name: family
    for family in (
        Family(
            "logreg",
            "Regresión logística",
            (Variant("lineal", "scaled", _logistic), Variant("curvas", "splines", _logistic)),
        ),
        Family(
            "xgb",
            "XGBoost",
            (Variant("3 niveles", "trees", _shallow), Variant("6 niveles", "trees", _deep)),
        ),
        Family("mlp", "Red neuronal (MLP)", (Variant("32 neuronas", "normal", _network),)),
    )
}


def baseline(columns: Columns) -> Pipeline:
    """Plain logistic regression, without curves or tuning: the bar to clear."""
    plain = Columns(columns.numbers, columns.steps, columns.labels, columns.many)
    return Variant("plain", "scaled", lambda seed: LogisticRegression(max_iter=2000)).build(
        plain, 0
    )

"""The model families. Another one is one more entry in `FAMILIES`: see docs/modelos.md."""

from collections.abc import Callable
from dataclasses import dataclass

from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from retencion_lib.models.estimators import StagedMLP, StagedXGB
from retencion_lib.models.features import Columns, Derive, preprocessor

STACK, BASELINE = "stack", "plain_logreg"


@dataclass(frozen=True)
class Variant:
    """One way to build a family: how its numbers enter, and the estimator behind."""

    name: str
    prepare: str  # kind of `features.preprocessor`
    estimator: Callable[[int], BaseEstimator]  # of a seed; needs decision_function in log-odds
    # An earlier family, of models that do not learn in stages: what it leaves is learnt, and added.
    corrects: str = ""

    def preparation(self, columns: Columns, seed: int) -> Pipeline:
        """Unfitted: derived columns, matrix."""
        matrix = preprocessor(self.prepare, columns, seed)
        return Pipeline([("derive", Derive(columns.derived)), ("prepare", matrix)])

    def build(self, columns: Columns, seed: int) -> Pipeline:
        """Unfitted pipeline: derived columns, matrix, estimator."""
        return Pipeline([*self.preparation(columns, seed).steps, ("model", self.estimator(seed))])


@dataclass(frozen=True)
class Family:
    """A kind of model: its name in files, its name for readers, and its variants.

    The variant, or the mean of several, with the best out-of-fold log-loss stands for the family.
    """

    name: str
    label: str
    variants: tuple[Variant, ...]


def _logistic(strength: float) -> Callable[[int], BaseEstimator]:
    return lambda seed: LogisticRegression(C=strength, max_iter=2000, random_state=seed)


def _trees(
    depth: int, colsample: float, rate: float, step: int, node: float = 1.0
) -> Callable[[int], BaseEstimator]:
    return lambda seed: StagedXGB(depth, colsample, rate, step, seed=seed, colsample_node=node)


def _random_trees(depth: int, rate: float, step: int) -> Callable[[int], BaseEstimator]:
    """Deep trees that each see little, and of which none says much."""
    return lambda seed: StagedXGB(
        depth, 0.9, rate, step, seed=seed, colsample_node=0.3, subsample=0.6, pull=5.0
    )


def _network(hidden: int) -> Callable[[int], BaseEstimator]:
    return lambda seed: StagedMLP(hidden, seed=seed)


# From the simplest to the most complex: between equals, the earlier wins.
FAMILIES = {
    family.name: family
    for family in (
        Family(
            "logreg",
            "Regresión logística",
            (
                Variant("lineal", "scaled", _logistic(0.3)),
                Variant("curvas", "splines", _logistic(0.1)),
            ),
        ),
        Family(
            "xgb",
            "XGBoost",
            (
                Variant("1 nivel", "trees", _trees(1, 0.6, 0.2, 10)),
                Variant("6 niveles", "trees", _trees(6, 0.9, 0.05, 10, 0.5)),
                Variant("8 niveles aleatorios", "trees", _random_trees(8, 0.04, 10)),
                Variant("4 niveles tras logística", "trees", _trees(4, 0.6, 0.1, 5, 0.5), "logreg"),
            ),
        ),
        Family(
            "mlp",
            "Red neuronal (MLP)",
            (Variant("16 neuronas", "normal", _network(16)),),
        ),
    )
}


LABELS = {name: family.label for name, family in FAMILIES.items()} | {
    STACK: "Combinación",
    BASELINE: "Logística sin ajustar (listón)",
}


def family_label(name: str) -> str:
    """Name of a family for readers."""
    return LABELS.get(name, name)


def baseline(columns: Columns) -> Pipeline:
    """Unfitted plain logistic regression, without curves or tuning: the bar to clear."""
    plain = Columns(columns.numbers, columns.steps, columns.labels, columns.many)
    return Variant("plain", "scaled", lambda seed: LogisticRegression(max_iter=2000)).build(
        plain, 0
    )

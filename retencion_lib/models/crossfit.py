"""Fit the folds once: what they say out of fold, and the models that said it.

Out-of-fold log-odds serve the choice within each family, the stack, the calibration, the
thresholds and the drift reference; the fold models themselves, averaged, are the predictor.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from retencion_lib.features import Columns
from retencion_lib.models.families import Family, Variant
from retencion_lib.models.fitted import Predictor


@dataclass(frozen=True)
class CrossFit:
    """A candidate: its out-of-fold log-odds and the predictor of new rows."""

    name: str  # of the family
    variant: str  # which variant, or which mean of them
    margin: np.ndarray  # out-of-fold log-odds, shape (n,)
    predictor: Predictor
    seconds: float


def cross_fit(
    variant: Variant,
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    columns: Columns,
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> tuple[np.ndarray, list[Pipeline]]:
    """Fit one model a fold; each row is judged by the one that never saw it.

    Parameters
    ----------
    folds : array of shape (n,)
        Fold of each row.
    tick : callable
        Called after each fold, for a progress bar.

    Returns
    -------
    ndarray of shape (n,)
        Out-of-fold log-odds.
    list of Pipeline
        The fold models.
    """
    margin, members = np.full(len(y), np.nan), []
    for fold in np.unique(folds):
        held = folds == fold
        member = variant.build(columns, seed).fit(X[~held], y[~held])
        margin[held] = member.decision_function(X[held])
        members.append(member)
        tick()
    return margin, members


def fit_family(family: Family, *given: object, **more: object) -> CrossFit:
    """Cross-fit every variant and keep the one, or the mean of all, with the best log-loss.

    The arguments after the family are those of `cross_fit` after the variant.
    """
    start = time.process_time()
    y = given[1]
    fitted = {v.name: cross_fit(v, *given, **more) for v in family.variants}
    options = {name: (margin, members) for name, (margin, members) in fitted.items()}
    if len(fitted) > 1:
        margins, groups = zip(*fitted.values(), strict=True)
        together = [member for group in groups for member in group]
        options["media de " + " y ".join(fitted)] = (np.mean(margins, axis=0), together)
    name = min(options, key=lambda o: loss_of(y, options[o][0]))
    margin, members = options[name]
    predictor = Predictor(tuple(members), (1 / len(members),) * len(members))
    return CrossFit(family.name, name, margin, predictor, time.process_time() - start)


def loss_of(y: np.ndarray, margin: np.ndarray) -> float:
    """Mean log-loss of log-odds."""
    return float(np.logaddexp(0, np.where(y == 1, -margin, margin)).mean())


def fit_stack(name: str, parts: list[CrossFit], y: np.ndarray, folds: np.ndarray) -> CrossFit:
    """Logistic regression on the families' out-of-fold log-odds, itself out of fold.

    A family whose weight would be negative is left out: more risk for one of them never means
    less risk for the stack.
    """
    start = time.process_time()
    Z = np.column_stack([part.margin for part in parts])
    margin = np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        weights, offset = stack_weights(Z[~held], y[~held])
        margin[held] = Z[held] @ weights + offset
    weights, offset = stack_weights(Z, y)
    used = [(part, w) for part, w in zip(parts, weights, strict=True) if w > 0]
    members = tuple(m for part, _ in used for m in part.predictor.members)
    spread = tuple(w * share for part, w in used for share in part.predictor.weights)
    variant = ", ".join(part.name for part, _ in used)
    seconds = time.process_time() - start + sum(part.seconds for part in parts)
    return CrossFit(name, variant, margin, Predictor(members, spread, offset), seconds)


def stack_weights(Z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights, none negative, and offset of a logistic regression on log-odds."""
    kept = np.arange(Z.shape[1])
    while True:
        model = LogisticRegression(C=1.0, max_iter=1000).fit(Z[:, kept], y)
        negative = model.coef_[0] < 0
        if not negative.any() or len(kept) == 1:
            break
        kept = kept[~(model.coef_[0] == model.coef_[0].min())]
    weights = np.zeros(Z.shape[1])
    weights[kept] = np.maximum(0, model.coef_[0])
    return weights, float(model.intercept_[0])

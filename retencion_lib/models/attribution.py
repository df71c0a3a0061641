"""Why a customer's score is what it is: the part of each feature in the log-odds, and in words.

Parts always add up to the score. Trees: exact path-dependent Shapley values (Lundberg et al.
2020), of a few rows by xgboost, of many by the tables of `tree_tables`. Linear terms: weight
times distance to the background's mean. One-layer network: integrated gradients along the
straight line from that mean (Sundararajan, Taly & Yan 2017), in closed form since each unit bends
once. Any other estimator: Shapley values sampled over orders of the features (Štrumbelj &
Kononenko 2014). A model that is a weighted sum in log-odds has the weighted sum of its members'
parts.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from retencion_lib.models import FittedModel
from retencion_lib.models.additive import Member
from retencion_lib.models.boosting import xgboost
from retencion_lib.models.estimators import StagedMLP, StagedXGB
from retencion_lib.models.features import matrix_sources
from retencion_lib.models.features.by_value import Values, matrix
from retencion_lib.models.together import alike
from retencion_lib.models.tree_tables import tree_parts

SAMPLED_ORDERS = 8  # each walked forwards and backwards
MANY = 1000  # rows from which tables pay for making them


def contributions(model: FittedModel, frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Part of each feature in the log-odds of each row.

    Parameters
    ----------
    model : FittedModel
        A weighted sum of pipelines in log-odds.
    frame : DataFrame of shape (n, …)
        Rows as the contract check leaves them.

    Returns
    -------
    DataFrame of shape (n, n_features)
        Log-odds before calibration, by original feature; positive raises the risk. The part
        of a derived column is shared equally among the columns it is made from.
    ndarray of shape (n,)
        What is left without them: ``base + row of parts = model.margin(frame)``. It is the
        same for all rows but for the rounding of the trees' single precision.
    """
    frame = frame[model.features]
    parts = np.zeros((len(frame), len(model.features)))
    for same in alike(model.predictor.weighted):
        parts += _parts(same, frame, model.background)
    table = pd.DataFrame(parts, columns=model.features, index=frame.index)
    return table, model.margin(frame) - parts.sum(axis=1)


def _parts(same: list[Member], frame: pd.DataFrame, background: pd.DataFrame) -> np.ndarray:
    """Weighted parts, by original feature, of members that read the same matrix."""
    known = [(m[-1], weight) for m, weight in same if type(m[-1]) in EXACT]
    parts = np.zeros(frame.shape)
    for member, weight in same:
        if type(member[-1]) not in EXACT:
            parts += weight * _sampled_parts(member, frame, background)
    if not known:
        return parts
    member, _ = same[0]
    spread, X = _spread(member, list(frame.columns)), matrix(member[:-1], Values(frame))
    trees = [(e.booster_, weight) for e, weight in known if isinstance(e, StagedXGB)]
    if trees and len(X) >= MANY:
        parts += tree_parts(trees, X, spread)
        known = [(e, weight) for e, weight in known if not isinstance(e, StagedXGB)]
    around = matrix(member[:-1], Values(background))
    for estimator, weight in known:
        parts += weight * (EXACT[type(estimator)](estimator, X, around) @ spread)
    return parts


def _spread(member: Pipeline, features: list[str]) -> np.ndarray:
    """Share of each matrix column that belongs to each feature, shape (n_columns, n_features)."""
    derived = member.named_steps["derive"].sources
    columns = matrix_sources(member.named_steps["prepare"])
    spread = np.zeros((len(columns), len(features)))
    for row, name in enumerate(columns):
        sources = derived.get(name, (name,))
        for source in sources:
            spread[row, features.index(source)] += 1 / len(sources)
    return spread


def _linear_parts(estimator: LogisticRegression, X: np.ndarray, around: np.ndarray) -> np.ndarray:
    return (X - around.mean(axis=0)) * estimator.coef_[0]


def _tree_parts(estimator: StagedXGB, X: np.ndarray, around: np.ndarray) -> np.ndarray:
    return estimator.booster_.predict(xgboost().DMatrix(X), pred_contribs=True)[:, :-1]


def _network_parts(estimator: StagedMLP, X: np.ndarray, around: np.ndarray) -> np.ndarray:
    (into, out), (bias, _) = estimator.model_.coefs_, estimator.model_.intercepts_
    start = around.mean(axis=0)
    before, after = start @ into + bias, X @ into + bias
    # Share of the way from `start` to the row on which each unit is active.
    rise = after - before
    active = np.divide(
        np.maximum(0, after) - np.maximum(0, before),
        rise,
        out=np.repeat((before > 0).astype(float)[None], len(X), axis=0),
        where=np.abs(rise) > 1e-12,
    )
    return (X - start) * ((active * out[:, 0]) @ into.T)


EXACT: dict[type, Callable[..., np.ndarray]] = {
    LogisticRegression: _linear_parts,
    StagedXGB: _tree_parts,
    StagedMLP: _network_parts,
}


def _sampled_parts(member: Pipeline, frame: pd.DataFrame, background: pd.DataFrame) -> np.ndarray:
    """Mean change of the log-odds as each feature goes from a background row's to the row's own.

    Each order is walked in both directions from the same background row, for every customer,
    so that the parts add up to the score minus one constant.
    """
    rng = np.random.default_rng(0)
    parts = np.zeros(frame.shape)
    for _ in range(SAMPLED_ORDERS):
        start = background.iloc[[rng.integers(len(background))] * len(frame)]
        start = start[frame.columns].set_axis(frame.index)
        order = rng.permutation(frame.shape[1])
        for walk in (order, order[::-1]):
            mixed, before = start.copy(), member.decision_function(start)
            for position in walk:
                name = frame.columns[position]
                mixed[name] = frame[name]
                after = member.decision_function(mixed)
                parts[:, position] += after - before
                before = after
    return parts / (2 * SAMPLED_ORDERS)

"""How much each feature alone says about the outcome."""

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import roc_auc_score

from retencion_lib.tables.training import Training

GAP = "(nulo)"  # label of those who have none


def association(training: Training) -> pd.DataFrame:
    """How much each feature alone says about the target.

    Returns
    -------
    DataFrame
        ``name, kind, auc`` (one feature as a score, 0.5 to 1; categories by their share of
        leavers), ``cramers_v`` (categories), ``correlation`` (point-biserial, numbers), best
        first.
    """
    rows = []
    for name in training.X.columns:
        column = training.X[name]
        if name in training.numeric:
            auc, correlation = number_strength(column, training.y)
            rows.append((name, "numeric", auc, correlation, None))
        else:
            auc, v = label_strength(column, training.y)
            rows.append((name, "categorical", auc, None, v))
    table = pd.DataFrame(rows, columns=["name", "kind", "auc", "correlation", "cramers_v"])
    return table.sort_values("auc", ascending=False, ignore_index=True)


def number_strength(column: pd.Series, y: np.ndarray) -> tuple[float, float | None]:
    """ROC-AUC either way round, and point-biserial correlation, of those who have the number."""
    known = column.notna().to_numpy()
    if column[known].nunique() < 2 or len(np.unique(y[known])) < 2:
        return 0.5, None
    auc = float(roc_auc_score(y[known], column[known]))
    return max(auc, 1 - auc), float(np.corrcoef(column[known], y[known])[0, 1])


def label_strength(column: pd.Series, y: np.ndarray) -> tuple[float, float]:
    """ROC-AUC of each label's share of leavers, and Cramér's V."""
    labels = column.fillna(GAP)
    rate = pd.Series(y).groupby(labels.to_numpy()).mean()
    table = pd.crosstab(labels, y).to_numpy()
    v = float(stats.contingency.association(table)) if min(table.shape) > 1 else 0.0
    return float(roc_auc_score(y, labels.map(rate))), v


def unseen_strength(column: pd.Series, y: np.ndarray, folds: np.ndarray) -> float:
    """ROC-AUC of `unseen_rate`."""
    return float(roc_auc_score(y, unseen_rate(column, y, folds)))


def unseen_rate(column: pd.Series, y: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Each label's share of leavers among the customers of the other folds, shape (n,).

    A label that few have knows its own customers by heart; the share that the others give does
    not, so that many labels are no evidence of their own.
    """
    labels, score = column.fillna(GAP).to_numpy(), np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        rate = pd.Series(y[~held]).groupby(labels[~held]).mean()
        known = pd.Series(labels[held]).map(rate)
        score[held] = known.fillna(y[~held].mean()).to_numpy(float)
    return score

"""What is in the table: columns, gaps, balance, and how each feature goes with leaving."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import roc_auc_score

from retencion_lib.tables import Training


def columns_facts(training: Training) -> pd.DataFrame:
    """Kind, gaps and distinct values of each column, and the code of why some are left out."""
    return pd.DataFrame([asdict(c) for c in training.columns])


def numbers_table(training: Training) -> pd.DataFrame:
    """Range and median of each number, and its median among those who stayed and who left."""
    numbers = training.X[training.numeric]
    left = training.y == 1
    return pd.DataFrame(
        {
            "name": training.numeric,
            "min": numbers.min().to_numpy(),
            "median": numbers.median().to_numpy(),
            "max": numbers.max().to_numpy(),
            "median_stayed": numbers[~left].median().to_numpy(),
            "median_left": numbers[left].median().to_numpy(),
        }
    )


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
            rows.append({"name": name, "kind": "numeric", **_number_strength(column, training.y)})
        else:
            rows.append(
                {"name": name, "kind": "categorical", **_label_strength(column, training.y)}
            )
    return pd.DataFrame(rows).sort_values("auc", ascending=False, ignore_index=True)


def _number_strength(column: pd.Series, y: np.ndarray) -> dict:
    known = column.notna().to_numpy()
    if column[known].nunique() < 2 or len(np.unique(y[known])) < 2:
        return {"auc": 0.5, "correlation": None, "cramers_v": None}
    auc = roc_auc_score(y[known], column[known])
    correlation = float(np.corrcoef(column[known], y[known])[0, 1])
    return {"auc": max(auc, 1 - auc), "correlation": correlation, "cramers_v": None}


def _label_strength(column: pd.Series, y: np.ndarray) -> dict:
    labels = column.fillna("(nulo)")
    rate = pd.Series(y).groupby(labels.to_numpy()).mean()
    table = pd.crosstab(labels, y).to_numpy()
    v = float(stats.contingency.association(table)) if min(table.shape) > 1 else 0.0
    return {"auc": roc_auc_score(y, labels.map(rate)), "correlation": None, "cramers_v": v}


def widest_numbers(training: Training, strength: pd.DataFrame, limit: int = 3) -> list[str]:
    """Numbers with enough distinct values to draw their spread, strongest first."""
    drawn = [n for n in strength["name"] if n in training.numeric and training.X[n].nunique() > 6]
    return drawn[:limit]


def correlations(training: Training) -> pd.DataFrame:
    """Spearman correlation between the numeric features, shape (n_numeric, n_numeric)."""
    return training.X[training.numeric].corr(method="spearman")

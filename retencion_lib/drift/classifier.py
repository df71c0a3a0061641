"""All columns at once: can a model tell the customers of now from those of the reference?

If it cannot, its area under the curve on rows it has not seen is about 0.5. This finds what
one column at a time cannot show, such as two columns that no longer go together.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

FOLDS = 5
MAX_LABELS = 200  # the most frequent; the booster takes 255 at most
ROUNDS = 40


@dataclass(frozen=True)
class Told:
    """How well reference and current are told apart."""

    auc: float
    low: float  # 95 % interval
    high: float
    p_value: float  # one-sided, of an area this large from one population
    n_reference: int
    n_current: int
    columns: tuple[tuple[str, float], ...] = ()  # area lost without each, largest first


def tell_apart(reference: pd.DataFrame, current: pd.DataFrame, *, seed: int) -> Told:
    """Area under the curve of a classifier of reference against current, by cross-validation.

    Parameters
    ----------
    reference, current : DataFrame of shape (n, n_features) and (m, n_features)
        The same columns; numbers, or text with None where missing. At least `FOLDS` rows each.
    seed : int
        Of the folds.
    """
    names = [c for c in reference.columns if c in current.columns]
    table = _coded(pd.concat([reference[names], current[names]], ignore_index=True))
    is_now = np.repeat([0, 1], [len(reference), len(current)])
    areas, nulls, losses = [], [], []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(table, is_now):
        n, m = np.bincount(is_now[test])
        nulls.append((n + m + 1) / (12 * n * m))
        with threadpool_limits(1):  # so few rows: threads would only wait for each other
            model = _fit(table.iloc[train], is_now[train], seed)
            areas.append(_area(model, table.iloc[test], is_now[test]))
            losses.append(
                [
                    areas[-1] - _area(model, shuffled, is_now[test])
                    for shuffled in _shuffles(table.iloc[test], seed)
                ]
            )
    auc = float(np.mean(areas))
    error = _hanley_mcneil(auc, len(reference), len(current))
    lost = dict(zip(names, np.mean(losses, axis=0).tolist(), strict=True))
    return Told(
        auc, max(0.0, auc - 1.96 * error), min(1.0, auc + 1.96 * error),
        float(stats.norm.sf((auc - 0.5) / (np.sqrt(np.sum(nulls)) / FOLDS))),
        len(reference), len(current),
        tuple(sorted(lost.items(), key=lambda item: -item[1])),
    )  # fmt: skip


def _fit(rows: pd.DataFrame, is_now: np.ndarray, seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=ROUNDS, max_leaf_nodes=8, min_samples_leaf=20, random_state=seed
    ).fit(rows, is_now)


def _coded(table: pd.DataFrame) -> pd.DataFrame:
    coded = {}
    for name, column in table.items():
        if pd.api.types.is_numeric_dtype(column):
            coded[name] = column.astype(float)
        else:
            often = column.value_counts().index[:MAX_LABELS]
            coded[name] = pd.Series(pd.Categorical(column.where(column.isin(often)), often))
    return pd.DataFrame(coded)


def _area(model: HistGradientBoostingClassifier, rows: pd.DataFrame, is_now: np.ndarray) -> float:
    ranks = stats.rankdata(model.decision_function(rows))
    n, m = np.bincount(is_now)
    return float((ranks[is_now == 1].sum() - m * (m + 1) / 2) / (n * m))


def _shuffles(rows: pd.DataFrame, seed: int):
    order = np.random.default_rng(seed).permutation(len(rows))
    for name in rows.columns:
        yield rows.assign(**{name: rows[name].to_numpy()[order]}).astype({name: rows[name].dtype})


def _hanley_mcneil(auc: float, n: int, m: int) -> float:
    """Standard error of an area; Hanley & McNeil (1982), Radiology 143(1)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (m - 1) * (q1 - auc**2) + (n - 1) * (q2 - auc**2)
    return float(np.sqrt(variance / (n * m)))


def smallest_area(n: int, m: int, p_value: float, power: float) -> float:
    """Area from which a shift is found with the given chance."""
    known = NormalDist()
    z = known.inv_cdf(1 - p_value) + known.inv_cdf(power)
    return min(1.0, 0.5 + z * float(np.sqrt((n + m + 1) / (12 * n * m))))

"""All columns at once: can a model tell the customers of now from those of the reference?

If it cannot, its area under the curve on rows it has not seen is about 0.5. This finds what
one column at a time cannot show, such as two columns that no longer go together.

The areas of several folds depend on each other, and their mean varies more than rows that
were independent would (Bates, Hastie & Tibshirani, 2021): with five folds twice as many
p-values as there should be were under 0.05. So each half has a test of its own, exact given
the model of the other half, and the p-value is twice the smaller (Bonferroni).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 2  # each half is judged by a model of the other
MAX_LABELS = 200  # the most frequent; the booster takes 255 at most
ROUNDS = 40
AT_ONCE = 32  # shuffled tables that are judged in one call, whose cost is mostly its start


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
    from sklearn.model_selection import StratifiedKFold

    names = [c for c in reference.columns if c in current.columns]
    table = _coded(pd.concat([reference[names], current[names]], ignore_index=True))
    is_now = np.repeat([0, 1], [len(reference), len(current)])
    areas, p_values, losses = [], [], []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(table, is_now):
        with threadpool_limits(1):  # so few rows: threads would only wait for each other
            model = _fit(table.iloc[train], is_now[train], seed)
            own, *without = _areas(model, table.iloc[test], is_now[test], seed)
            areas.append(own)
            losses.append([own - area for area in without])
        n, m = np.bincount(is_now[test])
        p_values.append(stats.norm.sf((areas[-1] - 0.5) / _null_error(n, m)))
    auc = float(np.mean(areas))
    # Of one half: the two depend on each other too much to count as twice the rows.
    error = _hanley_mcneil(auc, len(reference) // FOLDS, len(current) // FOLDS)
    lost = dict(zip(names, np.mean(losses, axis=0).tolist(), strict=True))
    return Told(
        auc, max(0.0, auc - 1.96 * error), min(1.0, auc + 1.96 * error),
        min(1.0, FOLDS * float(min(p_values))),
        len(reference), len(current),
        tuple(sorted(lost.items(), key=lambda item: -item[1])),
    )  # fmt: skip


def _fit(rows: pd.DataFrame, is_now: np.ndarray, seed: int) -> "HistGradientBoostingClassifier":
    from sklearn.ensemble import HistGradientBoostingClassifier  # only here: 04 tells nobody apart

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


def _areas(
    model: "HistGradientBoostingClassifier", rows: pd.DataFrame, is_now: np.ndarray, seed: int
) -> list[float]:
    """Area on some rows, and then with each column shuffled."""
    found: list[float] = []
    every = [rows, *_shuffles(rows, seed)]
    for first in range(0, len(every), AT_ONCE):
        some = pd.concat(every[first : first + AT_ONCE])
        said = model.decision_function(some).reshape(-1, len(rows))
        found += [_area(own, is_now) for own in said]
    return found


def _area(said: np.ndarray, is_now: np.ndarray) -> float:
    ranks = stats.rankdata(said)
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


def _null_error(n: int, m: int) -> float:
    """Standard deviation of an area if both sides are one population (Mann-Whitney)."""
    return float(np.sqrt((n + m + 1) / (12 * n * m)))


def smallest_area(n: int, m: int, p_value: float, power: float) -> float:
    """Area from which a shift is found with the given chance or more."""
    known = NormalDist()
    z = known.inv_cdf(1 - p_value / FOLDS) + known.inv_cdf(power)
    return min(1.0, 0.5 + z * _null_error(n // FOLDS, m // FOLDS))

"""One group against everybody else: what is compared, and what is noise.

Ranking: ROC-AUC, its error by DeLong. Truth: how many left beyond the scores, its error that of
true scores. Notices and their precision: two proportions. Where customers have many rows, all
errors cluster by customer, and rankings are those within snapshots.
"""

import numpy as np
from scipy.stats import norm

from retencion_lib.home.exam import Compared, GroupRow
from retencion_lib.maths import metrics

MIN_ROWS, MIN_CLASS = 30, 10  # customers of a group, and of each class, to be compared


def compare_one(
    y: np.ndarray,
    p: np.ndarray,
    flagged: np.ndarray,
    inside: np.ndarray,
    panel: metrics.Panel | None,
) -> GroupRow:
    """Compare the group of the rows `inside` with all the others.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and calibrated score.
    flagged, inside : array of bool of shape (n,)
        Who is flagged, and who is in the group.
    panel : Panel, optional
        Whose each row is and of when, where customers have many.

    Returns
    -------
    GroupRow
        Without a comparison (NaN) where either side has too few customers.
    """
    chosen = None if panel is None else panel.take(flagged)
    return GroupRow(
        n=int(inside.sum()),
        left=float(y[inside].mean()),
        left_rest=float(y[~inside].mean()) if (~inside).any() else np.nan,
        foreseen=float(p[inside].mean()),
        calibration_p=_calibration(y, p, inside, panel),
        **_auc(y, p, inside, panel).under("roc_auc"),
        **_share(flagged, inside, panel).under("selected"),
        **_share(y[flagged] == 1, inside[flagged], chosen).under("precision"),
    )


def _enough(inside: np.ndarray, panel: metrics.Panel | None) -> bool:
    """Whether a group and the rest have the customers to be compared."""
    return min(_size(inside, panel), _size(~inside, panel)) >= MIN_ROWS


def _size(rows: np.ndarray, panel: metrics.Panel | None) -> int:
    return int(rows.sum()) if panel is None else panel.take(rows).n_customers


def _calibration(
    y: np.ndarray, p: np.ndarray, inside: np.ndarray, panel: metrics.Panel | None
) -> float:
    if not _enough(inside, panel):
        return np.nan
    if panel is not None:
        found = metrics.mean_contrast(y - p, inside, panel)
        return _p_value(found.own - found.rest, found.gap_error)
    gaps, errors = zip(*(_gap(y[part], p[part]) for part in (inside, ~inside)), strict=True)
    return _p_value(gaps[0] - gaps[1], np.hypot(*errors))


def _gap(y: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Share that left beyond the scores, and its standard error if the scores are true."""
    return float((y - p).mean()), float(np.sqrt((p * (1 - p)).sum()) / len(y))


def _auc(y: np.ndarray, p: np.ndarray, inside: np.ndarray, panel: metrics.Panel | None) -> Compared:
    found = _auc_of_rows(y, p, inside) if panel is None else _auc_within(y, p, inside, panel)
    half = norm.ppf(0.975) * found.own_error
    low, high = max(0.0, found.own - half), min(1.0, found.own + half)
    p_value = _p_value(found.own - found.rest, found.gap_error)
    return Compared(found.own, low, high, found.rest, p_value)


def _auc_of_rows(y: np.ndarray, p: np.ndarray, inside: np.ndarray) -> metrics.Contrast:
    found = []
    for part in (inside, ~inside):
        if min(np.bincount(y[part].astype(int), minlength=2)) < MIN_CLASS:
            found.append((np.nan, np.nan))
            continue
        auc, covariance = metrics.delong_covariance(y[part], [p[part]])
        found.append((float(auc[0]), float(np.sqrt(covariance[0, 0]))))
    (own, error), (rest, rest_error) = found
    return metrics.Contrast(own, rest, error, np.hypot(error, rest_error))


def _auc_within(
    y: np.ndarray, p: np.ndarray, inside: np.ndarray, panel: metrics.Panel
) -> metrics.Contrast:
    shared = metrics.rankable_in_both(y, inside, panel)
    sides = [shared & part & (y == label) for part in (inside, ~inside) for label in (0, 1)]
    if min(_size(side, panel) for side in sides) < MIN_CLASS:
        return metrics.Contrast(np.nan, np.nan, np.nan, np.nan)
    return metrics.auc_contrast(y, p, inside, panel)


def _share(hits: np.ndarray, inside: np.ndarray, panel: metrics.Panel | None) -> Compared:
    own, rest = hits[inside], hits[~inside]
    if len(own) == 0 or len(rest) == 0:
        return Compared()
    low, high = metrics.share_interval(own, None if panel is None else panel.take(inside))
    if panel is None:
        pooled = (own.sum() + rest.sum()) / (len(own) + len(rest))
        error = np.sqrt(pooled * (1 - pooled) * (1 / len(own) + 1 / len(rest)))
    else:
        error = metrics.mean_contrast(hits, inside, panel).gap_error
    p = _p_value(own.mean() - rest.mean(), error) if _enough(inside, panel) else np.nan
    return Compared(float(own.mean()), low, high, float(rest.mean()), p)


def _p_value(gap: float, error: float) -> float:
    return float(2 * norm.sf(abs(gap) / error)) if error > 0 else np.nan

"""What knows the future, where customers have a history; and who comes back after leaving.

A panel shows what a single snapshot hides. A value of the day of the extract, copied beside older
snapshots, never moves for its customer; alone it ranks the newest snapshots far better than the
old ones. Honest columns of an ageing portfolio walk as well, but together: only what walks apart
from the others is a suspect. Without a history there is nothing to see, and nothing is said.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from retencion_lib.maths.metrics import Panel
from retencion_lib.maths.metrics.delong import auc_influence
from retencion_lib.tables.evidence import Evidence, Suspect
from retencion_lib.tables.strength import unseen_rate
from retencion_lib.tables.training import Training

LEVEL = 0.05  # of the test of all columns together
WALK = 0.10  # of ROC-AUC, between the newest and the oldest snapshots
TOP = 0.80  # ROC-AUC that the better end must reach
NEWEST = 3  # snapshots that a value of today may still describe
FEWEST_SNAPSHOTS = 4  # of a customer, for it to show whether it moves; of a panel, to walk over
FROZEN = 0.95  # share of customers in which nothing moves
DISTINCT = 10  # values; with fewer it is a flag or a class
FEWEST_ROWS = 30  # of each class, at either end
SPEAKS = 0.65  # ROC-AUC from which a column says something


@dataclass(frozen=True)
class Walk:
    """ROC-AUC of one column alone at both ends of time, the stronger end above one half."""

    newest: float
    oldest: float
    error: float  # standard error of their difference, clustered by customer

    @property
    def gain(self) -> float:
        """How much better it ranks the newest."""
        return self.newest - self.oldest

    @property
    def top(self) -> float:
        """ROC-AUC at its better end."""
        return max(self.newest, self.oldest)


@dataclass(frozen=True)
class Returned:
    """Customers given up for lost, and those of them that a later snapshot saw stay."""

    lost: int  # with a snapshot after the outcome of their first loss
    back: int

    @property
    def share(self) -> float:
        """Share that came back."""
        return self.back / self.lost


def time_suspects(training: Training, folds: np.ndarray) -> list[Suspect]:
    """Columns that may know what came after their snapshot, the strongest evidence first.

    Parameters
    ----------
    folds : array of shape (n,)
        Fold of each row, whole customers together: labels are judged by the other folds.

    Returns
    -------
    list of Suspect
        A column may be in it twice; empty without a history.
    """
    if training.snapshots is None:
        return []
    scores = {
        name: column.to_numpy(float)
        if name in training.numeric
        else unseen_rate(column, training.y, folds)
        for name, column in training.X.items()
    }
    return [*_walkers(training, scores), *_frozen(training, scores), *_later_dates(training)]


def _walkers(training: Training, scores: dict[str, np.ndarray]) -> list[Suspect]:
    measured = {name: walk_of(training.y, s, training.panel) for name, s in scores.items()}
    walks = {name: walk for name, walk in measured.items() if walk}
    clear = norm.isf(LEVEL / 2 / max(1, len(walks)))
    found = []
    for name, walk in walks.items():
        others = [w.gain for o, w in walks.items() if o != name and w.top >= SPEAKS]
        apart = walk.gain - (float(np.median(others)) if others else 0.0)
        if walk.top < TOP or abs(walk.gain) <= clear * walk.error:
            continue
        if min(walk.gain, apart) >= WALK:
            found.append(Suspect(name, Evidence.WALKS, walk.newest, beside=walk.oldest))
        elif max(walk.gain, apart) <= -WALK:
            found.append(Suspect(name, Evidence.FADES, walk.oldest, beside=walk.newest))
    return found


def walk_of(y: np.ndarray, score: np.ndarray, panel: Panel) -> Walk | None:
    """ROC-AUC of a score in the newest snapshots and in the older half.

    Parameters
    ----------
    score : array of shape (n,)
        Rows where it is missing are left out.

    Returns
    -------
    Walk
        None with too few snapshots that have both classes, or too few rows of one at an end.
    """
    known = np.flatnonzero(~np.isnan(score))
    known = known[panel.take(known).ranked(y[known])] if len(known) else known
    days = np.unique(panel.snapshots[known])
    if len(days) < FEWEST_SNAPSHOTS:
        return None
    half = len(days) // 2
    auc, moved, rows = [], [], []
    for end in (days[-min(NEWEST, half) :], days[:half]):
        own = known[np.isin(panel.snapshots[known], end)]
        if np.bincount(y[own], minlength=2).min() < FEWEST_ROWS:
            return None
        (area,), (line,) = auc_influence(y[own], [score[own]], panel.take(own))
        auc.append(area)
        moved.append(line if len(auc) == 1 else -line)
        rows.append(own)
    error = panel.take(np.concatenate(rows)).error(np.concatenate(moved))
    newest, oldest = auc
    if max(newest, oldest) - 0.5 < 0.5 - min(newest, oldest):
        newest, oldest = 1 - newest, 1 - oldest
    return Walk(float(newest), float(oldest), error)


def _frozen(training: Training, scores: dict[str, np.ndarray]) -> list[Suspect]:
    """Numbers that never move, and yet rank about as well as the best of those that do."""
    still = [
        name
        for name in training.numeric
        if training.X[name].nunique() >= DISTINCT
        and frozen_share(training.panel.customers, training.X[name]) >= FROZEN
    ]
    if not still:
        return []
    auc = {name: _within(training, score) for name, score in scores.items()}
    best = max((value for name, value in auc.items() if name not in still), default=0.5)
    return [
        Suspect(name, Evidence.FROZEN, auc[name], beside=best)
        for name in still
        if auc[name] >= max(SPEAKS, best - WALK)
    ]


def frozen_share(customers: np.ndarray, column: pd.Series) -> float:
    """Share of the customers with at least four values in whom it never moves; 0 if none has."""
    own = column.groupby(customers)
    many = own.count() >= FEWEST_SNAPSHOTS
    return float((own.nunique()[many] == 1).mean()) if many.any() else 0.0


def _within(training: Training, score: np.ndarray) -> float:
    """Mean ROC-AUC within snapshots, either way round; one half where none can be ranked."""
    known = ~np.isnan(score)
    if not known.any():
        return 0.5
    (auc,), _ = auc_influence(training.y[known], [score[known]], training.panel.take(known))
    return 0.5 if np.isnan(auc) else float(max(auc, 1 - auc))


def _later_dates(training: Training) -> list[Suspect]:
    """Columns of dates that were not yet known on the day of their row.

    What is planned, such as the end of a contract, goes on past the day of the extract; what was
    written down stops there, before the snapshot that would have come next. One and the same later
    day is how people write "never".
    """
    taken = np.unique(training.snapshots)
    step = np.diff(taken).max() if len(taken) > 1 else np.timedelta64(0, "D")
    found, extract = [], training.clock.as_of + step
    for name, column in training.dates.items():
        texts = column.astype(object).where(column.notna(), "NaT").astype(str)
        days = texts.to_numpy(dtype="datetime64[D]")
        if len(np.unique(days[days > extract])) > 1:
            continue
        late = (days > training.snapshots) & (days <= extract)
        if late.any():
            share, rows = float(late.mean()), float(late.sum())
            found.append(Suspect(name, Evidence.LATER_DATE, share, beside=rows))
    return found


def returned(training: Training) -> Returned | None:
    """Who was given up for lost, and whom a snapshot of after that outcome saw stay.

    Returns
    -------
    Returned
        None without a history, or where nobody was lost early enough to be seen again.
    """
    if training.snapshots is None:
        return None
    left = training.y == 1
    closes = training.clock.closes(training.snapshots[left])
    lost = pd.Series(closes, training.ids[left].to_numpy()).groupby(level=0).min()
    lost = lost[lost <= training.snapshots.max()]
    if lost.empty:
        return None
    stayed = pd.Series(training.snapshots[~left], training.ids[~left].to_numpy())
    last = stayed.groupby(level=0).max().reindex(lost.index)
    return Returned(len(lost), int((last >= lost).sum()))

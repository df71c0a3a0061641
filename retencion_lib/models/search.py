"""Find columns made from others that tell what no model sees in the columns alone.

A sum of charges, or a charge per minute, is a straight line to a person and a staircase to a
tree. Of the candidates of `screening`, the sum and the ratio that hold most of what a probe model
left unexplained are tried, and each one kept must make the out-of-fold log-loss of the probe fall
by more than its noise; so must each column of a sum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit

from retencion_lib.maths.metrics import log_loss_difference
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.estimators import StagedXGB
from retencion_lib.models.families import Variant
from retencion_lib.models.features import Derived, describe
from retencion_lib.models.screening import candidates, reshaped, screen, units

PROBE = Variant(
    "probe", "trees", lambda seed: StagedXGB(4, 0.8, learning_rate=0.2, step=5, seed=seed)
)
MAX_ROWS = 20_000  # the search looks at no more
MAX_COLUMNS = 30
MAX_KEPT = 4
SURE = 0.01  # chance, of one candidate alone, from which trying it is worth a probe
ERRORS = 2.0  # standard errors by which log-loss must fall


@dataclass(frozen=True)
class Found:
    """A derived column that was kept, and how much it helped the probe."""

    column: Derived
    gain: float  # fall of out-of-fold log-loss
    error: float  # its standard error


@dataclass(frozen=True)
class Search:
    """What a search looked at, what it tried, and what it kept."""

    kept: tuple[Found, ...] = ()
    looked_at: int = 0  # candidates
    tried: tuple[Derived, ...] = ()  # those that passed the screen, and so met the probe

    @property
    def columns(self) -> list[Derived]:
        """The columns kept."""
        return [found.column for found in self.kept]


def search(
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    numeric: list[str],
    categorical: list[str],
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> Search:
    """Add one derived column at a time while it helps beyond noise.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
        Numbers as float, categories as text with None where missing.
    y, folds : array of shape (n,)
        1 = left, and the fold of each row.
    tick : callable
        Called after each model of the probe; how many there will be, nobody knows.
    """
    if len(y) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(y), MAX_ROWS, replace=False))
        X, y, folds = X.iloc[rows].reset_index(drop=True), y[rows], folds[rows]
    columns = describe(X, numeric, categorical)
    numbers = list(columns.numbers)[:MAX_COLUMNS]
    groups = units(X, numbers)
    pool = candidates(X, numbers, groups)
    looked_at = len(pool)
    if not pool:
        return Search()

    prepared = list(fold_parts(PROBE, X, y, folds, columns, seed))

    def probe(*derived: Derived) -> np.ndarray:
        more = np.array([d.of(X) for d in derived]).reshape(len(derived), len(y)).T
        return expit(cross_fit(PROBE, y, [p.beside(more) for p in prepared], seed, tick)[0])

    kept: list[Found] = []
    tried: list[Derived] = []
    p = probe()
    while pool and len(kept) < MAX_KEPT:
        added = partial(probe, *(f.column for f in kept))
        for best in screen(X, y, p, pool, at_most=np.log(SURE)):
            tried.append(best)
            pool.remove(best)
            after = added(best)
            if _better(y, p, after):
                break
        else:
            break
        if best.kind == "sum":
            best, after = _right_length(best, after, added, partial(reshaped, X, groups, y, p), y)
            pool = [c for c in pool if c != best]
        kept.append(Found(best, *log_loss_difference(y, p, after)))
        p = after
    return Search(tuple(kept), looked_at, tuple(tried))


def _right_length(
    column: Derived,
    p: np.ndarray,
    added: Callable[[Derived], np.ndarray],
    reshape: Callable[[Derived, bool], Derived | None],
    y: np.ndarray,
) -> tuple[Derived, np.ndarray]:
    """Lengthen a sum while that helps, then shorten it while that does no harm, beyond noise.

    Each column of the sum has then earned its place: one of another unit adds little but noise.
    """
    while (longer := reshape(column, True)) is not None:
        after = added(longer)
        if not _better(y, p, after):
            break
        column, p = longer, after
    short, q = column, p
    while (shorter := reshape(short, False)) is not None:
        after = added(shorter)
        if _better(y, after, p):
            break
        short, q = shorter, after
    return short, q


def _better(y: np.ndarray, before: np.ndarray, after: np.ndarray) -> bool:
    """True if log-loss falls beyond its noise."""
    gain, error = log_loss_difference(y, before, after)
    return gain > ERRORS * error

"""Rows that are not strangers: many snapshots of one customer are one customer, not many.

Errors cluster by customer: what each row moves a measure by is summed over the rows of its
customer before it is squared. Obuchowski (1997), Biometrics 53(2), 567-578, for ROC-AUC; Liang &
Zeger (1986), Biometrika 73(1), 13-22, for means.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

MIN_CLASS = 2  # of each class, for a snapshot to be ranked


@dataclass(frozen=True)
class Panel:
    """Whose each row is, and of which snapshot."""

    customers: np.ndarray  # code of each row's customer, shape (n,), 0 or more
    snapshots: np.ndarray  # code of each row's snapshot, shape (n,), 0 or more

    def take(self, rows: np.ndarray) -> "Panel":
        """The panel of some rows, by place or by mask; codes stay what they were."""
        return Panel(self.customers[rows], self.snapshots[rows])

    @property
    def n_customers(self) -> int:
        """How many customers the rows belong to."""
        return len(np.unique(self.customers))

    def covariance(self, influence: np.ndarray) -> np.ndarray:
        """Covariance, shape (k, k), of k measures by what each row moves them by.

        Parameters
        ----------
        influence : array of shape (k, n)
            Each line sums to zero, as seen or if what is tested were true.

        Returns
        -------
        ndarray of shape (k, k)
            NaN where all the rows are of one customer.
        """
        sums = np.stack([np.bincount(self.customers, weights=line) for line in influence])
        n = self.n_customers
        return sums @ sums.T * (n / (n - 1) if n > 1 else np.nan)

    def error(self, influence: np.ndarray) -> float:
        """Standard error of one measure: `covariance` of one line, shape (n,)."""
        return float(np.sqrt(self.covariance(influence[None])[0, 0]))

    def ranked(self, y: np.ndarray) -> np.ndarray:
        """True, shape (n,), in the rows of snapshots that have at least two of each class."""
        left = np.bincount(self.snapshots, weights=np.asarray(y) == 1)
        stayed = np.bincount(self.snapshots) - left
        return (np.minimum(left, stayed) >= MIN_CLASS)[self.snapshots]

    def redrawn(self, seed: int, repeats: int) -> Iterator[np.ndarray]:
        """How often each row is in each bootstrap draw of customers, shape (n,) a draw."""
        rng = np.random.default_rng(seed)
        found, own = np.unique(self.customers, return_inverse=True)
        for _ in range(repeats):
            times = np.bincount(rng.integers(0, len(found), len(found)), minlength=len(found))
            yield times[own].astype(float)


def panel_of(customers: Sequence, snapshots: Sequence) -> Panel:
    """Panel of rows by the id of their customer and the date of their snapshot, in any form.

    Codes follow the order of ids and of dates, not that of the rows.
    """
    customers, snapshots = (
        pd.factorize(pd.Series(values), sort=True, use_na_sentinel=False)[0]
        for values in (customers, snapshots)
    )
    return Panel(customers, snapshots)

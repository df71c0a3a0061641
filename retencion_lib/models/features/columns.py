"""How each feature should enter a matrix: as a number, a step, a label, or one label of many.

Decided from the features alone, never from the outcome, so that it leaks nothing into folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from retencion_lib.models.features.derived import Derived

FEW_VALUES = 6  # a number with no more distinct values than knots is a step, not a curve
MANY_LABELS = 25  # beyond this, one column a label costs more than it tells


@dataclass(frozen=True)
class Columns:
    """The features of a table by the treatment that each one gets."""

    numbers: tuple[str, ...]  # enough distinct values to draw a curve through
    steps: tuple[str, ...]  # numbers with few distinct values, such as 0/1
    labels: tuple[str, ...]  # categories with few labels
    many: tuple[str, ...]  # categories with many labels
    derived: tuple[Derived, ...] = ()  # made from the numbers, see `derived`

    @property
    def curves(self) -> list[str]:
        """Numbers and derived columns: all that deserves a curve."""
        return [*self.numbers, *(d.name for d in self.derived)]


def describe(
    X: pd.DataFrame,
    numeric: Sequence[str],
    categorical: Sequence[str],
    derived: Sequence[Derived] = (),
) -> Columns:
    """Decide the treatment of each feature.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
        Numbers as float, categories as text with None where missing.
    numeric, categorical : sequence of str
        Names of the columns of each kind.
    derived : sequence of Derived
        Columns to add.
    """
    distinct = X.nunique()
    return Columns(
        numbers=tuple(c for c in numeric if distinct[c] > FEW_VALUES),
        steps=tuple(c for c in numeric if distinct[c] <= FEW_VALUES),
        labels=tuple(c for c in categorical if distinct[c] <= MANY_LABELS),
        many=tuple(c for c in categorical if distinct[c] > MANY_LABELS),
        derived=tuple(derived),
    )

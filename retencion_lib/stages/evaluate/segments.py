"""Does the model treat every group alike? Ranking, truth and notices by group, and what is noise.

Each group is compared with everybody else, by `contrast`. All the comparisons made are counted
(Holm 1979): with many groups, some would look different by luck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from retencion_lib.home.exam import GroupRow, Groups
from retencion_lib.maths import metrics
from retencion_lib.stages.evaluate.contrast import compare_one
from retencion_lib.stages.evaluate.examine import Examined
from retencion_lib.tables import Training

LEVEL = 0.05
FEW_VALUES, BANDS, MAX_GROUPS = 6, 4, 12
MEASURES = ("roc_auc", "calibration", "selected", "precision")
LABEL, BAND = "label", "band"  # kinds of group that have a code
MISSING, OTHER = ("missing", ""), ("other", "")


@dataclass(frozen=True)
class Segments:
    """Groups compared, and the comparisons that hold."""

    groups: tuple[GroupRow, ...]
    n_tests: int
    named: bool  # the columns were asked for

    def differing(self) -> list[GroupRow]:
        """Groups that differ in something beyond noise."""
        return [row for row in self.groups if row.differs]

    def most(self) -> GroupRow:
        """Group least like the others in what is compared, whether beyond noise or not."""
        return min(self.groups, key=lambda row: np.nanmin([np.inf, *_p_values(row, self.named)]))

    def facts(self) -> Groups:
        """Section of the exam's document."""
        return Groups(self.n_tests, LEVEL, self.groups)


def _used(named: bool) -> tuple[str, ...]:
    return MEASURES if named else MEASURES[:2]


def _p_values(row: GroupRow, named: bool) -> list[float]:
    return [row.p_value(m) for m in _used(named)]


def group_of(values: pd.Series) -> pd.Series:
    """Group of each customer by one column, as pairs of kind and code.

    A label is its own code; a band of a number is ``low..high``, the low end outside and the high
    one inside; who has no value, and the labels that few have, need no code.
    """
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_VALUES:
        edges = np.unique(values.quantile(np.linspace(0, 1, BANDS + 1)[1:-1]))
        ends = ["", *(f"{edge:g}" for edge in edges), ""]
        bands = [(BAND, f"{low}..{high}") for low, high in pairwise(ends)]
        places = np.searchsorted(edges, values.fillna(edges[0]), side="left")
        groups = [bands[place] for place in places]
    else:
        labels = values.map(_label)
        often = set(labels[values.notna()].value_counts().index[: MAX_GROUPS - 1])
        few = labels[values.notna()].nunique() + values.isna().any() <= MAX_GROUPS
        groups = [(LABEL, name) if few or name in often else OTHER for name in labels]
    known = zip(groups, values.notna(), strict=True)
    return pd.Series([group if there else MISSING for group, there in known], dtype=object)


def _label(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def grouping_columns(customers: Training, asked: Sequence[str]) -> dict[str, pd.Series]:
    """Columns to compare by: those asked for, else the sensitive and those of few labels.

    Raises
    ------
    DataError
        If there is no such column.
    """
    few = [c for c in customers.X if 2 <= customers.X[c].nunique() <= FEW_VALUES]
    sensitive = [c.name for c in customers.columns if c.kind == "sensitive"]
    return {name: customers.values(name) for name in asked or [*sensitive, *few]}


def compare(examined: Examined, columns: Mapping[str, pd.Series], *, named: bool) -> Segments:
    """Compare each group of the customers examined with everybody else: `compare_groups`."""
    cut = examined.exam.threshold.value
    y, p, panel = examined.y, examined.scores, examined.rows.panel
    return compare_groups(y, p, cut, columns, named=named, panel=panel)


def compare_groups(
    y: np.ndarray,
    p: np.ndarray,
    threshold: float,
    columns: Mapping[str, pd.Series],
    *,
    named: bool = True,
    panel: metrics.Panel | None = None,
) -> Segments:
    """Compare each group with everybody else.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and calibrated score.
    threshold : float
        Score from which a customer is flagged.
    columns : mapping of str to Series of shape (n,)
        What to group by.
    named : bool
        Whether the user asked for them; only then are notices and their precision compared,
        since these follow how many leave in a group, and in most they differ rightly.
    panel : Panel, optional
        Whose each row is and of when, where customers have many.

    Returns
    -------
    Segments
        Groups too small to compare are there without a comparison.
    """
    y, p = np.asarray(y), np.asarray(p)
    rows = []
    for column, values in columns.items():
        labels = group_of(values.reset_index(drop=True))
        found = sorted(labels.unique())
        for place, group in enumerate(found):
            inside = np.array([own == group for own in labels])
            row = compare_one(y, p, p >= threshold, inside, panel)
            if len(found) == 2 and place:
                # The second of two groups is the rest of the first: the same comparison.
                row = replace(row, **{f"{m}_p": np.nan for m in MEASURES})
            rows.append(replace(row, column=column, kind=group[0], group=group[1]))
    return _judged(rows, named)


def _judged(rows: Sequence[GroupRow], named: bool) -> Segments:
    """Groups, each with the measures in which it differs, all the comparisons counted."""
    used = _used(named)
    p_values = np.array([_p_values(row, named) for row in rows], float).reshape(-1, len(used))
    rejected = holm(p_values.ravel()).reshape(p_values.shape)
    differs = [tuple(m for m, hit in zip(used, own, strict=True) if hit) for own in rejected]
    judged = (replace(row, differs=d) for row, d in zip(rows, differs, strict=True))
    return Segments(tuple(judged), int(np.isfinite(p_values).sum()), named)


def holm(p_values: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """True where a comparison holds at `level` among all of them; NaN was not made.

    Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    """
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)[: np.isfinite(p_values).sum()]
    holds = p_values[order] <= level / np.arange(len(order), 0, -1)
    rejected = np.zeros(len(p_values), bool)
    rejected[order[np.logical_and.accumulate(holds)]] = True
    return rejected

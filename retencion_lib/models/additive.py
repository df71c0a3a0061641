"""Linear models of several folds as one: a sum over the columns of a function of that column.

Each fold fills, bends and scales a column in its own way, but the log-odds of a linear model are a
sum over columns whatever it does, and so is any weighted sum of several. Of few values, the sum is
found for each value. Of many values that go through cubic splines it is a cubic between knots: it
is read off the fitted models at a few points of each stretch, and that is exact.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.impute import MissingIndicator
from sklearn.pipeline import Pipeline

from retencion_lib.models.features.by_value import BY_VALUE, Values, blocks_of, prepared

Member = tuple[Pipeline, float]  # a fitted pipeline, and its weight
POINTS = np.cos(np.pi * (2 * np.arange(4) + 1) / 8)  # in a stretch from -1 to 1: where to read it
CUBIC = np.linalg.inv(np.vander(POINTS, increasing=True))  # from its values there to its weights


@dataclass
class _Bends:
    """Splines of one column in several members, and what each own column weighs."""

    knots: list[np.ndarray] = field(default_factory=list)
    bends: list[tuple[Pipeline, int, np.ndarray]] = field(default_factory=list)


def linear_log_odds(members: list[Member], values: Values) -> np.ndarray:
    """Weighted sum of the log-odds of linear members, shape (n,)."""
    total = np.full(len(values.frame), sum(w * float(m[-1].intercept_[0]) for m, w in members))
    by_value: dict[str, np.ndarray] = {}
    curved: dict[str, _Bends] = {}
    table = members[0][0][0].transform(values.frame)
    for member, weight in members:
        left = weight * member[-1].coef_[0]
        for name, transformer, read, sources in blocks_of(member[1]):
            own, left = left[: len(sources)], left[len(sources) :]
            if name in BY_VALUE:
                for column, block in prepared(transformer, read, sources, values).items():
                    part = block @ own[np.array(sources) == column]
                    by_value[column] = by_value.get(column, 0.0) + part
            elif isinstance(transformer, MissingIndicator):
                total += table[sources].isna().to_numpy() @ own
            elif "splinetransformer" in transformer.named_steps:
                _note_bends(transformer, read, own, curved)
            else:
                total += transformer.transform(table[read]) @ own
    for column, part in by_value.items():
        total += part[values.of(column)[0]]
    for column, bends in curved.items():
        total += curve(bends.knots, bends.bends, table[column].to_numpy(float))
    return total


def _note_bends(
    transformer: Pipeline, read: list[str], own: np.ndarray, curved: dict[str, _Bends]
) -> None:
    splines = transformer.named_steps["splinetransformer"].bsplines_
    for i, (column, weights) in enumerate(zip(read, np.split(own, len(read)), strict=True)):
        known = curved.setdefault(column, _Bends())
        known.knots.append(splines[i].t)
        known.bends.append((transformer, i, weights))


def curve(
    knots: list[np.ndarray], bends: list[tuple[Pipeline, int, np.ndarray]], x: np.ndarray
) -> np.ndarray:
    """Sum of the splines of one column, each times its weights, at each x; nan is a gap."""
    ends = np.unique(np.concatenate(knots))
    middle, half = (ends[1:] + ends[:-1]) / 2, np.diff(ends) / 2
    inside = middle[:, None] + half[:, None] * POINTS
    found = _read_off(bends, np.concatenate([[np.nan], ends, inside.ravel()]))
    gap, at_ends, within = np.split(found, [1, 1 + len(ends)])
    # Odd places are the knots themselves, where a spline may jump; even ones lie between.
    count = 2 * len(ends) + 1
    weights, centre, scale = np.zeros((4, count)), np.zeros(count), np.ones(count)
    weights[0, 1::2] = at_ends
    weights[:, 2:-1:2] = CUBIC @ within.reshape(-1, 4).T
    centre[2:-1:2], scale[2:-1:2] = middle, half
    x = np.clip(x, ends[0], ends[-1])  # beyond the last knot a spline stays as it is there
    place = np.searchsorted(ends, x, "left") + np.searchsorted(ends, x, "right")
    u = (x - centre[place]) / scale[place]
    total = weights[3][place]
    for power in (2, 1, 0):
        total = total * u + weights[power][place]
    return np.where(np.isnan(x), gap, total)


def _read_off(bends: list[tuple[Pipeline, int, np.ndarray]], points: np.ndarray) -> np.ndarray:
    """Sum of the splines of one column at some points, as the fitted models say it."""
    total = np.zeros(len(points))
    for transformer, i, weights in bends:
        names = list(transformer.feature_names_in_)
        rows = pd.DataFrame(dict.fromkeys(names, points), columns=names)
        made = np.split(transformer.transform(rows), len(names), axis=1)[i]
        total += made @ weights
    return total

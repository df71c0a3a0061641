"""What a figure draws, read back from it: each bar, point and cell, with the value that it shows.

One reading serves the value shown where a mark is pointed at and the figure's table. A line that
is dashed or dotted, or spans its axes, is only there to compare with, and is no mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import FillBetweenPolyCollection, QuadMesh
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from matplotlib.ticker import Formatter, ScalarFormatter

from retencion_lib.words import es

MOST = 200  # points of a line that are drawn: more would not be told apart


@dataclass(frozen=True)
class Mark:
    """One bar, point or cell: what it is of, its value, and where it stands in the axes' data."""

    series: str
    at: str
    value: float
    spot: tuple[float, float]  # in data: its point, or the corner of its bar
    reach: tuple[float, float] = (0.0, 0.0)  # in data: width and height of a bar
    ends: tuple[float, float] | None = None  # its interval


@dataclass(frozen=True)
class Panel:
    """One pair of axes, what its marks are called, and the marks."""

    axes: Axes
    title: str
    place: str  # what tells the marks apart
    value: str  # what they show
    marks: list[Mark] = field(default_factory=list)

    def said(self, mark: Mark) -> str:
        """A mark for a reader: which it is, its value, and its interval."""
        digits = places([m.value for m in self.marks])
        value = f"{self.value}: {es(mark.value, digits)}" if self.value else es(mark.value, digits)
        if mark.ends:
            value += f", entre {' y '.join(es(end, digits) for end in mark.ends)}"
        at = f"{self.place}: {mark.at}" if self.place else mark.at
        return " · ".join(filter(None, (mark.series, at, value)))


def panels(fig: Figure) -> list[Panel]:
    """Each pair of axes that is shown, in the order in which they were made."""
    shown = [ax for ax in fig.axes if ax.axison and ax.get_label() != "<colorbar>"]
    return [_panel(ax, fig) for ax in shown]


def few(n: int) -> np.ndarray:
    """Which of so many points of a line to draw: the ends, and as many as can be told apart."""
    return np.unique(np.linspace(0, n - 1, min(n, MOST)).round().astype(int))


def places(values: list[float]) -> int:
    """Decimals that tell values of one kind apart."""
    known = np.array([v for v in values if np.isfinite(v)])
    if not len(known) or (known == known.round()).all():
        return 0
    span = np.ptp(known) or abs(known[0])
    return int(np.clip(3 - np.ceil(np.log10(span)), 0, 4))


def whole(formatter: Formatter) -> Formatter:
    """The formatter that gives labels at full length."""
    return getattr(formatter, "whole", formatter)


def _panel(ax: Axes, fig: Figure) -> Panel:
    lying = any(c.orientation == "horizontal" for c in ax.containers if isinstance(c, BarContainer))
    x, y = (ax.get_xlabel() or fig.get_supxlabel()), (ax.get_ylabel() or fig.get_supylabel())
    place, value = (y, x) if lying else (x, y)
    title = ax.get_title(loc="left") or ax.get_title()
    value = value.partition(";")[0]  # what stands behind explains a line
    return Panel(ax, title, place, value, [*_bars(ax), *_steps(ax), *_lines(ax), *_cells(ax)])


def _series(artist: object) -> str:
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def _bars(ax: Axes) -> Iterator[Mark]:
    for group in (c for c in ax.containers if isinstance(c, BarContainer)):
        for bar in group.patches:
            (x, y), width, height = bar.get_xy(), bar.get_width(), bar.get_height()
            lying = group.orientation == "horizontal"
            at = _at(ax.yaxis, y + height / 2) if lying else _at(ax.xaxis, x + width / 2)
            value = width if lying else height
            if np.isfinite(value):
                yield Mark(_series(group), at, float(value), (x, y), (width, height))


def _steps(ax: Axes) -> Iterator[Mark]:
    for steps in (p for p in ax.patches if isinstance(p, StepPatch)):
        values, edges, _ = steps.get_data()
        digits = places(list(edges))
        for value, low, high in zip(values, edges, edges[1:], strict=False):
            at = f"{es(low, digits)} a {es(high, digits)}"
            yield Mark(_series(steps), at, float(value), (low, value), (high - low, 0))


def _lines(ax: Axes) -> Iterator[Mark]:
    bars = [c for c in ax.containers if isinstance(c, ErrorbarContainer)]
    named = {c.lines[0]: c for c in bars}
    caps = {cap for c in bars for cap in c.lines[1]}
    band = _band(ax)
    for line in (each for each in ax.lines if each not in caps and _is_mark(each, ax)):
        ends = {**band, **_ends(named[line])} if line in named else band
        name = _series(named.get(line, line))
        points = np.column_stack([line.get_xdata(orig=False), line.get_ydata(orig=False)])
        digits = places(list(points[:, 0]))
        for x, y in points[np.isfinite(points).all(axis=1)].tolist():
            yield Mark(name, _at(ax.xaxis, x, digits), y, (x, y), ends=ends.get(round(x, 9)))


def _is_mark(line: Line2D, ax: Axes) -> bool:
    return line.get_linestyle() not in ("--", ":") and line.get_transform() == ax.transData


def _ends(bar: ErrorbarContainer) -> dict[float, tuple[float, float]]:
    """Ends of the vertical intervals by their place."""
    segments = [s for lines in bar.lines[2] for s in lines.get_segments() if len(s)]
    return {round(s[0][0], 9): (s[0][1], s[1][1]) for s in segments}


def _band(ax: Axes) -> dict[float, tuple[float, float]]:
    """Ends of the shaded bands by their place."""
    found = {}
    for shade in (c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)):
        for path in shade.get_paths():  # there along one side, back along the other
            n = (len(path.vertices) - 3) // 2
            there, back = path.vertices[1 : n + 1], path.vertices[n + 2 : 2 * n + 2][::-1]
            for (x, one), (_, other) in zip(there, back, strict=True):
                found[round(x, 9)] = (min(one, other), max(one, other))
    return found


def _cells(ax: Axes) -> Iterator[Mark]:
    for mesh in (c for c in ax.collections if isinstance(c, QuadMesh)):
        values = np.ma.filled(np.ma.asarray(mesh.get_array(), float), np.nan)
        corners = mesh.get_coordinates()
        for (row, column), value in np.ndenumerate(values):
            (x, y), (right, top) = corners[row, column], corners[row + 1, column + 1]
            at = f"{_at(ax.yaxis, (y + top) / 2)}, {_at(ax.xaxis, (x + right) / 2)}"
            if np.isfinite(value):
                yield Mark("", at, float(value), (x, y), (right - x, top - y))


def _at(axis: Axis, place: float, digits: int = 2) -> str:
    """What an axis says of a place: its name, its day or its number."""
    formatter = whole(axis.get_major_formatter())
    if isinstance(axis.get_major_locator(), AutoDateLocator):
        return f"{num2date(place):%d/%m/%Y}"
    ticks = np.asarray(axis.get_ticklocs(), float)
    if isinstance(formatter, ScalarFormatter):
        return es(place, digits)
    nearest = int(np.abs(ticks - place).argmin())
    return formatter(ticks[nearest], nearest)

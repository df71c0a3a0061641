"""Two small charts of the batches, as SVG inside the page: no library, no request, both themes.

Colours and letters come from the page's style; each point says its value when it is pointed at,
and the whole says in one sentence what it shows.
"""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from retencion_lib.words import es, listed, plural, short_day

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360, 190, 46, 6, 22, 24
MOST = 24  # batches drawn, the newest: more would not be told apart
TICKS, LABELS = 4, 7  # about as many on each axis


@dataclass(frozen=True)
class Value:
    """A figure with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """One batch of a chart: what was foreseen, what was measured, and what happened there."""

    day: str  # ISO
    foreseen: Value | None = None
    measured: Value | None = None
    alert: bool = False
    changed: Sequence[str] = ()  # model, campaign: not as for the batch before


CHANGES = {"model": ("M", "cambia el modelo"), "campaign": ("C", "cambia la campaña")}


@dataclass(frozen=True)
class Chart:
    """What is drawn of all batches, oldest first, and how a value is written."""

    name: str
    points: Sequence[Point]
    words: Callable[[float], str]
    band: bool = False  # the foreseen is a band, and no points of their own

    @property
    def values(self) -> list[Value]:
        """All that is drawn."""
        return [v for p in self.points for v in (p.foreseen, p.measured) if v]

    def svg(self) -> Markup:
        """Draw it; nothing where there is no value."""
        if not self.values:
            return Markup("")
        parts = [*self._axes(), *self._marks()]
        parts += self._band() if self.band else []
        for i, p in enumerate(self.points):
            both = p.foreseen and p.measured and not self.band
            aside = self._step() / 6 if both else 0
            parts += self._value(i, p.foreseen, "exp", "esperado", -aside)
            parts += self._value(i, p.measured, "got", "medido", aside)
        said = html.escape(self.sentence())
        return Markup(
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
            f"{''.join(parts)}</svg>"
        )

    def sentence(self) -> str:
        """What the chart shows; its alternative text."""
        many = plural(len(self.points), "lote", "lotes")
        first, last = short_day(self.points[0].day), short_day(self.points[-1].day)
        days = f"del {first} al {last}" if len(self.points) > 1 else f"del {first}"
        said = [f"{self.name}: {many} {days}"]
        for what, found in (("esperado", [p.foreseen for p in self.points]),
                            ("medido", [p.measured for p in self.points])):  # fmt: skip
            known = [v.value for v in found if v]
            if known:
                limits = f"de {self.words(min(known))} a {self.words(max(known))}"
                said.append(f"{what} en {len(known)}, {limits}")
        alerts = [short_day(p.day) for p in self.points if p.alert]
        if alerts:
            said.append(f"con alerta, {listed(alerts, MOST)}")
        for code, (_, words) in CHANGES.items():
            days = [short_day(p.day) for p in self.points if code in p.changed]
            if days:
                said.append(f"{words} antes del {listed(days, MOST)}")
        return "; ".join(said) + "."

    def _step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / len(self.points)

    def _x(self, i: float) -> float:
        return LEFT + (i + 0.5) * self._step()

    def _y(self, value: float) -> float:
        ticks = self.ticks()
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def ticks(self) -> list[float]:
        """Round values that hold all that is drawn between the first and the last."""
        low, high = min(v.low for v in self.values), max(v.high for v in self.values)
        raw = ((high - low) or abs(high) or 1.0) / TICKS
        size = 10.0 ** math.floor(math.log10(raw))
        step = next(size * m for m in (1, 2, 5, 10) if size * m >= raw * 0.999)
        first, last = math.floor(low / step), math.ceil(high / step)
        return [n * step for n in range(first, max(last, first + 1) + 1)]

    def _axes(self) -> list[str]:
        ticks = self.ticks()
        digits = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
        made = []
        for tick in ticks:
            y, zero = self._y(tick), " zero" if tick == 0 and ticks[0] < 0 else ""
            made.append(f'<path class="grid{zero}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            made.append(
                f'<text x="{LEFT - 5}" y="{y + 3:.1f}" class="end">{es(tick, digits)}</text>'
            )
        every = math.ceil(len(self.points) / LABELS)
        for i, p in enumerate(self.points):
            if (len(self.points) - 1 - i) % every == 0:
                at = f'x="{self._x(i):.1f}" y="{HEIGHT - 8}"'
                made.append(f'<text {at} class="mid">{short_day(p.day)}</text>')
        return made

    def _marks(self) -> list[str]:
        made = []
        for i, p in enumerate(self.points):
            if p.changed:
                x, letters = self._x(i - 0.5), "".join(CHANGES[c][0] for c in p.changed)
                words = listed(CHANGES[c][1] for c in p.changed)
                made.append(
                    f'<g><title>{words} antes del {short_day(p.day)}</title><path class="change" '
                    f'd="M{x:.1f} {TOP - 11}V{HEIGHT - BOTTOM}"/>'
                    f'<text x="{x:.1f}" y="{TOP - 13}" class="mid">{letters}</text></g>'
                )
            if p.alert:
                x = self._x(i)
                made.append(
                    f'<path class="alarm" d="M{x:.1f} {TOP - 8}l3.5 6h-7z">'
                    f"<title>{short_day(p.day)}: alerta</title></path>"
                )
        return made

    def _band(self) -> list[str]:
        """One shape a stretch of batches that have an estimate; a lone one gets a narrow bar."""
        made, stretch = [], []
        for i, p in enumerate([*self.points, None]):
            if p and p.foreseen:
                stretch.append((self._x(i), p.foreseen))
            elif stretch:
                made += self._stretch(stretch)
                stretch = []
        return made

    def _stretch(self, found: list[tuple[float, Value]]) -> list[str]:
        if len(found) == 1:
            (x, v), half = found[0], min(6.0, self._step() / 3)
            found = [(x - half, v), (x + half, v)]
        top = " ".join(f"{x:.1f},{self._y(v.high):.1f}" for x, v in found)
        under = " ".join(f"{x:.1f},{self._y(v.low):.1f}" for x, v in reversed(found))
        middle = " ".join(f"{x:.1f},{self._y(v.value):.1f}" for x, v in found)
        return [f'<polygon class="band" points="{top} {under}"/>',
                f'<polyline class="line" points="{middle}"/>']  # fmt: skip

    def _value(self, i: int, v: Value | None, kind: str, name: str, aside: float) -> list[str]:
        if v is None:
            return []
        x, y = self._x(i) + aside, self._y(v.value)
        said = f"{short_day(self.points[i].day)}: {name} {self.words(v.value)}, entre "
        said += f"{self.words(v.low)} y {self.words(v.high)}"
        bar = f'<path d="M{x:.1f} {self._y(v.high):.1f}V{self._y(v.low):.1f}"/>'
        spot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        if kind == "got":
            spot = f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
        hidden = self.band and kind == "exp"
        return [
            f'<g class="{kind}"><title>{html.escape(said)}</title>{"" if hidden else bar}{spot}</g>'
        ]

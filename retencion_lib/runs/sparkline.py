"""A small line of one figure over time, as inline SVG with its text alternative."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from retencion_lib.show import style

WIDTH, HEIGHT, EDGE = 240, 40, 4
POINTS = 120  # the newest; more would not be seen apart


@dataclass(frozen=True)
class Series:
    """Values and their ISO dates, oldest first."""

    values: list[float]
    dates: list[str]

    def svg(self, label: str, words: Callable[[float], str]) -> str:
        """Draw the newest of two or more values; `words` writes one for the text alternative."""
        values = self.values[-POINTS:]
        points = self._points(values)
        x, y = points[-1].split(",")
        return (
            f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{html.escape(self.sentence(label, words))}">'
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{style.BLUE}" '
            'stroke-width="1.75" stroke-linejoin="round"/>'
            f'<circle cx="{x}" cy="{y}" r="3" fill="{style.RUST}"/></svg>'
        )

    def sentence(self, label: str, words: Callable[[float], str]) -> str:
        """What the line shows: from, to, lowest, highest, and over which dates."""
        values, dates = self.values[-POINTS:], self.dates[-POINTS:]
        return (
            f"{label}: {len(values)} valores, de {words(values[0])} el {dates[0]} a "
            f"{words(values[-1])} el {dates[-1]}; mínimo {words(min(values))}, "
            f"máximo {words(max(values))}."
        )

    @staticmethod
    def _points(values: list[float]) -> list[str]:
        low, spread = min(values), max(values) - min(values)
        step = (WIDTH - 2 * EDGE) / (len(values) - 1)
        inner = HEIGHT - 2 * EDGE
        heights = [0.5 if spread == 0 else (v - low) / spread for v in values]
        return [
            f"{EDGE + i * step:.1f},{HEIGHT - EDGE - h * inner:.1f}" for i, h in enumerate(heights)
        ]

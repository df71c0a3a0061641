"""Figures of 04 and 05: distribution of the score, and shift by column."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retencion_lib.maths.drift import Numbers, Shift
from retencion_lib.maths.drift.profile import Column
from retencion_lib.show.style import BLUE, RUST, SOFT, STATUS
from retencion_lib.words import es, listed, pct

BEFORE, NOW = BLUE, RUST
LARGEST = 0.5  # PSI at which a bar is cut
FEW = 6  # categories, then the rest together


def plot_shifts(found: list[Shift], limits: tuple[float, float], ax: Axes | None = None) -> Axes:
    """Draw the corrected PSI of each column, coloured by its status."""
    ordered = sorted(found, key=lambda s: s.psi_corrected)
    ax = ax or plt.subplots(figsize=(7, 0.25 * len(found) + 1.2), layout="constrained")[1]
    sizes = [s.psi_corrected for s in ordered]
    ax.barh([s.label for s in ordered], sizes, color=[STATUS[s.status] for s in ordered])
    for limit, words in zip(limits, ("moderado", "grande"), strict=True):
        ax.axvline(limit, color=SOFT, linestyle="--", linewidth=1)
        ax.text(limit + 0.005, len(found) - 0.4, words, fontsize=8, va="bottom")
    for place, size in enumerate(sizes):
        if size > LARGEST:  # the bar is cut, so that the small ones can be seen
            ax.text(0.98 * LARGEST, place, es(size, 2), color="white", ha="right", va="center",
                    fontsize=8)  # fmt: skip
    ax.set_xlim(0, LARGEST)
    ax.xaxis.set_major_formatter(lambda value, _: es(value, 1))
    ax.set(xlabel=f"PSI descontado el azar (las barras se cortan en {es(LARGEST)})")
    ax.tick_params(labelsize=8)
    return ax


def describe_shifts(found: list[Shift]) -> str:
    """Say which column moved most, and how many have moved; alternative text."""
    worst = max(found, key=lambda s: s.psi_corrected)
    share = np.mean([s.status != "ok" for s in found])
    return (
        f"El mayor PSI descontado el azar es el de '{worst.label}', {es(worst.psi_corrected, 3)}; "
        f"está en aviso o alerta el {pct(share, 0)} de las columnas."
    )


def largest(found: list[Shift], n: int = 4) -> list[Shift]:
    """The columns that moved most, the score always among them."""
    *columns, score = found
    return [*sorted(columns, key=lambda s: -s.psi_corrected)[: n - 1], score]


def plot_columns(
    shown: list[Shift], before: Mapping[str, Column], now: Mapping[str, Column]
) -> Figure:
    """Draw how customers are shared out before and now, a panel a column.

    `before` and `now` hold the summary of each column by the name of its shift.
    """
    tall = -(-len(shown) // 2)
    fig, axes = plt.subplots(tall, 2, figsize=(8.8, 2.9 * tall), layout="constrained")
    panels = axes.ravel()
    for ax in panels[len(shown) :]:
        ax.axis("off")
    for ax, shift in zip(panels, shown, strict=False):
        names, sides = shares(before[shift.name], now[shift.name], binary=shift.binary)
        place = np.arange(len(names))
        for side, colour, label, step in zip(
            sides, (BEFORE, NOW), ("Referencia", "Este lote"), (-0.2, 0.2), strict=True
        ):
            ax.bar(place + step, 100 * side, 0.4, color=colour, label=label)
        ax.set_xticks(place, names, rotation=40, ha="right", fontsize=8)
        ax.set_title(shift.label, fontsize=10)
        ax.set_ylabel("Clientes (%)", fontsize=9)
    panels[0].margins(y=0.35)  # room for the legend
    panels[0].legend(loc="upper right", ncols=2)
    return fig


def shares(
    before: Column, now: Column, *, binary: bool = False
) -> tuple[list[str], list[np.ndarray]]:
    """Names of the groups of a column, and the share of customers in each, before and now.

    Those of a `binary` one are its two values.
    """
    counts = [side.bin_counts().astype(float) for side in (before, now)]
    if isinstance(before, Numbers):
        cuts = before.plan.bins
        names = [f"< {es(cut, _places(cuts))}" for cut in cuts]
        names += [f"{es(cuts[-1], _places(cuts))} o más" if len(cuts) else "todos", "nulos"]
        if binary and len(cuts):
            names = ["0", "1", "nulos"]
    else:
        names = [*before.plan.names, "nuevas", "nulos"]
        often = np.argsort(-(counts[0] + counts[1]), kind="stable")
        kept, rest = often[:FEW], often[FEW:]
        names = [names[i][:14] for i in kept] + ["resto"]
        counts = [np.append(c[kept], c[rest].sum()) for c in counts]
    filled = [i for i in range(len(names)) if counts[0][i] + counts[1][i]]
    return [names[i] for i in filled], [c[filled] / max(1, c.sum()) for c in counts]


def _places(cuts: np.ndarray) -> int:
    apart = np.diff(cuts).min() if len(cuts) > 1 else 1.0
    return int(np.clip(np.ceil(-np.log10(apart)), 0, 3))


def describe_columns(shown: list[Shift]) -> str:
    """Say which columns are drawn; alternative text."""
    said = [f"'{s.label}' (PSI {es(s.psi_corrected, 3)})" for s in shown]
    return f"Reparto de los clientes en la referencia y en este lote: {listed(said)}."

"""Figure of 05: what the outcomes of each batch showed, beside what was expected of it."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retencion_lib.home.watch_report import CURRENT, Realised
from retencion_lib.maths.estimation import Estimate
from retencion_lib.show.style import BLUE, GREY, INK, RUST
from retencion_lib.stages.monitor.performance.say_months import as_expected, in_order
from retencion_lib.words import count, es, plural

NEWEST = 12  # batches drawn


def plot_months(found: Sequence[Realised]) -> Figure:
    """Draw ROC-AUC expected and measured of each batch and, where there is any, the money kept."""
    rows = in_order(found)[-NEWEST:]
    money = any(_profit(r) for r in rows)
    fig, axes = plt.subplots(1, 1 + money, figsize=(9.5, 3.2), layout="constrained", squeeze=False)
    hoped, seen = ([getattr(r, name)["roc_auc"] for r in rows] for name in ("expected", "measured"))
    _points(axes[0, 0], hoped, BLUE, "se estimaba", -0.12)
    _points(axes[0, 0], seen, INK, "medido", 0.12)
    axes[0, 0].set_title(_ranked_words(rows), fontsize=10)
    axes[0, 0].set_ylabel("ROC-AUC")
    axes[0, 0].legend(frameon=False, fontsize=8)
    if money:
        _points(axes[0, 1], [_profit(r) for r in rows], RUST, "", 0)
        axes[0, 1].axhline(0, color=GREY, linewidth=1)
        axes[0, 1].set_title(_earned_words(rows), fontsize=10)
        axes[0, 1].set_ylabel("Ganado con la campaña (EUR)")
    for ax in axes.flat:
        ax.set_xticks(range(len(rows)), [_short(r.batch) for r in rows], fontsize=8,
                      rotation=0 if len(rows) < 5 else 90)  # fmt: skip
    return fig


def _points(ax: Axes, found: Sequence[Estimate | None], colour: str, label: str, by: float) -> None:
    """One value a batch with its interval, a little aside."""
    at = [i for i, e in enumerate(found) if e is not None]
    values = np.array([[found[i].value, found[i].low, found[i].high] for i in at]).T
    reach = np.abs(values[1:] - values[0])
    ax.errorbar(np.array(at) + by, values[0], reach, fmt="o", color=colour, markersize=4, capsize=2,
                label=label)  # fmt: skip


def _profit(r: Realised) -> Estimate | None:
    return r.effect.profit if r.effect else None


def _short(batch: str) -> str:
    return "este" if batch == CURRENT else f"{batch[8:10]}/{batch[5:7]}"


def _ranked_words(rows: Sequence[Realised]) -> str:
    known = [r for r in rows if not r.one_class]
    inside = sum(map(as_expected, known))
    return f"Ordenó como se estimaba en {inside} de {plural(len(known), 'lote', 'lotes')}"


def _earned_words(rows: Sequence[Realised]) -> str:
    known = [p for r in rows if (p := _profit(r))]
    sure = sum(p.low > 0 for p in known)
    return f"Ganó más allá del azar en {sure} de {plural(len(known), 'lote', 'lotes')}"


def describe_months(found: Sequence[Realised]) -> str:
    """Say what the figure shows; its alternative text."""
    rows = in_order(found)[-NEWEST:]
    known = [r.measured["roc_auc"].value for r in rows if not r.one_class]
    said = [_ranked_words(rows)]
    if known:
        said.append(f"ROC-AUC medido de {es(min(known), 3)} a {es(max(known), 3)}")
    money = [p.value for r in rows if (p := _profit(r))]
    if money:
        said.append(_earned_words(rows).lower())
        said.append(f"de {count(min(money))} a {count(max(money))} EUR por lote")
    return "; ".join(said) + "."

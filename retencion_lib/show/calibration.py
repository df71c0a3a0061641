"""Figures of 02: calibration of the families."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from retencion_lib.show.style import GREY
from retencion_lib.words import es, listed


def plot_calibration(points: pd.DataFrame, labels: dict[str, str], ax: Axes | None = None) -> Axes:
    """Draw what was said against what happened, in bins of equal size with 95 % intervals."""
    ax = ax or plt.subplots(figsize=(6.5, 5), layout="constrained")[1]
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1)
    for marker, (family, part) in zip("osD^v", points.groupby("family", sort=False), strict=False):
        middle = 100 * part["prob_true"]
        reach = [middle - 100 * part["low"], 100 * part["high"] - middle]
        ax.errorbar(
            100 * part["prob_pred"], middle, yerr=reach, marker=marker, label=labels[family],
            linewidth=1, elinewidth=0.8, capsize=2,
        )  # fmt: skip
    ax.set(xlabel="Riesgo previsto (%)", ylabel="Clientes que se fueron (%)")
    gaps = _gaps(points)
    best = gaps.idxmin()
    ax.set_title(
        f"{labels[best]}: a {es(100 * gaps[best])} puntos de lo ocurrido"
        f"{', la que menos' if len(gaps) > 1 else ''}"
    )
    ax.legend(frameon=False)
    return ax


def _gaps(points: pd.DataFrame) -> pd.Series:
    """Mean distance of each family to what happened."""
    return (points["prob_pred"] - points["prob_true"]).abs().groupby(points["family"]).mean()


def describe_calibration(points: pd.DataFrame, labels: dict[str, str]) -> str:
    """Say how far each family is from the diagonal; the figure's alternative text."""
    said = [f"{labels[name]}, {es(100 * gap)} puntos" for name, gap in _gaps(points).items()]
    return f"Curvas de calibración. Distancia media a la diagonal: {listed(said)}."

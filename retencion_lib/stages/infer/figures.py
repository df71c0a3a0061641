"""Figures of 04: the scores of a batch."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from retencion_lib.show.style import CYCLE, INK
from retencion_lib.words import es, listed, pct


def plot_scores(samples: dict[str, pd.Series], threshold: float, ax: Axes | None = None) -> Axes:
    """Draw the distribution of one or more sets of scores, and the threshold in use."""
    ax = ax or plt.subplots(figsize=(7, 4), layout="constrained")[1]
    for (name, scores), colour in zip(samples.items(), CYCLE, strict=False):
        counts, edges = np.histogram(scores, np.linspace(0, 1, 21))
        ax.stairs(100 * counts / len(scores), edges, linewidth=2, color=colour, label=name)
    if threshold == threshold:
        ax.axvline(threshold, color=INK, linestyle=":", label="Umbral")
    ax.set(xlabel="Puntuación de riesgo", ylabel="Clientes (%)")
    ax.legend(frameon=False)
    return ax


def describe_scores(samples: dict[str, pd.Series], threshold: float) -> str:
    """Say the mean of each set of scores; the figure's alternative text."""
    said = [f"{name}, media {es(scores.mean(), 3)}" for name, scores in samples.items()]
    cut = ""
    if threshold == threshold:
        above = [pct((scores >= threshold).mean()) for scores in samples.values()]
        cut = f"; desde el umbral, {es(threshold, 3)}, está el {listed(above)}"
    return f"Distribución de la puntuación: {'; '.join(said)}{cut}."

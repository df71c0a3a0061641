"""Figures of 04 and 05: distribution of the score, and shift by column."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from retencion_lib.words import es, pct

COLOURS = {"ok": "#3b6ea5", "warning": "#d08a1d", "alert": "#b5342b"}


def plot_scores(samples: dict[str, pd.Series], threshold: float, ax: Axes | None = None) -> Axes:
    """Draw the distribution of one or more sets of scores, and the threshold in use."""
    ax = ax or plt.subplots(figsize=(7, 4), layout="constrained")[1]
    for (name, scores), colour in zip(samples.items(), ["#3b6ea5", "#d08a1d"], strict=False):
        weights = np.full(len(scores), 100 / len(scores))
        ax.hist(scores, bins=np.linspace(0, 1, 21), weights=weights, histtype="step",
                linewidth=2, color=colour, label=name)  # fmt: skip
    if threshold == threshold:
        ax.axvline(threshold, color="#333333", linestyle=":", label="Umbral")
    ax.set(xlabel="Puntuación de riesgo", ylabel="Clientes (%)")
    ax.legend(frameon=False)
    return ax


def describe_scores(samples: dict[str, pd.Series], threshold: float) -> str:
    """Say the mean of each set of scores; the figure's alternative text."""
    said = [f"{name}, media {es(scores.mean(), 3)}" for name, scores in samples.items()]
    cut = f"; umbral {es(threshold, 3)}" if threshold == threshold else ""
    return f"Distribución de la puntuación: {'; '.join(said)}{cut}."


def plot_shifts(table: pd.DataFrame, limits: tuple[float, float], ax: Axes | None = None) -> Axes:
    """Draw the corrected PSI of each column, coloured by its status."""
    ordered = table.sort_values("psi_corrected")
    ax = ax or plt.subplots(figsize=(7, 0.25 * len(table) + 1.2), layout="constrained")[1]
    colours = ordered["status"].map(COLOURS)
    ax.barh(ordered["name"], ordered["psi_corrected"], color=colours)
    for limit, status in zip(limits, ("warning", "alert"), strict=True):
        ax.axvline(limit, color=COLOURS[status], linestyle="--", linewidth=1)
    ax.set_xlim(0, max(0.3, 1.05 * ordered["psi_corrected"].max()))
    ax.set(xlabel="PSI descontado el azar; discontinuas, los límites de aviso y alerta")
    ax.tick_params(labelsize=8)
    return ax


def describe_shifts(table: pd.DataFrame) -> str:
    """Say which column moved most, and how many are over a limit; alternative text."""
    worst = table.loc[table["psi_corrected"].idxmax()]
    share = (table["status"] != "ok").mean()
    return (
        f"PSI por columna; la mayor es {worst['name']}, {es(worst['psi_corrected'], 3)}, y está en "
        f"aviso o alerta el {pct(share, 0)} de las columnas."
    )

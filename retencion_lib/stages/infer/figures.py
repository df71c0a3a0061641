"""Figures of 04: the scores of a batch, and of those on its list."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from retencion_lib.show.style import BLUE, RUST
from retencion_lib.words import count, es


def plot_scores(batch: pd.Series, listed: pd.Series, ax: Axes | None = None) -> Axes:
    """Draw how many customers have each score, and which of them are on the list.

    Parameters
    ----------
    batch, listed : Series
        Scores of all customers, and of those on the list.
    """
    ax = ax or plt.subplots(figsize=(7, 4), layout="constrained")[1]
    bins = np.linspace(0, 1, 21)
    ax.hist(batch, bins, color=BLUE, alpha=0.45, label="Todo el lote")
    ax.hist(listed, bins, color=RUST, label="La lista")
    ax.set(xlabel="Puntuación de riesgo", ylabel="Clientes")
    ax.set_title(_listed_words(batch, listed))
    ax.legend()
    return ax


def _listed_words(batch: pd.Series, listed: pd.Series) -> str:
    half = f"la mitad del lote no pasa de {es(np.median(batch), 2)}"
    if listed.empty:
        return f"Nadie en la lista; {half}"
    return f"La lista va de {es(listed.min(), 2)} a {es(listed.max(), 2)}; {half}"


def describe_scores(batch: pd.Series, listed: pd.Series) -> str:
    """Say where the list lies in the batch; the figure's alternative text."""
    return (
        f"Puntuaciones de {count(len(batch))} clientes, y cuáles están en la lista. "
        f"{_listed_words(batch, listed)}."
    )

"""Figures of the campaign: what it earns by how many are called."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes


def plot_profit(curve: pd.DataFrame, capacity: float, ax: Axes | None = None) -> Axes:
    """Draw the profit of calling each share of customers, its interval and its best point."""
    ax = ax or plt.subplots(figsize=(7.5, 4.5), layout="constrained")[1]
    share, best = 100 * curve["share_contacted"], curve["profit"].idxmax()
    ax.fill_between(share, curve["low"], curve["high"], color="#3b6ea5", alpha=0.18, linewidth=0)
    ax.plot(share, curve["profit"], color="#3b6ea5")
    ax.plot(share[best], curve["profit"][best], "o", color="#3b6ea5", label="Máximo")
    ax.axhline(0, color="#777777", linewidth=1)
    ax.axvline(100 * capacity, color="#b5542b", linestyle=":", label="Capacidad del equipo")
    ax.set(xlabel="Clientes llamados (%)", ylabel="Beneficio (EUR por cada 1.000 clientes)")
    ax.legend(frameon=False)
    return ax

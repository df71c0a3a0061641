"""Figures of 01: balance by feature, and correlation."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from retencion_lib.show import style
from retencion_lib.show.style import BLUE, RUST
from retencion_lib.words import es, listed


def plot_rates(X: pd.DataFrame, y: np.ndarray, names: list[str]) -> Figure:
    """Draw the share of leavers along each feature: by category, or by fifth of a number."""
    fig, axes = plt.subplots(2, 3, figsize=(10, 6.2), layout="constrained", sharex=True)
    fig.get_layout_engine().set(h_pad=0.14, w_pad=0.1)
    for ax, name in zip(axes.flat, names[:6], strict=False):
        rates = rates_of(X[name], y)
        ax.barh(rates.index.astype(str), 100 * rates, color=style.BLUE)
        ax.axvline(100 * y.mean(), color=style.RUST, linestyle="--", linewidth=1)
        ax.set_title(name, fontsize=10)
        ax.tick_params(labelsize=8.5)
        ax.grid(visible=False, axis="y")
    for ax in axes.flat[len(names[:6]) :]:
        ax.axis("off")
    fig.supxlabel(
        "Clientes que se fueron (%); línea discontinua, la media", fontsize=9.5, color=style.SOFT
    )
    return fig


def rates_of(column: pd.Series, y: np.ndarray) -> pd.Series:
    """Share of leavers by category (the ten largest) or by fifth of a number."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 6:
        groups = pd.qcut(column, 5, duplicates="drop")
        fifths = groups.cat.categories
        edges = {*fifths.left, *fifths.right}
        digits = next((d for d in range(4) if len({es(e, d) for e in edges}) == len(edges)), 4)
        order = [f"{es(i.left, digits)} a {es(i.right, digits)}" for i in fifths]
        labels = groups.astype(object).map(dict(zip(fifths, order, strict=True)))
    else:
        labels = column.map(str, na_action="ignore")
        order = sorted(labels.value_counts().head(10).index)
    return pd.Series(y).groupby(labels.to_numpy()).mean().reindex(list(dict.fromkeys(order)))


def describe_rates(X: pd.DataFrame, y: np.ndarray, names: list[str]) -> str:
    """Say what `plot_rates` shows; its alternative text."""
    said = []
    for name in names[:6]:
        rates = rates_of(X[name], y)
        said.append(f"'{name}': de {es(100 * rates.min())} % a {es(100 * rates.max())} %")
    return f"Porcentaje de bajas según cada variable. {listed(said, limit=6)}."


def plot_distributions(X: pd.DataFrame, y: np.ndarray, names: list[str]) -> Figure:
    """Draw how up to three numbers are spread among those who stayed and those who left."""
    fig, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
    for ax, name in zip(axes, names, strict=False):
        values = X[name].to_numpy(float)
        bins = np.linspace(*np.nanquantile(values, [0, 0.99]), 21)
        for left, colour, label in ((0, BLUE, "se quedó"), (1, RUST, "se fue")):
            part = values[(y == left) & ~np.isnan(values)]
            shares = 100 * np.histogram(part, bins)[0] / len(part)
            ax.stairs(shares, bins, linewidth=1.8, color=colour, label=label)
        ax.set_title(name, fontsize=10)
        ax.tick_params(labelsize=8)
    for ax in axes[len(names) :]:
        ax.axis("off")
    if names:
        axes[0].set_ylabel("Clientes de cada grupo (%)", fontsize=9)
        axes[0].legend(frameon=False, fontsize=8)
    return fig


def describe_distributions(X: pd.DataFrame, y: np.ndarray, names: list[str]) -> str:
    """Say the medians that `plot_distributions` shows; its alternative text."""
    if not names:
        return "No hay números con bastantes valores distintos para dibujar su reparto."
    medians = X[names].groupby(np.asarray(y)).median()
    said = [
        f"'{name}', mediana {es(medians.loc[0, name])} si se quedó y {es(medians.loc[1, name])} si "
        "se fue"
        for name in names
    ]
    return f"Reparto de los números según el resultado. {listed(said, limit=3)}."


def plot_correlation(table: pd.DataFrame) -> Figure:
    """Draw the correlation between numbers."""
    fig, ax = plt.subplots(figsize=(7.2, 5.2), layout="constrained")
    written = table.map(lambda v: es(v, 2)) if len(table) <= 12 else False
    # A scale of fewer steps is drawn as they are; one of many would be a picture in the picture.
    colours = plt.get_cmap("RdBu_r", 41 if written is False else None)
    sns.heatmap(
        table, vmin=-1, vmax=1, cmap=colours, annot=written, fmt="", ax=ax, linewidths=1.5,
        annot_kws={"size": 8.5}, cbar=written is False, cbar_kws={"shrink": 0.85},
    )  # fmt: skip
    ax.tick_params(labelsize=9)
    ax.tick_params(axis="x", labelrotation=35)
    plt.setp(ax.get_xticklabels(), ha="right", rotation_mode="anchor")
    ax.grid(visible=False)
    return fig


def describe_correlation(table: pd.DataFrame) -> str:
    """Say which pair of numbers is most correlated; the figure's alternative text."""
    values = table.where(~np.eye(len(table), dtype=bool)).abs().stack().dropna()
    if values.empty:
        return "Mapa de correlación entre números: no hay ningún par."
    a, b = values.idxmax()
    value = es(table.loc[a, b], 2)
    return f"Mapa de correlación entre números; el par más unido es '{a}' y '{b}', {value}."

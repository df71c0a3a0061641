"""Figures of 03: ROC, precision-recall, gains, profit and confusion."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

from retencion_lib.home.exam import Confusion
from retencion_lib.show.marks import few
from retencion_lib.show.style import BLUE, GREY, RUST
from retencion_lib.stages.evaluate.cutoffs import Backtest
from retencion_lib.words import count, es, eur, pct


def plot_curves(y: np.ndarray, scores: np.ndarray) -> Figure:
    """Draw the ROC and the precision-recall curve side by side."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.8, 4), layout="constrained")
    fpr, tpr, _ = roc_curve(y, scores)
    drawn = few(len(fpr))
    left.plot(100 * fpr[drawn], 100 * tpr[drawn], color=BLUE)
    left.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1)
    left.set(xlabel="Falsas alarmas (%)", ylabel="Bajas detectadas (%)")
    left.set_title(f"ROC: área {es(auc(fpr, tpr), 3)}")
    precision, recall, _ = precision_recall_curve(y, scores)
    drawn = few(len(recall))
    right.plot(100 * recall[drawn], 100 * precision[drawn], color=BLUE)
    right.axhline(100 * np.mean(y), color=GREY, linestyle="--", linewidth=1)
    right.set(xlabel="Bajas detectadas (%)", ylabel="Precisión (%)")
    right.set_title(f"Precisión y detección: área {es(average_precision_score(y, scores), 3)}")
    return fig


def describe_curves(test: dict[str, float]) -> str:
    """Say the areas under both curves; the figure's alternative text."""
    return (
        f"Curva ROC, con área {es(test['roc_auc'], 3)}, y curva de precisión y detección, con "
        f"área {es(test['pr_auc'], 3)}; en discontinua, lo que daría el azar."
    )


def plot_gains(curve: pd.DataFrame, capacity: float, ax: Axes | None = None) -> Axes:
    """Draw the leavers reached against the customers contacted."""
    ax = ax or plt.subplots(figsize=(6.5, 4.5), layout="constrained")[1]
    drawn = curve.iloc[few(len(curve))]
    ax.plot(100 * drawn.share_contacted, 100 * drawn.share_captured, color=BLUE)
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1)
    ax.axvline(100 * capacity, color=RUST, linestyle=":", label="Capacidad del equipo")
    ax.set(xlabel="Clientes contactados (%)", ylabel="Bajas alcanzadas (%)")
    ax.set_title(_reached_words(curve, capacity))
    ax.legend(frameon=False)
    return ax


def _reached_words(curve: pd.DataFrame, capacity: float) -> str:
    reached = np.interp(capacity, curve["share_contacted"], curve["share_captured"])
    return f"Llamando al {pct(capacity, 0)} se llega al {pct(reached)} de las bajas"


def describe_gains(curve: pd.DataFrame, capacity: float) -> str:
    """Say what contacting up to capacity reaches; the figure's alternative text."""
    return f"Curva de ganancias, de más a menos riesgo: {_reached_words(curve, capacity).lower()}."


def plot_profit(curve: pd.DataFrame, capacity: float, ax: Axes | None = None) -> Axes:
    """Draw the profit of calling each share of customers, its interval and its best point.

    Parameters
    ----------
    curve : DataFrame
        As `Worth.earned` has it, in EUR.
    """
    ax = ax or plt.subplots(figsize=(7.5, 4.5), layout="constrained")[1]
    best = curve.loc[curve.profit.idxmax()]
    drawn = curve.iloc[few(len(curve))]
    share = 100 * drawn.share_contacted
    ax.fill_between(share, drawn.low, drawn.high, color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(share, drawn.profit, color=BLUE)
    ax.plot(100 * best.share_contacted, best.profit, "o", color=BLUE, label="Máximo")
    ax.axhline(0, color=GREY, linewidth=1)
    ax.axvline(100 * capacity, color=RUST, linestyle=":", label="Capacidad del equipo")
    ax.set(xlabel="Clientes llamados (%)", ylabel="Beneficio (EUR)")
    ax.set_title(
        f"Lo que más gana, {eur(best.profit)}, es llamar al {pct(best.share_contacted, 0)}"
    )
    ax.legend(frameon=False)
    return ax


def plot_backtest(told: Backtest) -> Figure:
    """Draw the ROC-AUC, the log-loss and the profit of the recipe month by month."""
    figure, places = plt.subplots(1, 3, figsize=(10.5, 3.4), layout="constrained")
    measures = {
        "roc_auc": "ROC-AUC",
        "log_loss": "Pérdida logarítmica",
        "profit": "Beneficio (EUR)",
    }
    days = [c.cutoff for c in told.cutoffs]
    for ax, (name, said) in zip(places, measures.items(), strict=True):
        values = np.array([getattr(c, name) for c in told.cutoffs])
        ends = np.array([getattr(c, f"{name}_ci") for c in told.cutoffs])
        ax.errorbar(days, values, abs(ends.T - values), color=BLUE, marker="o", capsize=3)
        ax.set(title=f"{said}: media {es(np.mean(values), 0 if name == 'profit' else 3)}")
        ax.tick_params(axis="x", labelrotation=45)
    if told.random == told.random:
        places[0].axhline(told.random, color=RUST, linestyle=":", label="Reparto al azar")
        places[0].margins(y=0.3)  # room for the legend
        places[0].legend(frameon=False, loc="upper left")
    return figure


def describe_backtest(told: Backtest) -> str:
    """The figure in words."""
    seen = [f"{c.cutoff}: {es(c.roc_auc, 3)}" for c in told.cutoffs]
    return f"ROC-AUC de cada foto: {'; '.join(seen)}."


def plot_confusion(cells: Confusion, ax: Axes | None = None) -> Axes:
    """Draw the four counts of the confusion matrix."""
    ax = ax or plt.subplots(figsize=(4.6, 3.8), layout="constrained")[1]
    table = np.array([[cells.tn, cells.fp], [cells.fn, cells.tp]])
    ax.pcolormesh(np.arange(-0.5, 2), np.arange(-0.5, 2), table, cmap="Blues")
    ax.invert_yaxis()
    ax.set_aspect("equal")
    for (row, column), value in np.ndenumerate(table):
        dark = value > table.max() / 2
        ax.text(column, row, count(value), ha="center", va="center", color="w" if dark else "k")
    ax.set_xticks([0, 1], ["no avisado", "avisado"])
    ax.set_yticks([0, 1], ["se quedó", "se fue"])
    ax.set_title(f"Se avisa de {count(cells.tp)} de {count(cells.left)} bajas", fontsize=11)
    return ax


def describe_confusion(cells: Confusion) -> str:
    """Say the four counts; the figure's alternative text."""
    return (
        f"Matriz de confusión: {count(cells.tp)} bajas avisadas, {count(cells.fn)} sin "
        f"avisar, {count(cells.fp)} avisos de quien se quedó y {count(cells.tn)} sin aviso."
    )

"""Figure of 05: the last batches watched, as small multiples that share their dates."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from retencion_lib.home.watch_report import CURRENT, FIRST_CURRENT
from retencion_lib.show.style import BLUE, INK, STATUS
from retencion_lib.words import es, listed, plural, short_day


def plot_history(history: pd.DataFrame, runs: list[str]) -> Figure:
    """Draw findings, shift of the score, and estimated and measured ROC-AUC of each batch.

    Parameters
    ----------
    history : DataFrame
        As `history.read` gives it.
    runs : list of str
        Runs to draw, oldest first: one a batch.
    """
    fig, axes = plt.subplots(1, 3, figsize=(9.5, 2.9), layout="constrained")
    places = {run: place for place, run in enumerate(runs)}
    shown = history[history.run_id.isin(runs)].assign(x=lambda t: t.run_id.map(places))
    _findings(axes[0], shown, len(runs))
    score = shown[shown.check == "RET011:score"]
    axes[1].plot(score.x, score.value, "o-", color=BLUE)
    axes[1].set_title("PSI corregido de la puntuación", fontsize=9)
    _auc(axes[2], shown)
    dates = shown.drop_duplicates("run_id").set_index("run_id").date.reindex(runs)
    for ax in axes:
        ax.set_xticks(range(len(runs)), list(map(short_day, dates)), fontsize=8,
                      rotation=0 if len(runs) < 5 else 90)  # fmt: skip
        ax.set_xlim(-0.6, max(0.6, len(runs) - 0.4))
        ax.tick_params(axis="y", labelsize=8)
    axes[1].set_ylim(bottom=0)
    return fig


def _findings(ax, shown: pd.DataFrame, n: int) -> None:
    base = np.zeros(n)
    for level, label in (("warning", "avisos"), ("alert", "alertas")):
        times = shown[shown.level == level].x.value_counts()
        heights = times.reindex(range(n), fill_value=0).to_numpy()
        ax.bar(range(n), heights, bottom=base, color=STATUS[level], label=label)
        base = base + heights
    ax.set_title("Hallazgos", fontsize=9)
    ax.legend(frameon=False, fontsize=7)


def _auc(ax, shown: pd.DataFrame) -> None:
    hoped = shown[shown.check == "expected:roc_auc"]
    ax.fill_between(hoped.x, hoped.low, hoped.high, color=BLUE, alpha=0.2)
    ax.plot(hoped.x, hoped.value, "o-", color=BLUE, markersize=3, label="estimado")
    seen = measured(shown)
    if len(seen):
        error = np.abs(seen[["low", "high"]].to_numpy().T - seen.value.to_numpy())
        ax.errorbar(seen.x, seen.value, error, fmt="s", color=INK, markersize=4,
                    label="con resultados")  # fmt: skip
    ax.set_title("ROC-AUC", fontsize=9)
    ax.legend(frameon=False, fontsize=7)


def measured(shown: pd.DataFrame) -> pd.DataFrame:
    """Measured ROC-AUC at the place of the batch that it is of, the last measure of each."""
    seen = _measured_auc(shown)
    place = shown.drop_duplicates("date", keep="last").set_index("date").x
    own = seen.column.isin((CURRENT, FIRST_CURRENT))
    seen = seen.assign(x=seen.column.map(place).fillna(seen.x.where(own)))
    return seen.dropna(subset=["x", "value"]).drop_duplicates("x", keep="last")


def _measured_auc(shown: pd.DataFrame) -> pd.DataFrame:
    return shown[shown.check.str.startswith("realised:roc_auc:")]


def describe_history(history: pd.DataFrame, runs: list[str]) -> str:
    """Say what the figure shows; its alternative text."""
    shown = history[history.run_id.isin(runs)]
    wrong = shown[shown.level != "ok"].groupby("run_id").size().reindex(runs, fill_value=0)
    hoped = shown[shown.check == "expected:roc_auc"].value
    start = plural(len(runs), "lote vigilado", "lotes vigilados")
    said = [f"{start}: hallazgos de cada uno, {listed(map(int, wrong), 12)}"]
    if len(hoped):
        said.append(f"ROC-AUC estimado, de {es(hoped.min(), 3)} a {es(hoped.max(), 3)}")
    seen = _measured_auc(shown).value.dropna()
    if len(seen):
        said.append(f"el último medido con resultados, {es(seen.iloc[-1], 3)}")
    return "; ".join(said) + "."

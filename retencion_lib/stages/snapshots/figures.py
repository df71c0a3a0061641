"""Figures of 00: who comes back after a silence, and how many leave at each snapshot."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from retencion_lib.show.style import BLUE, GREY, RUST, SOFT
from retencion_lib.stages.snapshots.returns import Returns
from retencion_lib.stages.snapshots.say import said, when
from retencion_lib.tables.clock import Duration
from retencion_lib.words import count, listed, pct


def plot_returns(found: Returns, horizon: Duration | None) -> Axes:
    """Draw the share that comes back along the days of silence, and mark the horizon."""
    _, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
    ax.plot(found.curve["days"], 100 * found.curve["share"], color=BLUE)
    share = found.share(round(horizon.days)) if horizon else None
    if share is not None:
        at = round(horizon.days)
        ax.axvline(at, color=RUST, linestyle="--", linewidth=1.2)
        ax.plot(at, 100 * share, "o", color=RUST)
        right = at < 0.6 * found.limit
        ax.annotate(
            f"horizonte: {said(horizon)}, vuelve el {pct(share)}", (at, 100 * share),
            xytext=(8 if right else -8, 8), textcoords="offset points", color=RUST, fontsize=9,
            ha="left" if right else "right",
        )  # fmt: skip
    ax.set(xlabel="Días sin ningún evento", ylabel="Vuelven después (%)", xlim=(0, None))
    ax.set_ylim(0, 105)
    return ax


def describe_returns(found: Returns, horizon: Duration | None) -> str:
    """Say what `plot_returns` shows; its alternative text."""
    at = sorted({int(d) for d in np.linspace(0, found.limit, 5)[1:-1]})
    told = [f"tras {count(d)} días, el {pct(found.share(d))}" for d in at]
    return f"Parte de los clientes que vuelve según los días de silencio: {listed(told)}."


def plot_snapshots(snapshots: pd.DataFrame) -> Axes:
    """Draw the rows of each snapshot: who left, who stayed, and who is not known yet."""
    _, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
    days = pd.to_datetime(snapshots["snapshot"])
    step = days.diff().min() if len(days) > 1 else pd.Timedelta(days=30)
    width = 0.8 * step / pd.Timedelta(days=1)
    left, rows = snapshots["left"].astype(float), snapshots["rows"].astype(float)
    known = left.notna()
    ax.bar(days, left.fillna(0), width, color=RUST, label="se fue")
    ax.bar(days, (rows - left).fillna(0), width, left.fillna(0), color=BLUE, label="siguió")
    ax.bar(days[~known], rows[~known], width, color=GREY, label="por madurar")
    ax.set_ylabel("Clientes")
    ax.grid(visible=False, axis="x")
    ax.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12), labelcolor=SOFT)
    return ax


def describe_snapshots(snapshots: pd.DataFrame) -> str:
    """Say what `plot_snapshots` shows; its alternative text."""
    known = snapshots[snapshots["left"].notna()]
    rate = known["left"] / known["rows"]
    low, high = rate.idxmin(), rate.idxmax()
    return (
        f"Clientes de cada foto y cuántos se fueron: del {pct(rate[low])} "
        f"({when(known.loc[low, 'snapshot'])}) al {pct(rate[high])} "
        f"({when(known.loc[high, 'snapshot'])})."
    )

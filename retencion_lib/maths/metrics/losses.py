"""Log-loss row by row, so that two models can be compared on the same rows."""

import numpy as np

from retencion_lib.maths.metrics.panel import Panel


def row_log_loss(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Log-loss of each row, shape (n,)."""
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return -np.where(np.asarray(y) == 1, np.log(p), np.log1p(-p))


def log_loss_difference(
    y: np.ndarray, p: np.ndarray, q: np.ndarray, panel: Panel | None = None
) -> tuple[float, float]:
    """By how much the log-loss falls from p to q, and the standard error of that mean.

    In a panel the error is that of its customers, however many rows each has.
    """
    fall = row_log_loss(y, p) - row_log_loss(y, q)
    if panel is not None:
        return float(fall.mean()), panel.error((fall - fall.mean()) / len(fall))
    return float(fall.mean()), float(fall.std(ddof=1) / np.sqrt(len(fall)))


def margin_log_loss(y: np.ndarray, margin: np.ndarray) -> float:
    """Mean log-loss of log-odds, however far from zero."""
    return float(np.logaddexp(0, np.where(y == 1, -margin, margin)).mean())

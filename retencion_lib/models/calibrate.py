"""Make a score mean what it says: nothing, a sigmoid, or the mean of sigmoid and isotonic.

Isotonic regression alone makes ties and costs ranking; the mean with a sigmoid is strictly
increasing, so the ranking stays as it was. Which of the three is used is decided by
cross-validated log-loss, and nothing is done unless that gains more than its standard error.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from retencion_lib.maths.metrics import log_loss_difference, row_log_loss

KINDS = ("none", "sigmoid", "mean")  # from the simplest


@dataclass(frozen=True)
class Calibrator:
    """A strictly increasing map from log-odds to probability."""

    kind: str = "none"
    slope: float = 1.0  # of the sigmoid, over log-odds
    intercept: float = 0.0
    knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())  # isotonic: log-odds, share

    @property
    def linear(self) -> bool:
        """True if calibrated log-odds are ``intercept + slope * margin``."""
        return self.kind != "mean"

    def probability(self, margin: np.ndarray) -> np.ndarray:
        """Calibrated probability of each margin, shape (n,)."""
        sigmoid = expit(self.intercept + self.slope * np.asarray(margin, float))
        if self.kind != "mean":
            return sigmoid
        return (sigmoid + np.interp(margin, *self.knots)) / 2


def fit_calibrator(kind: str, margin: np.ndarray, y: np.ndarray) -> Calibrator:
    """Fit one kind on out-of-fold log-odds; a slope that is not positive is left at nothing."""
    if kind == "none":
        return Calibrator()
    model = LogisticRegression(C=1e6, max_iter=1000).fit(np.reshape(margin, (-1, 1)), y)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope <= 0:
        return Calibrator()
    if kind == "sigmoid":
        return Calibrator("sigmoid", slope, intercept)
    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(margin, y)
    knots = (tuple(map(float, steps.X_thresholds_)), tuple(map(float, steps.y_thresholds_)))
    return Calibrator("mean", slope, intercept, knots)


def choose_calibrator(
    margin: np.ndarray, y: np.ndarray, folds: np.ndarray
) -> tuple[Calibrator, np.ndarray]:
    """Pick a kind by cross-validated log-loss and fit it on all rows.

    Parameters
    ----------
    margin : array of shape (n,)
        Out-of-fold log-odds.
    folds : array of shape (n,)
        Fold of each row.

    Returns
    -------
    Calibrator
        Fitted on all rows.
    ndarray of shape (n,)
        Probabilities calibrated on the other folds: still out of fold.
    """
    found = {kind: _cross_calibrated(kind, margin, y, folds) for kind in KINDS}
    best = min(KINDS, key=lambda kind: row_log_loss(y, found[kind]).mean())
    better, error = log_loss_difference(y, found["none"], found[best])
    kind = best if better > error else "none"
    return fit_calibrator(kind, margin, y), found[kind]


def _cross_calibrated(
    kind: str, margin: np.ndarray, y: np.ndarray, folds: np.ndarray
) -> np.ndarray:
    p = np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        p[held] = fit_calibrator(kind, margin[~held], y[~held]).probability(margin[held])
    return p

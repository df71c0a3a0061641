"""Train every family and the stack on one table, each calibrated out of fold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from retencion_lib.models.calibrate import Calibrator, choose_calibrator
from retencion_lib.models.combine import fit_family, fit_stack
from retencion_lib.models.crossfit import CrossFit, fit_variants
from retencion_lib.models.families import FAMILIES, STACK, baseline
from retencion_lib.models.features import Columns, describe
from retencion_lib.models.search import Search, search
from retencion_lib.models.threads import one_thread


@dataclass(frozen=True)
class Candidate:
    """A family, fitted and calibrated."""

    fit: CrossFit
    calibrator: Calibrator
    p: np.ndarray  # calibrated probability out of fold, shape (n,)

    @property
    def name(self) -> str:
        """Name of the family."""
        return self.fit.name

    def params(self) -> dict[str, Any]:
        """What the experiment log keeps: variant, calibration, weights, estimators."""
        predictor = self.fit.predictor
        models = {repr(m.named_steps["model"].get_params()): m for m in predictor.members}
        return {
            "variant": self.fit.variant,
            "calibration": self.calibrator.kind,
            "n_members": len(predictor.members),
            "estimators": [
                {"estimator": type(m.named_steps["model"]).__name__}
                | m.named_steps["model"].get_params()
                for m in models.values()
            ],
        }

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Calibrated probability of new rows, shape (n,)."""
        return self.calibrator.probability(self.fit.predictor.margin(frame))


def n_fits(folds: np.ndarray) -> int:
    """Number of models that `train_candidates` fits: how long its progress bar is."""
    return len(np.unique(folds)) * sum(len(f.variants) for f in FAMILIES.values())


def train_candidates(
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    columns: Columns,
    seed: int,
    tick: Callable[[], object] = lambda: None,
    only: str = "",
) -> dict[str, Candidate]:
    """Cross-fit the families of `FAMILIES` and stack them, from the simplest.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
        Numbers as float, categories as text with None where missing.
    y : array of shape (n,)
        1 = left.
    folds : array of shape (n,)
        Fold of each row.
    columns : Columns
        Treatment of each feature.
    tick : callable
        Called after each of `n_fits` models.
    only : str
        The one family that is wanted: those that it has no use for are not fitted.
    """
    given = (X, y, folds, columns, seed)
    variants, fits = [], {}
    for name, family in FAMILIES.items():
        if only not in ("", STACK, name) and not _corrected_by(only, name):
            continue
        variants.append(fit_variants(family, *given, earlier=fits, tick=tick))
        fits[name] = fit_family(variants[-1], y)
    if only in ("", STACK):
        fits[STACK] = fit_stack(STACK, variants, y, folds)
    found = {}
    for fit in [fits[only]] if only else fits.values():
        with one_thread():
            calibrator, p = choose_calibrator(fit.margin, y, folds)
        found[fit.name] = Candidate(fit, calibrator, p)
    return found


def _corrected_by(family: str, other: str) -> bool:
    """True if a variant of a family starts from what another one says."""
    return any(variant.corrects == other for variant in FAMILIES[family].variants)


def prepare_columns(
    X: pd.DataFrame,
    y: np.ndarray,
    folds: np.ndarray,
    numeric: list[str],
    categorical: list[str],
    seed: int,
    tick: Callable[[], object] = lambda: None,
) -> tuple[Columns, Search]:
    """Treatment of each feature, and the search of derived columns that help."""
    found = search(X, y, folds, numeric, categorical, seed, tick)
    return describe(X, numeric, categorical, found.columns), found


def baseline_scores(
    X: pd.DataFrame, y: np.ndarray, folds: np.ndarray, columns: Columns
) -> np.ndarray:
    """Out-of-fold probability of a plain logistic regression, shape (n,)."""
    scores = np.empty(len(y))
    for fold in np.unique(folds):
        held = folds == fold
        plain = fit_baseline(X[~held], y[~held], columns)
        scores[held] = plain.predict_proba(X[held])[:, 1]
    return scores


def fit_baseline(X: pd.DataFrame, y: np.ndarray, columns: Columns) -> Pipeline:
    """`baseline`, fitted."""
    with one_thread():
        return baseline(columns).fit(X, y)

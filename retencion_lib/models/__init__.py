"""The model families, each one sklearn Pipeline, and the fitted model that gets a version."""

from retencion_lib.models.calibrate import Calibrator, choose_calibrator
from retencion_lib.models.families import (
    BASELINE,
    FAMILIES,
    LABELS,
    STACK,
    Family,
    Variant,
    family_label,
)
from retencion_lib.models.fitted import FittedModel, Predictor, from_bytes, log_odds, to_bytes
from retencion_lib.models.search import Found, Search
from retencion_lib.models.train import (
    Candidate,
    baseline_scores,
    fit_baseline,
    n_fits,
    prepare_columns,
    train_candidates,
)

__all__ = [
    "BASELINE", "FAMILIES", "LABELS", "STACK", "Calibrator", "Candidate", "Family", "FittedModel",
    "Found", "Predictor", "Search", "Variant", "baseline_scores", "choose_calibrator",
    "family_label", "fit_baseline", "from_bytes", "log_odds", "n_fits", "prepare_columns",
    "to_bytes", "train_candidates",
]  # fmt: skip

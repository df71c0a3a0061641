"""How good is a ranking, how true its probabilities, and what is noise: pure maths on arrays.

Throughout, `y` has shape (n,) with 1 = left and `p` has shape (n,) with the score in [0, 1].
"""

from retencion_lib.maths.metrics.calibration import (
    Reliability,
    brier_parts,
    calibration_bins,
    expected_ece,
    reliability,
    share_interval,
    wilson,
)
from retencion_lib.maths.metrics.contest import GIVEN_UP, STEPS, Contest, Duel, contest, duel
from retencion_lib.maths.metrics.delong import AucDifference, auc_difference, delong_covariance
from retencion_lib.maths.metrics.evaluation import METRICS, bootstrap_ci, evaluate, roc_auc
from retencion_lib.maths.metrics.groups import (
    Contrast,
    auc_contrast,
    mean_contrast,
    rankable_in_both,
)
from retencion_lib.maths.metrics.losses import log_loss_difference, margin_log_loss, row_log_loss
from retencion_lib.maths.metrics.panel import Panel, panel_of
from retencion_lib.maths.metrics.ranking import (
    capacity_threshold,
    confusion,
    f1_at,
    f1_threshold,
    gains_curve,
    k_of,
    lift_at_k,
    precision_at_k,
    same_share,
    top_k,
)

__all__ = [
    "GIVEN_UP", "METRICS", "STEPS", "AucDifference", "Contest", "Contrast", "Duel", "Panel",
    "Reliability", "auc_contrast", "auc_difference", "bootstrap_ci", "brier_parts",
    "calibration_bins", "capacity_threshold", "confusion", "contest", "delong_covariance", "duel",
    "evaluate", "expected_ece", "f1_at", "f1_threshold", "gains_curve", "k_of", "lift_at_k",
    "log_loss_difference", "margin_log_loss", "mean_contrast", "panel_of", "precision_at_k",
    "rankable_in_both", "reliability", "roc_auc", "row_log_loss", "same_share", "share_interval",
    "top_k", "wilson",
]  # fmt: skip

"""How good is this batch expected to be, before any outcome has arrived, and can that be believed?

CBPE reads from the scores how many of those flagged will leave, as far as scores are true
probabilities. On the reference, whose outcomes are known, that is checked and what is not true
is corrected. It also holds when the customers change, as long as customers who look alike leave
as often as before; if that changes (a concept change), no estimate without outcomes can see it.
"""

from collections.abc import Sequence

import numpy as np

from retencion_lib.home.watch_report import Expected
from retencion_lib.maths import estimation, metrics
from retencion_lib.maths.estimation import Curve, Estimate
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.monitor.performance.realised import (
    FALL,
    calibration_error,
    fall,
    is_misfit,
    line_of,
)


def estimate(
    scores: np.ndarray,
    reference: np.ndarray,
    known: tuple[np.ndarray, np.ndarray],
    *,
    threshold: float,
    capacity: float,
    moved: Sequence[str] = (),
) -> tuple[Expected, Curve | None]:
    """Estimate every measure of a batch from its scores.

    Parameters
    ----------
    scores, reference : array
        Of the customers of now, and out of fold of those that the model learnt from.
    known : pair of arrays
        Outcome and score of the reference's customers with an outcome; empty if there are none.
    threshold, capacity : float
        Score from which customers are flagged, and share of them that the team can contact.
    moved : sequence of str
        Columns that the drift checks found to have moved.

    Returns
    -------
    Expected
        The estimate.
    Curve or None
        What corrected the scores.
    """
    line, curve, ece, untrue = None, None, float("nan"), False
    if len(known[0]):
        line, curve = (estimation.calibration_curve(*known, degree) for degree in (1, 2))
        ece, noise = calibration_error(*known)
        untrue = is_misfit(line, ece - noise)
    k = metrics.k_of(len(scores), capacity)
    found = estimation.expected(scores, threshold=threshold, k=k, curve=curve)
    beyond = float(np.mean((scores < reference.min()) | (scores > reference.max())))
    said = Expected(len(scores), found, line_of(line), ece, untrue, list(moved), beyond)
    return said, curve


def expected_alerts(e: Expected, exam: dict[str, Estimate]) -> list[Alert]:
    """RET040: the estimated ROC-AUC is clearly below the exam."""
    hoped, before = e.estimates["roc_auc"], exam.get("roc_auc")
    gap = fall(hoped, before)
    if gap is None:
        return []
    facts = {"estimated": hoped.value, "exam": before.value, "low": gap.low, "high": gap.high}
    return [Alert(Code.EXPECTED_FALL, "warning", None, gap.value, -FALL, facts)]

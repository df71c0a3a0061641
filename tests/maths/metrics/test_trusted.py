"""What is said of a set of probabilities as a whole, and when it is trusted."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss

from retencion_lib.maths import metrics
from retencion_lib.maths.metrics import calibration

Y = np.tile([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], 6)
P = np.tile([0.7, 0.2, 0.1, 0.6, 0.3, 0.2, 0.1, 0.5, 0.2, 0.1], 6)


def test_the_score_of_brier_is_the_mean_squared_gap():
    assert calibration.reliability(Y, P).brier == pytest.approx(brier_score_loss(Y, P))


@pytest.mark.parametrize(("ece", "trusted"), [(0.04, True), (0.05, True), (0.051, False)])
def test_a_gap_up_to_that_of_true_probabilities_is_trusted(ece, trusted):
    found = calibration.reliability(Y, P)
    assert replace(found, ece=ece, ece_limit=0.05).trusted == trusted


def test_the_interval_of_the_share_of_strangers_is_wilsons():
    expected = binomtest(18, 60).proportion_ci(method="wilson")
    assert metrics.share_interval(Y == 1) == pytest.approx(tuple(expected))
    narrow = binomtest(18, 60).proportion_ci(0.8, method="wilson")
    assert metrics.share_interval(Y == 1, level=0.8) == pytest.approx(tuple(narrow))

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from retencion_lib.maths.metrics import margin_log_loss, row_log_loss

Y = np.array([1, 0, 1, 0, 0])
MARGIN = np.array([2.0, -1.0, 0.3, 0.5, -4.0])


def test_the_loss_of_log_odds_is_that_of_their_probabilities():
    assert margin_log_loss(Y, MARGIN) == pytest.approx(log_loss(Y, expit(MARGIN)), abs=1e-12)
    assert row_log_loss(Y, expit(MARGIN)).mean() == pytest.approx(log_loss(Y, expit(MARGIN)))


def test_log_odds_far_from_zero_lose_what_they_are_wrong_by():
    # log(1 + e^1000) = 1000: a probability would have been rounded to one long before.
    assert margin_log_loss(np.array([0, 1]), np.array([1000.0, 1000.0])) == 500

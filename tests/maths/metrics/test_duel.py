"""Draws that keep both classes, and a duel at the very levels of its tests."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from retencion_lib.maths import metrics
from retencion_lib.maths.metrics.contest import _ranked, _rows_redrawn, _two


def test_every_draw_has_as_many_of_each_class_and_is_another():
    y = np.repeat([0, 1], [40, 10])
    draws = list(_rows_redrawn(y, 1, 50))
    assert [(w[y == 0].sum(), w[y == 1].sum()) for w in draws] == [(40, 10)] * 50
    assert len({w.tobytes() for w in draws}) == 50
    assert np.mean([w[0] for w in draws]) == pytest.approx(1, abs=0.5)


def test_a_leaver_in_the_last_place_counts_among_all_leavers():
    y, p = np.array([1, 0, 1, 0, 1]), np.array([0.9, 0.8, 0.7, 0.3, 0.1])
    average, f1 = _two(y, _ranked(p), np.ones(5))
    assert average == pytest.approx(average_precision_score(y, p))
    assert f1 == pytest.approx(2 * 3 / (5 + 3))  # with everybody flagged


@pytest.mark.parametrize(
    ("n", "among", "reason"),
    [
        # One ranking, truer by .0915 with an error of √(.1539 / (n - 1)): 2.54, 2.65, 2.75 and
        # 2.85 errors. The level .01 is at 2.576, and shared out between two at 2.807.
        (120, 1, "equal"), (130, 1, "calibrated_better"), (140, 2, "equal"),
        (150, 2, "calibrated_better"),
    ],
)  # fmt: skip
def test_a_truer_challenger_is_promoted_from_the_level_shared_among_the_candidates(
    n, among, reason
):
    y = np.tile([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], n // 10)
    timid, sure = (np.tile(np.repeat([p, 1 - p], 5), n // 10) for p in (0.6, 0.8))
    found = metrics.duel(y, timid, sure, among=among)
    assert (found.reason, found.promoted) == (reason, reason != "equal")
    assert found.loss_fall == pytest.approx(0.0915, abs=1e-4)
    back = metrics.duel(y, sure, timid, among=among)
    assert (back.reason, back.promoted) == ("equal", False)

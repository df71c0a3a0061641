"""Three thresholds for notices: F1 and capacity from validation, profit from the money alone."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import ParameterError
from retencion_lib.models.choice import Choice
from retencion_lib.stages.evaluate.examine import examine, thresholds

OOF = pd.DataFrame(
    {
        "id": list("abcdefghij"),
        "y": [1, 1, 1, 0, 1, 0, 0, 0, 0, 0],
        "xgb": np.arange(10, 0, -1) / 10,
    }
)
CHOICE = Choice([SimpleNamespace(family="xgb")], OOF, contest=None)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("f1", 0.6),  # 4 of 5 called leave, all 4 found: F1 8/9; at 0.8, 6/7
        ("capacity", 0.9),  # the second of ten
        ("profit", 0.164),
    ],
)
def test_each_policy_has_its_threshold(policy, expected):
    found = thresholds(CHOICE, capacity=0.2, profit=0.164)
    assert found[policy] == pytest.approx(expected)


def test_a_team_that_reaches_everybody_notices_everybody():
    assert thresholds(CHOICE, capacity=1.0, profit=0.2)["capacity"] == 0.1


def test_where_no_call_pays_nobody_passes_the_profit_threshold():
    assert thresholds(CHOICE, capacity=0.2, profit=np.inf)["profit"] == 1.0


def test_an_unknown_policy_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match=r"policy = 'dinero': .*'f1', 'capacity' y 'profit'"):
        examine(None, capacity=0.1, profit=0.2, policy="dinero")

"""Reasons are what raises the risk, most important first, and read as Spanish."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.names import load_names
from retencion_lib.stages.infer.reasons import Reason, _kept, _level, levels_of, reasons
from retencion_lib.stages.infer.say_reasons import say_reason


def said(found):
    """Reasons in words, without names of the team's own."""
    return [[say_reason(reason, {}) for reason in own] for own in found]


BACKGROUND = pd.DataFrame(
    {"age": np.arange(1.0, 91), "plan": ["a"] * 90, "flag": np.tile([0.0, 1.0], 45)}
)
NAMES = {
    "age": {"1": "1 mes de antigüedad", "": "{} meses de antigüedad"},
    "plan": {"basic": "contrato básico", "": "contrato"},
    "spend": "gasto mensual",
}


@pytest.mark.parametrize(
    ("column", "value", "names", "expected"),
    [
        ("plan", "basic", {}, "plan: basic"),
        ("age", 2.0, {}, "age: 2 (bajo)"),
        ("age", 85.0, {}, "age: 85 (alto)"),
        ("age", 45.0, {}, "age: 45"),
        ("flag", 1.0, {}, "flag: 1"),
        ("age", np.nan, {}, "age: sin dato"),
        ("plan", None, {}, "plan: sin dato"),
        ("age", 1.0, NAMES, "1 mes de antigüedad"),
        ("age", 2.0, NAMES, "2 meses de antigüedad"),
        ("age", np.nan, NAMES, "age: sin dato"),
        ("plan", "basic", NAMES, "contrato básico"),
        ("plan", "otro", NAMES, "contrato: otro"),
        ("spend", 1234.5, NAMES, "gasto mensual: 1.234,50"),
        ("plan", "{}{0.__class__}", {}, "plan: {}{0.__class__}"),
    ],
)
def test_a_value_is_said_in_plain_spanish(column, value, names, expected):
    levels = levels_of(BACKGROUND[column]) if column in BACKGROUND else None
    assert say_reason(Reason(column, value, _level(value, levels)), names) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param([0.5, 0.9, 0.2], ["plan: a", "age: 2 (bajo)", "flag: 0"], id="by-weight"),
        pytest.param([0.5, 0.9, 0.05], ["plan: a", "age: 2 (bajo)"], id="too-small"),
        pytest.param([-0.5, 0.9, -2], ["plan: a"], id="only-what-raises-the-risk"),
        pytest.param([-0.5, -0.9, 0], [], id="none"),
    ],
)
def test_reasons_are_what_raises_the_risk_most_important_first(own, expected):
    parts = pd.DataFrame([own], columns=["age", "plan", "flag"])
    frame = pd.DataFrame({"age": [2.0], "plan": ["a"], "flag": [0.0]})
    assert said(reasons(parts, frame, BACKGROUND)) == [expected]
    assert said(reasons(parts, frame, BACKGROUND, limit=1)) == [expected[:1]]


def test_what_is_not_known_is_said_after_what_is():
    parts = pd.DataFrame([[0.9, 0.5, 0.1]], columns=["age", "plan", "flag"])
    frame = pd.DataFrame({"age": [np.nan], "plan": ["a"], "flag": [0.0]})
    assert said(reasons(parts, frame, BACKGROUND)) == [["plan: a", "flag: 0", "age: sin dato"]]


def test_two_numbers_that_say_the_same_are_one_reason():
    background = BACKGROUND.assign(months=BACKGROUND["age"] * 12)
    parts = pd.DataFrame([[0.5, 0.9, 0.4]], columns=["age", "months", "flag"])
    frame = pd.DataFrame({"age": [2.0], "months": [24.0], "flag": [1.0]})
    assert said(reasons(parts, frame, background)) == [["months: 24 (bajo)", "flag: 1"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", r"names\.json: debe ser un objeto JSON de columna a texto"),
        ('{"age": 3}', r"names\.json: 'age' debe tener un texto.*tiene 3"),
        ('{"age": {"1": null}}', r"'age' debe tener un texto, o un objeto de valor a texto"),
    ],
)
def test_names_of_another_shape_are_refused(tmp_path, monkeypatch, content, message):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    (tmp_path / "names.json").write_text(content)
    with pytest.raises(DataError, match=message):
        load_names("names.json")


def test_names_are_optional_unless_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    assert load_names(config.NAMES) == {}
    assert load_names("") == {}
    with pytest.raises(DataError, match=r"No existe otros\.json.*Corrige names, o déjalo vacío"):
        load_names("otros.json")


def plain_reasons(own, unknown, twins, limit):
    """One row and one column after the other."""
    kept = []
    for i in np.lexsort((-own, unknown)):
        if len(kept) == limit:
            break
        if own[i] > 0 and own[i] >= 0.1 * own.max() and not twins[i, kept].any():
            kept.append(i)
    return [*kept, *[-1] * (limit - len(kept))]


def test_many_rows_at_once_keep_what_each_would_keep_alone():
    rng = np.random.default_rng(0)
    own = rng.normal(size=(300, 7)).round(1)  # with ties
    unknown, twins = rng.random(own.shape) < 0.2, rng.random((7, 7)) < 0.2
    twins |= twins.T
    expected = [plain_reasons(*row, twins, 3) for row in zip(own, unknown, strict=True)]
    assert _kept(own, unknown, twins, 3).tolist() == expected

"""Reasons are what raises the risk, most important first, and read as Spanish."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.names import load_names
from retencion_lib.stages.infer.reasons import Reason, _kept, _level, levels_of, reasons
from retencion_lib.stages.infer.say_reasons import say_offer, say_reason


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
        ("age", 2.0, {}, "age: 2 (valor bajo)"),
        ("age", 85.0, {}, "age: 85 (valor alto)"),
        ("age", 45.0, {}, "age: 45"),
        ("flag", 1.0, {}, "flag: 1"),
        ("age", np.nan, {}, "age: sin dato"),
        ("plan", None, {}, "plan: sin dato"),
        ("age", 1.0, NAMES, "1 mes de antigüedad (valor bajo)"),
        ("age", 2.0, NAMES, "2 meses de antigüedad (valor bajo)"),
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
        pytest.param(
            [0.5, 0.9, 0.2], ["plan: a", "age: 2 (valor bajo)", "flag: 0"], id="by-weight"
        ),
        pytest.param([0.5, 0.9, 0.05], ["plan: a", "age: 2 (valor bajo)"], id="too-small"),
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


def test_what_is_not_known_is_said_where_there_is_nothing_else():
    parts = pd.DataFrame([[0.9, -0.5]], columns=["age", "plan"])
    frame = pd.DataFrame({"age": [np.nan], "plan": ["a"]})
    assert said(reasons(parts, frame, BACKGROUND)) == [["age: sin dato"]]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param([0.5, 0.9, 0.4], ["months: 24 (valor bajo)", "flag: 1"], id="the-larger"),
        # Apart, the plan would come before both of them.
        pytest.param([0.5, 0.6, 0.8], ["months: 24 (valor bajo)", "flag: 1"], id="together"),
        pytest.param([-0.7, 0.9, 0.8], ["flag: 1", "months: 24 (valor bajo)"], id="against"),
        pytest.param([-0.9, 0.8, 0.4], ["flag: 1"], id="none-is-left"),
    ],
)
def test_two_numbers_that_say_the_same_are_one_reason_with_both_parts(own, expected):
    noise = np.random.default_rng(0).normal(0, 15, 90)  # correlation .87
    background = BACKGROUND.assign(months=BACKGROUND["age"] * 12 + 12 * noise)
    assert 0.8 < background["age"].corr(background["months"]) < 0.95
    parts = pd.DataFrame([own], columns=["age", "months", "flag"])
    frame = pd.DataFrame({"age": [2.0], "months": [24.0], "flag": [1.0]})
    assert said(reasons(parts, frame, background)) == [expected]


def test_what_sets_a_customer_apart_is_said_before_what_all_share():
    parts = pd.DataFrame([[0.9, 0.3, 0.0], [0.9, 0.1, 0.2]], columns=["plan", "age", "flag"])
    frame = pd.DataFrame({"plan": ["a", "a"], "age": [45.0, 45.0], "flag": [0.0, 1.0]})
    assert said(reasons(parts, frame, BACKGROUND)) == [
        ["age: 45", "plan: a"], ["flag: 1", "plan: a", "age: 45"],
    ]  # fmt: skip


OFFERS = {"plan": {"a": "plan b con un mes gratis", "": "otro plan"}, "age": "regalo"}


@pytest.mark.parametrize(
    ("own", "offers", "expected"),
    [
        pytest.param([("flag", 1.0), ("age", 2.0), ("plan", "a")], OFFERS, "regalo", id="first"),
        pytest.param([("plan", "a"), ("age", 2.0)], OFFERS, "plan b con un mes gratis", id="value"),
        pytest.param([("plan", "z")], OFFERS, "otro plan", id="any-other-value"),
        pytest.param([("plan", "z"), ("age", 1.0)], {"plan": {"a": "x"}, "age": "y"}, "y",
                     id="a-value-without-one"),
        pytest.param([("flag", 1.0)], {"flag": {"1": "llamar antes"}}, "llamar antes", id="number"),
        pytest.param([("flag", 1.0)], OFFERS, "", id="none"),
        pytest.param([], OFFERS, "", id="no-reasons"),
    ],
)  # fmt: skip
def test_what_is_offered_is_that_of_the_first_reason_that_has_an_offer(own, offers, expected):
    assert say_offer([Reason(*one) for one in own], offers) == expected


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


def plain_reasons(own, merged, mean, unknown, twins, limit):
    """One row and one column after the other."""
    kept = []
    for i in np.lexsort((-own, -merged, -(merged - mean), unknown)):
        if len(kept) == limit:
            break
        large = own[i] > 0 and merged[i] > 0 and merged[i] >= 0.1 * merged.max()
        if large and not twins[i, kept].any():
            kept.append(i)
    return [*kept, *[-1] * (limit - len(kept))]


def test_many_rows_at_once_keep_what_each_would_keep_alone():
    rng = np.random.default_rng(0)
    own = rng.integers(-9, 10, (300, 7)).astype(float)  # with ties, and sums that are exact
    unknown, twins = rng.random(own.shape) < 0.2, rng.random((7, 7)) < 0.2
    twins |= twins.T
    merged = np.array([[row[i] + row[twins[i] & (np.arange(7) != i)].sum() for i in range(7)]
                       for row in own])  # fmt: skip
    mean = merged.mean(axis=0)
    expected = [plain_reasons(own[i], merged[i], mean, unknown[i], twins, 3) for i in range(300)]
    assert _kept(own, unknown, twins, 3).tolist() == expected

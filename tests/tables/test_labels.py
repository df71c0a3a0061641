"""Who left: two labels, learnt once."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables.labels import Classes, learn, propose, read_outcomes, texts_of
from retencion_lib.tables.text import canonical


def column(values) -> pd.Series:
    return pd.Series(values, name="baja", dtype=object)


@pytest.mark.parametrize(
    ("values", "positive", "expected", "labels"),
    [
        pytest.param(["TRUE", "True", "false", False], "", [1, 1, 0, 0], ("true", "false"), id="t"),
        pytest.param(["Sí", "sí", "NO", "no"], "", [1, 1, 0, 0], ("Sí", "NO"), id="capitals"),
        pytest.param([1.0, 0.0, "1", "0"], "", [1, 0, 1, 0], ("1", "0"), id="decimals"),
        pytest.param(["1", "yes", "0", "no"], "", [1, 1, 0, 0], ("1", "0"), id="several-words"),
        pytest.param(["0", "1", "1", "0"], "0", [1, 0, 0, 1], ("0", "1"), id="upside-down"),
        pytest.param(["activo", "baja", "baja"], "BAJA", [0, 1, 1], ("baja", "activo"), id="word"),
        pytest.param(["sim", "não", "sim"], "", [1, 0, 1], ("sim", "não"), id="portuguese"),
    ],
)
def test_the_two_labels_of_an_outcome_are_found(values, positive, expected, labels):
    y, classes = learn(column(values), "t.csv", positive)
    np.testing.assert_array_equal(y, expected)
    assert (classes.leaves, classes.stays) == labels


@pytest.mark.parametrize(
    ("rows", "leaves"),
    [
        pytest.param({"activo": 80, "baja": 20}, "baja", id="a-word-for-leaving"),
        pytest.param({"cancelado": 60, "vigente": 40}, "cancelado", id="even-if-most-leave"),
        pytest.param({"Attrited Customer": 9, "Existing Customer": 91}, "Attrited Customer",
                     id="inside-a-name"),
        pytest.param({"Churn": 9, "No churn": 91}, "Churn", id="a-word-denied"),
        pytest.param({"Left": 50, "Stayed": 50}, "Left", id="left"),
        pytest.param({"aa": 70, "zz": 30}, "zz", id="the-rarer-where-no-word-helps"),
    ],
)  # fmt: skip
def test_the_label_that_likely_means_leaving_is_proposed_and_never_the_first(rows, leaves):
    assert propose(rows)[0] == leaves


def test_two_unknown_labels_are_shown_with_the_proposal_and_when_most_would_leave():
    with pytest.raises(
        DataError, match=r"'cancelado' y 'vigente'.*positive = 'cancelado' \(por la palabra\).*"
        r"75,0 % de los clientes, más de la mitad",
    ):  # fmt: skip
        learn(column(["cancelado"] * 3 + ["vigente"]), "t.csv")


def test_blank_outcomes_are_refused_with_the_way_to_leave_them_out():
    with pytest.raises(DataError, match=r"falta en 1 fila \(línea 3\).*--unlabelled drop"):
        learn(column([1, None, 0]), "t.csv")
    y, _ = learn(column([1, None, 0]), "t.csv", unlabelled="drop")
    np.testing.assert_array_equal(y, [1, np.nan, 0])


def test_only_two_ways_with_blank_outcomes_are_known():
    with pytest.raises(ParameterError, match=r"unlabelled = 'x': debe ser 'refuse'.*'drop'"):
        learn(column([1, 0]), "t.csv", unlabelled="x")


@pytest.mark.parametrize(
    ("classes", "values", "expected"),
    [
        pytest.param(Classes("0", "1"), ["1", 0.0, None], [0, 1, None], id="one-stays"),
        pytest.param(Classes("1", "2"), [1, 2], [1, 0], id="one-and-two"),
        pytest.param(Classes("true", "false"), ["TRUE", False], [1, 0], id="spellings"),
        pytest.param(Classes("1", "0"), ["sí", True, "0"], [1, 1, 0], id="usual-words"),
        pytest.param(Classes("baja", "activo"), ["Baja", "activo"], [1, 0], id="words"),
    ],
)
def test_later_outcomes_are_read_by_the_labels_that_were_learnt(classes, values, expected):
    found = read_outcomes(column(values), "l.csv", classes)
    assert found.astype(object).where(found.notna(), None).tolist() == expected


@pytest.mark.parametrize(
    ("classes", "value"),
    [
        pytest.param(Classes("0", "1"), "sí", id="usual-words-would-be-upside-down"),
        pytest.param(Classes("1", "2"), "0", id="a-third-number"),
        pytest.param(Classes("baja", "activo"), "pendiente", id="a-third-word"),
    ],
)
def test_any_other_label_is_refused_with_both_that_were_learnt(classes, value):
    with pytest.raises(DataError, match=rf"'{value}'.*'{classes.leaves}' es baja y"):
        read_outcomes(column([value]), "l.csv", classes)


@pytest.mark.parametrize(
    ("values", "positive", "said"),
    [
        (["a", "a"], "a", r"una sola clase \('a'\)"), (["a", "b", "c"], "a", "3 clases"),
        (["1", "yes", "0", "x"], "", "4 clases"), (["1", "yes", "true"], "", "3 clases"),
        (["1", "yes", "0"], "1", "3 clases"),
        (["a", "b"], "c", r"positive = 'c' no está en 'baja', que tiene 'a' y 'b'"),
        (["yes", "1"], "", "no se sabe cuál es la baja"),
    ],
)  # fmt: skip
def test_labels_that_are_not_two_known_ones_are_refused(values, positive, said):
    with pytest.raises(DataError, match=said):
        learn(column(values), "t.csv", positive)


def test_the_commonest_spellings_name_the_classes():
    _, classes = learn(column(["si", "SI", "SI", "1", "no", "0", "0"]), "t.csv")
    assert (classes.leaves, classes.stays) == ("SI", "0")


@pytest.mark.parametrize(
    ("rows", "leaves", "why"),
    [
        ({"aa": 5, "zz": 5}, "aa", "podría ser la otra: hay las mismas filas de las dos"),
        ({"aa": 5, "zz": 4}, "zz", "la menos frecuente, 4 filas"),
        ({"activo": 1, "zz": 9}, "zz", "por la palabra de la otra"),
        ({"baja": 9, "fuga": 1}, "fuga", "la menos frecuente, 1 fila"),
        ({"yes": 9, "unknown": 1}, "yes", "por la palabra"),
        ({"no activo": 9, "zz": 1}, "no activo", "por la palabra"),
        ({"zz": 1, "not churned": 9}, "zz", "por la palabra de la otra"),
    ],
)  # fmt: skip
def test_a_proposal_says_why(rows, leaves, why):
    assert propose(rows) == (leaves, why)


@pytest.mark.parametrize(
    ("rows", "warned"), [(["baja", "x"], False), (["baja", "baja", "x"], True)]
)
def test_a_proposal_by_which_more_than_half_leave_is_said_to_be_odd(rows, warned):
    with pytest.raises(DataError) as refused:
        learn(column(rows), "t.csv")
    assert ("más de la mitad" in str(refused.value)) == warned


def test_a_model_that_knows_only_the_label_that_leaves_takes_one_other_and_no_two():
    old = Classes("baja", "")
    assert read_outcomes(column(["baja", "sigue"]), "l.csv", old).tolist() == [1, 0]
    with pytest.raises(DataError, match="'sigue' y 'x'"):
        read_outcomes(column(["baja", "sigue", "x"]), "l.csv", old)
    with pytest.raises(DataError, match=r"'x'.*'1' es baja y 'su contrario' no"):
        read_outcomes(column(["1", "x"]), "l.csv", Classes("1", ""))
    assert read_outcomes(column(["yes", "no"]), "l.csv", Classes("1", "")).tolist() == [1, 0]


def test_a_column_of_texts_is_read_as_each_of_its_values_is():
    texts = [" Sí ", "TRUE", "28001.0", "007", "NaN", "", None, np.nan, "Sí", "Sí"]
    column = pd.Series(texts, [3, 5, *range(10, 18)], object, "plan")
    found = texts_of(column)
    assert list(found) == [None if t is None or t != t else canonical(t) for t in texts]
    assert (list(found.index), found.name, found.dtype) == (list(column.index), "plan", object)
    mixed = pd.Series([1, True, 1.5, "1"], dtype=object)
    assert list(texts_of(mixed)) == ["1", "true", "1.5", "1"]


def test_a_column_of_canonical_texts_is_given_back_and_not_copied():
    column = pd.Series(["a", None, "007"], dtype=object)
    assert texts_of(column) is column
    assert list(texts_of(pd.Series(["a", np.nan], dtype=object))) == ["a", None]

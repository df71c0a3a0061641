import pytest

from retencion_lib import words


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 1, "1.234,5"), (0.5, 2, "0,50"), (-7043, 0, "-7.043"), (None, 1, "—"),
     (float("nan"), 1, "—"), (-0.001, 0, "0")],
)  # fmt: skip
def test_numbers_are_written_the_spanish_way(value, digits, text):
    assert words.es(value, digits) == text


def test_a_share_is_written_as_a_percentage():
    assert words.pct(0.265) == "26,5 %"


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a y b"), (list("abcdefg"), "a, b, c, d, e y 2 más")],
)
def test_a_list_reads_as_prose_and_counts_what_it_leaves_out(items, text):
    assert words.listed(items) == text


def test_plural_agrees_with_the_number():
    assert words.plural(1, "fila", "filas") == "1 fila"
    assert words.plural(2000, "fila", "filas") == "2.000 filas"


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [(0.012, 1, "1,2 puntos"), (0.01, 0, "1 punto"), (0.01, 1, "1,0 puntos"), (0, 0, "0 puntos")],
)
def test_points_agree_with_the_number_that_is_shown(share, digits, said):
    assert words.points(share, digits) == said


def test_a_date_is_written_in_words():
    assert words.day("2026-10-31T09:00:00+00:00") == "31 de octubre de 2026"

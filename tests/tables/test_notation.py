"""How a number is written, and which mark its column's decimals have."""

import pytest

from retencion_lib.tables.notation import decimal_mark, shapes_of, written


@pytest.mark.parametrize(
    ("text", "shape", "point", "comma"),
    [
        ("1.201", "point3", 1.201, 1201), ("1,201", "comma3", 1201, 1.201),
        ("0.201", "point", 0.201, 0.201), ("0,201", "comma", 0.201, 0.201),
        ("12.5", "point", 12.5, 12.5), ("12,5", "comma", 12.5, 12.5), ("902", "whole", 902, 902),
        ("1.234,50", "comma", 1234.5, 1234.5), ("1,234.50", "point", 1234.5, 1234.5),
        ("1.234.567", "comma", 1234567, 1234567), ("1,234,567", "point", 1234567, 1234567),
        ("1 234.567", "point", 1234.567, 1234.567), ("12,3 %", "comma", 0.123, 0.123),
        ("1,5e3", "comma", 1500, 1500), ("2e-3", "whole", 0.002, 0.002),
        ("50E1%", "whole", 5, 5), ("(300)", "whole", -300, -300), ("-$5", "whole", -5, -5),
        ("$-5", "whole", -5, -5), ("5.", "point", 5, 5), (",5", "comma", 0.5, 0.5),
    ],
)  # fmt: skip
def test_a_number_says_where_its_decimals_are_or_leaves_it_to_its_column(text, shape, point, comma):
    found = written(text)
    assert (found.shape, found.value("."), found.value(",")) == (shape, point, comma)


@pytest.mark.parametrize("text", ["", ".", ",", "1.2.3", "1.23.456", "(5", "5)", "1,2,3.4", "a5"])
def test_what_no_one_writes_for_a_number_is_none(text):
    assert written(text) is None


@pytest.mark.parametrize(
    ("text", "money"), [("$ 5", "$"), ("5 €", "€"), ("EUR 5", "EUR"), ("5", "")]
)
def test_the_money_of_an_amount_is_known(text, money):
    assert written(text).money == money


@pytest.mark.parametrize(
    ("texts", "separator", "elsewhere", "mark"),
    [
        (["5", "12"], "", "", ""),  # nothing to read two ways
        (["12.5", "12,5"], "", "", ""),  # each says its own
        (["12.5"], "", "", "."), (["12,5"], "", "", ","),
        (["12.5", "1.201"], "", "", "."), (["12,5", "1.201"], "", "", ","),
        (["1.201", "1,201"], "", "", None), (["12.5", "12,5", "1.201"], "", "", None),
        (["1.201"], "", "", None), (["1,201"], "", "", None),
        (["1.201"], ",", "", "."), (["1,201"], ",", "", "."),
        (["1.200", "902"], ",", "", None),  # as thousands go: with a zero, and one under a thousand
        (["1.200", "0"], ",", "", "."), (["1.201", "902"], ",", "", "."),
        (["1.200", "1902"], ",", "", "."), (["1,200", "902"], ",", "", "."),
        (["1.201"], ";", ",", ","), (["1.201"], ";", ".", "."), (["1.201"], ";", "", None),
        (["1.200", "902"], ";", ".", None), (["1.200", "902"], ";", ",", ","),
        (["1,201"], ";", "", ","), (["1,201"], ";", ".", "."), (["1,200", "902"], ";", "", None),
        (["1,200", "902"], ";", ",", ","), (["1,200", "902"], ";", ".", None),
        (["1,201"], "\t", ".", "."), (["1,201"], "\t", "", None),
    ],
)  # fmt: skip
def test_a_column_its_file_and_its_neighbours_say_the_mark_or_nobody_does(
    texts, separator, elsewhere, mark
):
    assert decimal_mark(shapes_of([written(t) for t in texts]), separator, elsewhere) == mark

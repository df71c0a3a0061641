"""Numbers, dates and codes as people write them: read right, or asked about."""

import numpy as np
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables.dates import days
from retencion_lib.tables.text import canonical
from retencion_lib.tables.typed import Place, judge


def read(texts, rows=None, **place):
    rows = np.ones(len(texts), int) if rows is None else np.array(rows)
    found = judge(texts, rows, Place("t.csv", "x", **place))
    return found, found.values(texts)


@pytest.mark.parametrize(
    ("texts", "place", "expected"),
    [
        pytest.param(["1.234,50", "5"], {}, [1234.5, 5], id="european"),
        pytest.param(["1,234.50", "5"], {}, [1234.5, 5], id="english"),
        pytest.param(["$1,234.50", "$3"], {}, [1234.5, 3], id="dollars"),
        pytest.param(["1,50 €", "3 €"], {}, [1.5, 3], id="euros"),
        pytest.param(["12%", "3,5 %"], {}, [0.12, 0.035], id="per-cent"),
        pytest.param(["1\u00a0234,5", "12"], {}, [1234.5, 12], id="no-break-space"),
        pytest.param(["1'234.5", "12"], {}, [1234.5, 12], id="swiss"),
        pytest.param(["(300)", "-5", "−2"], {}, [-300, -5, -2], id="negative"),
        pytest.param(["1.234.567", "12"], {}, [1234567, 12], id="two-groups-say-it"),
        pytest.param(["12,5", "1.201"], {}, [12.5, 1201], id="a-comma-tells-of-the-points"),
        pytest.param(["12.5", "1,201"], {}, [12.5, 1201], id="a-point-tells-of-the-commas"),
        pytest.param(["0.125", "1.201"], {"separator": ";"}, [0.125, 1.201], id="a-zero-tells"),
        pytest.param(["1234.5", "1.201"], {"separator": ";"}, [1234.5, 1.201], id="four-tell"),
        pytest.param(["902", "1,201"], {"separator": ","}, [902, 1201], id="quoted-in-commas"),
        pytest.param(["1,25", "1,125"], {"separator": ";"}, [1.25, 1.125], id="decimal-comma"),
        pytest.param(["12.5", "12,5"], {}, [12.5, 12.5], id="each-says-it-itself"),
        pytest.param(["902", "1.201"], {"decimal": ","}, [902, 1201], id="a-contract-says-it"),
        pytest.param(["1e308", "3", "inf"], {}, [np.nan, 3, np.nan], id="no-model-can-use-it"),
    ],
)
def test_a_number_is_read_as_its_column_says(texts, place, expected):
    found, values = read(texts, **place)
    assert found.kind == "number"
    np.testing.assert_array_equal(values, expected)


THOUSANDS = ["902", "1.201", "12.500"]


@pytest.mark.parametrize(
    ("texts", "place", "said"),
    [
        pytest.param(
            THOUSANDS, {"separator": ";"},
            r"t\.csv: la columna 'x' tiene '1\.201' y '12\.500' .* 1201, .* 1,201, .*decimal = "
            r'"coma"', id="points",
        ),
        pytest.param(THOUSANDS, {"separator": ","}, "no se sabe si '1.201'", id="in-commas-too"),
        pytest.param(
            THOUSANDS, {"separator": ";", "elsewhere": lambda: "."}, "no se sabe", id="unlike-rest"
        ),
        pytest.param(["1.201", "1,201"], {}, "no se sabe si", id="both-marks"),
        pytest.param(["1.201", "2.345"], {"separator": "\t"}, "no se sabe si", id="tabs"),
        pytest.param(["12%", "3"], {}, r"mezcla números con % y sin él \('3'\)", id="per-cent"),
        pytest.param(["$1", "2 €"], {}, r"mezcla \$ y €.*una moneda", id="two-moneys"),
    ],
)  # fmt: skip
def test_numbers_that_can_be_read_two_ways_are_asked_about(texts, place, said):
    with pytest.raises(DataError, match=said):
        read(texts, **place)


def test_the_other_columns_of_the_file_tell_where_the_column_cannot():
    np.testing.assert_array_equal(
        read(THOUSANDS, separator=";", elsewhere=lambda: ",")[1], [902, 1201, 12500]
    )


@pytest.mark.parametrize(
    "code", ["?", "-", "n/a", "na", "Unknown", "NaT", "sin dato", "SIN DATO", "s/d", "#N/D"]
)
def test_the_usual_codes_among_numbers_are_gaps_however_many(code):
    found, values = read([code, "1", "2.5"], rows=[60, 20, 20])
    np.testing.assert_array_equal(values, [np.nan, 1, 2.5])
    assert found.gaps == {code: 60}


NUMBERS = [str(n) for n in range(95)]


def test_a_few_other_texts_among_numbers_are_gaps_and_are_named():
    found, _ = read([*NUMBERS, "pendiente"])
    assert (found.kind, found.gaps) == ("number", {"pendiente": 1})


def test_many_texts_among_numbers_are_asked_about_with_what_to_type():
    with pytest.raises(
        DataError, match=r"95 números y 10 filas con textos \('pendiente'; 9,5 %\).*"
        r'gaps = \["pendiente"\].*drop_cols',
    ):  # fmt: skip
        read([*NUMBERS, "pendiente"], rows=[1] * 95 + [10])


def test_a_code_that_the_settings_name_is_a_gap():
    found, _ = read([*NUMBERS, "Pendiente"], rows=[1] * 95 + [10], gaps=frozenset({"pendiente"}))
    assert found.kind == "number"


def test_a_few_numbers_with_bands_among_them_are_categories():
    assert read(["1", "2", "3", ">3", "never"])[0].kind == "text"


@pytest.mark.parametrize("texts", [["007", "12"], ["9007199254740993", "5"], ["a", "b"], ["-"]])
def test_codes_and_words_are_no_numbers(texts):
    assert read(texts)[0].kind == "text"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-05-21", "2023-05-21"), ("2023/05/21", "2023-05-21"), ("2023.05.21", "2023-05-21"),
        ("21.05.2023", "2023-05-21"), ("21/05/23", "2023-05-21"), ("21.05.23", "2023-05-21"),
        ("21-May-2023", "2023-05-21"), ("21 de mayo de 2023", "2023-05-21"),
        ("May 21, 2023", "2023-05-21"), ("Sun May 21 10:00:00 UTC 2023", "2023-05-21"),
        ("2023-05", "2023-05-01"), ("05/2023", "2023-05-01"), ("20230521", "2023-05-21"),
        ("2023-05-21 10:30", "2023-05-21"), ("2023-05-21T10:30:00Z", "2023-05-21"),
        ("2023-03-26T03:00:00+02:00", "2023-03-26"), ("may-23", "2023-05-01"),
    ],
)  # fmt: skip
def test_dates_in_every_common_shape_are_days(text, day):
    assert days([text, "NaT", None]) == [day, None, None]


@pytest.mark.parametrize(
    "texts",
    [["10-20"], ["1.2.3"], ["2023-13-01"], ["31/02/2023"], ["10:30"], ["May"], ["2021"], ["NaT"]],
)
def test_what_is_no_day_is_no_date(texts):
    assert days(texts) is None


def test_a_day_over_twelve_in_second_place_tells_of_its_column():
    assert days(["03/04/2023", "04/21/2023"]) == ["2023-03-04", "2023-04-21"]
    assert days(["03/04/2023"]) == ["2023-04-03"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), ("FALSE", "false"), (28001.0, "28001"), ("28001.0", "28001"), ("007", "007"),
     ("007.0", "007.0"), (" a ", "a"), ("antigu\u0308edad", "antigüedad"), ("NULL", None),
     (-0.0, "0"), (2**63 + 1, "9223372036854775809"), ("None", None)],
)  # fmt: skip
def test_a_value_has_one_text_wherever_it_comes_from(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("numbers", "texts", "rows", "kind"),
    [
        pytest.param(60, ["x"], [1] * 57 + [1, 1, 1, 3], "number", id="strange-to-a-twentieth"),
        pytest.param(50, ["x"], [1] * 50 + [4], "text", id="fifty-values-are-few"),
        pytest.param(51, ["x"], [1] * 51 + [4], "asked", id="fifty-one-are-not"),
        pytest.param(51, ["x"], [1] * 51 + [51], "asked", id="half-are-numbers"),
        pytest.param(51, ["x"], [1] * 51 + [52], "text", id="fewer-than-half"),
        pytest.param(1, ["?"], [1, 19], "text", id="numbers-to-a-twentieth-are-none"),
        pytest.param(1, ["?"], [1, 18], "number", id="more-are-numbers-with-gaps"),
    ],
)
def test_how_many_numbers_make_a_column_of_numbers(numbers, texts, rows, kind):
    labels = [*(str(n) for n in range(numbers)), *texts]
    if kind == "asked":
        with pytest.raises(DataError, match="¿Quieren decir «sin dato»"):
            read(labels, rows)
    else:
        assert read(labels, rows)[0].kind == kind


def test_where_a_contract_says_numbers_gaps_may_be_many_and_texts_few():
    assert read(["1", "?"], [1, 30], number=True)[0].kind == "number"
    assert read(["1", "x"], [19, 1], number=True)[0].kind == "number"
    assert read([*NUMBERS, "x"], [1] * 95 + [10], number=True)[0].kind == "text"  # asked of nobody
    assert read(["007", "12"], number=True)[0].kind == "number"


@pytest.mark.parametrize(
    ("texts", "decimal", "grouped"),
    [
        (["1", "2"], "", False), (["1.2345", "2"], "", False),
        (["1.5", "2"], ".", False), (["1,5", "2"], ",", False),
        (["1,5", "1.201"], ",", True), (["$1.5", "2"], ".", False),
    ],
)  # fmt: skip
def test_a_reading_keeps_the_mark_and_whether_thousands_were_grouped(texts, decimal, grouped):
    found, _ = read(texts)
    assert (found.decimal, found.grouped) == (decimal, grouped)


def test_blank_rows_are_no_evidence_and_keep_their_place():
    found, values = read([None, "1,5", "?"], [90, 9, 1])
    assert (found.kind, found.gaps) == ("number", {"?": 1})
    np.testing.assert_array_equal(values, [np.nan, 1.5, np.nan])
    assert read([None], [5])[0].kind == "text"
    dates, days_read = read(["2023-05-21", None, "-"], [3, 1, 2])
    assert (dates.kind, dates.gaps) == ("date", {"-": 2})
    assert days_read.tolist() == ["2023-05-21", None, None]


def test_of_a_column_of_dates_what_is_none_is_blank():
    dates, _ = read(["2023-05-21", "2023-06-01"])
    assert dates.values(["2023-07-02", None]).tolist() == ["2023-07-02", None]
    assert dates.values(["mañana", None]).tolist() == [None, None]


@pytest.mark.parametrize("n", [1, 20])
def test_one_code_among_numbers_makes_them_texts(n):
    numbers = [str(value) for value in range(1, n + 1)]
    assert read([*numbers, "007"])[0].kind == "text"
    assert read([*numbers, "1234567890123456"])[0].kind == "text"
    assert read([*numbers, "123456789012345"])[0].kind == "number"


def test_a_per_cent_beside_nothing_is_a_per_cent():
    np.testing.assert_array_equal(read(["12%", "0", "0,0"])[1], [0.12, 0, 0])

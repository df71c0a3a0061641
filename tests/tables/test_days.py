"""Which day a text says, in every common way of writing it; where it may be two, none."""

import numpy as np
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables.days import read_days


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-21", "2024/05/21", "2024.5.21", "20240521", "21/05/2024", "21.05.2024",
        "21-5-2024", "21/05/24", "05/21/2024", "5-21-24", "21-May-2024", "21 may 2024",
        "21 de mayo de 2024", "21 mayo, 2024", "May 21, 2024", "mayo 21 2024",
        "2024-05-21T23:59:59", "2024-05-21 23:59", "2024-05-21 23:59:59.123456",
        "2024-05-21T23:59:59Z", "2024-05-21T23:59:59+02:00", "2024-05-21 23:59:59 -0500",
        "21/05/2024 23:59", "5/21/2024 11:59 PM", "21/05/2024 11:59 p.m.",
    ],
)  # fmt: skip
def test_a_common_way_of_writing_a_day_is_read(text):
    assert read_days([text], "log.csv, 'date'").tolist() == [np.datetime64("2024-05-21").item()]


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        pytest.param(["01/02/2024", "13/02/2024"], ["2024-02-01", "2024-02-13"], id="day-first"),
        pytest.param(["02/01/2024", "02/13/2024"], ["2024-02-01", "2024-02-13"], id="month-first"),
        pytest.param(["01/01/2024"], ["2024-01-01"], id="the-same-either-way"),
        pytest.param(["01/01/68", "31/01/70"], ["2068-01-01", "1970-01-31"], id="two-digits"),
        pytest.param(["5 ene 2024", "6 Dic 2024"], ["2024-01-05", "2024-12-06"], id="spanish"),
        pytest.param(["5 Jan 2024", "6 dec 2024"], ["2024-01-05", "2024-12-06"], id="english"),
        pytest.param(["2024-02-29 10:00", "2024-03-01"], ["2024-02-29", "2024-03-01"], id="times"),
    ],
)
def test_a_column_is_read_by_all_of_it(texts, days):
    assert read_days(texts, "x").tolist() == [np.datetime64(d).item() for d in days]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        pytest.param(["2024-05-21", "ayer"], r"'ayer' no es una fecha", id="no-date"),
        pytest.param(
            ["x", "y", "z", "w"], r"4 valores \(como 'x', 'y' y 'z'\) no son una fecha", id="none"
        ),
        pytest.param(["2024-05"], r"'2024-05' no es una fecha", id="month-alone"),
        pytest.param(["1716249600"], r"'1716249600' no es una fecha", id="seconds"),
        pytest.param(["2023-02-29"], r"'2023-02-29' no es un día del calendario", id="no-such-day"),
        pytest.param(["21 foo 2024"], r"'21 foo 2024' no es un día del calendario", id="no-month"),
        pytest.param(
            ["2024-05-21", "21/05/2024"], r"maneras distintas, '2024-05-21' y '21/05/2024'",
            id="two-ways",
        ),
        pytest.param(
            ["21/05/2024", "21-05-2024"], r"maneras distintas, '21/05/2024' y '21-05-2024'",
            id="two-separators",
        ),
        pytest.param(
            ["21/05/2024", "05/22/2024"],
            r"unas fechas llevan el día delante \('21/05/2024'\) y otras el mes \('05/22/2024'\)",
            id="day-and-month-first",
        ),
        pytest.param(
            ["01/02/2024", "03/04/2024"],
            r"ninguna fecha pasa del día 12.*no se sabe qué número es el día",
            id="nobody-knows",
        ),
        pytest.param(
            ["2024-05-21T10:00+01:00", "2024-05-21T10:00+02:00"],
            r"husos horarios distintos, .*\(\+01:00\) y .*\(\+02:00\)", id="two-zones",
        ),
        pytest.param(
            ["2024-05-21T10:00Z", "2024-05-21T10:00"],
            r"husos horarios distintos, .*\(UTC\) y .*\(sin huso\)", id="a-zone-and-none",
        ),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_refused_with_the_remedy(texts, said):
    with pytest.raises(DataError, match=rf"log\.csv, 'date': .*{said}.*AAAA-MM-DD"):
        read_days(texts, "log.csv, 'date'")

"""The words of time: durations, days that follow from them, and when an outcome is known."""

import numpy as np
import pytest

from retencion_lib.errors import ParameterError
from retencion_lib.tables.clock import Clock, Duration, parse_day, parse_duration, shift


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [("28d", 28, "d"), ("4w", 4, "w"), ("3m", 3, "m"), ("1y", 1, "y"), (" 90 D ", 90, "d")],
)
def test_a_duration_is_a_whole_number_and_a_unit(text, count, unit):
    assert parse_duration(text, "horizon") == Duration(count, unit)


@pytest.mark.parametrize("text", ["28", "d", "28h", "1.5m", "-3d", "3 meses", "", "28d 2m", "2q"])
def test_anything_else_is_refused_with_the_units_that_there_are(text):
    with pytest.raises(
        ParameterError,
        match=r"horizon = .*d \(días\), w \(semanas\), m \(meses\) y y \(años\).*'28d'",
    ):
        parse_duration(text, "horizon")


def test_no_time_at_all_is_a_gap_and_no_horizon():
    assert parse_duration("0d", "gap", zero=True) == Duration(0, "d")
    with pytest.raises(ParameterError, match=r"horizon = '0m': debe durar algo"):
        parse_duration("0m", "horizon")


@pytest.mark.parametrize(
    ("start", "duration", "after"),
    [
        pytest.param("2024-02-28", "1d", "2024-02-29", id="leap-day"),
        pytest.param("2023-02-28", "1d", "2023-03-01", id="no-leap-day"),
        pytest.param("2024-02-28", "2w", "2024-03-13", id="weeks"),
        pytest.param("2024-01-31", "1m", "2024-02-29", id="end-of-month-leap"),
        pytest.param("2023-01-31", "1m", "2023-02-28", id="end-of-month"),
        pytest.param("2023-01-31", "2m", "2023-03-31", id="no-memory-of-february"),
        pytest.param("2023-11-30", "3m", "2024-02-29", id="into-a-leap-year"),
        pytest.param("2023-12-15", "1m", "2024-01-15", id="over-new-year"),
        pytest.param("2024-02-29", "1y", "2025-02-28", id="a-year-after-a-leap-day"),
        pytest.param("2024-02-29", "4y", "2028-02-29", id="four-years-after-a-leap-day"),
        pytest.param("1969-12-31", "1m", "1970-01-31", id="over-the-epoch"),
    ],
)
def test_a_duration_later_keeps_the_day_of_the_month_or_takes_its_last(start, duration, after):
    assert shift(start, parse_duration(duration, "x")) == np.datetime64(after)


@pytest.mark.parametrize(
    ("start", "duration", "before"),
    [
        pytest.param("2024-03-31", "1m", "2024-02-29", id="end-of-month"),
        pytest.param("2024-03-01", "1d", "2024-02-29", id="leap-day"),
        pytest.param("2024-01-15", "1m", "2023-12-15", id="over-new-year"),
        pytest.param("2024-02-29", "1y", "2023-02-28", id="a-year-before-a-leap-day"),
        pytest.param("1970-01-31", "2m", "1969-11-30", id="over-the-epoch"),
    ],
)
def test_a_duration_earlier_does_so_too(start, duration, before):
    assert shift(start, parse_duration(duration, "x"), back=True) == np.datetime64(before)


@pytest.mark.parametrize(
    ("snapshot", "opens", "closes"),
    [
        # 14 days from the 1st of March, then a month: the 15th of March to the 15th of April.
        pytest.param("2024-03-01", "2024-03-15", "2024-04-15", id="plain"),
        # The 17th + 14 days is the 31st of January; a month later there is none in February.
        pytest.param("2023-01-17", "2023-01-31", "2023-02-28", id="gap-first-then-horizon"),
    ],
)
def test_the_outcome_starts_after_the_gap_and_ends_with_the_horizon(snapshot, opens, closes):
    clock = Clock(
        horizon=Duration(1, "m"), gap=Duration(14, "d"), as_of=np.datetime64("2025-01-01")
    )
    assert clock.opens(snapshot) == np.datetime64(opens)
    assert clock.closes(snapshot) == np.datetime64(closes)


def test_a_row_is_mature_from_the_last_day_of_its_outcome():
    clock = Clock(
        horizon=Duration(28, "d"), gap=Duration(0, "d"), as_of=np.datetime64("2024-03-29")
    )
    snapshots = days("2024-02-29", "2024-03-01", "2024-03-02")  # close on 28, 29 and 30 March
    assert clock.mature(snapshots).tolist() == [True, True, False]


def test_a_day_is_written_as_iso_says():
    assert parse_day("2024-02-29", "as_of") == np.datetime64("2024-02-29")
    with pytest.raises(
        ParameterError, match=r"as_of = '29/02/2024': debe ser una fecha AAAA-MM-DD"
    ):
        parse_day("29/02/2024", "as_of")

"""One pass over a table gives one profile, however it is written and cut into blocks."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from retencion_lib.tables.blocks import plain_numbers
from retencion_lib.tables.scan import Sample, make_plan, scan
from tests import watch_home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    watch_home.write(tmp_path)
    return tmp_path


def test_parquet_csv_and_semicolons_give_one_profile(home):
    table = pd.read_csv(home / "same.csv")
    table.to_parquet(home / "same.parquet", row_group_size=170)
    table.to_csv(home / "same_semicolon.csv", index=False, sep=";", decimal=",")
    plan = make_plan(home / "same.csv", {"id"})
    one = scan(home / "same.csv", plan)
    for other in ("same.parquet", "same_semicolon.csv"):
        two = scan(home / other, plan)
        for name, column in one.columns.items():
            np.testing.assert_array_equal(column.counts, two.columns[name].counts)
            assert column.nulls == two.columns[name].nulls


def test_small_blocks_give_the_same_profile_and_the_same_sample(home, monkeypatch):
    plan = make_plan(home / "same.csv", {"id"})
    samples = [Sample(100), Sample(100)]
    whole = scan(home / "same.csv", plan, samples[0])
    monkeypatch.setattr("retencion_lib.tables.sources.source.ROWS", 128)
    parts = scan(home / "same.csv", plan, samples[1])
    np.testing.assert_array_equal(whole.columns["price"].values, parts.columns["price"].values)
    pd.testing.assert_frame_equal(samples[0].frame(), samples[1].frame())


@pytest.mark.parametrize(
    ("texts", "found"),
    [(["5.0", "7.0"], [5.0, 7.0]), (["1.50", "2"], [1.5, 2.0]), (["1.234", "2.000"], None)],
)
def test_only_three_digits_behind_a_point_leave_open_how_a_number_is_read(texts, found):
    numbers = plain_numbers(pa.array(texts))
    assert (numbers if numbers is None else numbers.tolist()) == found

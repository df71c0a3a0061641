"""A table by its distinct values has the bytes that pandas writes."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.home import csv_text
from retencion_lib.home.csv_text import csv_bytes, value_texts

HARD = {
    "floats": [0.1, -0.0, 0.0, 1e-7, 1e22, 123456.0, np.nan, np.inf, 1 / 3, 5e-324],
    "whole": list(range(-3, 7)),
    "texts": ["a", "b,c", 'say "x"', "", None, "two\nlines", "ñ", " x ", "a", "1.0"],
}


def plain(table: pd.DataFrame, **options) -> bytes:
    return table.to_csv(index=False, lineterminator="\n", **options).encode()


@pytest.mark.parametrize("header", [True, False])
def test_hard_values_are_written_as_pandas_writes_them(header, monkeypatch):
    table = pd.DataFrame(HARD).astype({"texts": object})
    table = pd.concat([table] * 3, ignore_index=True)
    monkeypatch.setattr(csv_text, "ROWS", 7)
    assert csv_bytes(table, header=header) == plain(table, header=header)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"a": ["x", None]}, id="one-column"),
        pytest.param({"a": [True, False], "b": [1, 2]}, id="flags"),
        pytest.param({"a": [[1], "x"], "b": [1, 2]}, id="lists"),
        pytest.param({"a": [1, True], "b": ["x", "y"]}, id="mixed"),
        pytest.param({"a": [], "b": []}, id="no-rows"),
        pytest.param({"a": [None, None], "b": [1.5, 2.0]}, id="all-gaps"),
    ],
)
def test_any_other_table_is_left_to_pandas_or_written_alike(columns):
    table = pd.DataFrame(columns)
    assert csv_bytes(table) == plain(table)


def test_texts_with_nothing_to_quote_and_texts_with_a_quote_are_both_as_pandas_writes_them():
    for texts in (["a", "b", None], ["a", 'b"', None], ["", None, "c\nd"]):
        table = pd.DataFrame({"t": pd.Series(texts, dtype=object), "n": [1, 2, 3]})
        assert csv_bytes(table) == plain(table)


def test_each_distinct_value_is_asked_for_once():
    asked = []
    column = pd.Series([2.5, 1.0, 2.5, np.nan, 1.0])
    texts = value_texts(column, lambda some: [asked.append(v) or str(v) for v in some], "?")
    assert texts.to_pylist() == ["2.5", "1.0", "2.5", "?", "1.0"]
    assert asked[:2] == [2.5, 1.0]
    assert len(asked) == 2

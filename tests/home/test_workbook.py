"""The list as a workbook: numbers as numbers, texts never run, equal tables equal bytes."""

import builtins
import io
import re
import time
import zipfile

import pandas as pd
import pytest

from retencion_lib.errors import LibraryError
from retencion_lib.home.workbook import read_workbook, workbook

calamine = pytest.importorskip("python_calamine")
HOSTILE = ["=1+1", "+34 600 123 456", "@x", "007", "a\x01b", "_x0041_", "a\nb", " x ", "Ñandú",
           "<b>&amp;", "1e5", "https://x.es", "x" * 300]  # fmt: skip
TABLE = pd.DataFrame({
    "Orden": range(1, len(HOSTILE) + 1), "id": HOSTILE, "score": 0.1234, "eur": 10.25,
    "Nota": "",
})  # fmt: skip


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_the_same_table_gives_the_same_bytes_at_another_time(monkeypatch):
    first = workbook(TABLE)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert workbook(TABLE.copy()) == first


def test_what_is_written_is_read_again_and_then_written_the_same():
    content = workbook(TABLE, {"Nota": ["sí", "no"]})
    read = read_workbook(content)
    assert read["id"].tolist() == HOSTILE
    assert read["score"].tolist() == TABLE["score"].tolist()
    assert workbook(read, {"Nota": ["sí", "no"]}) == content


def test_the_header_is_frozen_filtered_and_a_cell_to_fill_in_offers_its_choices():
    sheet = parts(workbook(TABLE, {"Nota": ["sí", "no"]}))["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in sheet
    assert f'<autoFilter ref="A1:E{len(TABLE) + 1}"/>' in sheet
    assert "&quot;sí,no&quot;" in sheet or '"sí,no"' in sheet


def test_no_cell_is_a_formula_and_texts_stay_texts_when_edited():
    found = parts(workbook(TABLE))
    assert "<f>" not in found["xl/worksheets/sheet1.xml"]
    assert 'formatCode="@"' in found["xl/styles.xml"]
    assert re.search(r'<c r="C2" s="\d+"><v>0.1234</v>', found["xl/worksheets/sheet1.xml"])


def test_an_empty_list_is_a_sheet_with_its_header():
    assert list(read_workbook(workbook(TABLE.head(0))).columns) == list(TABLE.columns)


@pytest.mark.parametrize(
    ("package", "act", "said"),
    [
        ("xlsxwriter", lambda: workbook(TABLE), "que escribe libros de Excel"),
        ("python_calamine", lambda: read_workbook(b""), "que lee libros de Excel"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_to_type(package, act, said, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == package:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LibraryError, match=rf"{said}.*pip install 'retencion\[excel\]'"):
        act()

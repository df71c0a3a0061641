"""A table as a workbook of Excel, for people: the same table gives the same bytes.

One sheet with a frozen header and a filter. A text is never run: it is a cell of text, and stays
one when somebody edits it. Read again and written, a workbook of ours is what it was.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from retencion_lib.errors import LibraryError

SHEET = "Lista"
MOST_ROWS = 50_000  # nobody looks through more by hand, and writing them costs minutes
LONGEST = 32_767  # letters of a cell
WIDEST, NARROWEST = 60, 9  # of a column, in letters
LOOKED_AT = 200  # rows that decide how wide a column is
MADE = datetime(2000, 1, 1)  # of every workbook, or two equal ones would differ


def workbook(table: pd.DataFrame, choices: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A workbook of one sheet; numbers as numbers, all else as text.

    Parameters
    ----------
    table : DataFrame of shape (n, …)
        At most `MOST_ROWS` rows. A value that is not there is an empty cell.
    choices : mapping of str to sequence of str, optional
        What a cell of a column may hold when somebody fills it in.

    Raises
    ------
    LibraryError
        If the package that writes workbooks is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise LibraryError(
            "Falta el paquete que escribe libros de Excel. Instálalo con: "
            "pip install 'retencion[excel]'"
        ) from None
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        page, last = book.add_worksheet(SHEET), max(len(table), 1)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for at, name in enumerate(table.columns):
            column = table[name]
            shape = book.add_format({"num_format": _shape(column)})
            page.write_string(0, at, str(name), bold)
            page.set_column(at, at, _width(str(name), column), shape)
            _write(page, at, column, shape)
            if (choices or {}).get(name):
                page.data_validation(1, at, last, at, {
                    "validate": "list", "source": list(choices[name]), "error_type": "warning",
                })  # fmt: skip
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, max(len(table.columns) - 1, 0))
    return buffer.getvalue()


def _write(page, at: int, column: pd.Series, shape) -> None:
    number = pd.api.types.is_numeric_dtype(column)
    for row, value in enumerate(column.tolist(), 1):
        if pd.isna(value) or value == "":
            continue
        if number:
            page.write_number(row, at, value, shape)
        else:
            page.write_string(row, at, str(value)[:LONGEST], shape)


def _shape(column: pd.Series) -> str:
    """How the numbers of a column are shown: whole, with two decimals or with four."""
    if not pd.api.types.is_numeric_dtype(column):
        return "@"
    known = column.dropna()
    if (known == known.round()).all():
        return "0"
    return "#,##0.00" if (known == known.round(2)).all() else "0.0000"


def _width(name: str, column: pd.Series) -> int:
    longest = max((len(str(v)) for v in column.head(LOOKED_AT)), default=0)
    return min(max(longest, len(name) // 2, NARROWEST) + 2, WIDEST)


def read_workbook(content: bytes) -> pd.DataFrame:
    """The first sheet of a workbook of ours, its first row as names.

    Raises
    ------
    LibraryError
        If the package that reads workbooks is not installed.
    """
    try:
        import python_calamine as calamine
    except ImportError:
        raise LibraryError(
            "Falta el paquete que lee libros de Excel. Instálalo con: "
            "pip install 'retencion[excel]'"
        ) from None
    names, *rows = calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    table = pd.DataFrame(rows, columns=names, dtype=object)
    for at in range(table.shape[1]):
        values = [v for v in table.iloc[:, at] if v != ""]
        if values and all(isinstance(v, float | int) for v in values):
            table.isetitem(at, pd.to_numeric(table.iloc[:, at].replace("", None)))
    return table

"""Read a table that somebody delivered: CSV or Parquet, with the types found and not assumed.

A CSV may be separated by commas or semicolons, be UTF-8 with or without BOM, and carry
decimals with a point (with a comma where the separator is a semicolon). Numbers stored
as text with blanks among them become numbers with missing values, and so do infinities,
which no model can use. Codes with leading zeros or more than 15 digits stay text, since a
number would lose some of them.
"""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from retencion_lib import config, store
from retencion_lib.errors import DataError
from retencion_lib.words import listed

BLANKS = ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A"]
PARQUET = {".parquet", ".pq"}
CODE = re.compile(r"[+-]?(0\d+|\d{16,})")
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV or Parquet table, find its types and record it in the lineage.

    Parameters
    ----------
    path : str or Path
        From the project's home if relative; ``.parquet`` or ``.pq`` is Parquet, else CSV.

    Returns
    -------
    DataFrame
        Numbers as int64 or float64, everything else as object with None where blank.

    Raises
    ------
    DataError
        If the file is missing, empty, without rows, not UTF-8, ragged, or lacks or repeats a
        column name.
    """
    path = find_file(path)
    if path.suffix in PARQUET:
        frame = _read_parquet(path).apply(find_type)
    else:
        form = csv_form(path)
        frame = _read_csv(path, form).apply(find_type, decimal_comma=form.separator == ";")
    if frame.empty:
        raise DataError(
            f"{config.relative(path)}: tiene cabecera ({listed(frame.columns)}) y ninguna fila. "
            "Pide otra vez el extracto."
        )
    store.record("input", path, len(frame))
    return frame


def find_file(path: str | Path) -> Path:
    """Absolute path of a table that must be there, or where it was looked for."""
    path = config.resolve(path)
    if path.is_dir():
        raise DataError(
            f"{config.relative(path)} es una carpeta: indica el archivo CSV o Parquet que contiene."
        )
    if not path.is_file():
        raise DataError(
            f"No existe {config.relative(path)} (se buscó en {config.home()}). "
            "Comprueba el nombre; los datos de ejemplo se crean con 'make data'."
        )
    return path


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise DataError(
            f"{config.relative(path)}: no se puede leer como Parquet ({error}). "
            "Comprueba que el archivo está entero y que la extensión es la suya."
        ) from None


@dataclass(frozen=True)
class CsvForm:
    """How a CSV is written: its separator, and its column names without outer blanks."""

    separator: str
    names: list[str]

    def options(self, *, threads: bool = True) -> dict:
        """Arguments for `pyarrow.csv`: every column as dictionary-encoded text."""
        text = pa.dictionary(pa.int32(), pa.string())
        return {
            "read_options": arrow_csv.ReadOptions(
                column_names=[str(i) for i in range(len(self.names))],
                skip_rows_after_names=1,
                use_threads=threads,
            ),
            "parse_options": arrow_csv.ParseOptions(
                delimiter=self.separator, newlines_in_values=True
            ),
            "convert_options": arrow_csv.ConvertOptions(
                column_types={str(i): text for i in range(len(self.names))},
                null_values=BLANKS,
                strings_can_be_null=True,
            ),
        }


def csv_form(path: Path) -> CsvForm:
    """Find the separator and the names of a CSV from its first record.

    Raises
    ------
    DataError
        If the file is empty, not UTF-8, separated by something else, or a column name is
        missing or repeated.
    """
    where = config.relative(path)
    text = _first_block(path)
    if not text.strip():
        raise DataError(f"{where}: está vacío. Pide otra vez el extracto.")
    headers = {separator: _first_record(text, separator) for separator in (",", ";")}
    separator = max(headers, key=lambda s: len(headers[s]))
    names = [name.strip() for name in headers[separator]]
    if len(names) == 1 and (found := re.search(r"[\t|]", names[0])):
        said = {"\t": "tabuladores", "|": "barras verticales"}[found.group()]
        raise DataError(
            f"{where}: parece separado por {said}. Guárdalo separado por comas o por punto y coma."
        )
    _check_names(names, where)
    return CsvForm(separator, names)


def _first_block(path: Path) -> str:
    """Text of the first mebibyte, once the whole file is known to be UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first, block, lines = None, b"", 1
    with path.open("rb") as handle:
        while first is None or block:
            block = handle.read(2**20)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n")
                raise DataError(
                    f"{config.relative(path)}: la línea {line} no es UTF-8 (byte 0x"
                    f"{error.object[error.start]:02x}). Guarda el archivo como «CSV UTF-8»."
                ) from None
            lines += text.count("\n")
            first = text if first is None else first
    return first


def _first_record(text: str, separator: str) -> list[str]:
    records = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=None), delimiter=separator)
    return next(records, [])


def _check_names(names: list[str], where: str) -> None:
    # A separator at the end of every line is common; its column is dropped if empty.
    blank = [str(place) for place, name in enumerate(names[:-1], 1) if not name]
    if blank or not any(names):
        raise DataError(
            f"{where}: la cabecera no da nombre a la columna {listed(blank or ['1'])}. "
            "Cada columna necesita un nombre: complétala en el extracto."
        )
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise DataError(
            f"{where}: la cabecera repite {listed(repeated, quote=True)}. "
            "Cada columna necesita un nombre distinto: cámbialo en el extracto."
        )


def _read_csv(path: Path, form: CsvForm) -> pd.DataFrame:
    frame = _arrow_table(path, form).to_pandas()
    frame.columns = form.names
    if form.names[-1]:
        return frame
    if frame[""].notna().any():
        raise DataError(
            f"{config.relative(path)}: la última columna tiene valores y ningún nombre. "
            "Complétalo en la cabecera del extracto."
        )
    return frame.drop(columns="")


def _arrow_table(path: Path, form: CsvForm) -> pa.Table:
    try:
        return arrow_csv.read_csv(path, **form.options())
    except pa.ArrowInvalid:
        pass
    try:
        # The number of the row that does not fit is known only to a single thread.
        return arrow_csv.read_csv(path, **form.options(threads=False))
    except pa.ArrowInvalid as error:
        raise DataError(_ragged(path, str(error))) from None


def _ragged(path: Path, said: str) -> str:
    found = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", said)
    what = (
        f"la fila {found[1]} tiene {found[3]} valores y la cabecera {found[2]} columnas"
        if found
        else f"no se puede leer como CSV ({said.splitlines()[0]})"
    )
    return (
        f"{config.relative(path)}: {what}. Corrige esa fila; un texto que lleva separadores o "
        "comillas va entre comillas, y las comillas de dentro se doblan."
    )


def find_type(column: pd.Series, *, decimal_comma: bool = False) -> pd.Series:
    """Column as numbers if every value that is there is one, else as text with None.

    Only distinct values are looked at, so that the cost hardly grows with the rows.

    Parameters
    ----------
    column : Series
        Any type; a categorical is taken by its labels.
    decimal_comma : bool
        Read "1.234,5" as 1234.5.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    if pd.api.types.is_bool_dtype(column):
        named = [None if pd.isna(v) else "true" if v else "false" for v in column]
        return pd.Series(named, index=column.index, name=column.name, dtype=object)
    if pd.api.types.is_numeric_dtype(column):
        return _plain_numbers(column)
    codes, labels = _distinct(column)
    values = typed_labels(labels, decimal_comma=decimal_comma)
    missing = codes < 0
    if values.dtype == object:
        found = np.append(values, [None])[codes]
    elif missing.any():
        found = np.append(values.astype(float), np.nan)[codes]
    else:
        found = values[codes]
    return pd.Series(found, index=column.index, name=column.name, dtype=found.dtype)


def _plain_numbers(column: pd.Series) -> pd.Series:
    if column.isna().any() or pd.api.types.is_float_dtype(column):
        return column.astype("float64").replace([np.inf, -np.inf], np.nan)
    return column.astype("int64")


def _distinct(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Place of each value among the distinct texts (-1 where missing), and those texts."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.map(str, na_action="ignore").astype("category")
    return column.cat.codes.to_numpy(), [str(label) for label in column.cat.categories]


def typed_labels(labels: list[str], *, decimal_comma: bool = False) -> np.ndarray:
    """Distinct texts as numbers if all are, blanks as NaN; else as text, blanks as None."""
    texts = [text if (text := label.strip()) not in BLANKS else None for label in labels]
    present = [text for text in texts if text is not None]
    commas = decimal_comma and any("," in text for text in present)
    if commas and all(map(DECIMAL_COMMA.fullmatch, present)):
        swap = str.maketrans(",", ".", ".")
        texts = [text and text.translate(swap) for text in texts]
        present = [text for text in texts if text is not None]
    numbers = pd.to_numeric(pd.Series(present, dtype=object), errors="coerce")
    if not present or numbers.isna().any() or any(map(CODE.fullmatch, present)):
        return np.array([*texts, None], dtype=object)[:-1]
    if len(present) == len(texts) and numbers.dtype == "int64":
        return numbers.to_numpy()
    floats = pd.to_numeric(pd.Series(texts, dtype=object)).to_numpy(float)
    return np.where(np.isinf(floats), np.nan, floats)

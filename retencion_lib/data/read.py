"""Read a table that somebody delivered: CSV or Parquet, with the types found and not assumed.

A CSV may be separated by commas or semicolons, be UTF-8 with or without BOM, and carry
decimals with a point (with a comma where the separator is a semicolon). Numbers stored
as text with blanks among them become numbers with missing values.
"""

import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd

from retencion_lib import config, store
from retencion_lib.errors import DataError
from retencion_lib.words import listed

BLANKS = ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A"]


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
        If the file is missing, empty, without rows, not UTF-8 or repeats a column name.
    """
    path = config.resolve(path)
    if not path.is_file():
        raise DataError(
            f"No existe {config.relative(path)} (se buscó en {config.home()}). "
            "Comprueba el nombre; los datos de ejemplo se crean con 'make data'."
        )
    frame = _read_parquet(path) if path.suffix in {".parquet", ".pq"} else _read_csv(path)
    if frame.empty:
        raise DataError(
            f"{config.relative(path)}: tiene cabecera ({listed(frame.columns)}) y ninguna fila. "
            "Pide otra vez el extracto."
        )
    store.record("input", path, len(frame))
    return frame.apply(find_type)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise DataError(
            f"{config.relative(path)}: no se puede leer como Parquet ({error}). "
            "Comprueba que el archivo está entero y que la extensión es la suya."
        ) from None


def _read_csv(path: Path) -> pd.DataFrame:
    text = _decode(path)
    header_line = text.split("\n", 1)[0]
    separator = ";" if header_line.count(";") > header_line.count(",") else ","
    check_header(path, next(csv.reader([header_line.rstrip("\r")], delimiter=separator)))
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=object, keep_default_na=False, na_values=BLANKS
        )
    except pd.errors.ParserError as error:
        raise DataError(
            f"{config.relative(path)}: una fila no tiene las columnas de la cabecera ({error}). "
            "Corrige esa fila; un texto con separadores va entre comillas."
        ) from None
    if separator == ";":
        frame = frame.apply(decimal_comma)
    return frame


def _decode(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"{config.relative(path)}: la línea {line} no es UTF-8 (byte 0x"
            f"{content[error.start]:02x}). Guarda el archivo como «CSV UTF-8»."
        ) from None
    if not text.strip():
        raise DataError(f"{config.relative(path)}: está vacío. Pide otra vez el extracto.")
    return text


def check_header(path: Path, names: list[str]) -> None:
    """Refuse a table whose header repeats a name."""
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise DataError(
            f"{config.relative(path)}: la cabecera repite {listed(repeated, quote=True)}. "
            "Cada columna necesita un nombre distinto: cámbialo en el extracto."
        )


def decimal_comma(column: pd.Series) -> pd.Series:
    """Numbers written 1.234,5 as 1234.5, if every value of the column is one."""
    present = column.dropna().astype(str).str.strip()
    number = r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"
    if present.str.contains(",").any() and present.str.fullmatch(number).all():
        return column.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return column


def find_type(column: pd.Series) -> pd.Series:
    """Column as numbers if every value that is there is one, else as text with None.

    Codes with leading zeros ("007") stay text, since a number would lose them.
    """
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "true", False: "false"}).astype(object)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    text = column.astype(object).where(column.notna(), None)
    stripped = text.map(lambda v: v.strip() if isinstance(v, str) else v)
    stripped = stripped.where(~stripped.isin(BLANKS), None)
    present = stripped.dropna()
    if len(present) == 0:
        return stripped
    numbers = pd.to_numeric(present, errors="coerce")
    codes = present.astype(str).str.fullmatch(r"[+-]?0\d+")
    if numbers.isna().any() or codes.any():
        return stripped.map(str, na_action="ignore").astype(object)
    return pd.to_numeric(stripped)

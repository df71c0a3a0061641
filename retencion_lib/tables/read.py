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
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import store
from retencion_lib.tables.typed import BLANKS, find_type
from retencion_lib.words import listed, plural

PARQUET = {".parquet", ".pq"}
ROW_NUMBERS = re.compile(r"__index_level_\d+__")


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
        with pq.ParquetFile(path) as file:
            # What pandas notes of an index is not followed: an index with a name is a column.
            return file.read(parquet_names(file)).to_pandas(ignore_metadata=True)
    except (ValueError, OSError) as error:
        raise DataError(
            f"{config.relative(path)}: no se puede leer como Parquet ({error}). "
            "Comprueba que el archivo está entero y que la extensión es la suya."
        ) from None


def parquet_names(file: pq.ParquetFile) -> list[str]:
    """Columns of a Parquet table, without the row numbers that pandas may have left in it."""
    return [name for name in file.schema_arrow.names if not ROW_NUMBERS.fullmatch(name)]


@dataclass(frozen=True)
class CsvForm:
    """How a CSV is written: its separator, and its column names without outer blanks."""

    separator: str
    names: list[str]

    def options(
        self, labels: Collection[str] | None = None, *, threads: bool = True, block_bytes: int = 0
    ) -> dict:
        """Arguments for `pyarrow.csv`, columns by position.

        Parameters
        ----------
        labels : collection of str, optional
            Columns to give as dictionary codes, the others as text; all of them by default.
        threads : bool
            A single thread is slower and knows the number of a row that does not fit.
        block_bytes : int
            Bytes of a block where the table is streamed.
        """
        codes = pa.dictionary(pa.int32(), pa.string())
        columns = [str(i) for i in range(len(self.names))]
        return {
            "read_options": arrow_csv.ReadOptions(
                column_names=columns, skip_rows_after_names=1, use_threads=threads,
                block_size=block_bytes or None,
            ),
            "parse_options": arrow_csv.ParseOptions(
                delimiter=self.separator, newlines_in_values=True
            ),
            "convert_options": arrow_csv.ConvertOptions(
                column_types={
                    place: codes if labels is None or name in labels else pa.string()
                    for place, name in zip(columns, self.names, strict=True)
                },
                null_values=BLANKS,
                strings_can_be_null=True,
            ),
        }  # fmt: skip


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
        raise DataError(misfit(path, str(error))) from None


def misfit(path: Path, said: str) -> str:
    """What does not fit in a CSV, from Arrow's own words, and what to do."""
    found = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", said)
    what = (
        f"la fila {found[1]} tiene {plural(int(found[3]), 'valor', 'valores')} y la cabecera "
        f"{plural(int(found[2]), 'columna', 'columnas')}"
        if found
        else f"no se puede leer como CSV ({said.splitlines()[0]})"
    )
    return (
        f"{config.relative(path)}: {what}. Corrige esa fila; un texto que lleva separadores o "
        "comillas va entre comillas, y las comillas de dentro se doblan."
    )

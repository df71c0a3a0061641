"""A CSV file as a part of a table, read by Arrow as text."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.csv_form import CsvForm, csv_form
from retencion_lib.tables.text import BLANKS
from retencion_lib.words import plural

BYTES = 1 << 20  # of a block
CUT_SHORT = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


@contextmanager
def opened(path: Path, packed: str, where: str) -> Iterator[BinaryIO]:
    """A file, unpacked while it is read.

    Parameters
    ----------
    packed : str
        "gz", "zip", or empty.

    Raises
    ------
    DataError
        If the package is cut short or damaged.
    """
    try:
        if packed == "gz":
            with gzip.open(path) as handle:
                yield handle
        elif packed == "zip":
            with zipfile.ZipFile(path) as package, package.open(package.namelist()[0]) as handle:
                yield handle
        else:
            with path.open("rb") as handle:
                yield handle
    except CUT_SHORT:
        raise DataError(
            f"{where}: está cortado o dañado: no se puede descomprimir hasta el final. Cópialo o "
            "descárgalo otra vez."
        ) from None


@dataclass
class CsvPart:
    """A CSV file."""

    path: Path
    where: str
    packed: str
    form: CsvForm
    n_rows: int | None = None

    @classmethod
    def of(cls, path: Path, where: str, packed: str = "") -> "CsvPart":
        """Open a CSV file and find its form."""
        with opened(path, packed, where) as handle:
            found = csv_form(handle, where)
        return cls(path, where, packed, found)

    @property
    def separator(self) -> str:
        """What separates its cells."""
        return self.form.separator

    @property
    def names(self) -> list[str]:
        """Its columns, without the row numbers and without a blank last one."""
        return [name for name in self.form.names[self.form.numbered :] if name]

    def table(self, columns: Sequence[str], labels: Collection[str] | None) -> pa.Table:
        """The columns, whole, as text or codes."""
        try:
            with self._readable() as file:
                found = arrow_csv.read_csv(file, **self._options(labels))
        except pa.ArrowInvalid:
            try:  # the number of the row that does not fit is known only to a single thread
                with self._readable() as file:
                    found = arrow_csv.read_csv(file, **self._options(labels, threads=False))
            except pa.ArrowInvalid as error:
                raise DataError(misfit(self.where, str(error))) from None
        self._check_last(found)
        self._check_end(found)
        return self._chosen(found, columns)

    def batches(self, columns: Sequence[str], labels: Collection[str]) -> Iterator[pa.RecordBatch]:
        """The columns, a few rows at a time."""
        options = self._options(labels, columns=columns, block_bytes=BYTES)
        try:
            with self._readable() as file, arrow_csv.open_csv(file, **options) as reader:
                last = None
                for batch in reader:
                    self._check_last(batch)
                    last = batch if batch.num_rows else last
                    yield self._chosen(batch, columns)
                self._check_end(last)
        except pa.ArrowInvalid as error:
            raise DataError(misfit(self.where, str(error))) from None

    @contextmanager
    def _readable(self) -> Iterator[object]:
        """What Arrow reads: the file itself, its unpacked bytes, or a tidier copy."""
        plain = not self.packed and not self.form.spaced
        if plain:
            yield str(self.path)
            return
        with opened(self.path, self.packed, self.where) as handle:
            yield pa.PythonFile(self._tidied(handle) if self.form.spaced else handle, mode="r")

    def _tidied(self, handle: BinaryIO) -> io.BytesIO:
        # Arrow takes a quote behind a blank as a letter; Python's reader does not.
        text = io.TextIOWrapper(handle, self.form.encoding, newline="")
        escape = "\\" if self.form.escaped else None
        rows = csv.reader(text, delimiter=self.separator, skipinitialspace=True, escapechar=escape)
        copy = io.StringIO()
        csv.writer(copy, delimiter=self.separator, lineterminator="\n").writerows(rows)
        return io.BytesIO(copy.getvalue().encode(self.form.encoding))

    def _options(
        self,
        labels: Collection[str] | None,
        *,
        columns: Sequence[str] | None = None,
        threads: bool = True,
        block_bytes: int = 0,
    ) -> dict[str, arrow_csv.ReadOptions | arrow_csv.ParseOptions | arrow_csv.ConvertOptions]:
        """Arguments for `pyarrow.csv`, columns by position."""
        codes = pa.dictionary(pa.int32(), pa.string())
        names = self.form.names
        wanted = None if columns is None else {*columns, ""}
        types = {
            str(i): codes if labels is None or name in labels else pa.string()
            for i, name in enumerate(names)
        }
        keep = [str(i) for i, name in enumerate(names) if wanted is None or name in wanted]
        return {
            "read_options": arrow_csv.ReadOptions(
                column_names=list(types), skip_rows=self.form.skipped, skip_rows_after_names=1,
                use_threads=threads, block_size=block_bytes or None, encoding=self.form.encoding,
            ),
            "parse_options": arrow_csv.ParseOptions(
                delimiter=self.separator, newlines_in_values=True,
                escape_char="\\" if self.form.escaped else False,
            ),
            "convert_options": arrow_csv.ConvertOptions(
                column_types=types, null_values=sorted(BLANKS), strings_can_be_null=True,
                include_columns=keep,
            ),
        }  # fmt: skip

    def _check_last(self, found: pa.Table | pa.RecordBatch) -> None:
        """Refuse values in a last column without a name."""
        if self.form.names[-1]:
            return
        last = found.column(found.schema.names.index(str(len(self.form.names) - 1)))
        values = last.cast(pa.string()) if pa.types.is_dictionary(last.type) else last
        if pc.any(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0)).as_py():
            raise DataError(
                f"{self.where}: la última columna tiene valores y ningún nombre. "
                "Complétalo en la cabecera del extracto."
            )

    def _check_end(self, found: pa.Table | pa.RecordBatch | None) -> None:
        """Refuse a file whose last cell goes on to its end because its quotes are not closed."""
        if found is None or not found.num_rows or not self.form.odd_quotes:
            return
        last = found.slice(found.num_rows - 1).to_pylist()[0].values()
        if any(cell and "\n" in cell for cell in last):
            cell = next(cell for cell in last if cell and "\n" in cell)
            raise DataError(
                f"{self.where}: las comillas que abren '{cell.splitlines()[0][:40]}' no se cierran "
                f"y se llevan las {plural(cell.count(chr(10)), 'línea', 'líneas')} de detrás. "
                "Ciérralas, o quítalas, en el extracto."
            )

    def _chosen(self, found, columns: Sequence[str]):
        place = {name: i for i, name in enumerate(self.form.names)}
        arrays = dict(zip(found.schema.names, found.columns, strict=True))
        chosen = [arrays[str(place[name])] for name in columns]
        return type(found).from_arrays(chosen, names=list(columns))


def misfit(where: str, said: str) -> str:
    """What does not fit in a CSV, from Arrow's own words, and what to do."""
    found = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", said)
    what = (
        f"la fila {found[1]} tiene {plural(int(found[3]), 'valor', 'valores')} y la cabecera "
        f"{plural(int(found[2]), 'columna', 'columnas')}"
        if found
        else f"no se puede leer como CSV ({said.splitlines()[0]})"
    )
    return (
        f"{where}: {what}. Corrige esa fila; un texto que lleva separadores o "
        "comillas va entre comillas, y las comillas de dentro se doblan."
    )

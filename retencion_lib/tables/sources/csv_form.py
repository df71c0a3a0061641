"""How a CSV is written: its letters, its separator, and the names of its columns."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from retencion_lib.errors import DataError
from retencion_lib.tables.text import name_text
from retencion_lib.words import listed

SEPARATORS = (",", ";", "\t", "|")
FIRST = 1 << 20  # bytes that the form is found in
_MOJIBAKE = re.compile(rb"[\xc3\xc2][\x80-\xbf]")  # two bytes of one letter in UTF-8
_ESCAPED = re.compile(r'[^\\"]\\"[^",;\t|\s]')  # a path that ends in \\ has its separator behind
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True)
class CsvForm:
    """How a CSV is written."""

    encoding: str
    separator: str
    names: list[str]  # as in the header, without outer blanks
    skipped: int  # lines before the header
    spaced: bool  # some cells have blanks before their quotes
    numbered: bool  # the first column has the row numbers that pandas left
    escaped: bool  # quotes inside a cell have a backslash before them
    odd_quotes: bool  # as many as no file has where each one is closed


def csv_form(opened: BinaryIO, where: str) -> CsvForm:
    """Find the form of a CSV from its first mebibyte, once all of it is known to be text.

    Raises
    ------
    DataError
        If it is empty or not text, its header does not close its quotes, has no names or
        repeats them, or is a title.
    """
    encoding, text, quotes = _text(opened, where)
    if not text.strip():
        raise DataError(f"{where}: está vacío. Pide otra vez el extracto.")
    body = text.lstrip("\ufeff\r\n")
    skipped = text.count("\n", 0, len(text) - len(body))
    said = re.match(r'"?sep=(.)"?\r?\n', body, re.IGNORECASE)
    if said:
        body, skipped = body[said.end() :], skipped + 1
    escaped = bool(_ESCAPED.search(body))
    separator = said[1] if said else _separator(body, escaped)
    records = _records(body, separator, escaped)
    names = [name_text(name) for name in records[0]]
    numbered = names[0] in ("", "Unnamed: 0") and len(names) > 1 and _are_row_numbers(records)
    _check_names(names[numbered:], records, where)
    spaced = bool(re.search(rf'(?:^|[{re.escape(separator)}\n])[ \t]+"', body, re.MULTILINE)) and (
        separator != "\t"
    )
    return CsvForm(encoding, separator, names, skipped, spaced, numbered, escaped, quotes % 2 == 1)


def _text(opened: BinaryIO, where: str) -> tuple[str, str, int]:
    """Encoding of a whole file, the text of its start, and how many quotes it has."""
    start = opened.read(FIRST)
    encoding = _wide(start)
    if encoding:
        return encoding, start.decode(encoding, errors="ignore"), 0
    wrong, quotes = _not_utf8(start, opened, where)
    if not wrong:
        return "utf-8", start.decode("utf-8-sig", errors="ignore"), quotes
    opened.seek(0)
    quotes = 0
    for block in _blocks(opened):
        quotes += block.count(b'"')
        if _MOJIBAKE.search(block) or _NOT_TEXT.search(block):
            raise DataError(
                f"{where}: {wrong}, y tampoco parece Windows-1252. Guarda el archivo como «CSV "
                "UTF-8»."
            )
    return "cp1252", start.decode("cp1252"), quotes


def _wide(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    few = start[:2000]
    if len(few) > 3 and few[1::2].count(0) > len(few) // 4:
        return "utf-16-le"
    return "utf-16-be" if len(few) > 3 and few[::2].count(0) > len(few) // 4 else ""


def _blocks(opened: BinaryIO) -> Iterator[bytes]:
    while block := opened.read(FIRST):
        yield block


def _not_utf8(start: bytes, opened: BinaryIO, where: str) -> tuple[str, int]:
    """Where a file is not UTF-8, empty if it all is; and how many quotes it has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, quotes, block = 1, 0, start
    while True:
        if b"\0" in block:
            line = lines + block[: block.index(b"\0")].count(b"\n")
            raise DataError(
                f"{where}: la línea {line} tiene un byte nulo: no es texto. Pide otra vez el "
                "extracto, como «CSV UTF-8»."
            )
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n")
            wrong = f"la línea {line} no es UTF-8 (byte 0x{error.object[error.start]:02x})"
            return wrong, quotes
        if not block:
            return "", quotes
        lines, quotes = lines + block.count(b"\n"), quotes + block.count(b'"')
        block = opened.read(FIRST)


def _separator(body: str, escaped: bool) -> str:
    """The one that cuts the first records into most cells, as many in each."""
    best = {}
    for order, separator in enumerate(SEPARATORS):
        sizes = [len(record) for record in _records(body, separator, escaped, 6)]
        # A title has one cell, and the lines below it as many as the table has columns.
        widest = max(sizes[0], min(sizes[1:], default=0))
        best[separator] = (widest > 1, sizes.count(sizes[0]) > 1, widest, -order)
    return max(SEPARATORS, key=best.get)


def _records(body: str, separator: str, escaped: bool, most: int = 50) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(body, newline=None), delimiter=separator, skipinitialspace=separator != "\t",
        escapechar="\\" if escaped else None,
    )  # fmt: skip
    found: list[list[str]] = []
    try:
        for record in reader:
            if record:
                found.append(record)
            if len(found) == most:
                break
    except csv.Error:
        pass  # a cell larger than what Python's reader takes: what came before serves
    return found or [[""]]


def _are_row_numbers(records: list[list[str]]) -> bool:
    cells = [record[0].strip().removesuffix(".0") for record in records[1:]]
    whole = [cell for cell in cells if cell.isdecimal()]
    return bool(cells) and len(whole) == len(cells) and len(set(whole)) == len(whole)


def _check_names(names: list[str], records: list[list[str]], where: str) -> None:
    if any("\n" in name for name in names) and len(records) == 1:
        raise DataError(
            f"{where}: la cabecera abre unas comillas que no se cierran. Ciérralas, o quítalas, en "
            "la primera línea del extracto."
        )
    sizes = {len(record) for record in records[1:]}
    if len(sizes) == 1 and len(records) > 2 and len([n for n in names if n]) < min(2, *sizes):
        raise DataError(
            f"{where}: la primera línea ('{names[0][:60]}') parece un título y no los nombres de "
            "las columnas. Bórrala del extracto: la cabecera va en la primera línea."
        )
    check_names(names, where)


def check_names(names: list[str], where: str) -> None:
    """Refuse a header that lacks or repeats a name; only the last may be blank.

    Raises
    ------
    DataError
        With the places that lack a name, or the names that are repeated.
    """
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

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


def csv_form(opened: BinaryIO, where: str) -> CsvForm:
    """Find the form of a CSV from its first mebibyte, once all of it is known to be text.

    Raises
    ------
    DataError
        If it is empty or not text, its header does not close its quotes, has no names or
        repeats them, or is a title.
    """
    encoding, text = _text(opened, where)
    if not text.strip():
        raise DataError(f"{where}: está vacío. Pide otra vez el extracto.")
    body = text.lstrip("\ufeff\r\n")
    skipped = text.count("\n", 0, len(text) - len(body))
    said = re.match(r'"?sep=(.)"?\r?\n', body, re.IGNORECASE)
    if said:
        body, skipped = body[said.end() :], skipped + 1
    separator = said[1] if said else _separator(body)
    records = _records(body, separator)
    names = [name_text(name) for name in records[0]]
    numbered = names[0] in ("", "Unnamed: 0") and len(names) > 1 and _are_row_numbers(records)
    _check_names(names[numbered:], records, where)
    spaced = bool(re.search(rf'(?:^|[{re.escape(separator)}\n])[ \t]+"', body, re.MULTILINE)) and (
        separator != "\t"
    )
    return CsvForm(encoding, separator, names, skipped, spaced, numbered)


def _text(opened: BinaryIO, where: str) -> tuple[str, str]:
    """Encoding of a whole file, and the text of its start."""
    start = opened.read(FIRST)
    encoding = _wide(start)
    if encoding:
        return encoding, start.decode(encoding, errors="ignore")
    wrong = _not_utf8(start, opened)
    if not wrong:
        return "utf-8", start.decode("utf-8-sig", errors="ignore")
    opened.seek(0)
    if any(_MOJIBAKE.search(block) or _NOT_TEXT.search(block) for block in _blocks(opened)):
        raise DataError(
            f"{where}: {wrong}, y tampoco parece Windows-1252. Guarda el archivo como «CSV UTF-8»."
        )
    return "cp1252", start.decode("cp1252")


def _wide(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    few = start[:2000]
    if len(few) > 3 and few[1::2].count(0) > len(few) // 4:
        return "utf-16-le"
    return "utf-16-be" if len(few) > 3 and few[::2].count(0) > len(few) // 4 else ""


def _blocks(opened: BinaryIO) -> Iterator[bytes]:
    while block := opened.read(FIRST):
        yield block


def _not_utf8(start: bytes, opened: BinaryIO) -> str:
    """Where a file is not UTF-8; empty if it all is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, block = 1, start
    while True:
        try:
            lines += decoder.decode(block, final=not block).count("\n")
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n")
            return f"la línea {line} no es UTF-8 (byte 0x{error.object[error.start]:02x})"
        if not block:
            return ""
        block = opened.read(FIRST)


def _separator(body: str) -> str:
    """The one that cuts the first records into most cells, as many in each."""
    best = {}
    for order, separator in enumerate(SEPARATORS):
        sizes = [len(record) for record in _records(body, separator, 6, strict=False)]
        same = sum(size == sizes[0] for size in sizes) if sizes else 0
        best[separator] = (sizes[0] if sizes else 0, same, -order)
    return max(SEPARATORS, key=lambda s: (min(best[s][0], 2), best[s][1] > 1, *best[s]))


def _records(body: str, separator: str, most: int = 50, strict: bool = True) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(body, newline=None), delimiter=separator, skipinitialspace=separator != "\t"
    )
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

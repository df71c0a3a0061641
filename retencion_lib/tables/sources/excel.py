"""A sheet of a workbook as a part of a table."""

from pathlib import Path

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.csv_form import check_names
from retencion_lib.tables.sources.memory_part import MemoryPart
from retencion_lib.tables.text import name_text
from retencion_lib.words import listed

SUFFIXES = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}


def excel_part(path: Path, where: str, sheet: str) -> tuple[MemoryPart, str, list[str]]:
    """Read a sheet: the one named, or the first that has data.

    Returns
    -------
    MemoryPart
    str
        Name of the sheet.
    list of str
        Names of the others with data.

    Raises
    ------
    DataError
        If the reader is not installed, the workbook is protected or damaged, or the sheet is not
        there or has no table.
    """
    rows = _sheets(path, where)
    if sheet and sheet not in rows:
        raise DataError(
            f"{where}: no tiene ninguna hoja '{sheet}'. Tiene: {listed(rows, 30, quote=True)}."
        )
    full = [name for name, found in rows.items() if len(found) > 1]
    if not sheet and not full:
        raise DataError(f"{where}: ninguna de sus hojas ({listed(rows, 30)}) tiene datos.")
    name = sheet or full[0]
    part = MemoryPart.of(path, _columns(rows[name], f"{where}#{name}"))
    return part, name, [other for other in full if other != name]


def _sheets(path: Path, where: str) -> dict[str, list[list]]:
    """Rows of each sheet, without those that are blank."""
    try:
        import python_calamine as calamine
    except ImportError:
        kind = "un libro de Excel antiguo" if _is_old(path) else "un libro de Excel"
        raise DataError(
            f"{where}: es {kind} y falta el paquete que los lee. Instálalo con: "
            "pip install 'retencion[excel]', o guarda la hoja como «CSV UTF-8»."
        ) from None
    if _is_old(path) and "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise _protected(where)
    try:
        book = calamine.load_workbook(str(path))
        found = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except calamine.PasswordError:
        raise _protected(where) from None
    except (calamine.CalamineError, OSError, ValueError):
        kind = "un libro de Excel antiguo" if _is_old(path) else "un libro de Excel"
        raise DataError(
            f"{where}: es {kind} y está dañado, o es de otro programa. Ábrelo y guárdalo otra vez "
            "como .xlsx, o guarda la hoja como «CSV UTF-8»."
        ) from None
    return {n: [row for row in rows if any(v != "" for v in row)] for n, rows in found.items()}


def _is_old(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(4) == b"\xd0\xcf\x11\xe0"


def _protected(where: str) -> DataError:
    return DataError(
        f"{where}: es un libro protegido con contraseña. Guárdalo sin ella, o guarda la hoja como "
        "«CSV UTF-8»."
    )


def _columns(rows: list[list], where: str) -> dict[str, list]:
    """Columns of a sheet by the names in its first row that is not blank."""
    if not rows:
        raise DataError(f"{where}: la hoja está vacía. Elige otra con el nombre detrás de #.")
    width = max(len(row) - next((i for i, v in enumerate(row[::-1]) if v != ""), 0) for row in rows)
    header, body = rows[0][:width], rows[1:]
    first = next((i for i in range(width) if any(row[i] != "" for row in rows)), 0)
    names = [name_text(_whole(v) if v != "" else "") for v in header[first:]]
    if len([n for n in names if n]) == 1 and len(names) > 1:
        raise DataError(
            f"{where}: la primera línea ('{''.join(names)[:60]}') parece un título y no los "
            "nombres de las columnas. Bórrala: la cabecera va en la primera fila con datos."
        )
    if names[0] == "" and len(names) > 1:  # row numbers that pandas left
        first, names = first + 1, names[1:]
    check_names([*names, ""], where)
    return {name: [_whole(row[first + i]) for row in body] for i, name in enumerate(names)}


def _whole(value: object) -> object:
    """A cell's number as a whole one where it is: workbooks keep all of them as decimals."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return None if value == "" else value

"""Open what a user names, by what it is and not by what it is called."""

import zipfile
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables.sources import excel, json_part
from retencion_lib.tables.sources.copy import is_copied, open_address
from retencion_lib.tables.sources.csv_part import CUT_SHORT, CsvPart, opened
from retencion_lib.tables.sources.folder import folder_parts
from retencion_lib.tables.sources.parquet_part import ParquetPart
from retencion_lib.tables.sources.query import is_query, is_sealed, open_query
from retencion_lib.tables.sources.source import Part, Source
from retencion_lib.words import listed

PARQUET = {".parquet", ".pq"}
# First bytes of what is often delivered by mistake, and how it is called.
KNOWN = {
    b"%PDF": "es un PDF", b"\x89PNG": "es una imagen", b"\xff\xd8\xff": "es una imagen",
    b"Rar!": "es un archivo RAR", b"7z\xbc\xaf": "es un archivo 7z", b"BZh": "es un archivo bzip2",
    b"\xfd7zXZ": "es un archivo xz", b"\x28\xb5\x2f\xfd": "es un archivo zstd",
    b"SQLite format 3": "es una base de datos SQLite", b"ARROW1": "es un archivo Arrow",
    b"ORC": "es un archivo ORC", b"Obj\x01": "es un archivo Avro", b"PARE": "es Parquet cifrado",
    b"\x89HDF": "es un archivo HDF5", b"$FL2": "es un archivo de SPSS", b"\x80\x04": "es un pickle",
    b"<!doctype html": "es una página web", b"<html": "es una página web", b"<?xml": "es XML",
    b"<table": "es una página web", b"{\\rtf": "es un documento RTF",
}  # fmt: skip


def open_source(path: "str | Path | Source", *, sealed: str = "") -> Source:
    """Open a table: a CSV, Parquet, workbook or JSON file, a folder of parts, or a query.

    A file or folder may lie in an object store, under its address.

    Parameters
    ----------
    path : str, Path or Source
        From the project's home if relative; ``file.xlsx#sheet`` is a sheet of a workbook. A
        source that is open already is given back.
    sealed : str
        SHA-256 of the table that is asked for: where a ``.sql`` file or an address gave it once,
        that extract is opened, and neither database nor store is asked again.

    Raises
    ------
    DataError
        If it is missing, or cannot be read: it says what it is.
    """
    if isinstance(path, Source):
        return path
    if config.is_address(path):
        return open_address(path, _opened, sealed=sealed)
    file, sheet = find(path)
    where = config.relative(file)
    if is_query(file):
        return open_query(file, where, sealed=sealed)
    return _opened(file, where, sheet)


def _opened(file: Path, where: str, sheet: str) -> Source:
    """A file or folder that is there, under the name by which readers know it."""
    try:
        if file.is_dir():
            return _of_parts(file, where, folder_parts(file, where, _part))
        kind, packed = what_is(file, where)
        if kind == "excel":
            part, name, others = excel.excel_part(file, where, sheet)
            source = Source(
                file, f"{where}#{name}", tuple(part.names), (part,), others=tuple(others)
            )
            if others and not sheet:
                source.note("sheet", name, others=others)
            return source
        return _of_parts(file, where, [_part(file, where, kind, packed)])
    except PermissionError:
        raise DataError(
            f"{where}: no tienes permiso para leerlo. Pide permiso de lectura, o copia el archivo "
            "a una carpeta tuya."
        ) from None


def as_it_was(path: str | Path, sha256: str) -> Source | None:
    """A table that some run read, where it still is what it was; no database is asked for it."""
    if config.is_address(path):
        return open_source(path, sealed=sha256) if is_copied(path, sha256) else None
    file = config.resolve(path)
    if not file.exists() or (is_query(file) and not is_sealed(file, sha256)):
        return None
    source = open_source(file, sealed=sha256)
    return source if source.sha256 == sha256 else None


def _of_parts(path: Path, where: str, parts: list[Part]) -> Source:
    if not parts[0].names:
        raise DataError(f"{where}: no tiene ninguna columna. Pide otra vez el extracto.")
    source = Source(path, where, tuple(parts[0].names), tuple(parts))
    inside = [getattr(part, "part", part) for part in parts]
    forms = [part.form for part in inside if isinstance(part, CsvPart)]
    if any(form.encoding == "cp1252" for form in forms):
        source.note("cp1252")
    if any(form.numbered for form in forms):
        source.note("row_numbers", forms[0].names[0])
    return source


def _part(path: Path, where: str, kind: str = "", packed: str = "") -> Part:
    """A file as a part, by what it is."""
    if not kind:
        kind, packed = what_is(path, where)
    if kind == "parquet":
        return ParquetPart.of(path, where)
    if kind == "json":
        return json_part.json_part(path, where, packed)
    if kind == "excel":
        return excel.excel_part(path, where, "")[0]
    return CsvPart.of(path, where, packed)


def find(path: str | Path) -> tuple[Path, str]:
    """Absolute path of a table that must be there, and the sheet that is asked for."""
    _need_no_address(str(path))
    file, sheet = config.resolve(path), ""
    try:
        if not file.exists() and "#" in file.name:
            name, sheet = file.name.split("#", 1)
            file = file.with_name(name)
        there = file.is_file() or file.is_dir()
    except (OSError, ValueError):  # a name that no disk takes
        there = False
    if not there:
        raise DataError(
            f"No existe {_short(config.relative(file))} (se buscó en {config.home()}). "
            "Comprueba el nombre; los datos de ejemplo se crean con 'make data'."
        )
    if sheet and file.suffix.lower() not in excel.SUFFIXES:
        raise DataError(
            f"{config.relative(file)}: '#{sheet}' pide una hoja y no es un libro de Excel. "
            "Quita lo que va detrás de #."
        )
    return file, sheet


def _need_no_address(path: str) -> None:
    if not config.URL.match(path):
        return
    said = "Una dirección con claves (no se muestra)" if config.tells_key(path) else path[:80]
    raise ParameterError(
        f"{said}: no es un archivo, ni está en un almacén que se sepa leer (s3://, gs://, abfs://, "
        "hdfs://). Una base de datos se lee con una consulta en un .sql y su dirección en "
        "RETENCION_DB; lo demás, descárgalo antes."
    )


def _short(name: str) -> str:
    return name if len(name) < 200 else f"{name[:80]}… ({len(name)} letras)"


def what_is(path: Path, where: str) -> tuple[str, str]:
    """What a file is (csv, parquet, excel, json), and how it is packed (gz, zip or not).

    Raises
    ------
    DataError
        If it is something that is not read, by its name; or a package of several files.
    """
    with path.open("rb") as handle:
        start = handle.read(4096)
    if start.startswith(b"\x1f\x8b"):
        return _inside(path, where, "gz"), "gz"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path, where)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel", ""
    return _kind(start, path, where), ""


def _kind(start: bytes, path: Path, where: str) -> str:
    suffixes = {s.lower() for s in path.suffixes}
    if start.startswith(b"PAR1") or (suffixes & PARQUET and start):
        return "parquet"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, said in KNOWN.items():
        if text[: len(magic)].lower() == magic.lower():
            raise DataError(
                f"{where}: {said}, y hace falta una tabla: CSV, Parquet, Excel o JSON. Pide el "
                "extracto en uno de esos formatos."
            )
    if suffixes & json_part.SUFFIXES or _is_json(text):
        return "json"
    if suffixes & excel.SUFFIXES and b"\x00" in start:
        return "excel"
    return "csv"


def _is_json(text: bytes) -> bool:
    """True for the start of records: no header of a CSV begins so."""
    rest = text[1:].lstrip()
    if text.startswith(b"["):
        return rest.startswith(b"{")
    return text.startswith(b"{") and rest.startswith(b'"') and b":" in rest


def _inside(path: Path, where: str, packed: str) -> str:
    with opened(path, packed, where) as handle:
        start = handle.read(4096)
    kind = _kind(start, Path(path.stem), where)
    if kind in ("parquet", "excel"):
        raise DataError(
            f"{where}: dentro hay un archivo {kind.capitalize()}, que ya va comprimido. "
            "Descomprímelo e indica ese archivo."
        )
    return kind


def _zipped(path: Path, where: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as package:
            names = [n for n in package.namelist() if not n.endswith("/")]
            locked = any(entry.flag_bits & 1 for entry in package.infolist())
    except CUT_SHORT:
        raise DataError(
            f"{where}: está cortado o dañado: no se puede descomprimir. Cópialo o descárgalo otra "
            "vez."
        ) from None
    if any(n in ("xl/workbook.xml", "xl/workbook.bin", "content.xml") for n in names):
        return "excel", ""
    if locked:
        raise DataError(f"{where}: está protegido con contraseña. Descomprímelo y quítasela.")
    if len(names) != 1:
        raise DataError(
            f"{where}: tiene {len(names)} archivos ({listed(names)}) y hace falta uno. "
            "Descomprímelo e indica el archivo, o la carpeta si son partes de una tabla."
        )
    return _inside(path, where, "zip"), "zip"

"""JSON records, or JSON lines, as a part of a table."""

import json
from collections.abc import Iterator
from pathlib import Path

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.csv_part import opened
from retencion_lib.tables.sources.memory_part import MemoryPart
from retencion_lib.tables.text import name_text

SUFFIXES = {".json", ".jsonl", ".ndjson"}


def json_part(path: Path, where: str, packed: str = "") -> MemoryPart:
    """Read a list of records, or one record a line.

    Raises
    ------
    DataError
        If it is not JSON, or not records.
    """
    with opened(path, packed, where) as handle:
        content = handle.read()
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
        records = _records(text)
    except (ValueError, RecursionError) as error:
        line = f" (línea {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(
            f"{where}: no es JSON válido{line}. Pide otra vez el extracto, o guárdalo como CSV."
        ) from None
    if not records or not all(map(_is_record, records)):
        raise DataError(
            f'{where}: es JSON y no una lista de registros. Hace falta [{{"columna": valor, …}}, '
            "…], o un registro en cada línea: guárdalo así, o como CSV."
        )
    return MemoryPart.of(path, _columns(records))


def _is_record(value: object) -> bool:
    """True for a value by name; columns by name, as pandas writes them, are none."""
    return isinstance(value, dict) and not (
        value and all(isinstance(v, dict | list) for v in value.values())
    )


def _records(text: str) -> list:
    start = text.lstrip()
    if start.startswith("{"):
        lines = list(_lines(start))
        inside = [v for v in lines[0].values() if isinstance(v, list)] if len(lines) == 1 else []
        return (
            inside[0]
            if len(inside) == 1 and inside[0] and isinstance(inside[0][0], dict)
            else (lines)
        )
    found = json.loads(text)
    return found if isinstance(found, list) else [found]


def _lines(text: str) -> Iterator[object]:
    """Values one behind another, whatever lies between: one a line, or one alone."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        value, place = decoder.raw_decode(text, place)
        yield value
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1


def _columns(records: list[dict]) -> dict[str, list]:
    names = dict.fromkeys(name for record in records for name in record)
    return {name_text(name): [record.get(name) for record in records] for name in names}

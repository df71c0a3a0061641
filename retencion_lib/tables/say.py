"""What is said of a table: why a column is out, and what was odd when it was read."""

from collections.abc import Sequence

from retencion_lib.tables.columns import ColumnInfo, Reason
from retencion_lib.tables.sources import Note
from retencion_lib.words import count, day, listed, pct, plural

_REASONS = {
    Reason.NONE: "",
    Reason.DROPPED: "lo excluye drop_cols",
    Reason.SENSITIVE: "es sensible: solo compara grupos",
    Reason.TARGET: "es el objetivo",
    Reason.ID: "es el identificador",
    Reason.SNAPSHOT: "es la fecha de cada fila",
    Reason.DATE: "es una fecha: conviértela antes en una antigüedad",
    Reason.ALL_DIFFERENT: "cada fila tiene un valor distinto: parece un identificador",
    Reason.NESTED: "tiene listas o registros dentro: saca a columnas lo que importe",
}


def reason(column: ColumnInfo, n_rows: int) -> str:
    """Why a column is kept out of the features; empty if it is used."""
    if column.reason == Reason.CONSTANT:
        values = plural(column.n_unique, "valor distinto", "valores distintos")
        return f"tiene {values}: no separa a nadie"
    if column.reason == Reason.MANY_TEXTS:
        share = column.n_unique / (n_rows - column.n_missing)
        return f"{count(column.n_unique)} textos distintos ({pct(share)} de las filas)"
    return _REASONS[column.reason]


def odd_sentences(found: Sequence[Note]) -> list[str]:
    """What was odd about a table when it was read, a sentence each."""
    return [_NOTES[note.code](note) for note in found]


def _gaps(note: Note) -> str:
    gaps = note.facts["gaps"]
    most = sorted(gaps, key=lambda text: -gaps[text])
    said = [f"'{text}' ({plural(gaps[text], 'fila', 'filas')})" for text in most]
    taken = "se toma" if len(said) == 1 else "se toman"
    return f"En '{note.column}' {taken} como «sin dato» {listed(said)}."


_NOTES = {
    "cp1252": lambda note: (
        "El archivo no es UTF-8: se ha leído como Windows-1252. Mira que los acentos salen bien, o "
        "guárdalo como «CSV UTF-8»."
    ),
    "row_numbers": lambda note: "La primera columna no tiene nombre y numera las filas: no se usa.",
    "sheet": lambda note: (
        f"Se ha leído la hoja '{note.column}'. Hay datos también en "
        f"{listed(note.facts['others'], quote=True)}: se elige con #, como libro.xlsx#hoja."
    ),
    "gaps": _gaps,
    "extract": lambda note: (
        f"La consulta ha dado {plural(note.facts['rows'], 'fila', 'filas')}, que quedan selladas "
        f"en {note.column}."
    ),
    "fetched": lambda note: (
        f"Se ha copiado del almacén una vez, y la copia queda sellada en {note.column}."
    ),
    "unlabelled": lambda note: (
        f"{plural(note.facts['rows'], 'fila', 'filas')} sin resultado en '{note.column}' "
        f"{'queda' if note.facts['rows'] == 1 else 'quedan'} fuera: sin él no se aprende."
    ),
    "majority": lambda note: (
        f"Son bajas el {pct(note.facts['share'])} de los clientes, más de la mitad "
        f"('{note.facts['label']}' en '{note.column}'): comprueba que no es al revés."
    ),
    "undated": lambda note: (
        f"El lote no tiene la columna '{note.column}': se toma como foto del día, "
        f"{day(note.facts['day'])}."
    ),
    "older": lambda note: (
        f"Se puntúa la foto más reciente, la del {day(note.facts['day'])}: "
        f"{plural(note.facts['rows'], 'fila anterior queda', 'filas anteriores quedan')} fuera."
    ),
    "numbered": lambda note: (
        "No hay identificador: las filas se numeran, y un cliente no se sigue de un lote a otro."
    ),
}

"""The id of each row, and the columns that a table must have."""

import difflib
import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables.clock import Days
from retencion_lib.tables.labels import texts_of
from retencion_lib.tables.sources import Source
from retencion_lib.tables.text import name_text
from retencion_lib.words import listed, on_lines, plural

ROUNDED = re.compile(r"\d[.,]\d+[eE]\+\d+")  # what a spreadsheet makes of a long number


def id_name(id_col: str) -> str:
    """Name of the id in what is read and written: rows that are numbered have one of ours."""
    return id_col or config.ROW_ID


def with_id(frame: pd.DataFrame, id_col: str, source: Source) -> pd.DataFrame:
    """Table with its rows numbered where it has no id; a table that we wrote has them already."""
    if id_col or config.ROW_ID in frame:
        return frame
    source.note("numbered")
    numbers = pd.Series(range(1, len(frame) + 1), dtype=object, name=config.ROW_ID).map(str)
    return pd.concat([numbers, frame], axis=1)


def as_labels(column: pd.Series) -> pd.Series:
    """Column as canonical text labels, None where missing."""
    return texts_of(column)


def need_columns(
    present: Collection[str], names: Sequence[str], where: str, *, remedy: str = "",
    of_a_file: bool = True,
) -> None:  # fmt: skip
    """Refuse a table that lacks a column, and name the nearest of those present.

    Parameters
    ----------
    remedy : str
        What to do besides, a sentence with a blank behind.
    of_a_file : bool
        They were read from one: where only one is seen, its separator may be another.

    Raises
    ------
    DataError
        With the name that is missing and those that there are.
    """
    for name in map(name_text, names):
        if name not in present:
            folded = {str(p).casefold(): p for p in present}
            near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
            hint = f"¿Querías decir '{folded[near[0]]}'? " if near else ""
            if of_a_file and len(present) == 1:
                remedy = (
                    "Solo se ve una: si los valores se separan con otra marca, guárdalo con comas, "
                    "con puntos y comas, con tabuladores o con |. "
                )
            raise DataError(
                f"{where}: no hay ninguna columna '{name}'. {hint}{remedy}"
                f"Tiene: {listed(present, limit=30)}."
            )


def check_ids(column: pd.Series, where: str, days: Days | None = None) -> pd.Series:
    """Ids as text, one a row (and day, where rows have one) and none missing, or an error."""
    name = str(column.name)
    refuse_blank(name, np.flatnonzero(column.isna()) + 2, where)
    ids = as_labels(column).reset_index(drop=True)
    refuse_rounded(name, ids[["+" in text for text in ids]], where)
    repeated = pd.DataFrame({"id": ids, "day": days}).duplicated(keep=False).to_numpy()
    if not repeated.any():
        return ids
    found = ids[repeated]
    if days is None:
        refuse_repeated(name, list(found.unique()), where)
    several = [f"{i} el {day}" for i, day in zip(found, days[repeated], strict=True)]
    refuse_repeated(name, several, where, customers=found.nunique())
    return ids


def refuse_blank(name: str, lines: Sequence[int], where: str) -> None:
    """Refuse a table where some rows have no id, by their lines; nothing where none."""
    if len(lines):
        raise DataError(
            f"{where}: '{name}' está vacío en {plural(len(lines), 'fila', 'filas')} "
            f"({on_lines(lines)}). Cada cliente necesita su identificador: complétalo, o "
            "borra del extracto esas líneas si están en blanco o son un total."
        )


def refuse_rounded(name: str, texts: Collection[str], where: str) -> None:
    """Refuse a table some of whose ids a spreadsheet has rounded; nothing where none."""
    rounded = [text for text in texts if ROUNDED.fullmatch(text)]
    if rounded:
        raise DataError(
            f"{where}: '{name}' trae números que una hoja de cálculo ha redondeado "
            f"({listed(dict.fromkeys(rounded), quote=True)}): ya no dicen de qué cliente son. Pide "
            "el extracto con esa columna como texto, o elige otra con id_col."
        )


def refuse_repeated(
    name: str, found: Collection[str], where: str, *, customers: int | None = None
) -> None:
    """Refuse a table in which some ids repeat; nothing where none.

    Parameters
    ----------
    found : collection of str
        The ids, or what is said of each of its rows where rows have a day.
    customers : int, optional
        How many ids repeat, where rows have a day.
    """
    if not found:
        return
    many = len(found) if customers is None else customers
    said = f"{where}: {plural(many, 'valor', 'valores')} de '{name}' en más de "
    if customers is not None:
        raise DataError(
            f"{said}una fila de la misma foto ({listed(dict.fromkeys(found))}). Debe haber una "
            "fila por cliente y foto: quita las repetidas, o revisa id_col y snapshot_col."
        )
    raise DataError(
        f"{said}una fila ({listed(found, quote=True)}). Debe haber una fila por cliente: "
        "quita las repetidas; si hay una por mes, di su fecha con --snapshot-col y cuánto se "
        "espera el resultado con --horizon; o elige otra columna con id_col. Si ninguna lo es, "
        "escribe --id-col '' y se numeran las filas."
    )

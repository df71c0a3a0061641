"""Is this table one that a home can hold: its own columns free, and the same customers as before?

A home is one portfolio: its log of predictions names customers by one id column, and a second
kind of id in it could be neither followed nor erased. Some column names are ours in the files
that a scored table goes to.
"""

from collections.abc import Collection

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.predictions import DECIDED, EVENT, SCORE, SNAPSHOT, header, id_columns
from retencion_lib.words import listed


def need_free_names(used: Collection[str], id_col: str, where: str) -> None:
    """Refuse a table whose columns have names that the scored table or the log need.

    Parameters
    ----------
    used : collection of str
        Target and features.

    Raises
    ------
    DataError
        If one of them is ``score``, or the id has the name of a column of the log.
    """
    if SCORE in used:
        raise DataError(
            f"{where}: la columna '{SCORE}' se llama como la puntuación que añade el modelo, y se "
            "confundirían. Ponle otro nombre en el extracto, o exclúyela con drop_cols."
        )
    if id_col in (*EVENT, *DECIDED, SNAPSHOT):
        raise DataError(
            f"{where}: el identificador '{id_col}' se llama como una columna de "
            f"{config.PREDICTIONS}. Ponle otro nombre en el extracto y dilo con id_col."
        )


def need_same_portfolio(id_col: str, where: str) -> None:
    """Refuse a table of other customers than those that the home's log names.

    Raises
    ------
    DataError
        If the log of predictions names its customers by another column.
    """
    names = header()
    if names and id_col not in names:
        raise DataError(
            f"{where}: sus clientes se identifican por '{id_col}' y los de {config.PREDICTIONS} "
            f"por {listed(id_columns(names), quote=True)}: parecen de otra cartera. Cada cartera "
            f"va en su carpeta: elige otra con la variable {config.HOME_VARIABLE} y repite la "
            "orden. Si es la misma cartera, devuelve su nombre a la columna en el extracto."
        )

"""A first draft of how columns and values are said to people, from the table itself."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.names import Names, load_names
from retencion_lib.tables.read import read_table
from retencion_lib.tables.sources import open_source

MOST_VALUES = 12  # of a column of texts, for each to be said apart


def write_template(data: str, output: str, *, without: Collection[str]) -> tuple[Path, list[str]]:
    """Write a draft for the columns that a file of names lacks; give back which they are.

    What the file has stays as it is.

    Parameters
    ----------
    without : collection of str
        Columns that nobody says: the id and the outcome.

    Raises
    ------
    DataError
        If the table cannot be read, or the file that is there is no file of names.
    """
    path = config.resolve(output)
    known = load_names(output) if path.is_file() else {}
    source = open_source(data)
    table = read_table(source, texts=without, spare=source.names)
    draft = template(table.drop(columns=[n for n in without if n in table]))
    new = {column: said for column, said in draft.items() if column not in known}
    if new:
        store.write_json(path, known | new)
    return path, list(new)


def template(table: pd.DataFrame) -> Names:
    """How each column would be said if nobody says otherwise: by its own name."""
    return {str(name): _draft(str(name), table[name]) for name in table}


def _draft(name: str, column: pd.Series) -> str | dict[str, str]:
    values = column.dropna().unique()
    if pd.api.types.is_numeric_dtype(column):
        if len(values) and set(values) <= {0, 1}:
            return {"1": f"{name}: sí", "0": f"{name}: no", "": name}
        return f"{name}: {{}}"
    if 0 < len(values) <= MOST_VALUES:
        return {value: f"{name}: {value}" for value in sorted(map(str, values))} | {"": name}
    return name

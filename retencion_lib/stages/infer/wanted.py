"""What a team wants its call list to be like, asked before anybody is scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.home.call_list import COLUMNS, HEADINGS
from retencion_lib.stages.infer.scoring import Batch
from retencion_lib.tables import need_columns
from retencion_lib.words import listed

DECIMALS = {"punto": (".", ","), "coma": (",", ";")}  # mark and separator of a CSV


@dataclass(frozen=True)
class Style:
    """How the home writes its lists, as `config.SETTINGS` has it."""

    decimal: str  # one of `DECIMALS`
    headings: bool  # for people; else the names that columns have in code


def list_style() -> Style:
    """How the home wants its lists; the settings are kept, so that a run can be repeated.

    Raises
    ------
    ParameterError
        If they ask for a decimal mark that there is not.
    """
    path, style = config.resolve(config.SETTINGS_FILE), Style(**config.settings()["call_list"])
    if style.decimal not in DECIMALS:
        raise ParameterError(
            f"{config.SETTINGS_FILE}: call_list.decimal = '{style.decimal}': debe ser 'punto' o "
            "'coma'; con 'coma', el CSV se separa con punto y coma y lleva títulos en español."
        )
    if path.is_file():
        store.keep(path.read_bytes())
        store.record("input", path)
    return style


def check_list(batch: Batch, carry: Sequence[str]) -> None:
    """Refuse a list that cannot be written as it is asked for, before anything is.

    Parameters
    ----------
    carry : sequence of str
        Columns of the batch that the list takes along.

    Raises
    ------
    DataError
        If the batch has no such column.
    ParameterError
        If the list has a column of that name already, or the settings cannot be.
    """
    need_columns(batch.frame.columns, carry, f"{batch.path}, carry")
    own = [batch.id_col, *COLUMNS, *HEADINGS.values()]
    there = [name for n, name in enumerate(carry) if name in own or name in carry[:n]]
    if there:
        raise ParameterError(
            f"carry = {list(carry)}: la lista ya tiene {listed(there, quote=True)}. Quítala de "
            "carry, o dale otro nombre en el lote."
        )
    list_style()


def carried(batch: Batch, carry: Sequence[str]) -> pd.DataFrame:
    """Columns of the batch that go along: numbers as numbers, all else as text."""
    return pd.DataFrame({name: _plain(batch.frame[name]) for name in carry}, batch.frame.index)


def _plain(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column):
        return column.fillna("").astype(str)
    known = column.dropna()  # a telephone is a whole number, also where another is missing
    return column.astype("Int64") if (known == known.round()).all() else column

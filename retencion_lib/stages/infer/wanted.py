"""What a team wants its call list to be like, asked before anybody is scored."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.home.call_list import COLUMNS, HEADINGS
from retencion_lib.home.names import Names
from retencion_lib.stages.infer.scoring import Batch
from retencion_lib.tables import need_columns
from retencion_lib.words import listed

DECIMALS = {"punto": (".", ","), "coma": (",", ";")}  # mark and separator of a CSV


@dataclass(frozen=True)
class Style:
    """How the home writes its lists, as `config.SETTINGS` has it."""

    decimal: str = "punto"  # one of `DECIMALS`
    headings: bool = True  # for people; else the names that columns have in code


@dataclass(frozen=True)
class Wanted:
    """What a list is to have besides what 04 decides."""

    along: pd.DataFrame = field(default_factory=pd.DataFrame)  # a row a customer of the batch
    style: Style = Style()
    offers: Names = field(default_factory=dict)  # by the column of a reason, or by its value


def list_wanted(batch: Batch, carry: Sequence[str], features: Sequence[str]) -> Wanted:
    """See to it that the list can be written as it is asked for, before anything is.

    The settings of the home are kept, so that the run can be repeated.

    Parameters
    ----------
    carry : sequence of str
        Columns of the batch that the list takes along.
    features : sequence of str
        Those of the model: what a reason may be about.

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
    settings = config.settings()
    style = Style(**settings["call_list"])
    _check_style(style)
    _check_offers(settings["offers"], features)
    path = config.resolve(config.SETTINGS_FILE)
    if path.is_file():
        store.keep(path.read_bytes())
        store.record("input", path)
    along = pd.DataFrame({n: _plain(batch.frame[n]) for n in carry}, batch.frame.index)
    return Wanted(along, style, settings["offers"])


def _plain(column: pd.Series) -> pd.Series:
    """Numbers as numbers, all else as text."""
    if not pd.api.types.is_numeric_dtype(column):
        return column.fillna("").astype(str)
    known = column.dropna()  # a telephone is a whole number, also where another is missing
    return column.astype("Int64") if (known == known.round()).all() else column


def _check_style(style: Style) -> None:
    if style.decimal not in DECIMALS:
        raise ParameterError(
            f"{config.SETTINGS_FILE}: call_list.decimal = '{style.decimal}': debe ser 'punto' o "
            "'coma'; con 'coma', el CSV se separa con punto y coma y lleva títulos en español."
        )


def _check_offers(offers: Names, features: Sequence[str]) -> None:
    for column, said in offers.items():
        where = f"{config.SETTINGS_FILE}, offers"
        must = "Debe ser una columna del modelo. "
        need_columns(features, [column], where, remedy=must, of_a_file=False)
        texts = said.values() if isinstance(said, dict) else [said]
        if not all(isinstance(text, str) for text in texts):
            raise ParameterError(
                f"{where}: '{column}' debe tener un texto, o una tabla de valor a texto, y tiene "
                f'{said!r}. Por ejemplo: {column} = "pasar a contrato anual".'
            )

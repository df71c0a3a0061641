"""What a team wants its call list to be like: its settings, asked before anybody is scored."""

from dataclasses import dataclass

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store

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

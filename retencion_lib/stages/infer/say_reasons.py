"""Reasons in words: how a team calls its columns and their values."""

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import store
from retencion_lib.stages.infer.calls import Names
from retencion_lib.stages.infer.reasons import HIGH, LOW, Reason
from retencion_lib.words import es

NO_VALUE = "sin dato"


LEVELS = {LOW: " (bajo)", HIGH: " (alto)"}


def load_names(path: str) -> Names:
    """Read how to say columns and values to people; the default file need not exist.

    Parameters
    ----------
    path : str
        JSON object. For each column, a text: with ``{}`` where the value goes
        (``"{} meses de antigüedad"``), or the column's name for people. Or an object from
        value to text, where ``""`` holds the text for any other value.

    Raises
    ------
    DataError
        If the file is not there, or is not that.
    """
    file = config.resolve(path)
    if not path or (path == config.NAMES and not file.is_file()):
        return {}
    if not file.is_file():
        raise DataError(
            f"No existe {config.relative(file)} (se buscó en {config.home()}). Corrige names, o "
            "déjalo vacío para nombrar las columnas tal como vienen."
        )
    names = store.read_json(file, made_by="data")
    if not isinstance(names, dict):
        raise DataError(
            f"{config.relative(file)}: debe ser un objeto JSON de columna a texto, como "
            '{"antiguedad": "{} meses de antigüedad"}, y no lo es. Corrígelo o deja names vacío.'
        )
    for column, said in names.items():
        texts = said.values() if isinstance(said, dict) else [said]
        if not all(isinstance(text, str) for text in texts):
            raise DataError(
                f"{config.relative(file)}: '{column}' debe tener un texto, o un objeto de valor a "
                f"texto, y tiene {said!r}. Corrígelo o quita la columna."
            )
    return names


def say_reason(reason: Reason, names: Names) -> str:
    """One value in words: ``'contract: Month-to-month'``, ``'tenure: 2 (bajo)'``, or as named."""
    column, value = reason.column, reason.value
    text = NO_VALUE if value is None or value != value else _text(value)
    said = names.get(column, column)
    if isinstance(said, dict):
        if text in said:
            return said[text].replace("{}", text)
        said = said.get("", column)
    if text == NO_VALUE:
        return f"{column if '{}' in said else said}: {text}"
    if "{}" in said:
        return said.replace("{}", text)
    return f"{said}: {text}{LEVELS.get(reason.level, '')}"


def _text(value: object) -> str:
    if isinstance(value, float | int):
        return es(value, 0 if float(value).is_integer() else 2)
    return str(value)

"""How the team calls its columns and their values, for whoever is spoken to."""

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import store

Names = dict[str, str | dict[str, str]]  # column to how it is said, or each of its values


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

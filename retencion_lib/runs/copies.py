"""The notebooks where a person or another tool can take them: an installed package hides them."""

from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import ParameterError, StorageError
from retencion_lib.home import disk


def copy_notebooks(folder: str) -> list[Path]:
    """Copy the notebooks into a folder; one that is there already must be the same.

    Parameters
    ----------
    folder : str
        From the current folder, as papermill takes its paths.

    Raises
    ------
    ParameterError
        If no folder is given.
    StorageError
        If another file has the name of a notebook; none is copied then.
    """
    if not folder:
        raise ParameterError("Indica la carpeta: retencion notebooks CARPETA.")
    target = Path(folder).expanduser().absolute()
    contents = {target / s.name: s.read_bytes() for s in sorted(config.notebooks().glob("*.ipynb"))}
    for path, content in contents.items():
        if path.exists() and path.read_bytes() != content:
            raise StorageError(
                f"{path} ya existe y no es el cuaderno de esta versión. Cámbiale el nombre, o "
                "indica otra carpeta."
            )
    return [disk.write(path, content) for path, content in contents.items()]

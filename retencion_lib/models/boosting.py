"""XGBoost, loaded when trees are needed: a machine without it scores with every other family."""

import sys
from types import ModuleType

from retencion_lib.errors import LibraryError


def xgboost() -> ModuleType:
    """The library of the trees.

    Raises
    ------
    LibraryError
        If it is not installed, or a library of the system that it needs is missing: on macOS, that
        of OpenMP. The message says what to install.
    """
    try:
        import xgboost
    except Exception as fault:  # its own error where its binary cannot be loaded
        remedy = (
            "Instala OpenMP con 'brew install libomp'"
            if sys.platform == "darwin"
            else "Instálalo con 'pip install xgboost-cpu'"
        )
        first = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
        raise LibraryError(
            f"No se puede usar XGBoost, y este modelo o esta familia lo necesita ({first}). "
            f"{remedy} y repite la orden; un modelo logístico puntúa sin él."
        ) from fault
    return xgboost

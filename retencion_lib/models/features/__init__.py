"""From a table with gaps to the matrix that a family needs."""

from retencion_lib.models.features.columns import Columns, describe
from retencion_lib.models.features.derived import Derive, Derived
from retencion_lib.models.features.prepare import matrix_sources, preprocessor

__all__ = ["Columns", "Derive", "Derived", "describe", "matrix_sources", "preprocessor"]

"""Scored customers: who they are and what the model said, and nothing else of the table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.tables import need_columns, read_table
from retencion_lib.tables.training import as_labels


@dataclass(frozen=True)
class Scored:
    """Ids and scores of a file, in its order."""

    path: str  # from the home
    id_col: str
    ids: pd.Series  # text
    scores: np.ndarray  # shape (n,), in [0, 1]


def read_scored(path: str, *, id_col: str, score_col: str = "score") -> Scored:
    """Read ids and scores of a scored file, or of the table that a stored profile is of.

    Raises
    ------
    DataError
        If the file or one of the two columns is missing.
    """
    if str(path).endswith(".json"):  # a stored profile keeps the name of its table
        path = store.read_json(config.resolve(path), made_by="evaluate")["source"]["path"]
    frame = read_table(path, texts=[id_col])
    where = config.relative(path)
    need_columns(frame.columns, [id_col, score_col], where)
    ids = as_labels(frame[id_col]).reset_index(drop=True)
    return Scored(where, id_col, ids, frame[score_col].to_numpy(float))

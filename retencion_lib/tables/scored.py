"""A scored table, opened once: who its customers are, what the model said, and some of its rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.tables import need_columns, read_table
from retencion_lib.tables.ids import as_labels, id_name


@dataclass(frozen=True)
class Scored:
    """Ids and scores of a file, in its order, and the table that they are of."""

    path: str  # from the home
    id_col: str
    ids: pd.Series  # text
    scores: np.ndarray  # shape (n,), in [0, 1]
    table: pd.DataFrame

    def sample(self, n: int, *, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
        """Some rows with all their columns, and their scores."""
        rows = self.table.sample(min(n, len(self.table)), random_state=seed)
        return rows, self.scores[rows.index.to_numpy()]


def read_scored(path: str, *, id_col: str, score_col: str) -> Scored:
    """Open a scored file.

    Raises
    ------
    DataError
        If the file or one of the two columns is missing.
    """
    id_col = id_name(id_col)
    table = read_table(path, texts=[id_col])
    where = config.relative(path)
    need_columns(table.columns, [id_col, score_col], where)
    ids = as_labels(table[id_col]).reset_index(drop=True)
    return Scored(where, id_col, ids, table[score_col].to_numpy(float), table)

"""A scored table, gone over by blocks: what the model said, who its customers are, and some rows.

Of all rows only the scores are held. Ids, another column, and some rows with all their columns
are read when they are asked for, and no more of them than was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib.tables.arrays import distinct
from retencion_lib.tables.blocks import Columns
from retencion_lib.tables.ids import as_labels, id_name, need_columns
from retencion_lib.tables.read import recoded
from retencion_lib.tables.rules import Contract
from retencion_lib.tables.sources import Source, open_source


@dataclass(frozen=True)
class Scored:
    """Scores of a file, in its order, and the file that they are of."""

    source: Source
    id_col: str
    scores: np.ndarray  # shape (n,), in [0, 1]

    @property
    def path(self) -> str:
        """The file, from the home."""
        return self.source.where

    @cached_property
    def ids(self) -> pd.Series:
        """Who they are, as text."""
        return as_labels(self.column(self.id_col))

    def head(self, n: int) -> "Scored":
        """The first rows."""
        return replace(self, scores=self.scores[:n])

    def column(self, name: str) -> pd.Series | None:
        """A column as text, None where blank; None where the file has none of that name."""
        if name not in self.source.names:
            return None
        parts, held = [], 0
        for block in self.source.blocks([name], [name]):
            parts.append(_texts(block.read(name)))
            held += block.n_rows
            if held >= len(self.scores):
                break
        return pd.Series(np.concatenate(parts)[: len(self.scores)], dtype=object, name=name)

    def sample(self, n: int, contract: Contract, *, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
        """Some rows, drawn without repeating any, and their scores.

        Parameters
        ----------
        contract : Contract
            It says which columns are read, and as what. A number whose texts are none stays text.

        Returns
        -------
        DataFrame of shape (at most n, …)
            Those columns of the contract that the file has.
        ndarray
            Scores.
        """
        total = len(self.scores)
        rows = np.random.RandomState(seed).choice(total, min(n, total), replace=False)
        frame = _rows(self.source, contract, np.sort(rows))
        return frame.iloc[np.argsort(np.argsort(rows))].set_axis(rows), self.scores[rows]


def read_scored(path: str, *, id_col: str, score_col: str) -> Scored:
    """Open a scored file and read its scores.

    Raises
    ------
    DataError
        If the file or one of the two columns is missing.
    """
    id_col, source = id_name(id_col), open_source(path)
    need_columns(source.names, [id_col, score_col], source.where)
    read = Columns(source)
    parts = [read.number_rows(b.read(score_col), score_col) for b in source.blocks([score_col])]
    source.record()
    return Scored(source, id_col, np.concatenate(parts))


def _rows(source: Source, contract: Contract, rows: np.ndarray) -> pd.DataFrame:
    """Rows at some increasing positions, as a contract reads them."""
    names = [n for n in (contract.id_col, *contract.columns) if n in source.names]
    read = Columns(source)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for chosen, arrays in _taken(source, names, rows):
        for name in names:
            parts[name].append(_typed(arrays[name].take(chosen), name, contract, read))
    return pd.DataFrame({name: np.concatenate(p) for name, p in parts.items()})


def _taken(
    source: Source, names: list[str], rows: np.ndarray
) -> Iterator[tuple[np.ndarray, dict[str, pa.Array]]]:
    start = 0
    for block in source.blocks(names):
        own = rows[(rows >= start) & (rows < start + block.n_rows)] - start
        start += block.n_rows
        if len(own):
            yield own, block.arrays


def _typed(array: pa.Array, name: str, contract: Contract, read: Columns) -> np.ndarray:
    """Values of a column as the contract says, or its texts where they are no numbers."""
    rule = contract.columns.get(name)
    if rule is None:
        return _texts(array)
    if rule.numeric:
        return read.number_rows(array, name) if read.is_number(array, name) else _texts(array)
    return recoded(_texts(array), rule.categories)


def _texts(array: pa.Array) -> np.ndarray:
    codes, labels = distinct(array)
    return np.array([*labels, None], object)[codes]

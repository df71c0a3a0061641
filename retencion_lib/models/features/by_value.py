"""Prepare each value of a column once, and not once a row: a million rows have three contracts.

What becomes of a label depends on the label and its column alone, so it is enough to prepare the
distinct ones and hand the result on to their rows. So it is with the numbers that have few values.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from retencion_lib.models.features.prepare import sources_of

BY_VALUE = {"steps", "labels", "many"}  # of the blocks of `preprocessor`


class Values:
    """A table, and the distinct values of its columns, each found once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._known: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Place of each row's value among the distinct ones, and those, gaps among them."""
        if name not in self._known:
            column = self.frame[name].to_numpy()
            self._known[name] = pd.factorize(column, use_na_sentinel=False)
        return self._known[name]


def blocks_of(
    columns: ColumnTransformer,
) -> Iterator[tuple[str, object, list[str], list[str]]]:
    """Parts of a fitted matrix in order: name, transformer, what it reads, feature of each column.

    Those that give no column are left out.
    """
    for name, transformer, read in columns.transformers_:
        if name != "remainder" and len(read):
            sources = sources_of(transformer, list(read))
            if sources:
                yield name, transformer, list(read), sources


def matrix(prepare: Pipeline, values: Values) -> np.ndarray:
    """What ``prepare.transform`` makes of a table, shape (n, n_columns)."""
    derive, columns = prepare[0], prepare[1]
    table, parts = derive.transform(values.frame), []
    for name, transformer, read, sources in blocks_of(columns):
        if name in BY_VALUE:
            small = prepared(transformer, read, sources, values)
            parts += [small[column][values.of(column)[0]] for column in read]
        else:
            parts.append(transformer.transform(table[read]))
    return np.hstack([np.asarray(part, float) for part in parts])


def prepared(
    transformer: object, read: Sequence[str], sources: Sequence[str], values: Values
) -> dict[str, np.ndarray]:
    """What becomes of the distinct values of each column, shape (n_values, n_own_columns)."""
    distinct = {name: values.of(name)[1] for name in read}
    longest = max(map(len, distinct.values()))
    # One table for all: shorter columns repeat their last value, and nobody looks there.
    padded = {
        name: own[np.minimum(np.arange(longest), len(own) - 1)] for name, own in distinct.items()
    }
    made = np.asarray(transformer.transform(pd.DataFrame(padded, dtype=None)), float)
    places = np.array(sources)
    return {name: made[: len(own), places == name] for name, own in distinct.items()}

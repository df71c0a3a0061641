"""A table in blocks of rows, and how each of its columns is read by blocks.

Whatever the size of the file, no more than one block is held. What a column is, its file decides
as a whole: a block whose texts can be read two ways asks the others.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.tables.arrays import as_text, distinct, is_number, numbers
from retencion_lib.tables.notation import shapes_of
from retencion_lib.tables.read import TRUTH, agreed, place_of, recoded
from retencion_lib.tables.sources import Block, Source, open_source
from retencion_lib.tables.sources.chunks import sort
from retencion_lib.tables.text import is_gap
from retencion_lib.tables.typed import Place, Reading, judge, marks, surely_points, to_numbers

THOUSANDS = r"\.\d{3}(?:\D|$)"

__all__ = ["Block", "Columns", "blocks", "tallied"]


def blocks(
    path: str | Path | Source, labels: Collection[str] = (), columns: Collection[str] | None = None
) -> Iterator[Block]:
    """Blocks of a table, in order: see `Source.blocks`."""
    yield from open_source(path).blocks(columns, labels)


def tallied(array: pa.Array) -> tuple[list[str], np.ndarray, int]:
    """Distinct labels of a column, how often each, and how many are null or blank."""
    codes, texts = distinct(array)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    found: Counter[str] = Counter()
    for text, n in zip(texts, rows.tolist(), strict=True):
        if n and text is not None:
            found[text] += n
    counts = np.fromiter(found.values(), int, len(found))
    return list(found), counts, len(codes) - int(counts.sum())


class Columns:
    """How the columns of a source are read, each found once and where it is needed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[str, Reading] = {}

    def place(self, name: str, *, number: bool) -> Place:
        """Where a column is, for `judge`."""
        return place_of(self.source, name, lambda: self._elsewhere(name), number=number)

    def numbers(self, array: pa.Array, name: str) -> tuple[np.ndarray, int, dict[str, int]]:
        """Numbers of a block of a column, how many are gaps, and the texts that are neither."""
        if (plain := plain_numbers(array)) is not None:
            known = plain[~np.isnan(plain)] if plain.dtype == float else plain
            return known, len(plain) - len(known), {}
        labels, rows, nulls = tallied(array)
        if not labels:
            return np.zeros(0), nulls, {}
        reading = self._reading(name)
        values, wrong = to_numbers([TRUTH.get(t, t) for t in labels], reading.decimal)
        place = self.place(name, number=True)
        texts = {}
        for i in np.flatnonzero(wrong):
            if labels[i] not in reading.gaps and not is_gap(labels[i], place.gaps):
                texts[labels[i]] = int(rows[i])
        known = ~np.isnan(values)
        nulls += int(rows[~known].sum()) - sum(texts.values())
        return np.repeat(values[known], rows[known]), nulls, texts

    def number_rows(self, array: pa.Array, name: str) -> np.ndarray:
        """Number of each row of a block of a column; nan where there is none."""
        if (plain := plain_numbers(array)) is not None:
            return plain.astype(float)
        codes, labels = distinct(array)
        if not any(labels):
            return np.full(len(codes), np.nan)
        texts = [label and TRUTH.get(label, label) for label in labels]
        return np.append(to_numbers(texts, self._reading(name).decimal)[0], np.nan)[codes]

    def is_number(self, array: pa.Array, name: str) -> bool:
        """True if a block of a column is of numbers, or the column is as a whole."""
        if plain_numbers(array) is not None or not any(tallied(array)[0]):
            return True
        return self._reading(name).kind == "number"

    def _reading(self, name: str) -> Reading:
        if name not in self._known:
            found: Counter[str] = Counter()
            for block in self.source.blocks([name], [name]):
                labels, rows, _ = tallied(block.read(name))
                found.update(dict(zip(labels, rows.tolist(), strict=True)))
            rows = np.fromiter(found.values(), int, len(found))
            self._known[name] = judge(list(found), rows, self.place(name, number=True))
        return self._known[name]

    def _elsewhere(self, name: str) -> str:
        """Decimal mark that the other columns show in the first block, if they agree."""
        first = next(iter(self.source.blocks(labels=self.source.names)))
        texts = (tallied(first.read(n))[0] for n in first.names
                 if n != name and not is_number(first.read(n)))  # fmt: skip
        return agreed(shapes_of(marks(labels[:1000])).sure for labels in texts)


def plain_numbers(array: pa.Array) -> np.ndarray | None:
    """Number of each row where a block is of numbers that can be read in one way; else None."""
    if is_number(array):
        return numbers(array)
    if pa.types.is_dictionary(array.type) or sort(array.type) != "text":
        return None
    try:
        text = pc.utf8_trim_whitespace(as_text(array))
        values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    known = values[~np.isnan(values)]
    # Nobody puts two digits, or one, behind a point between thousands: the others need no asking.
    clear = not pc.any(pc.match_substring_regex(text, THOUSANDS)).as_py()
    plain = clear or surely_points(known, text)
    return numbers(pa.array(values, from_pandas=True)) if plain else None


def labels_in(array: pa.Array, known: Collection[str]) -> tuple[list[str], np.ndarray, int]:
    """As `tallied`, the labels in the coding of those that are known."""
    labels, rows, nulls = tallied(array)
    coded = recoded(np.array([*labels, None], object)[:-1], known)
    if list(coded) == labels:
        return labels, rows, nulls
    found: Counter[str] = Counter()
    for label, n in zip(coded, rows.tolist(), strict=True):
        found[label] += n
    return list(found), np.fromiter(found.values(), int, len(found)), nulls

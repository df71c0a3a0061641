"""What all rows of a large table say of each column: gaps, range, distinct values, repeated rows.

By blocks, in memory that the rows do not decide. Gaps and ranges are exact; distinct values are up
to `LEAST` of them, and repeated rows where all can be held: beyond, both are estimated from hashes,
which know nothing of who was drawn.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib.tables.arrays import give_back
from retencion_lib.tables.blocks import plain_numbers
from retencion_lib.tables.sources import Note
from retencion_lib.tables.training import Training
from retencion_lib.tables.typed import Reading, to_numbers
from retencion_lib.tables.whole import coded, known_rows

LEAST = 1 << 16  # hashes kept of a column: its distinct values are known within 0.4 %
ROWS = 1 << 20  # hashes of whole rows held at once
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number that sets the columns of a row apart
ALL = 2.0**64


@dataclass
class Counted:
    """One column of the rows gone over so far."""

    n_missing: int = 0
    low: float = np.inf
    high: float = -np.inf
    gaps: Counter[str] = field(default_factory=Counter)  # texts among its numbers or dates
    least: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))

    @property
    def n_unique(self) -> int:
        """Distinct values; from the density of the least hashes where there are too many."""
        if len(self.least) < LEAST:
            return len(self.least)
        return round((LEAST - 1) / (float(self.least[-1]) / ALL))

    def add(self, array: pa.Array, reading: Reading | None, *, number: bool) -> np.ndarray:
        """Count a block of the column; give back a hash of the value of each row."""
        codes, values = self._values(array, reading, number=number)
        if number:
            known = values[~np.isnan(values)]
            if len(known):
                self.low = min(self.low, float(known.min()))
                self.high = max(self.high, float(known.max()))
        keys = pd.util.hash_array(values, categorize=False)
        there = pd.notna(values)
        found = np.unique(np.concatenate([self.least, pd.unique(keys[there])]))
        self.least = found[:LEAST]
        self.n_missing += int((~there if codes is None else ~there[codes]).sum())
        return keys if codes is None else keys[codes]

    def _values(
        self, array: pa.Array, reading: Reading | None, *, number: bool
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """Values, and the place of each row among them; None where each row has its own."""
        if number and (plain := plain_numbers(array)) is not None:
            return None, plain.astype(float)
        codes, texts = coded(array)
        rows = np.bincount(codes[codes >= 0], minlength=len(texts))
        if number:
            values, wrong = to_numbers(texts, reading.decimal)
            odd = np.flatnonzero(wrong)
            values[rows == 0] = np.nan  # a dictionary may hold what no row has
        else:
            gaps = reading.gaps if reading else {}
            odd = [i for i, text in enumerate(texts) if text in gaps]
            values = np.array([*texts, None], object)[:-1]
            values[odd] = None
            values[rows == 0] = None
        self.gaps.update({texts[i]: int(rows[i]) for i in odd if rows[i]})
        gap = np.array([np.nan]) if number else np.array([None], object)
        return codes, np.concatenate([values, gap])  # the last, -1, is that of blanks


@dataclass
class Repeats:
    """Hashes of rows: those of one part of all, so many that they can be held."""

    parts: int
    kept: list[np.ndarray] = field(default_factory=list)

    def add(self, keys: np.ndarray) -> None:
        """Keep the rows of a block that fall in the part."""
        self.kept.append(keys[(keys >> np.uint64(32)) % np.uint64(self.parts) == 0])

    @property
    def share(self) -> float:
        """Share of the rows that repeat an earlier one."""
        kept = np.concatenate(self.kept)
        return 1 - len(np.unique(kept)) / len(kept) if len(kept) else 0.0


def counted(training: Training) -> Training:
    """The same with the columns of all rows counted, where it holds only some of them."""
    whole = training.whole
    if whole is None:
        return training
    found, repeated = _go_over(training)
    columns = [
        replace(c, n_missing=found[c.name].n_missing, n_unique=found[c.name].n_unique)
        for c in training.columns
    ]
    ranges = {name: (found[name].low, found[name].high) for name in training.numeric}
    notes = [note for note in training.notes if note.code != "gaps"]
    notes += [Note("gaps", n, {"gaps": dict(c.gaps)}) for n, c in found.items() if c.gaps]
    whole = replace(whole, ranges=ranges, repeated=repeated)
    return replace(training, columns=columns, notes=tuple(notes), whole=whole)


def _go_over(training: Training) -> tuple[dict[str, Counted], float]:
    """Each column of the rows whose outcome is known, and the share of them that repeat another."""
    whole, read = training.whole, training.readings
    numbers = {c.name for c in training.columns if c.dtype in ("int64", "float64")}
    found = {c.name: Counted() for c in training.columns}
    days = {whole.history.snapshot_col} if whole.history else set()
    used, repeats = {*training.X, training.target, *days}, Repeats(-(-whole.known // ROWS))
    for block in whole.source.blocks(labels=set(whole.source.names) - numbers):
        rows = known_rows(block, whole)
        total = np.zeros(block.n_rows if rows is None else len(rows), np.uint64)
        for name in block.names:
            array = block.read(name) if rows is None else block.read(name).take(pa.array(rows))
            keys = found[name].add(array, read.get(name), number=name in numbers)
            if name in used:
                total = (total ^ keys) * SPREAD
        repeats.add(total)
        del block, array
    give_back()
    return found, repeats.share

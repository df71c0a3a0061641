"""Which ids repeat in a table, exactly, in memory that its rows do not decide.

Each id, or other key of a row, becomes a 64-bit hash; those that share one are then compared as
they are. A large table is gone over several times, each time for a part of the hashes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.tables.arrays import as_text
from retencion_lib.tables.blocks import Block, blocks, tallied
from retencion_lib.tables.sources import Source, open_source

AT_ONCE = 4_000_000  # hashes held at a time, 8 bytes each
ROWS = 65_536  # hashed at a time
# One odd number for each place of a letter.
_MULTIPLIERS = np.random.default_rng(0).integers(1, 2**63, 4096, dtype=np.uint64) | np.uint64(1)


def repeated_ids(path: str | Path | Source, id_col: str, n_rows: int) -> tuple[int, list[str]]:
    """How many rows repeat the id of an earlier one, and which ids do, by alphabet."""
    return repeated(Keys(open_source(path), (id_col,), lambda b: _as_text(b.read(id_col)), n_rows))


@dataclass(frozen=True)
class Keys:
    """A key for each row of a table, as texts that are there, by blocks."""

    source: Source
    columns: tuple[str, ...]  # that they are made from
    of: Callable[[Block], pa.Array]  # large strings, none null
    n_rows: int  # at most

    def blocks(self) -> Iterator[pa.Array]:
        """Keys of each block."""
        return map(self.of, blocks(self.source, columns=self.columns))

    def parts(self) -> Iterator[np.ndarray]:
        """Sorted hashes of all keys, so many at a time that they can be held."""
        passes = max(1, -(-self.n_rows // AT_ONCE))
        for part in range(passes):
            kept = [np.zeros(0, np.uint64)]
            for found in map(hashed, self.blocks()):
                kept.append(found[(found >> np.uint64(32)) % np.uint64(passes) == part])
            whole = np.concatenate(kept)
            del kept
            whole.sort()
            yield whole


def repeated(keys: Keys) -> tuple[int, list[str]]:
    """How many rows repeat the key of an earlier one, and which keys do, by alphabet."""
    shared = [np.unique(part[1:][part[1:] == part[:-1]]) for part in keys.parts()]
    suspect = np.concatenate(shared)
    if not len(suspect):
        return 0, []
    times: Counter[str] = Counter()
    for own in keys.blocks():
        names, counts, _ = tallied(own.filter(pa.array(np.isin(hashed(own), suspect))))
        times.update(dict(zip(names, counts.tolist(), strict=True)))
    found = sorted(name for name, n in times.items() if n > 1)
    return sum(times[name] - 1 for name in found), found


def distinct_keys(keys: Keys) -> int:
    """How many different keys there are; two of one hash count once."""
    return sum(len(np.unique(part)) for part in keys.parts())


def _as_text(array: pa.Array) -> pa.Array:
    text = as_text(array.drop_null()).cast(pa.large_string())
    return text.filter(pc.greater(pc.binary_length(text), 0))


def hashed(texts: pa.Array) -> np.ndarray:
    """64-bit multilinear hash of each text that is there and not empty, uint64 of shape (n,)."""
    parts = [_hash(texts[start : start + ROWS]) for start in range(0, len(texts), ROWS)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def _hash(texts: pa.Array) -> np.ndarray:
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].astype(np.uint64)
    starts, lengths = ends[:-1] - ends[0], np.diff(ends)
    place = np.arange(len(letters)) - np.repeat(starts, lengths)
    products = (letters + np.uint64(1)) * _MULTIPLIERS[place % len(_MULTIPLIERS)]
    keys = np.add.reduceat(products, starts)
    return keys ^ (keys >> np.uint64(29))

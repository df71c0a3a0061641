"""Which ids repeat in a table, exactly, in memory that its rows do not decide.

Each id becomes a 64-bit hash; those that share one are then compared as they are. A large
table is gone over several times, each time for a part of the hashes.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retencion_lib.tables.arrays import as_text
from retencion_lib.tables.blocks import blocks, tallied
from retencion_lib.tables.sources import Source, open_source

AT_ONCE = 4_000_000  # hashes held at a time, 8 bytes each
ROWS = 65_536  # hashed at a time
# One odd number for each place of a letter.
_MULTIPLIERS = np.random.default_rng(0).integers(1, 2**63, 4096, dtype=np.uint64) | np.uint64(1)


def repeated_ids(path: str | Path | Source, id_col: str, n_rows: int) -> tuple[int, list[str]]:
    """How many rows repeat the id of an earlier one, and which ids do, by alphabet."""
    path = open_source(path)
    passes = -(-n_rows // AT_ONCE)
    suspects = [_shared(path, id_col, part, passes) for part in range(passes)]
    suspect = np.concatenate(suspects) if suspects else np.zeros(0, np.uint64)
    if not len(suspect):
        return 0, []
    times: Counter[str] = Counter()
    for block in blocks(path, columns=[id_col]):
        ids = _as_text(block.read(id_col))
        chosen = ids.filter(pa.array(np.isin(hashed(ids), suspect)))
        names, counts, _ = tallied(chosen)
        times.update(dict(zip(names, counts.tolist(), strict=True)))
    repeated = sorted(name for name, n in times.items() if n > 1)
    return sum(times[name] - 1 for name in repeated), repeated


def _shared(path: Source, id_col: str, part: int, passes: int) -> np.ndarray:
    """Hashes that more than one row has, of those that fall in a part."""
    kept = []
    for block in blocks(path, columns=[id_col]):
        keys = hashed(_as_text(block.read(id_col)))
        kept.append(keys[(keys >> np.uint64(32)) % np.uint64(passes) == part])
    ordered = np.sort(np.concatenate(kept))
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


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

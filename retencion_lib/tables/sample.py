"""Which customers of a large table are learnt from, and their rows.

A customer's place depends on its id alone: BLAKE2b of ``"learn:42:id"``, the smallest. Whatever
the order of the rows, the format of the file or the parameters of a run, they are the same: 01,
02, 03 and 04 look at the same customers, each with all its rows.
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from retencion_lib import config
from retencion_lib.tables.arrays import give_back
from retencion_lib.tables.sources import Block, Source
from retencion_lib.tables.sources.chunks import joined
from retencion_lib.tables.sources.memory_part import MemoryPart
from retencion_lib.tables.split import hashes
from retencion_lib.tables.whole import coded, is_large

SALT = f"learn:{config.SEED}"


@dataclass
class Drawn(Source):
    """Rows of some customers of a table, in memory; its fingerprint and its files are the table's.

    Attributes
    ----------
    of : Source
        The table.
    """

    of: Source | None = None

    @property
    def sha256(self) -> str:
        """Of the table."""
        return self.of.sha256

    def record(self) -> None:
        """Put the files of the table in the lineage of the run."""
        self.of.record()


def learnt_rows(source: Source, key: str) -> Source:
    """The table itself, or, where it is large, the rows of the customers that are learnt from."""
    if not is_large(source):
        return source
    rows = source.n_rows or sum(block.n_rows for block in source.blocks(source.names[:1]))
    return draw(source, key, rows)


def draw(source: Source, key: str, n_rows: int) -> Drawn:
    """Rows of the customers that are learnt from, in the order of the table.

    Parameters
    ----------
    key : str
        Column of the id; where the table has none, its rows are numbered.
    n_rows : int
        Of the table: the share of the customers is that of `config.TRAINING_ROWS` in them.
    """
    if key not in source.names:
        source.note("numbered")
    share, start = config.TRAINING_ROWS / n_rows, 0
    kept: dict[str, list[pa.Array]] = {}
    for block in source.blocks():
        ids = _ids(block, key, start)
        start += block.n_rows
        rows = np.flatnonzero(hashes(ids, SALT) < share * 2.0**64)
        for name in block.names:
            kept.setdefault(name, []).append(block.read(name).take(pa.array(rows)))
        if key not in block.names:
            kept.setdefault(key, []).append(pa.array(np.array(ids, str)[rows], pa.string()))
    columns = {name: joined(kept.pop(name)) for name in list(kept)}
    part = MemoryPart(
        source.path, list(columns), columns, len(columns[key]), separator=source.separator
    )
    give_back()
    own = {f.name: getattr(source, f.name) for f in fields(Source)}
    return Drawn(**own | {"names": tuple(columns), "parts": (part,)}, of=source)


def _ids(block: Block, key: str, start: int) -> list[str]:
    """Canonical id of each row of a block, or its number in the table."""
    if key not in block.names:
        return [str(i) for i in range(start + 1, start + 1 + block.n_rows)]
    codes, texts = coded(block.read(key))
    return np.array([*texts, ""], object)[codes].tolist()

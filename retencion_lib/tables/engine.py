"""Whose hands work on the blocks of a table: this process, a pool of them, or a Dask cluster.

Blocks are those of the table, whoever works on them, and what they give is merged in their order:
the result is the same to the last digit. A block whose worker died is given to another.
"""

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from multiprocessing import get_context
from typing import Any, TypeVar

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, KernelError, LibraryError, ParameterError
from retencion_lib.home import lineage
from retencion_lib.tables.sources.source import ROWS, Block, Source

T = TypeVar("T")
VARIABLE = "RETENCION_ENGINE"
LOCAL, DASK = "local", "dask://"
TRIES = 3  # of a piece whose worker dies
LEAST = 32  # blocks that are worth the start of a pool, whose hands must all load the libraries
PIECES = 4  # for each worker, so that none waits long for the last
INSTALL = "pip install 'retencion[dask]'"
PATIENCE = 15  # seconds until a scheduler that does not answer is given up


@dataclass(frozen=True)
class Piece:
    """Some blocks of a table, one behind the other, as they travel to a worker."""

    table: Source | pd.DataFrame  # of a frame, only its own rows
    step: int  # rows of a block
    first: int = 0  # block
    last: int | None = None  # the one behind; None is to the end
    columns: Collection[str] | None = None  # of a source; None is all
    labels: Collection[str] = ()  # of a source, given as codes

    def blocks(self) -> Iterator[Block | pd.DataFrame]:
        """The blocks, in order."""
        if isinstance(self.table, Source):
            yield from self.table.blocks(
                self.columns, self.labels, first=self.first, last=self.last
            )
            return
        for start in range(0, len(self.table), self.step):
            yield self.table.iloc[start : start + self.step]


def map_blocks(
    table: Source | pd.DataFrame,
    f: Callable[[Block | pd.DataFrame], T],
    merge: Callable[[T, T], T],
    *,
    start: T,
    step: int = ROWS,
    columns: Collection[str] | None = None,
    labels: Collection[str] = (),
) -> T:
    """What `f` gives for each block of a table, merged in the order of the blocks.

    Parameters
    ----------
    table : Source or DataFrame
        A source is divided where its files are Parquet, and a frame anywhere; what cannot be
        divided, or is one block, is worked on here.
    f, merge : callable
        Of a block, which travels to the workers by pickle, and of what two give.
    start
        What the first is merged with.
    step : int
        Rows of a block of a frame; those of a source are its own.
    columns, labels : collection of str
        Of a source, as `Source.blocks` takes them.

    Raises
    ------
    ParameterError, LibraryError
        If the engine that is asked for does not exist, or is not installed.
    DataError, KernelError
        If the scheduler does not answer, or workers die again and again.
    """
    name, cpus = chosen(), os.cpu_count() or 1
    step = table.step if isinstance(table, Source) else step
    blocks = _count(table, step)
    if blocks < 2 or (name == LOCAL and (blocks < LEAST or cpus == 1)):
        whole = Piece(table, step, columns=columns, labels=labels)
        return reduce(merge, map(f, whole.blocks()), start)
    if name == LOCAL:
        pieces = _cut(table, step, blocks, cpus * PIECES, columns=columns, labels=labels)
        found = _in_pool(f, pieces, min(cpus, len(pieces)))
    else:
        pieces = _cut(table, step, blocks, blocks, columns=columns, labels=labels)
        found = _in_dask(f, pieces, name)
    lineage.current().engine = {"name": name.partition(":")[0], "parts": len(pieces)}
    return reduce(merge, [result for piece in found for result in piece], start)


def chosen() -> str:
    """The engine: `RETENCION_ENGINE`, else the home's settings.

    Raises
    ------
    ParameterError
        If it is neither ``local`` nor the address of a Dask scheduler.
    """
    given = os.environ.get(VARIABLE, "").strip() or config.settings()["engine"]["name"]
    if given == LOCAL or (given.startswith(DASK) and ":" in given.removeprefix(DASK)):
        return given
    raise ParameterError(
        f"{VARIABLE} = '{given}': debe ser 'local', o 'dask://servidor:puerto' con el planificador "
        "de Dask. Con Spark no hace falta: es él quien llama (docs/motores.md)."
    )


def _count(table: Source | pd.DataFrame, step: int) -> int:
    """Blocks of a table; 0 where it cannot be divided."""
    if isinstance(table, Source):
        return -(-table.n_rows // step) if table.divides else 0
    return -(-len(table) // step)


def _cut(
    table: Source | pd.DataFrame, step: int, blocks: int, most: int, **asked: Collection[str] | None
) -> list[Piece]:
    """A table in up to so many pieces of whole blocks."""
    n = min(blocks, most)
    ends = [blocks * i // n for i in range(n + 1)]
    spans = list(pairwise(ends))
    if isinstance(table, Source):
        return [Piece(table, step, first, last, **asked) for first, last in spans]
    return [Piece(table.iloc[first * step : last * step], step) for first, last in spans]


def work(f: Callable[[Any], T], piece: Piece) -> list[T]:
    """What a worker does: `f` of each block of a piece."""
    return [f(block) for block in piece.blocks()]


def _same(value: T) -> T:
    return value


def _in_pool(f: Callable[[Any], T], pieces: list[Piece], workers: int) -> list[list[T]]:
    found: dict[int, list[T]] = {}
    for _ in range(TRIES):
        left = [i for i in range(len(pieces)) if i not in found]
        if not left:
            break
        with ProcessPoolExecutor(min(workers, len(left)), get_context("spawn")) as pool:
            asked: dict[Future, int] = {pool.submit(work, f, pieces[i]): i for i in left}
            try:
                for done in as_completed(asked):
                    found[asked[done]] = done.result()
            except BrokenProcessPool:
                continue  # what others had given is kept; the rest is asked again
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    if len(found) < len(pieces):
        raise KernelError(
            f"Un proceso de trabajo ha muerto {TRIES} veces (lo más probable: falta memoria). No "
            f"queda nada a medias. Cierra otros programas, o usa otra máquina con {VARIABLE}."
        )
    return [found[i] for i in range(len(pieces))]


def _in_dask(f: Callable[[Any], T], pieces: list[Piece], address: str) -> list[list[T]]:
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise LibraryError(
            f"{VARIABLE} = '{address}': falta Dask. Instálalo con: {INSTALL}"
        ) from None
    try:
        client = Client(f"tcp://{address.removeprefix(DASK)}", timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError):
        raise DataError(
            f"{VARIABLE} = '{address}': el planificador de Dask no responde. Comprueba que está "
            "en marcha y que se llega a él; no queda nada a medias."
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise DataError(
                f"{VARIABLE} = '{address}': el planificador de Dask no tiene ningún trabajador. "
                f"Arranca alguno con: dask worker {address.removeprefix(DASK)}"
            )
        # A task too: what is only scattered is lost with the worker that has it.
        shared = client.submit(_same, f, pure=False)
        asked = [client.submit(work, shared, piece, pure=False) for piece in pieces]
        try:
            return client.gather(asked)
        except KilledWorker:
            raise KernelError(
                f"{VARIABLE} = '{address}': varios trabajadores de Dask han muerto con el mismo "
                "bloque (lo más probable: falta memoria). No queda nada a medias."
            ) from None

"""Hand what 04 decided over to a folder of an object store, as Parquet: each event once.

    ADDRESS/scored/date=2026-11-20/RUN.parquet     the batch, as the log has it, without features
    ADDRESS/calls/date=2026-11-20/RUN.parquet      those to call, best first

An object is there whole or not at all, and a date's folder is read before it is added to, so that a
run that is repeated adds nothing, and one that was cut short what was missing.
"""

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from retencion_lib.errors import DataError
from retencion_lib.tables.sources.remote import Place, answered, reach

if TYPE_CHECKING:
    from collections.abc import Iterable

SCORED, CALLS = "scored", "calls"
KEY = "event_id"


def check_store(address: str) -> None:
    """See to it that a store answers and its parts are ours, before anything is written.

    Raises
    ------
    ParameterError, DataError, LibraryError
        If the address has a key in it, the store does not let in, or a file there has no events.
    """
    place = reach(address)
    for folder in (SCORED, CALLS):
        newest = sorted(_parts(place, folder), key=lambda part: part.path)[-1:]
        _known(place, newest)


def add(address: str, folder: str, frame: pd.DataFrame) -> int:
    """Put the rows whose event is not there into one new object a date; give back how many.

    Parameters
    ----------
    folder : str
        `SCORED` or `CALLS`.
    frame : DataFrame
        Rows of one run: ``event_id``, ``run_id``, ``scored_at`` and what goes with them.

    Raises
    ------
    ParameterError, DataError, LibraryError
        If the store does not answer, or refuses.
    """
    if frame.empty:
        return 0
    place, added = reach(address), 0
    for day, rows in frame.groupby(frame["scored_at"].str[:10], sort=True):
        below = f"{folder}/date={day}"
        new = rows[~rows[KEY].isin(_known(place, _parts(place, below)))]
        if new.empty:
            continue
        name = f"{place.path}/{below}/{new['run_id'].iloc[0]}.parquet"
        # What all events share is held once here; whoever reads the parts finds plain texts.
        shared = dict.fromkeys(new.select_dtypes("category"), "str")
        table = pa.Table.from_pandas(new.astype(shared), preserve_index=False)
        with answered(address, "escribir"), place.store.open_output_stream(name) as stream:
            pq.write_table(table, stream)
        added += len(new)
    return added


def _parts(place: Place, folder: str) -> list[fs.FileInfo]:
    """Files below a folder; none where there is none yet."""
    chosen = fs.FileSelector(f"{place.path}/{folder}", allow_not_found=True, recursive=True)
    with answered(place.address):
        return [i for i in place.store.get_file_info(chosen) if i.type == fs.FileType.File]


def _known(place: Place, parts: "Iterable[fs.FileInfo]") -> set[str]:
    """Events that are in some parts."""
    found: set[str] = set()
    for part in parts:
        with answered(place.address), place.store.open_input_file(part.path) as file:
            try:
                found |= set(pq.read_table(file, columns=[KEY])[KEY].to_pylist())
            except (pa.ArrowInvalid, KeyError):
                raise DataError(
                    f"output_table = '{place.address}': {part.path} no es un Parquet con columna "
                    f"'{KEY}'. Da una carpeta vacía, o en la que solo haya escrito 04."
                ) from None
    return found

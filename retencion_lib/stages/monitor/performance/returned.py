"""What a call list says when it comes back: how each call went, and who was called by mistake."""

from collections import Counter

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.call_list import HEADINGS, RESULT, RESULTS
from retencion_lib.home.predictions import CONTACT, CONTROL
from retencion_lib.home.sheet import guarded
from retencion_lib.home.watch_report import CallResults
from retencion_lib.tables import open_source, read_table
from retencion_lib.tables.ids import check_ids
from retencion_lib.words import listed


def call_results(calls: str, log: pd.DataFrame, *, id_col: str) -> CallResults | None:
    """Count the results of a list that was filled in; None without one.

    Parameters
    ----------
    calls : str
        The list that 04 wrote, as CSV or workbook, under another name; empty where there is none.
    log : DataFrame
        As `outcomes.logged` gives it.

    Raises
    ------
    DataError
        If the id or the result has no column, or an id repeats.
    """
    if not calls:
        return None
    source = open_source(calls)
    table = read_table(source, texts=source.names)
    where = config.relative(calls)
    ids = check_ids(table[_one_of(source.names, (id_col, guarded(id_col)), where)], where)
    said = table[_one_of(source.names, (HEADINGS[RESULT], RESULT), where)]
    said = said.fillna("").str.strip().str.casefold()
    last = log.drop_duplicates("id", keep="last")
    # The same customer, whether the file guards its ids or not.
    group = ids.map(guarded).map(pd.Series(last["group"].array, last["id"].map(guarded)))
    done, counts = said != "", Counter(said[group.eq(CONTACT).to_numpy()])
    return CallResults(
        path=where, n_listed=int(group.eq(CONTACT).sum()), n_blank=counts.pop("", 0),
        results={name: counts.pop(name, 0) for name in RESULTS}, n_other=counts.total(),
        n_control=int((done & group.eq(CONTROL).to_numpy()).sum()),
        n_unlisted=int((done & ~group.isin([CONTACT, CONTROL]).to_numpy()).sum()),
    )  # fmt: skip


def _one_of(names: list[str], wanted: tuple[str, ...], where: str) -> str:
    for name in wanted:
        if name in names:
            return name
    looked = " ni ".join(f"'{name}'" for name in dict.fromkeys(wanted))
    raise DataError(
        f"{where}, calls: no hay ninguna columna {looked}. "
        f"Da la lista que escribió 04, rellenada y guardada con otro nombre. Tiene: "
        f"{listed(names, limit=30)}."
    )

"""Has a table the columns that an order names? Asked of its header, before anything is read.

The order asks before it starts a kernel, so that a name mistyped leaves no run. What a header
does not tell is left to the run: a table that is not there, is damaged or lies in a database or
a store is refused in a run of its own, and whoever waits for its list sees that there is none.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from types import SimpleNamespace

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError
from retencion_lib.home.predictions import last_scored
from retencion_lib.tables.history import ask_history
from retencion_lib.tables.ids import id_name, need_columns
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.sources.open import find, what_is
from retencion_lib.tables.sources.query import is_query
from retencion_lib.words import listed

HEADED = ("csv", "parquet")  # forms whose names cost no more than the first bytes of a file
SHARES = ("test_share", "sample", "control_share")
SMALL = 1 << 23  # bytes of a table of another form that are read twice without anybody waiting


def need_learnable(
    source: Source, *, id_col: str, target: str, others: Iterable[str] = ()
) -> None:  # fmt: skip
    """Refuse a table with outcomes that lacks a column, and say how another is chosen.

    Raises
    ------
    DataError
        With the name that is missing and those that there are.
    """
    sheet = _other_sheet(source)
    no_id = (
        "Si ninguna columna identifica a cada cliente, escribe --id-col '' y se numeran las filas. "
    )
    wanted = [
        ([id_col] if id_col else [], no_id + sheet),
        ([target], f"La del resultado se elige con --target. {sheet}"),
        (list(others), sheet),
    ]
    for names, remedy in wanted:
        need_columns(source.names, names, source.where, remedy=remedy)


def _other_sheet(source: Source) -> str:
    if not source.others:
        return ""
    return (
        f"El libro tiene más hojas con datos ({listed(source.others, quote=True)}): se eligen con "
        f"{config.relative(source.path)}#HOJA. "
    )


def check_values(asked: SimpleNamespace) -> None:
    """Refuse values of an order that no table could make right.

    Parameters
    ----------
    asked : SimpleNamespace
        Parameters of a notebook.

    Raises
    ------
    ParameterError
        As the notebook itself would.
    """
    given, date = vars(asked), config.run_date(asked.date)
    for name in filter(given.get, SHARES):  # 0 is none: `partition` alone refuses it
        config.check_share(name, given[name])
    for name in filter(given.__contains__, config.CHOICES):
        config.check_choice(name, given[name])
    if "seed" in given:
        config.check_seed(asked.seed)
    if given.keys() >= {"data", "horizon", "target"}:  # 04 and 05 take up what 02 learnt with
        ask_history(*(given[n] for n in ("snapshot_col", "horizon", "gap", "as_of")), date=date)
    if "customer_value" in given:
        from retencion_lib.home.terms import Terms

        Terms.from_facts(given)


def need_named(asked: SimpleNamespace) -> None:
    """Refuse names that the headers of an order's tables contradict.

    Parameters
    ----------
    asked : SimpleNamespace
        Parameters of a notebook; those that it has say which tables it opens.

    Raises
    ------
    DataError
        As the notebook itself would.
    """
    if hasattr(asked, "events"):
        _need_log(asked)
    elif hasattr(asked, "input"):
        table = asked.data if asked.sample else asked.input
        _need(table, asked.carry, "carry")
    elif hasattr(asked, "current"):
        _need_scored(asked)
    elif source := _headed(asked.data):
        dated = [asked.snapshot_col] if asked.snapshot_col else []
        others = [*dated, *getattr(asked, "drop_cols", ()), *getattr(asked, "sensitive", ())]
        key = {"id_col": asked.id_col, "target": asked.target}
        need_learnable(source, **key, others=others)
        amounts = [name for n in ("value_col", "accept_col") if (name := getattr(asked, n, ""))]
        need_columns(source.names, amounts, source.where)
        need_columns(source.names, getattr(asked, "segments", ()), f"{source.where}, segments")


def _need_log(asked: SimpleNamespace) -> None:
    key = asked.event_id_col or asked.id_col
    others = [asked.kind_col] if asked.kind_col else []
    _need(asked.events, [key, asked.event_date_col, *asked.amount_cols, *others])
    if asked.customers:
        ended = [asked.ended_col] if asked.ended_col else []
        _need(asked.customers, [asked.id_col, *ended])


def _need_scored(asked: SimpleNamespace) -> None:
    key = id_name(asked.id_col)
    with suppress(OrderError):  # nothing has been scored yet: the run says so
        table = asked.current or last_scored()
        _need(table, [key, asked.score_col])
        _need(table, asked.segments, "segments")
    if asked.labels:
        _need(asked.labels, [key, asked.target])


def _need(table: str, names: Sequence[str], parameter: str = "") -> None:
    source = _headed(table) if names else None
    if source:
        where = f"{source.where}, {parameter}" if parameter else source.where
        need_columns(source.names, names, where)


def _headed(table: str) -> Source | None:
    """A table whose names are cheap to know; None where they are not, or it cannot be read."""
    if config.is_address(table):
        return None
    with suppress(DataError):
        file, _ = find(table)
        if is_query(file):
            return None
        cheap = file.is_dir() or file.stat().st_size <= SMALL
        if cheap or what_is(file, table)[0] in HEADED:
            return open_source(table)
    return None

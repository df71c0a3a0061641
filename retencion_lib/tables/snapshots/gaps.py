"""How long nothing happens in a log: to one customer, and to all of them."""

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.tables.clock import Duration, shift
from retencion_lib.tables.snapshots.log import Log
from retencion_lib.words import count


def silences(log: Log, limit: int = 20_000) -> pd.DataFrame:
    """How long customers went without an event, counted: of at most `limit` customers.

    Returns
    -------
    DataFrame
        ``days`` between an event and the next, ``ended`` (whether there was a next one before
        the log ends) and how many ``n``, shortest first.
    """
    step = -(-log.n_customers // limit)
    return log.con.sql(f"""
        WITH days AS (SELECT DISTINCT code, day FROM log WHERE code % {step} = 0),
        gaps AS (SELECT day, lead(day) OVER (PARTITION BY code ORDER BY day) AS after FROM days)
        SELECT coalesce(after, DATE '{log.as_of}') - day AS days, after IS NOT NULL AS ended,
               count(*) AS n
        FROM gaps GROUP BY ALL ORDER BY days, ended
    """).df()


def check_no_hole(log: Log, longest: Duration, what: str) -> None:
    """Refuse a log in which nobody does anything for longer than a window lasts.

    Parameters
    ----------
    longest : Duration
        How long may pass so, by the calendar: a year may have 366 days.
    what : str
        What says so.

    Raises
    ------
    DataError
        With the days between which there is nothing.
    """
    found = log.con.execute("SELECT DISTINCT day FROM log ORDER BY day").fetchnumpy()["day"]
    days = np.append(found.astype("datetime64[D]"), log.as_of)
    over = shift(days[:-1], longest) < days[1:]
    if not over.any():
        return
    worst = int(np.where(over, np.diff(days).astype(int), 0).argmax())
    sql = f"SELECT count(*) FROM log WHERE day <= DATE '{days[worst]}'"
    before = count(log.con.execute(sql).fetchall()[0][0])
    raise DataError(
        f"{log.where}: entre el {days[worst]} y el {days[worst + 1]} no hay ningún evento de "
        f"ningún cliente ({before} antes), y son más que {what}, {longest}: todos parecerían "
        "haberse ido. Si falta una parte, pídela; si lo de antes son fechas de relleno, quítalo; y "
        "si el registro acaba ahí, no des as_of."
    )

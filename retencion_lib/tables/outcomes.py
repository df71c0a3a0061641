"""Which outcomes have arrived, for which batch, and which are still missing.

An outcome belongs to the batch that 05 looks at if its customer is in it, else to the last
logged prediction of that customer. Where customers have a history there are predictions of several
days, and an outcome belongs to the prediction of its day. A file that says no days is of one day,
whole: the one on which most of its customers were scored, the newest of several. Were each outcome
given its newest prediction whose horizon is over, only those who left, and so have no later one,
would count. Until the horizon is over who has not left may still leave, and nothing is known.
Nothing is dropped in silence: outcomes of earlier batches, of customers or days that nobody
scored, early ones, blank ones and missing ones are counted and said.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.predictions import prediction_blocks
from retencion_lib.home.watch_report import CURRENT, OutcomeCounts
from retencion_lib.tables import need_columns, read_table
from retencion_lib.tables.clock import DAY, Clock, Days
from retencion_lib.tables.history import row_days
from retencion_lib.tables.ids import as_labels, check_ids
from retencion_lib.tables.labels import USUAL, Classes, read_outcomes
from retencion_lib.tables.scored import Scored
from retencion_lib.words import listed, plural

# Columns of the log that matter here.
LOGGED = ("scored_at", "score", "threshold", "group", "expected_profit", "model", "version",
          "snapshot")  # fmt: skip
SAID = {"batch": ("scored_at",), "model": ("model", "version")}  # columns of the log, by ours
SAME = 1e-9  # scores that are no further apart are the same, however their digits were written
PREDICTED = ["id", "score", "batch", "threshold", "group", "expected_profit", "model", "snapshot"]


@dataclass(frozen=True)
class Outcomes:
    """Scored customers with the outcome of those that have one."""

    path: str  # of the labels, from the home
    table: pd.DataFrame  # as `predicted`, and y (nan if missing)
    unknown: list[str]  # ids with an outcome that nobody scored
    blank: int  # rows of the labels without an outcome
    immature: int = 0  # outcomes that came before their time: not known yet, whatever they say
    mature_on: str = ""  # ISO day from which all of these count
    elsewhere: int = 0  # outcomes of a day for which their customer was not scored
    day: str = ""  # ISO day that all were taken to be of; empty where the file says their days

    @property
    def known(self) -> pd.DataFrame:
        """Customers with an outcome."""
        return self.table[self.table.y.notna()]

    @property
    def batches(self) -> list[str]:
        """Batches with at least one outcome, the current one first and then by date."""
        return sorted(self.known.batch.unique(), key=lambda b: (b != CURRENT, b))

    def counts(self) -> OutcomeCounts:
        """How many outcomes there are, and how many are late, unknown, blank or missing."""
        here, known = self.table.batch == CURRENT, self.table.y.notna()
        return OutcomeCounts(
            n_labelled=int((here & known).sum()), n_missing=int((here & ~known).sum()),
            n_earlier=int((~here & known).sum()), n_unknown=len(self.unknown), n_blank=self.blank,
        )  # fmt: skip


def collect(
    batch: Scored,
    people: pd.DataFrame,
    labels: str,
    *,
    target: str,
    classes: Classes = USUAL,
    clock: Clock | None = None,
    snapshot_col: str = "",
) -> Outcomes | None:
    """Read the outcomes and give each its prediction; None without a file.

    Parameters
    ----------
    people : DataFrame
        As `predicted` gives it.
    classes : Classes
        The two labels that the model in use learnt.
    clock : Clock, optional
        With a history: how long an outcome is watched, and the day of the labels.
    snapshot_col : str
        With a history: the column of the labels, if they have it, with the day of the prediction
        that each is the outcome of.

    Raises
    ------
    DataError
        If the id or the outcome is missing, an id repeats (on a day, where labels have one), the
        outcome is not two known labels, or no customer with an outcome was ever scored.
    """
    if not labels:
        return None
    frame = read_table(labels, texts=[batch.id_col, target, snapshot_col])
    where = config.relative(labels)
    need_columns(frame.columns, [batch.id_col, target], where)
    dated = clock is not None and snapshot_col in frame
    days = row_days(frame[snapshot_col], where) if dated else None
    ids = check_ids(frame[batch.id_col], where, days)
    y = read_outcomes(frame[target].reset_index(drop=True), where, classes).to_numpy()
    arrived = ids[pd.notna(y)]
    if len(arrived) and not arrived.isin(people.id).any():
        raise DataError(
            f"{where}: ninguno de sus {plural(ids.nunique(), 'cliente', 'clientes')} "
            f"({listed(ids, 3, quote=True)}) está en {batch.path} "
            f"({listed(people.id, 3, quote=True)}) ni en {config.PREDICTIONS}. Comprueba que "
            "id_col es la misma columna y que se escribe igual."
        )
    found = {"unknown": sorted(set(arrived) - set(people.id)), "blank": int(pd.isna(y).sum())}
    if clock is None:
        table = people.assign(y=people.id.map(pd.Series(y, index=ids).dropna()))
        return Outcomes(where, table, **found)
    day = "" if dated else _day_of(people, arrived)
    known = pd.Series(y, index=_keys(ids, days.astype(str) if dated else day)).dropna()
    keys = _keys(people.id, people.snapshot)
    table, early, mature_on = _without_early(people.assign(y=keys.map(known)), clock)
    elsewhere = int((arrived.isin(people.id).to_numpy() & ~known.index.isin(keys)).sum())
    return Outcomes(where, table, **found, immature=early, mature_on=mature_on,
                    elsewhere=elsewhere, day=day)  # fmt: skip


def _keys(ids: pd.Series, days: np.ndarray | pd.Series | str) -> pd.Series:
    """What names a prediction where a customer has one a day."""
    return ids + "@" + days


def _day_of(people: pd.DataFrame, ids: pd.Series) -> str:
    """The day on which most of these customers were scored, the newest of several."""
    scored = people[people.id.isin(ids)].groupby("snapshot").id.nunique()
    if "" in scored.index and scored[""] == scored.max():
        return ""  # of the batch, which says no day: it comes after all that was logged
    return scored.index[scored == scored.max()].max() if len(scored) else ""


def _without_early(table: pd.DataFrame, clock: Clock) -> tuple[pd.DataFrame, int, str]:
    """Predictions without the outcomes that are not known yet, how many, and when they all are."""
    dated = (table.snapshot != "") & table.y.notna()
    closes = clock.closes(table.snapshot[dated].to_numpy("datetime64[D]"))
    early = closes >= clock.as_of  # the day of the labels is not over
    rows = table.index[dated][early]
    day = str(closes[early].max() + DAY) if early.any() else ""
    return table.assign(y=table.y.mask(table.index.isin(rows))), int(early.sum()), day


def predicted(
    batch: Scored,
    log: pd.DataFrame,
    *,
    threshold: float,
    snapshot_col: str | None = None,
) -> pd.DataFrame:
    """Customers of the current batch, then the last prediction of every other one logged.

    Parameters
    ----------
    log : DataFrame
        As `logged` gives it.
    threshold : float
        Of those of whom the log says none.
    snapshot_col : str, optional
        With a history: the column with the day of the batch's rows. What is logged is then the last
        prediction of every other customer *and day*; where the log says no day, it is that of the
        scoring.

    Returns
    -------
    DataFrame
        ``batch, id, score, threshold, group, expected_profit, model, snapshot``; what the log
        does not say is an empty group, model or snapshot, and nan.
    """
    now = pd.DataFrame({"batch": CURRENT, "id": batch.ids, "score": batch.scores})
    days = None
    if snapshot_col is not None:
        log = log.assign(snapshot=log.snapshot.astype(object).fillna(log.batch))
        days = _days_of(batch, snapshot_col)
    # The id joins; of a customer's predictions, the last that said this score. Two files may write
    # the last digit of a number in two ways, so a score alone is no key.
    pairs = now.reset_index(names="row").merge(log.drop(columns="batch"), on="id")
    same = pairs[np.isclose(pairs.score_x, pairs.score_y, rtol=0, atol=SAME)]
    if days is not None:
        same = same[same.snapshot == days[same.row].astype(str)]
    latest = same.drop_duplicates("row", keep="last").set_index("row")
    now = now.join(latest[["threshold", "group", "expected_profit", "model", "snapshot"]])
    if days is not None:
        now["snapshot"] = days.astype(str)
    earlier = _earlier(log, now, whole=snapshot_col is not None)
    table = pd.concat([now, earlier], ignore_index=True) if len(earlier) else now
    return table.assign(
        threshold=table.threshold.fillna(threshold),
        group=table.group.astype(object).fillna(""),
        model=table.model.astype(object).fillna(""),
        snapshot=table.snapshot.astype(object).fillna(""),
    )


def _days_of(batch: Scored, snapshot_col: str) -> Days | None:
    """Day of each row of the batch; None where it does not say."""
    column = batch.column(snapshot_col)
    return None if column is None else row_days(column, batch.path)


def _earlier(log: pd.DataFrame, now: pd.DataFrame, *, whole: bool) -> pd.DataFrame:
    """Last prediction of each customer that the batch lacks; `whole`, of each customer and day."""
    if not whole:
        return log[~log.id.isin(now.id)].drop_duplicates("id", keep="last")
    here = _keys(now.id, now.snapshot)
    return log[~_keys(log.id, log.snapshot).isin(here)].drop_duplicates(
        ["id", "snapshot"], keep="last"
    )


def logged(id_col: str, ids: Collection[str] | None = None) -> pd.DataFrame:
    """Log of predictions, one row each, oldest first; empty if there is no log of these ids.

    Parameters
    ----------
    ids : collection of str, optional
        Customers whose rows are wanted; all by default. No others are held.
    """
    blocks = list(logged_blocks(id_col, ids=ids))
    if blocks:
        return pd.concat(blocks, ignore_index=True)
    numbers = {"score": float, "threshold": float, "expected_profit": float}
    return pd.DataFrame(columns=PREDICTED).astype(numbers)


def logged_blocks(
    id_col: str, columns: Collection[str] = PREDICTED, *, days: Collection[str] | None = None,
    ids: Collection[str] | None = None,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    """The same by blocks of at most `config.LOG_ROWS` rows; none if there is no such log.

    Parameters
    ----------
    columns : collection of str
        Which of `PREDICTED` are wanted; no others are read.
    days : collection of str, optional
        ISO days of scoring (``batch``); what was scored on others is not read where it lies apart.
    """
    wanted = [name for name in PREDICTED if name in columns]
    read = {said for name in wanted for said in SAID.get(name, (name,))}
    for block in prediction_blocks(id_col, read, days=days, ids=ids):
        log = block.rename(columns={id_col: "id"}).reindex(columns=["id", *LOGGED])
        yield log.assign(
            id=as_labels(log.id),
            batch=log.scored_at.astype(str).str[:10],
            model=log.model.astype("string") + "__v" + log.version.astype("string"),
            expected_profit=log.expected_profit.astype(float),
        )[wanted]


def same_scores(known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and score of customers that have both."""
    return known.y.to_numpy(int), known.score.to_numpy(float)

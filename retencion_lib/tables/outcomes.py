"""Which outcomes have arrived, for which batch, and which are still missing.

An outcome belongs to the batch that 05 looks at if its customer is in it, else to the last
logged prediction of that customer. Nothing is dropped in silence: outcomes of earlier batches,
of customers that nobody scored, blank ones and missing ones are counted and said.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.predictions import read_predictions
from retencion_lib.home.watch_report import CURRENT, OutcomeCounts
from retencion_lib.tables import need_columns, read_table
from retencion_lib.tables.clock import Clock
from retencion_lib.tables.ids import as_labels, check_ids
from retencion_lib.tables.labels import USUAL, Classes, read_outcomes
from retencion_lib.tables.scored import Scored
from retencion_lib.words import listed, plural

# Columns of the log that matter here.
LOGGED = ("scored_at", "score", "threshold", "group", "expected_profit", "model", "version",
          "snapshot")  # fmt: skip
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
) -> Outcomes | None:
    """Read the outcomes and give each its prediction; None without a file.

    Parameters
    ----------
    people : DataFrame
        As `predicted` gives it.
    classes : Classes
        The two labels that the model in use learnt.
    clock : Clock, optional
        With a history: how long an outcome is watched, and the day of the labels. Who has not
        left before the horizon is over may still leave.

    Raises
    ------
    DataError
        If the id or the outcome is missing, an id repeats, the outcome is not two known
        labels, or no customer with an outcome was ever scored.
    """
    if not labels:
        return None
    frame = read_table(labels, texts=[batch.id_col, target])
    where = config.relative(labels)
    need_columns(frame.columns, [batch.id_col, target], where)
    ids = check_ids(frame[batch.id_col], where)
    y = read_outcomes(frame[target].reset_index(drop=True), where, classes)
    outcome = pd.Series(y.to_numpy(), index=ids)
    known = outcome.dropna()
    table = people.assign(y=people.id.map(known))
    if len(known) and not table.y.notna().any():
        raise DataError(
            f"{where}: ninguno de sus {plural(len(ids), 'cliente', 'clientes')} "
            f"({listed(ids, 3, quote=True)}) está en {batch.path} "
            f"({listed(table.id, 3, quote=True)}) ni en {config.PREDICTIONS}. Comprueba que "
            "id_col es la misma columna y que se escribe igual."
        )
    unknown = sorted(set(known.index) - set(table.id))
    blank = int(outcome.isna().sum())
    if clock is None:
        return Outcomes(where, table, unknown, blank)
    table, early, day = _without_early(table, clock)
    return Outcomes(where, table, unknown, blank, early, day)


def _without_early(table: pd.DataFrame, clock: Clock) -> tuple[pd.DataFrame, int, str]:
    """Predictions without the outcomes that are not known yet, how many, and when they all are."""
    dated = (table.snapshot != "") & table.y.notna()
    closes = clock.closes(table.snapshot[dated].to_numpy("datetime64[D]"))
    early = closes >= clock.as_of  # the day of the labels is not over
    rows = table.index[dated][early]
    day = str(closes[early].max() + 1) if early.any() else ""
    return table.assign(y=table.y.mask(table.index.isin(rows))), int(early.sum()), day


def predicted(batch: Scored, log: pd.DataFrame, *, threshold: float) -> pd.DataFrame:
    """Customers of the current batch, then the last prediction of every other one logged.

    Parameters
    ----------
    log : DataFrame
        As `logged` gives it.
    threshold : float
        Of those of whom the log says none.

    Returns
    -------
    DataFrame
        ``batch, id, score, threshold, group, expected_profit, model, snapshot``; what the log
        does not say is an empty group, model or snapshot, and nan.
    """
    now = pd.DataFrame({"batch": CURRENT, "id": batch.ids, "score": batch.scores})
    # The id joins; of a customer's predictions, the last that said this score. Two files may write
    # the last digit of a number in two ways, so a score alone is no key.
    pairs = now.reset_index(names="row").merge(log.drop(columns="batch"), on="id")
    same = pairs[np.isclose(pairs.score_x, pairs.score_y, rtol=0, atol=SAME)]
    latest = same.drop_duplicates("row", keep="last").set_index("row")
    now = now.join(latest[["threshold", "group", "expected_profit", "model", "snapshot"]])
    earlier = log[~log.id.isin(now.id)].drop_duplicates("id", keep="last")
    table = pd.concat([now, earlier], ignore_index=True) if len(earlier) else now
    return table.assign(
        threshold=table.threshold.fillna(threshold),
        group=table.group.astype(object).fillna(""),
        model=table.model.astype(object).fillna(""),
        snapshot=table.snapshot.astype(object).fillna(""),
    )


def logged(id_col: str) -> pd.DataFrame:
    """Log of predictions, one row each, oldest first; empty if there is no log of these ids."""
    log = read_predictions(id_col, LOGGED)
    if log is None:
        numbers = {"score": float, "threshold": float, "expected_profit": float}
        return pd.DataFrame(columns=PREDICTED).astype(numbers)
    log = log.rename(columns={id_col: "id"}).reindex(columns=["id", *LOGGED])
    return log.assign(
        id=as_labels(log.id),
        batch=log.scored_at.astype(str).str[:10],
        model=log.model.astype("string") + "__v" + log.version.astype("string"),
        expected_profit=log.expected_profit.astype(float),
    )[PREDICTED]


def same_scores(known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and score of customers that have both."""
    return known.y.to_numpy(int), known.score.to_numpy(float)

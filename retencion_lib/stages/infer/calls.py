"""Whom to call from a scored batch, who is left as control, why, and the list for the team.

A customer is in a campaign's control group if the hash of its name and the id falls in the
control share: it depends on nothing else, so it holds from batch to batch and an auditor can
recompute it. The control is those of the group that would have been called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home.call_list import N_REASONS
from retencion_lib.home.names import Names
from retencion_lib.home.predictions import CONTACT, CONTROL
from retencion_lib.home.terms import Terms
from retencion_lib.maths import decision, metrics
from retencion_lib.models import FittedModel
from retencion_lib.models.attribution import contributions
from retencion_lib.stages.infer.reasons import Reason, reasons
from retencion_lib.tables import hashes

NONE: list[Reason] = []  # of those who are not asked about
SIGNIFICANCE, POWER = 0.05, 0.80


@dataclass(frozen=True)
class CallList:
    """A batch decided: one row a customer, in the batch's order, and the money of it."""

    name: str  # of the campaign
    control_share: float
    terms: Terms
    id_col: str
    decided: pd.DataFrame  # id, score, decile, expected_profit, group, reasons (lists of Reason)
    span: tuple[float, float]  # 95 % of what the list may earn
    names: Names  # how the team calls columns and values

    def calls(self) -> pd.DataFrame:
        """Those to call, best first."""
        return self.of(CONTACT)

    def of(self, group: str) -> pd.DataFrame:
        """Customers of one group, best first."""
        rows = self.decided[self.decided["group"] == group]
        return rows.sort_values("place").drop(columns="place")

    def results(self, *, stopped: bool = False) -> dict[str, object]:
        """Size of the list and what it should earn, for the report's first lines.

        Of a list that is `stopped` only how many there are to look at: nothing is expected of it.
        """
        profit = self.calls()["expected_profit"]
        if stopped:
            return {"rows_to_review": len(profit)}
        span = list(self.span) if len(profit) else None
        return {"rows_to_call": len(profit), "expected_profit": profit.sum(),
                "expected_profit_ci": span}  # fmt: skip

    def key(self) -> str:
        """What the decision depended on besides the scores: part of each prediction's identity."""
        return f"{self.name}|{self.control_share}|{self.terms.facts()}"


@dataclass(frozen=True)
class Written:
    """Where a call list is, and its workbook."""

    path: Path
    new: bool  # False where the same list was there
    workbook: Path | None = None
    missing: str = ""  # why there is no workbook


def control_group(ids: Sequence[object], campaign: str, share: float) -> np.ndarray:
    """True for the ids in a campaign's control group, shape (n,)."""
    return hashes(ids, f"control:{campaign}") < share * 2.0**64


def check_control(campaign: str, share: float) -> None:
    """Refuse a control group that cannot be drawn, before anything is written.

    Raises
    ------
    ParameterError
        If the campaign has no name, or `share` is not from 0 to below 1.
    """
    config.check_share("control_share", share, zero=True)
    if not campaign.strip():
        raise ParameterError(
            "campaign está vacío: la campaña necesita un nombre, del que depende quién queda en "
            "el grupo de control. Por ejemplo, 'otoño-2026'."
        )


def detectable_gap(n_called: int, n_control: int, rate: float) -> float:
    """Smallest fall in the leaving rate seen with 80 % power at p < 0.05 (two proportions)."""
    z = norm.ppf(1 - SIGNIFICANCE / 2) + norm.ppf(POWER)
    return float(z * np.sqrt(rate * (1 - rate) * (1 / n_called + 1 / n_control)))


def make_calls(
    scored: pd.DataFrame,
    model: FittedModel,
    terms: Terms,
    given: dict[str, np.ndarray],
    *,
    id_col: str,
    name: str,
    control_share: float,
    names: Names,
) -> CallList:
    """Decide about every customer of a scored batch.

    Parameters
    ----------
    scored : DataFrame
        Id, features and ``score``, as `scoring.score` leaves it.
    given : dict
        ``value`` and ``accept`` of each row, from `tables.amounts`.
    name : str
        Of the campaign; another name draws another control group.
    control_share : float
        Share of customers in the control group, from 0 to below 1.

    Returns
    -------
    CallList
        Equal profits are ordered by a hash of the id, never by the order of the rows.
    """
    check_control(name, control_share)
    money, ids, p = terms.money, scored[id_col], scored["score"].to_numpy()
    profit, ties = decision.expected_profit(p, money, **given), hashes(ids, "tie")
    contacted, spared = decision.choose(
        profit,
        metrics.k_of(len(scored), money.capacity),
        held_out=control_group(ids, name, control_share),
        ties=ties,
    )
    decided = pd.DataFrame({id_col: ids.to_numpy(), "score": p})
    decided["decile"] = decision.deciles(p, ties)
    decided["expected_profit"] = profit
    decided["group"] = ""
    decided.loc[contacted, "group"] = CONTACT
    decided.loc[spared, "group"] = CONTROL
    decided["reasons"] = _reasons(scored, np.concatenate([contacted, spared]), model)
    decided["place"] = np.argsort(decision.rank(profit, ties))
    only = {key: amounts[contacted] for key, amounts in given.items()}
    span = decision.foreseen_interval(p[contacted], money, seed=model.seed, **only)
    return CallList(name, control_share, terms, id_col, decided, span, names)


def _reasons(scored: pd.DataFrame, rows: np.ndarray, model: FittedModel) -> list[list[Reason]]:
    """Reasons of the rows asked for; an empty list for the others."""
    found: list[list[Reason]] = [NONE] * len(scored)
    if len(rows):
        asked = scored.iloc[rows]
        parts, _ = contributions(model, asked)
        said = reasons(parts, asked, model.background, limit=N_REASONS)
        for row, own in zip(rows, said, strict=True):
            found[row] = own
    return found

"""What the campaign would have earned on customers whose outcome is known."""

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from retencion_lib.home.exam import CampaignWorth, Cut, Leavers, Plan, Sensitivity, Share
from retencion_lib.home.exam_scores import ExamScores
from retencion_lib.home.terms import Terms
from retencion_lib.maths import decision, metrics

# Ways to choose whom to call, as they are stored; `vocabulary.PLANS` says them.
LIST, NO_LIMIT, RANDOM = "list", "worthwhile", "random"
HALF, EVERYBODY, NOBODY = "above_half", "everybody", "nobody"


@dataclass(frozen=True)
class PaperMeasures:
    """Maximum profits per customer (EUR) and the shares that they contact; None if undefined."""

    mpc: float | None = None
    mpc_share: float | None = None
    empc: float | None = None
    empc_share: float | None = None


@dataclass(frozen=True)
class Worth:
    """A campaign on known customers: the list against the other ways, and how sure that is."""

    terms: Terms
    n_rows: int
    curve: pd.DataFrame  # decision.profit_curve
    plans: list[Plan]  # decision.strategies, the list first
    wrong: list[Sensitivity]  # decision.sensitivity
    measures: PaperMeasures
    cut: Cut
    leavers: Leavers
    scores: ExamScores  # what all this is worked out from

    @property
    def earned(self) -> pd.DataFrame:
        """`curve` in EUR of these customers, the scale of the plans."""
        euros = ["profit", "low", "high"]
        return self.curve.assign(**(self.curve[euros] * self.n_rows / 1000))

    def plan(self, code: str) -> Plan:
        """One way to choose."""
        return next(plan for plan in self.plans if plan.plan == code)

    def facts(self) -> CampaignWorth:
        """Section of the exam's document."""
        best = decision.best_point(self.curve)
        share = Share(
            float(self.plan(NO_LIMIT).contacted / self.n_rows), float(best["share_contacted"])
        )
        return CampaignWorth(
            self.terms.facts(), self.cut, self.leavers, share, self.plans, self.wrong,
            **asdict(self.measures),
        )  # fmt: skip

    def results(self) -> dict[str, object]:
        """What the list would have earned, for the report's first lines."""
        own = self.plan(LIST)
        return {"profit": own.profit, "profit_ci": [own.low, own.high]}


def judge(
    terms: Terms, y: np.ndarray, p: np.ndarray, given: dict[str, np.ndarray], *, seed: int
) -> Worth:
    """Judge a campaign on customers whose outcome is known.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and calibrated score.
    given : dict
        ``value`` and ``accept`` of each customer, from `tables.amounts`.
    """
    y, p = np.asarray(y), np.asarray(p)
    money, n = terms.money, len(y)
    foreseen = decision.expected_profit(p, money, **given)
    places = metrics.k_of(n, money.capacity)
    contacted = decision.on_the_list(p, money, places, **given)
    taken = np.isin(np.arange(n), contacted)
    plans = {
        LIST: taken,
        RANDOM: np.full(n, len(contacted) / n),
        NO_LIMIT: foreseen > 0,
        HALF: p > 0.5,
        EVERYBODY: np.ones(n),
        NOBODY: np.zeros(n),
    }
    last = contacted[-1] if len(contacted) else None
    return Worth(
        terms=terms,
        n_rows=n,
        curve=decision.profit_curve(y, p, money, seed=seed, **given),
        plans=_rows(Plan, decision.strategies(y, p, plans, money, **given)),
        wrong=_rows(Sensitivity, decision.sensitivity(y, p, money, places, **given)),
        measures=_paper_measures(money, y, p, given),
        leavers=Leavers(
            called=len(contacted),
            foreseen=float(p[contacted].sum()),
            sd=float(np.sqrt((p[contacted] * (1 - p[contacted])).sum())),
            observed=int(y[contacted].sum()),
        ),
        cut=Cut(
            break_even=decision.break_even(money, **given),
            last_score=None if last is None else float(p[last]),
            last_profit=None if last is None else float(foreseen[last]),
        ),
        scores=ExamScores(y, p, given, terms),
    )


def _paper_measures(
    money: decision.Campaign, y: np.ndarray, p: np.ndarray, given: dict[str, np.ndarray]
) -> PaperMeasures:
    """MPC and EMPC at the mean margin and acceptance; None where that margin is below the offer."""
    value = float(np.mean(given.get("value", money.customer_value)))
    accept = float(np.mean(given.get("accept", money.accept_rate)))
    if value <= money.offer_cost or accept <= 0 or (accept == 1 and money.accept_trials):
        return PaperMeasures()
    mean = replace(money, customer_value=value, accept_rate=accept)
    return PaperMeasures(
        *decision.maximum_profit(y, p, mean), *decision.expected_maximum_profit(y, p, mean)
    )


def _rows(kind: type, table: pd.DataFrame) -> list:
    return [kind(**row) for row in table.to_dict("records")]

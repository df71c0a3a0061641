"""What a ranking earns on customers whose outcome is known, and how sure that is.

Rows are customers. `order` holds positions, best first; `gain` what contacting each customer
earned (EUR, `realised_profit`). Intervals hold two doubts: another set of customers
(drawn again within each class) and another acceptance (of its Beta). Those of whole plans are
computed (`law`); those of a curve are drawn.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from retencion_lib.maths.decision.law import interval
from retencion_lib.maths.decision.money import (
    Campaign,
    choose,
    expected_profit,
    rank,
    realised_profit,
)

REPEATS = 500
GRID = np.linspace(0, 1, 101)


def _weights(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often each row appears in one bootstrap draw within each class."""
    weights = np.zeros(len(y))
    for label in (0, 1):
        rows = np.flatnonzero(np.asarray(y) == label)
        weights[rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)))
    return weights


def _rates(campaign: Campaign, rng: np.random.Generator) -> np.ndarray:
    """Ratio of the acceptance in each draw to the one assumed."""
    if campaign.beta is None:
        return np.ones(REPEATS)
    return rng.beta(*campaign.beta, REPEATS) / campaign.accept_rate


def _parts(
    y: np.ndarray, campaign: Campaign, value: np.ndarray | None, accept: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Profit of each contact split in what grows with γ and what does not."""
    fixed = realised_profit(y, campaign, value=value, accept=0.0)
    return realised_profit(y, campaign, value=value, accept=accept) - fixed, fixed


def profit_curve(
    y: np.ndarray,
    p: np.ndarray,
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Profit of contacting each share of customers in order of expected profit.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and score.
    value, accept : array of shape (n,), optional
        Margin and acceptance of each customer, instead of the campaign's.

    Returns
    -------
    DataFrame
        ``share_contacted`` (0 to 1 by 0.01), ``profit, low, high``: EUR per 1,000 customers
        in the base and its 95 % interval.
    """
    y = np.asarray(y)
    rng = np.random.default_rng(seed)
    order = rank(expected_profit(p, campaign, value=value, accept=accept))
    growing, fixed = (part[order] for part in _parts(y, campaign, value, accept))
    ones = np.ones(len(y))
    draws = [
        _on_grid(rate * growing + fixed, _weights(y[order], rng))
        for rate in _rates(campaign, rng)
    ]  # fmt: skip
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    profit = _on_grid(growing + fixed, ones)
    return pd.DataFrame(
        {
            "share_contacted": GRID,
            "profit": profit,
            "low": np.minimum(low, profit),
            "high": np.maximum(high, profit),
        }
    )


def _on_grid(gain: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """EUR per 1,000 customers at each share of `GRID`, rows being in contact order."""
    share = np.append(0, np.cumsum(weights)) / weights.sum()
    total = np.append(0, np.cumsum(weights * gain))
    return 1000 * np.interp(GRID, share, total) / weights.sum()


def best_point(curve: pd.DataFrame) -> pd.Series:
    """Row of a profit curve with the highest profit."""
    return curve.loc[curve["profit"].idxmax()]


def strategies(
    y: np.ndarray,
    p: np.ndarray,
    plans: Mapping[str, np.ndarray],
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | None = None,
) -> pd.DataFrame:
    """Compare ways to choose whom to contact; the first is the one that the others face.

    Parameters
    ----------
    plans : mapping of str to array of shape (n,)
        For each way, the probability with which it contacts each customer: 0 or 1, or in
        between for one that draws lots.

    Returns
    -------
    DataFrame
        ``plan, contacted, foreseen, profit, low, high`` (EUR over these customers: what the
        scores promised, what happened, 95 % interval) and ``behind, behind_low, behind_high``:
        what the first plan earns above each, on the same customers.
    """
    y = np.asarray(y)
    taken = np.array([np.asarray(plan, float) for plan in plans.values()])
    foreseen = taken @ expected_profit(p, campaign, value=value, accept=accept)
    growing, fixed = _parts(y, campaign, value, accept)
    profit = taken @ (growing + fixed)
    low, high = _intervals(y, taken, growing, fixed, campaign)
    gap_low, gap_high = _intervals(y, taken[0] - taken, growing, fixed, campaign)
    return pd.DataFrame(
        {
            "plan": list(plans), "contacted": taken.sum(axis=1), "foreseen": foreseen,
            "profit": profit, "low": low, "high": high,
            "behind": profit[0] - profit, "behind_low": gap_low, "behind_high": gap_high,
        }
    )  # fmt: skip


def _intervals(
    y: np.ndarray, taken: np.ndarray, growing: np.ndarray, fixed: np.ndarray, campaign: Campaign
) -> np.ndarray:
    """Lower and upper ends for each row of `taken`, shape (2, n_plans)."""
    return np.transpose([interval(y, own * growing, own * fixed, campaign) for own in taken])


def sensitivity(
    y: np.ndarray,
    p: np.ndarray,
    campaign: Campaign,
    places: int,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | None = None,
    factors: tuple[float, ...] = (0.5, 1.0, 2.0),
) -> pd.DataFrame:
    """What the list earns if the true acceptance is another than the one assumed.

    Returns
    -------
    DataFrame
        One row a factor: ``accept_rate`` (the true one, at most 1), ``profit`` of the list
        chosen under the assumed one, ``informed`` of the list that would have been chosen
        knowing it, ``cost`` of not knowing it: EUR over these customers. The cost may come
        out below 0 by luck of the sample, since lists are chosen on scores and judged on y.
    """
    assumed = campaign.accept_rate if accept is None else np.asarray(accept, float)
    contacted, _ = choose(expected_profit(p, campaign, value=value, accept=accept), places)
    rows = []
    for factor in factors:
        true = np.minimum(1, assumed * factor)
        gain = realised_profit(y, campaign, value=value, accept=true)
        informed, _ = choose(expected_profit(p, campaign, value=value, accept=true), places)
        rows.append(
            {
                "accept_rate": float(np.mean(true)),
                "contacted": len(informed),
                "profit": float(gain[contacted].sum()),
                "informed": float(gain[informed].sum()),
                "cost": float(gain[informed].sum() - gain[contacted].sum()),
            }
        )
    return pd.DataFrame(rows)


def foreseen_interval(
    p: np.ndarray,
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | None = None,
    seed: int = 0,
) -> tuple[float, float]:
    """95 % of what contacting these customers may earn, EUR, if their scores are true.

    Who leaves is drawn from the scores, how many accept from the Beta, and each leaver's
    answer from that.
    """
    rng = np.random.default_rng(seed)
    p = np.asarray(p, float)
    if len(p) == 0:
        return 0.0, 0.0
    assumed = np.broadcast_to(campaign.accept_rate if accept is None else accept, p.shape)
    totals = []
    for rate in _rates(campaign, rng):
        leaves = rng.random(len(p)) < p
        stays = rng.random(len(p)) < np.minimum(1, rate * assumed)
        gain = realised_profit(leaves, campaign, value=value, accept=stays.astype(float))
        totals.append(gain.sum())
    low, high = np.quantile(totals, [0.025, 0.975])
    return float(low), float(high)

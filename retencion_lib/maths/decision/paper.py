"""Maximum profit (MPC) and expected maximum profit (EMPC) of a ranking, EUR per customer.

How much a ranking is worth when the best share is contacted: with a known acceptance (MPC),
or averaged over what it may turn out to be, the best share being chosen each time (EMPC).
Written from Verbraken, Verbeke & Baesens (2013), IEEE TKDE 25(5), 961-973, equations 9 to 14.
"""

import numpy as np
from scipy.special import betainc

from retencion_lib.maths.decision.money import Campaign


def roc_hull(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Convex hull of the ROC curve, from nobody contacted to everybody.

    Returns
    -------
    leavers, stayers : ndarray
        Share of each class contacted at each vertex; both start at 0 and end at 1.
    """
    y, p = np.asarray(y), np.asarray(p)
    order = np.argsort(-p, kind="stable")
    last_of_tie = np.flatnonzero(np.append(np.diff(p[order]) != 0, True))
    hits = np.append(0, np.cumsum(y[order])[last_of_tie])
    misses = np.append(0, last_of_tie + 1) - hits
    kept: list[tuple[int, int]] = []
    for point in zip(misses.tolist(), hits.tolist(), strict=True):
        while len(kept) > 1 and not _turns_right(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    vertices = np.array(kept, float)
    return vertices[:, 1] / hits[-1], vertices[:, 0] / misses[-1]


def _turns_right(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) < (b[1] - a[1]) * (c[0] - a[0])


def maximum_profit(y: np.ndarray, p: np.ndarray, campaign: Campaign) -> tuple[float, float]:
    """MPC and the share of customers whose contact reaches it.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome (both classes present) and score; higher scores are contacted first.
    campaign : Campaign
        Costs and mean acceptance; capacity plays no part, as in the paper.

    Returns
    -------
    profit : float
        EUR per customer in the base; 0 where nobody is worth contacting.
    share : float
        Share contacted.
    """
    leavers, stayers = roc_hull(y, p)
    left = float(np.mean(y))
    saved = campaign.accept_rate * (campaign.customer_value - campaign.offer_cost)
    profit = (
        (saved - campaign.contact_cost) * left * leavers
        - (campaign.offer_cost + campaign.contact_cost) * (1 - left) * stayers
    )  # fmt: skip
    best = int(np.argmax(profit))
    return float(profit[best]), float(left * leavers[best] + (1 - left) * stayers[best])


def expected_maximum_profit(
    y: np.ndarray, p: np.ndarray, campaign: Campaign
) -> tuple[float, float]:
    """EMPC and the expected share of customers contacted.

    Each vertex of the hull is best while γ lies between two critical values, so the integral
    over the Beta of γ is a sum of incomplete beta functions. Where γ is known this is MPC.

    Parameters and returns are those of `maximum_profit`.
    """
    if campaign.beta is None:
        return maximum_profit(y, p, campaign)
    a, b = campaign.beta
    leavers, stayers = roc_hull(y, p)
    left = float(np.mean(y))
    edges = _critical_rates(leavers, stayers, left, campaign)
    mass = np.diff(betainc(a, b, edges))
    mean = campaign.accept_rate * np.diff(betainc(a + 1, b, edges))  # ∫ γ h(γ) dγ by piece
    margin = campaign.customer_value - campaign.offer_cost
    wasted = campaign.offer_cost + campaign.contact_cost
    profit = (mean * margin - mass * campaign.contact_cost) * left * leavers
    profit -= mass * wasted * (1 - left) * stayers
    share = mass * (left * leavers + (1 - left) * stayers)
    return float(profit.sum()), float(share.sum())


def _critical_rates(
    leavers: np.ndarray, stayers: np.ndarray, left: float, campaign: Campaign
) -> np.ndarray:
    """Acceptance at which each vertex becomes as good as the one before; 0 and 1 at the ends."""
    wasted = (campaign.offer_cost + campaign.contact_cost) * (1 - left) * np.diff(stayers)
    reached = left * np.diff(leavers)
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(reached > 0, wasted / reached + campaign.contact_cost, np.inf)
    inner = inner / (campaign.customer_value - campaign.offer_cost)
    return np.concatenate([[0.0], np.clip(inner, 0, 1), [1.0]])

"""Money of a retention campaign: what contacting each customer earns, and whom to contact.

Amounts are EUR per customer. A contacted customer who was going to leave accepts the offer
with probability γ and then stays: the margin is kept and the offer paid. One who refuses
leaves and costs only the contact. A contacted customer who was going to stay takes the
offer too: it is a gift. Nothing is assumed of those who are not contacted.
"""

import math
from dataclasses import dataclass

import numpy as np

from retencion_lib.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Money (EUR per customer) and odds of one retention offer; it cannot be wrong."""

    customer_value: float  # margin kept if the customer stays; above offer_cost
    offer_cost: float  # paid by whoever takes the offer; 0 or more
    contact_cost: float  # paid for everyone contacted; 0 or more
    accept_rate: float  # γ: share of the leavers contacted whom the offer keeps, in (0, 1]
    accept_trials: int = 0  # offers that accept_rate was seen on; 0 takes it as known
    capacity: float = 1.0  # share of customers that the team can contact, in (0, 1]

    def __post_init__(self) -> None:
        _check_rate("accept_rate", self.accept_rate)
        _check_rate("capacity", self.capacity)
        for name in ("customer_value", "offer_cost", "contact_cost"):
            _check_amount(name, getattr(self, name))
        if self.customer_value <= self.offer_cost:
            raise ParameterError(
                f"customer_value = {self.customer_value} y offer_cost = {self.offer_cost}: retener "
                "a un cliente debe valer más que la oferta. Revisa las dos cifras: van en la misma "
                "moneda y por cliente."
            )
        if self.accept_trials < 0 or (self.accept_trials and self.accept_rate == 1):
            raise ParameterError(
                f"accept_trials = {self.accept_trials} con accept_rate = {self.accept_rate}: debe "
                "ser el número de ofertas en que se observó esa aceptación, y 0 si se da por "
                "segura (como cuando acepta todo el mundo)."
            )

    @property
    def beta(self) -> tuple[float, float] | None:
        """Parameters of the Beta distribution of γ; None where γ is taken as known."""
        if not self.accept_trials:
            return None
        return self.accept_rate * self.accept_trials, (1 - self.accept_rate) * self.accept_trials


def _check_rate(name: str, value: float) -> None:
    if not 0 < value <= 1:
        raise ParameterError(
            f"{name} = {value}: debe ser mayor que 0 y como mucho 1. "
            "Si lo tienes en porcentaje, divídelo entre 100."
        )


def _check_amount(name: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ParameterError(
            f"{name} = {value}: debe ser un importe de 0 o más por cliente. "
            "Un coste se escribe en positivo."
        )


def realised_profit(
    y: np.ndarray,
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | float | None = None,
) -> np.ndarray:
    """What contacting each customer earns, knowing who was going to leave.

    Parameters
    ----------
    y : array of shape (n,)
        1 if the customer was going to leave, else 0; or the probability of it, since the
        profit is linear in it.
    campaign : Campaign
        Costs and odds.
    value, accept : array of shape (n,), optional
        Margin (EUR) and acceptance of each customer, instead of the campaign's.

    Returns
    -------
    ndarray of shape (n,)
        ``y·γ·(value − offer) − (1 − y)·offer − contact``, EUR.
    """
    y = np.asarray(y, float)
    value = campaign.customer_value if value is None else np.asarray(value, float)
    accept = campaign.accept_rate if accept is None else accept
    saved = accept * (value - campaign.offer_cost)
    return y * saved - (1 - y) * campaign.offer_cost - campaign.contact_cost


def expected_profit(
    p: np.ndarray,
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | float | None = None,
) -> np.ndarray:
    """Expected profit of contacting each customer, EUR: `realised_profit` at probability `p`."""
    return realised_profit(p, campaign, value=value, accept=accept)


def break_even(
    campaign: Campaign,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | float | None = None,
) -> float:
    """Probability of leaving from which a contact pays for itself; above 1, never does.

    With margins or acceptances by customer, that of the customer with the mean of
    ``γ·(value − offer)``.
    """
    earned = realised_profit(np.ones(1), campaign, value=value, accept=accept)
    saved = float(np.mean(earned)) + campaign.contact_cost
    cost = campaign.offer_cost + campaign.contact_cost
    # Below, no probability pays: gain and gift grow apart.
    return cost / (saved + campaign.offer_cost) if saved + campaign.offer_cost > 0 else np.inf


def rank(profit: np.ndarray, ties: np.ndarray | None = None) -> np.ndarray:
    """Positions from the highest profit to the lowest, shape (n,).

    Parameters
    ----------
    profit : array of shape (n,)
        Expected profit of each customer.
    ties : array of shape (n,), optional
        Who goes first where profits are equal, lowest first; by default the order given.
    """
    profit = np.asarray(profit)
    return np.lexsort((np.arange(len(profit)) if ties is None else ties, -profit))


def choose(
    profit: np.ndarray,
    places: int,
    *,
    held_out: np.ndarray | None = None,
    ties: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Whom to contact: from the highest expected profit down, to zero or to the last place.

    Parameters
    ----------
    profit : array of shape (n,)
        Expected profit of each customer, EUR.
    places : int
        Customers that the team can contact.
    held_out : array of bool of shape (n,), optional
        Customers that are not contacted whatever their profit (the control group).
    ties : array of shape (n,), optional
        Who goes first where profits are equal, lowest first.

    Returns
    -------
    contacted : ndarray of int
        Positions, best first; never more than `places`, never with a profit of 0 or less.
    spared : ndarray of int
        Positions held out that would have been contacted: they rank above the last contacted,
        or earn something while there are places left.
    """
    order = rank(profit, ties)
    order = order[np.asarray(profit)[order] > 0]
    held = np.zeros(len(profit), bool) if held_out is None else np.asarray(held_out, bool)
    filled = np.cumsum(~held[order])
    reached = order[(filled < places) | ((filled == places) & ~held[order])]
    return reached[~held[reached]], reached[held[reached]]


def on_the_list(
    p: np.ndarray,
    campaign: Campaign,
    places: int,
    *,
    value: np.ndarray | None = None,
    accept: np.ndarray | None = None,
) -> np.ndarray:
    """Positions of the customers that a campaign's list holds, best first.

    Parameters
    ----------
    p : array of shape (n,)
        Probability of leaving.
    places : int
        Customers that the team can contact.
    value, accept : array of shape (n,), optional
        Margin and acceptance of each customer, instead of the campaign's.
    """
    return choose(expected_profit(p, campaign, value=value, accept=accept), places)[0]


def deciles(p: np.ndarray, ties: np.ndarray | None = None) -> np.ndarray:
    """Tenth of the customers that each falls in by score: 1 is the most at risk."""
    order = rank(p, ties)
    places = np.empty(len(order), int)
    places[order] = np.arange(len(order))
    return 1 + 10 * places // len(order)

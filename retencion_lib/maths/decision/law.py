"""How sure a campaign's profit is: other customers like these, and another acceptance.

A bootstrap within each class gives the sum over customers a law whose mean and variance are
known, and that is a normal's in all but shape; the acceptance mixes these normals over its Beta.
Nothing is drawn: the same figures come out everywhere, in a page too.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from retencion_lib.maths.decision.money import Campaign

STEPS = 401  # acceptances that stand for all
HALVINGS = 90
LEAST_VARIANCE = 1e-18  # EUR squared: a law without doubt


def acceptances(campaign: Campaign) -> tuple[np.ndarray, np.ndarray]:
    """Acceptances that may be true, in ratio to the one supposed, and the weight of each.

    They are evenly spaced in log-odds, where the density of a Beta is smooth at both ends.

    Returns
    -------
    rates, weights : array of shape (STEPS,), or (1,) where the acceptance is known
    """
    if campaign.beta is None:
        return np.ones(1), np.ones(1)
    a, b = campaign.beta
    centre, spread = np.log(a / b), np.sqrt(1 / a + 1 / b)
    z = np.linspace(centre - 8 * spread - 30 / a, centre + 8 * spread + 30 / b, STEPS)
    log_yes, log_no = -np.logaddexp(0, -z), -np.logaddexp(0, z)
    height = a * log_yes + b * log_no
    weights = np.exp(height - height.max())
    return np.exp(log_yes) / campaign.accept_rate, weights / weights.sum()


def interval(
    y: np.ndarray, growing: np.ndarray, fixed: np.ndarray, campaign: Campaign
) -> tuple[float, float]:
    """95 % of what a sum over customers may be.

    Parameters
    ----------
    y : array of shape (n,)
        Outcome of each customer; customers are drawn again within each class.
    growing, fixed : array of shape (n,)
        What each adds (EUR): the part that grows with the acceptance, and the rest; 0 for one
        who is not called.

    Returns
    -------
    (float, float)
        EUR.
    """
    if not growing.any() and not fixed.any():
        return 0.0, 0.0
    rates, weights = acceptances(campaign)
    mean = rates * growing.sum() + fixed.sum()
    variance = np.zeros(len(rates))
    for label in (0, 1):
        g, f = growing[y == label], fixed[y == label]
        if len(g):
            both = np.mean(g * (f - f.mean()))
            variance += len(g) * (rates**2 * g.var() + 2 * rates * both + f.var())
    sd = np.sqrt(np.maximum(variance, LEAST_VARIANCE))
    return _quantile(0.025, mean, sd, weights), _quantile(0.975, mean, sd, weights)


def _quantile(at: float, mean: np.ndarray, sd: np.ndarray, weights: np.ndarray) -> float:
    """Quantile of a mixture of normals, by halving between those of its parts."""
    parts = mean + ndtri(at) * sd
    low, high = float(parts.min()), float(parts.max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = float(weights @ ndtr((middle - mean) / sd))
        low, high = (middle, high) if below < at else (low, middle)
    return (low + high) / 2

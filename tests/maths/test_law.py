"""The law of a campaign's profit, against a bootstrap and against scipy's distributions."""

import numpy as np
import pytest
from scipy.stats import beta, norm

from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.decision.law import acceptances, interval

MONEY = {"customer_value": 200, "offer_cost": 10, "contact_cost": 1, "accept_rate": 0.3}


def customers(n, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 5, n)
    return (rng.random(n) < p).astype(int), p, rng.lognormal(5, 0.5, n)


def parts(y, value, called):
    """What grows with the acceptance, and what does not."""
    return called * 0.3 * y * (value - 10), -called * (1 + 10 * (1 - y))


def bootstrapped(y, growing, fixed, campaign, draws=4000):
    """The plain way: customers drawn again within each class, an acceptance for each draw."""
    rng, sums = np.random.default_rng(1), np.zeros(draws)
    rates = (
        rng.beta(*campaign.beta, draws) / campaign.accept_rate if campaign.beta else np.ones(draws)
    )
    for label in (0, 1):
        rows = np.flatnonzero(y == label)
        drawn = rng.choice(rows, (draws, len(rows)))
        sums += rates * growing[drawn].sum(axis=1) + fixed[drawn].sum(axis=1)
    return np.quantile(sums, [0.025, 0.975])


@pytest.mark.parametrize("trials", [0, 8, 20, 500])
@pytest.mark.parametrize("share", [0.02, 0.1, 1.0])
def test_the_interval_is_that_of_a_bootstrap_within_each_class(trials, share):
    y, p, value = customers(600)
    campaign = Campaign(**MONEY, accept_trials=trials)
    called = (p >= np.quantile(p, 1 - share)).astype(float)
    growing, fixed = parts(y, value, called)
    plain = bootstrapped(y, growing, fixed, campaign)
    found = interval(y, growing, fixed, campaign)
    assert found == pytest.approx(plain, abs=0.06 * (plain[1] - plain[0]))


def test_where_the_acceptance_is_known_it_is_a_normal_with_the_variance_of_each_class():
    y = np.array([1, 1, 1, 0, 0, 0, 0, 0])
    gain = np.array([100.0, 50.0, 0, -10, -10, 0, 0, 0])
    # Class 1: mean 50, squares 12,500 - 3·50²; class 0: mean -4, squares 200 - 5·4².
    sd = np.sqrt(5000 + 120)
    found = interval(y, gain, np.zeros(8), Campaign(**MONEY))
    assert found == pytest.approx(norm.ppf([0.025, 0.975], loc=130, scale=sd), abs=1e-6)


@pytest.mark.parametrize(("rate", "trials"), [(0.3, 20), (0.02, 20), (0.9, 5), (0.3, 5000)])
def test_acceptances_stand_for_their_beta(rate, trials):
    campaign = Campaign(**MONEY | {"accept_rate": rate}, accept_trials=trials)
    rates, weights = acceptances(campaign)
    law = beta(rate * trials, (1 - rate) * trials)
    assert weights @ rates == pytest.approx(1, rel=1e-3)
    spread = np.sqrt(weights @ (rates * rate - rate) ** 2)
    assert spread == pytest.approx(law.std(), rel=0.01)
    for at in law.ppf([0.1, 0.5, 0.9]):
        assert weights[rates * rate <= at].sum() == pytest.approx(law.cdf(at), abs=0.04)


@pytest.mark.parametrize("trials", [0, 20])
def test_an_interval_is_as_much_smaller_as_the_money(trials):
    y, p, value = customers(60)
    campaign = Campaign(**MONEY, accept_trials=trials)
    growing, fixed = parts(y, value, (p > 0.3).astype(float))
    cents = interval(y, growing / 1e5, fixed / 1e5, campaign)
    assert np.array(cents) * 1e5 == pytest.approx(interval(y, growing, fixed, campaign))


def test_the_interval_of_a_mixture_leaves_as_much_below_as_above():
    y, p, value = customers(60)
    campaign = Campaign(**MONEY, accept_trials=20)
    growing, fixed = parts(y, value, (p > 0.3).astype(float))
    rates, weights = acceptances(campaign)
    mean = rates * growing.sum() + fixed.sum()
    variance = sum(
        (y == label).sum() * (rates[:, None] * growing + fixed)[:, y == label].var(axis=1)
        for label in (0, 1)
    )
    for at, found in zip((0.025, 0.975), interval(y, growing, fixed, campaign), strict=True):
        assert weights @ norm.cdf(found, mean, np.sqrt(variance)) == pytest.approx(at, rel=1e-9)


def test_nobody_called_earns_nothing_for_certain():
    y, _, value = customers(50)
    assert interval(y, *parts(y, value, 0.0), Campaign(**MONEY, accept_trials=9)) == (0.0, 0.0)

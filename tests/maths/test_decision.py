"""Whom to contact and what it earns: hand-worked figures, brute force, and an outside package."""

import doctest
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution

from retencion_lib.errors import ParameterError
from retencion_lib.maths.decision import (
    Campaign,
    best_point,
    break_even,
    choose,
    deciles,
    expected_maximum_profit,
    expected_profit,
    foreseen_interval,
    maximum_profit,
    on_the_list,
    profit_curve,
    realised_profit,
    sensitivity,
    strategies,
)
from retencion_lib.maths.decision.paper import roc_hull

TERMS = {"customer_value": 200, "offer_cost": 10, "contact_cost": 1, "accept_rate": 0.3}
CAMPAIGN = Campaign(**TERMS)
UNSURE = Campaign(**TERMS, accept_trials=20)  # Beta(6, 14), the paper's default
FOUR_OF_EIGHT = np.array([1, 1, 1, 1, 0, 0, 0, 0])

small = st.lists(st.floats(-50, 50, allow_nan=False), min_size=1, max_size=8)
labelled = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=2, max_size=12
).filter(lambda rows: len({y for y, _ in rows}) == 2)
campaigns = st.builds(
    Campaign,
    customer_value=st.floats(50, 500), offer_cost=st.floats(0, 40),
    contact_cost=st.floats(0, 10), accept_rate=st.floats(0.05, 0.9),
)  # fmt: skip


@pytest.mark.parametrize(
    ("contacted", "expected_eur"),
    [
        pytest.param([0] * 8, 0.0, id="nobody"),
        pytest.param([1, 1, 1, 1, 0, 0, 0, 0], 224.0, id="only-leavers"),  # 4 * (0.3 * 190 - 1)
        pytest.param([1] * 8, 180.0, id="everybody"),  # 4 * 56 - 4 * 11
        pytest.param([0, 0, 0, 0, 1, 1, 1, 1], -44.0, id="only-loyal"),  # -4 * 11
    ],
)
def test_realised_profit_matches_the_hand_worked_figure(contacted, expected_eur):
    gain = realised_profit(FOUR_OF_EIGHT, CAMPAIGN)
    assert gain @ np.array(contacted) == pytest.approx(expected_eur)


def test_expected_profit_uses_the_value_and_acceptance_of_each_customer():
    found = expected_profit(
        np.array([0.5, 0.5]), CAMPAIGN, value=np.array([210, 60]), accept=np.array([0.3, 0.1])
    )
    # 0.5 * 0.3 * 200 - 0.5 * 10 - 1 and 0.5 * 0.1 * 50 - 0.5 * 10 - 1
    assert found == pytest.approx([24.0, -3.5])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, 11 / 67, id="same-for-all"),
        # mean of γ·(value − offer): (0.3 * 90 + 0.3 * 290) / 2 = 57
        pytest.param({"value": np.array([100, 300])}, 11 / 67, id="value-by-customer"),
        pytest.param({"accept": np.array([0.1, 0.1])}, 11 / 29, id="acceptance-by-customer"),
        pytest.param({"value": np.array([0.0])}, 11 / 7, id="never"),
    ],
)
def test_break_even_is_the_probability_at_which_a_contact_earns_nothing(given, expected):
    assert break_even(CAMPAIGN, **given) == pytest.approx(expected)


def test_a_free_offer_to_who_is_worth_nothing_never_pays():
    free = Campaign(**TERMS | {"offer_cost": 0})
    assert break_even(free, value=np.zeros(2)) == np.inf
    assert break_even(free, value=np.full(2, 2.0)) == pytest.approx(1 / 0.6)


@given(profit=small, places=st.integers(0, 9))
def test_no_other_set_within_capacity_earns_more(profit, places):
    profit = np.array(profit)
    contacted, spared = choose(profit, places)
    n = len(profit)
    sizes = range(min(places, n) + 1)
    best = max(profit[list(chosen)].sum() for k in sizes for chosen in combinations(range(n), k))
    assert profit[contacted].sum() == pytest.approx(best)
    assert len(contacted) <= places
    assert len(spared) == 0


@given(profit=small, places=st.integers(0, 9), data=st.data())
def test_the_held_out_are_never_contacted_and_the_spared_outrank_the_last_contacted(
    profit, places, data
):
    profit = np.array(profit)
    held = np.array(data.draw(st.lists(st.booleans(), min_size=len(profit), max_size=len(profit))))
    contacted, spared = choose(profit, places, held_out=held)
    free = (profit > 0) & ~held
    assert not held[contacted].any()
    assert len(contacted) == min(places, free.sum())
    assert held[spared].all()
    if len(contacted) == places and places:
        assert (profit[spared] >= profit[contacted[-1]]).all()


def test_a_list_has_whom_it_pays_to_call_best_first_as_far_as_its_places():
    p = np.array([0.9, 0.5, 0.1, 0.6, 0.7])  # at .1 a call loses 4.3 EUR
    assert on_the_list(p, CAMPAIGN, 9).tolist() == [0, 4, 3, 1]
    assert on_the_list(p, CAMPAIGN, 2).tolist() == [0, 4]
    # 0.5 · 0.3 · 490 beats 0.9 · 0.3 · 190; and at .5 half of the others' acceptance does not pay.
    value = np.array([200, 500, 200, 20, 20])
    assert on_the_list(p, CAMPAIGN, 9, value=value).tolist() == [1, 0]
    accept = np.array([0.01, 0.3, 0.3, 0.3, 0.01])
    assert on_the_list(p, CAMPAIGN, 9, accept=accept).tolist() == [3, 1]


# Figures of the package empulse 0.13.1 (empc_score, mpc_score) on the same rows.
TOY = (
    [1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0],
    [0.9, 0.8, 0.75, 0.6, 0.55, 0.5, 0.4, 0.35, 0.3, 0.2, 0.1, 0.05],
)


def drawn(a, b, n):
    rng = np.random.default_rng(7)
    rng.random(1000), rng.random(1000)
    p = rng.beta(a, b, n).round(3)
    return (rng.random(n) < p).astype(int), p


@pytest.mark.parametrize(
    ("rows", "campaign", "empc", "mpc"),
    [
        pytest.param(TOY, UNSURE, 15.0596345210717, 15.0, id="twelve-customers"),
        pytest.param(drawn(2, 5, 2000), UNSURE, 9.218767405890873, 8.988, id="paper-defaults"),
        pytest.param(
            drawn(2, 5, 2000),
            Campaign(
                customer_value=120, offer_cost=15, contact_cost=2, accept_rate=0.1, accept_trials=20
            ),
            0.17385433874613238, 0.085, id="hardly-worth-it",
        ),
    ],
)  # fmt: skip
def test_maximum_profits_are_those_of_an_outside_package(rows, campaign, empc, mpc):
    assert expected_maximum_profit(*rows, campaign)[0] == pytest.approx(empc, abs=1e-12)
    assert maximum_profit(*rows, campaign)[0] == pytest.approx(mpc, abs=1e-12)


# A published worked example: ten customers and the small cases of the tests of ProfLogit, by
# Stripling and others, with the paper's campaign: Beta(6, 14), 200 EUR, offer 10, contact 1. The
# first four are also what the formulas of the authors' own package give (EMP, for R).
TEN = [1, 1, 0, 0, 0, 1, 1, 1, 1, 0]
SCORES = [
    0.6125478, 0.3642710, 0.4321361, 0.1402911, 0.3848959,
    0.2444155, 0.9706413, 0.8901728, 0.7817814, 0.8687518,
]  # fmt: skip


@pytest.mark.parametrize(
    ("y", "p", "empc"),
    [
        pytest.param(TEN, SCORES, 30.3003222629848, id="ten-customers"),
        pytest.param(TEN, [0.287577520124614, *SCORES[1:]], 30.3001182343737, id="one-moved"),
        pytest.param(
            TEN,
            [0.287577520124614, *SCORES[1:6], 0.113703411305323, *SCORES[7:]],
            29.2002764792561,
            id="two-moved",
        ),
        pytest.param([0, 1], [0, 1], 28.0000000000391, id="perfect"),
        pytest.param([0, 1], [1, 0], 22.5007912244511, id="upside-down"),
        pytest.param([1, 0], [1, 1], 22.5007912244511, id="all-alike"),
    ],
)
def test_empc_is_that_of_a_published_worked_example(y, p, empc):
    assert expected_maximum_profit(y, p, UNSURE)[0] == pytest.approx(empc, abs=1e-12)


# What the formulas of the authors' own package (EMP, for R) give on the 2,000 customers above.
@pytest.mark.parametrize(
    ("alpha", "beta", "value", "offer", "contact", "mpc", "its_share", "empc", "share"),
    [
        (6, 14, 200, 10, 1, 8.988, 0.797, 9.21876740589087, 0.7023031671400186),
        (2, 14, 200, 10, 1, 1.479125, 0.3365, 2.192406685852593, 0.3167643766638332),
        (6, 5, 200, 10, 1, 21.509590909090903, 0.8545, 21.576003238716837, 0.8551542530998303),
        (6, 14, 50, 10, 1, 0.2585, 0.0535, 0.3146558868094209, 0.09291945870132758),
        (6, 14, 200, 100, 1, 0.174, 0.006, 0.19666332811735665, 0.010737813347797456),
        (6, 14, 200, 10, 15, 2.057, 0.2755, 2.6955111729971306, 0.25728024704391006),
        (10, 7, 300, 50, 25, 5.644852941176476, 0.2755, 6.150919098679278, 0.23474896667473047),
    ],
)
def test_maximum_profits_and_shares_are_those_of_the_authors_formulas(
    alpha, beta, value, offer, contact, mpc, its_share, empc, share
):
    campaign = Campaign(
        customer_value=value,
        offer_cost=offer,
        contact_cost=contact,
        accept_rate=alpha / (alpha + beta),
        accept_trials=alpha + beta,
    )
    rows = drawn(2, 5, 2000)
    assert maximum_profit(*rows, campaign) == pytest.approx((mpc, its_share), abs=1e-12)
    assert expected_maximum_profit(*rows, campaign) == pytest.approx((empc, share), abs=1e-12)


@pytest.mark.parametrize("scores", [[0.9, 0.8, 0.7, 0.6], [0.6, 0.7, 0.9, 0.8]])
def test_where_contacts_are_free_every_leaver_is_worth_one(scores):
    """Two of four leave and .3 of them accept: 200 · .3 / 2, whoever is asked first."""
    y, p, free = np.array([1, 1, 0, 0]), np.array(scores), {"offer_cost": 0, "contact_cost": 0}
    for trials in (0, 20):
        campaign = Campaign(**TERMS | free, accept_trials=trials)
        assert expected_maximum_profit(y, p, campaign)[0] == pytest.approx(30)


def test_a_point_on_the_line_between_two_others_is_no_vertex():
    leavers, stayers = roc_hull([1, 0, 0, 1], [0.9, 0.9, 0.2, 0.2])
    assert (leavers.tolist(), stayers.tolist()) == ([0, 1], [0, 1])


def brute_force_profit(y, p, campaign, accept):
    """Best mean profit over every threshold, and nobody."""
    gain = realised_profit(y, campaign, accept=accept)
    return max(0.0, *(gain[p >= cut].sum() / len(y) for cut in np.unique(p)))


@given(rows=labelled, campaign=campaigns)
def test_mpc_is_the_best_threshold_of_all(rows, campaign):
    y, p = np.array(rows).T
    best = brute_force_profit(y, p, campaign, campaign.accept_rate)
    assert maximum_profit(y, p, campaign)[0] == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_empc_is_the_integral_of_the_best_profit_over_the_beta(seed):
    rng = np.random.default_rng(seed)
    y = rng.permutation([1] * 12 + [0] * 28)
    p = rng.random(40).round(1) + 0.2 * y

    def weighed(rate):
        return brute_force_profit(y, p, UNSURE, rate) * beta_distribution.pdf(rate, 6, 14)

    expected = sum(quad(weighed, a, a + 0.02)[0] for a in np.arange(0, 1, 0.02))
    assert expected_maximum_profit(y, p, UNSURE)[0] == pytest.approx(expected, abs=1e-6)


def test_empc_with_a_known_acceptance_is_mpc():
    y, p = map(np.array, TOY)
    assert expected_maximum_profit(y, p, CAMPAIGN) == maximum_profit(y, p, CAMPAIGN)


def test_the_profit_curve_starts_at_zero_and_ends_with_everybody():
    y, p = drawn(2, 5, 2000)
    curve = profit_curve(y, p, CAMPAIGN)
    assert curve["profit"].iloc[0] == 0
    everybody = 1000 * realised_profit(y, CAMPAIGN).mean()
    assert curve["profit"].iloc[-1] == pytest.approx(everybody)
    assert (curve["low"] <= curve["profit"]).all()
    assert (curve["high"] >= curve["profit"]).all()
    assert best_point(curve)["profit"] == curve["profit"].max()


def test_doubt_about_the_acceptance_widens_the_interval():
    y, p = drawn(2, 5, 2000)
    sure, unsure = (profit_curve(y, p, c).iloc[50] for c in (CAMPAIGN, UNSURE))
    assert unsure["high"] - unsure["low"] > 1.5 * (sure["high"] - sure["low"])


def test_strategies_face_the_first_one_on_the_same_customers():
    y, p = FOUR_OF_EIGHT, np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
    plans = {"list": p >= 0.6, "everybody": p > 0, "random": np.full(8, 0.5), "nobody": p > 1}
    table = strategies(y, p, plans, CAMPAIGN).set_index("plan")
    assert table["profit"].tolist() == pytest.approx([224, 180, 90, 0])
    assert table["behind"].tolist() == pytest.approx([0, 44, 134, 224])
    assert table["contacted"].tolist() == [4, 8, 4, 0]
    # foreseen for the list: 3 * 67 - 4 * 11, since its scores add up to 3
    assert table.loc["list", "foreseen"] == pytest.approx(157)


def test_sensitivity_charges_the_profit_missed_by_assuming_another_acceptance():
    y, p = FOUR_OF_EIGHT, np.array([0.9, 0.8, 0.25, 0.2, 0.15, 0.1, 0.1, 0.1])
    half, assumed, double = sensitivity(y, p, CAMPAIGN, 8).to_dict("records")
    # Break-even is 0.164 at 0.3, 0.285 at 0.15 and 0.089 at 0.6: 4, 2 and 8 are contacted.
    assert [r["contacted"] for r in (half, assumed, double)] == [2, 4, 8]
    assert half["profit"] == pytest.approx(4 * (0.15 * 190 - 1))
    assert assumed["cost"] == 0
    assert double["informed"] == pytest.approx(4 * 113 - 4 * 11)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param(np.arange(20)[::-1] / 20, np.repeat(np.arange(1, 11), 2), id="twenty"),
        pytest.param([0.3, 0.9, 0.5], [7, 1, 4], id="three"),
    ],
)
def test_the_first_decile_holds_the_highest_scores(scores, expected):
    assert deciles(np.array(scores)).tolist() == list(expected)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"accept_rate": 30}, r"accept_rate = 30: .*como mucho 1.*divídelo entre 100"),
        ({"accept_rate": 1.5}, r"accept_rate = 1.5: .*como mucho 1"),
        ({"accept_rate": 0}, r"accept_rate = 0: debe ser mayor que 0"),
        ({"accept_rate": float("nan")}, r"accept_rate = nan"),
        ({"capacity": 15}, r"capacity = 15: .*divídelo entre 100"),
        ({"offer_cost": -10}, r"offer_cost = -10: .*0 o más.*en positivo"),
        ({"contact_cost": float("inf")}, r"contact_cost = inf: debe ser un importe"),
        ({"customer_value": 8}, r"customer_value = 8 y offer_cost = 10: .*valer más que la oferta"),
        ({"customer_value": 10}, r"customer_value = 10 y offer_cost = 10"),
        ({"accept_trials": -1}, r"accept_trials = -1 .*0 si se da por segura"),
        ({"accept_rate": 1, "accept_trials": 5}, r"accept_trials = 5 con accept_rate = 1"),
    ],
)
def test_money_that_makes_no_sense_is_refused_with_the_remedy(wrong, message):
    with pytest.raises(ParameterError, match=message):
        Campaign(**(TERMS | wrong))


def test_the_examples_of_the_document_give_what_it_says():
    document = Path(__file__).resolve().parents[2] / "docs/decision.md"
    found = doctest.testfile(str(document), module_relative=False)
    assert found.attempted > 10
    assert found.failed == 0


def test_intervals_of_what_everybody_earns_are_those_of_the_acceptance():
    """With everybody contacted the draws of customers change nothing: only γ is in doubt."""
    campaign = Campaign(**TERMS, accept_trials=20)
    at = [(190 * rate - 1) * 4 - 11 * 4 for rate in beta_distribution(6, 14).ppf([0.025, 0.975])]
    near = {"abs": 0.1 * (at[1] - at[0])}  # of 500 draws
    y, p = FOUR_OF_EIGHT, np.arange(8)[::-1] / 8
    everybody = profit_curve(y, p, campaign, seed=3).iloc[-1]
    assert everybody[["low", "high"]].to_numpy() * 8 / 1000 == pytest.approx(at, **near)
    plans = {"everybody": p >= 0, "nobody": p > 1}
    table = strategies(y, p, plans, campaign).set_index("plan")
    near = {"abs": 0.02 * (at[1] - at[0])}  # computed
    assert table.loc["everybody", ["low", "high"]].to_numpy(float) == pytest.approx(at, **near)
    behind = table.loc["nobody", ["behind_low", "behind_high"]].to_list()
    assert behind == table.loc["everybody", ["low", "high"]].to_list()


@pytest.mark.parametrize(
    ("p", "accept", "trials", "expected"),
    [
        # 10 stayers: each contact costs a gift and a call.
        pytest.param(np.zeros(10), None, 0, (-110, -110), id="nobody-leaves"),
        pytest.param(np.ones(10), np.ones(10), 0, (1890, 1890), id="all-leave-and-accept"),
        # Of 1,000 leavers Binomial(1,000, .3) accept: 272 to 329 at 95 %, 190 EUR each.
        pytest.param(np.ones(1000), None, 0, (272 * 190 - 1000, 329 * 190 - 1000), id="known"),
        # Beta(6, 14): 12.6 % to 51.2 % of them.
        pytest.param(np.ones(1000), None, 20, (126 * 190 - 1000, 512 * 190 - 1000), id="in-doubt"),
        pytest.param(np.ones(0), None, 20, (0, 0), id="nobody"),
    ],
)
def test_what_a_list_may_earn_is_drawn_from_who_leaves_and_who_accepts(p, accept, trials, expected):
    campaign = Campaign(**TERMS, accept_trials=trials)
    found = foreseen_interval(p, campaign, accept=accept)
    assert found == pytest.approx(expected, abs=0.1 * (expected[1] - expected[0]))

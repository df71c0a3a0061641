"""What a campaign is worth on known customers, in money and in words."""

import numpy as np
import pytest

from retencion_lib.home.terms import Terms
from retencion_lib.maths.decision import Campaign
from retencion_lib.stages.evaluate.say_worth import plans_table, versus_sentence, worth_headline
from retencion_lib.stages.evaluate.worth import judge
from retencion_lib.words import eur

TERMS = Terms(
    Campaign(
        customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, accept_trials=20,
        capacity=0.1,
    )
)  # fmt: skip


def judged():
    """2,000 customers who leave as often as they are said to."""
    rng = np.random.default_rng(0)
    p = rng.beta(2, 4, 2000).round(3)
    return judge(TERMS, (rng.random(2000) < p).astype(int), p, {}, seed=1)


def test_the_list_is_as_long_as_the_capacity_and_its_profit_lies_in_its_interval():
    own = judged().plan("list")
    assert own.contacted == 200
    assert own.low <= own.profit <= own.high


def test_the_section_of_the_exam_keeps_codes_terms_and_measures():
    facts = judged().facts()
    assert [p.plan for p in facts.strategies] == [
        "list", "random", "worthwhile", "above_half", "everybody", "nobody"
    ]  # fmt: skip
    assert facts.empc >= facts.mpc > 0
    assert facts.terms["capacity"] == 0.1
    assert facts.list_leavers.called == 200


def test_one_scale_of_euros_is_used_and_what_04_foresees_is_told_from_what_was_earned():
    worth, own = judged(), judged().plan("list")
    at_capacity = worth.earned.set_index("share_contacted")["profit"].loc[0.1]
    assert at_capacity == pytest.approx(own.profit, rel=1e-6)  # the curve, and the table of plans
    each = f"{eur(own.profit / 200)} y el modelo preveía {eur(own.foreseen / 200)}"
    assert each in worth_headline(worth)
    assert "lo que 04 llama «se espera ganar»" in worth_headline(worth)


def test_plans_are_said_in_words_and_held_against_the_list():
    worth = judged()
    assert "es lo que la lista gana a llamar al azar" in worth_headline(worth)
    assert list(plans_table(worth)["plan"])[:2] == [
        "La lista, hasta la capacidad", "Al azar, los mismos"
    ]  # fmt: skip
    assert "la lista gana más que «Al azar, los mismos»" in versus_sentence(worth)

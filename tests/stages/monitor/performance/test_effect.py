"""The campaign's effect: churn of the contacted against the control group."""

import pandas as pd
import pytest

from retencion_lib.maths.decision import Campaign
from retencion_lib.stages.monitor.performance.effect import campaign_effect
from retencion_lib.stages.monitor.performance.realised import Yardstick, measure_batches
from retencion_lib.stages.monitor.performance.say import (
    effect_sentence,
    effect_table,
    realised_sentence,
)
from tests.scored_home import batch_of, outcomes_of, write_log


def campaign(home, contact: tuple[int, int], control: tuple[int, int], money=None):
    """Log and outcomes of (left, n) in each group."""
    groups = ["contact"] * contact[1] + ["control"] * control[1]
    y = [int(i < contact[0]) for i in range(contact[1])]
    y += [int(i < control[0]) for i in range(control[1])]
    ids = [f"k{n}" for n in range(len(y))]
    write_log(home, ids, 0.7, group=groups, expected_profit=2.0)
    return campaign_effect(outcomes_of(home, batch_of([0.7] * len(y)), ids, y), money)


def test_the_effect_has_the_published_interval(home):
    found = campaign(home, contact=(48, 80), control=(56, 70))  # Newcombe (1998), Table II
    assert (found.avoided.low, found.avoided.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.saved.value == pytest.approx(80 * (0.8 - 0.6))
    assert "La campaña retiene" in effect_sentence(found)
    assert "20,0 puntos" in effect_sentence(found)


def test_the_profit_is_that_of_the_churn_avoided_less_gifts_and_calls(home):
    money = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3)
    found = campaign(home, contact=(48, 80), control=(56, 70), money=money)
    # 80 contacted: 20 points of churn avoided, 190 EUR each; 20 % would have stayed: a gift of 10.
    assert found.profit.value == pytest.approx(80 * (0.2 * 190 - 0.2 * 10 - 1))
    assert found.promised == 80 * 2.0
    assert "(04 esperaba 160)" in effect_sentence(found)


def test_each_batch_has_an_effect_of_its_own_that_of_all_is_over_both(home):
    groups = ["contact"] * 4 + ["control"] * 2
    for day, y in (("2026-01-31", [1, 0, 0, 0, 1, 0]), ("2026-02-28", [1, 1, 0, 0, 1, 0])):
        ids = [f"{day}-{n}" for n in range(6)]
        write_log(home, ids, 0.7, day=day, group=groups, expected_profit=2.0)
        known = pd.DataFrame({"cliente": ids, "baja": y})
        known.to_csv(home / "all.csv", mode="a", header=day == "2026-01-31", index=False)
    labels = pd.read_csv(home / "all.csv")
    outcomes = outcomes_of(home, batch_of([0.5]), labels.cliente, labels.baja)
    first, second = measure_batches(outcomes, Yardstick(0.1))
    assert (first.batch, first.effect.avoided.value) == ("2026-01-31", 1 / 2 - 1 / 4)
    assert (second.batch, second.effect.avoided.value) == ("2026-02-28", 1 / 2 - 2 / 4)
    assert campaign_effect(outcomes, None).avoided.value == pytest.approx(2 / 4 - 3 / 8)
    # 25 points of churn among 4 contacted: 1 customer.
    assert "Clientes conservados, frente a su control: 1 [" in realised_sentence(first, {})


@pytest.mark.parametrize(
    ("contact", "control", "verdict"),
    [
        pytest.param((20, 80), (18, 70), "todavía no se puede decir", id="no-difference"),
        pytest.param((60, 80), (20, 70), "se vayan más", id="it-harms"),
    ],
)
def test_the_verdict_says_only_what_the_interval_allows(home, contact, control, verdict):
    assert verdict in effect_sentence(campaign(home, contact, control)).lower()


def test_without_a_control_group_the_effect_cannot_be_known(home):
    assert campaign(home, contact=(5, 20), control=(0, 0)) is None
    assert "grupo de control" in effect_sentence(None)


def test_the_table_has_a_row_a_group(home):
    table = effect_table(campaign(home, contact=(48, 80), control=(56, 70)))
    assert table[["Grupo", "Con resultado", "Bajas", "Se va"]].values.tolist() == [
        ["Contactados", 80, 48, "60,0 %"], ["Control", 70, 56, "80,0 %"],
    ]  # fmt: skip

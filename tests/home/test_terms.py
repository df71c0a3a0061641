"""Which terms of the campaign are in force: examined by 03, adopted by somebody."""

from dataclasses import replace

import pytest

from retencion_lib import config
from retencion_lib.audit import adopt as sealing
from retencion_lib.audit.verify import faults
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import ledger, store
from retencion_lib.home.terms import (
    Terms,
    adopt,
    agreed_capacity,
    current_terms,
    in_force,
    propose,
)
from retencion_lib.maths.decision import Campaign
from tests import sealed_home
from tests.runs.test_crashes import killed_at

MONEY = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, capacity=0.1)
TERMS, MORE = Terms(MONEY), Terms(replace(MONEY, capacity=0.25))
ANA = {"reason": "más gente en el equipo", "approver": "ana"}


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    return tmp_path


def examined(terms, run_id):
    """A run of 03 that proposes terms and is sealed."""
    sealed_home.start(run_id, "03_champion_eval")
    propose(terms, run_id=run_id)
    sealed_home.finish(run_id, "03_champion_eval")


def adoptions():
    return [e for e in ledger.read() if e.event == "campaign"]


def test_the_first_terms_that_03_proposes_are_adopted_by_itself():
    examined(TERMS, "r1")
    assert current_terms() == TERMS
    (event,) = adoptions()
    assert (event.run_id, event.approver, event.replaced) == ("r1", "regla automática", None)
    assert faults() == []


def test_what_a_later_03_examines_changes_neither_the_terms_nor_a_byte_of_their_file(home):
    examined(TERMS, "r1")
    before = (home / config.CAMPAIGNS).read_bytes()
    examined(MORE, "r2")
    assert (home / config.CAMPAIGNS).read_bytes() == before
    assert current_terms() == TERMS
    assert faults() == []


def test_a_person_adopts_and_the_event_says_who_why_and_what_was_in_force_before():
    examined(TERMS, "r1")
    agreed = adopt(MORE, **ANA, proposed_by="r2")
    assert in_force() == agreed
    assert (agreed.terms, agreed.run_id, agreed.approver) == (MORE, "r2", "ana")
    event = adoptions()[-1]
    assert (event.run_id, event.proposed_by, event.reason) == (None, "r2", ANA["reason"])
    assert (event.replaced, event.terms) == (TERMS.facts(), MORE.facts())
    assert faults() == []


def test_where_the_settings_say_so_03_adopts_what_it_examines(home):
    examined(TERMS, "r1")
    (home / config.SETTINGS_FILE).write_text("[campaign]\nautomatic = true\n")
    examined(MORE, "r2")
    examined(MORE, "r3")
    assert [(e.run_id, e.approver) for e in adoptions()] == [
        ("r1", "regla automática"), ("r2", "regla automática"),
    ]  # fmt: skip
    assert current_terms() == MORE
    assert faults() == []


def test_terms_of_a_home_made_before_anybody_adopted_them_are_in_force(home):
    sealed_home.start("r1", "03_champion_eval")
    item = {"run_id": "r1", "created_at": "2026-10-31T09:00:00+00:00"} | TERMS.facts()
    store.append_json(home / config.CAMPAIGNS, [item])
    sealed_home.finish("r1", "03_champion_eval")
    examined(MORE, "r2")
    assert (in_force().terms, in_force().approver) == (TERMS, "")
    adopt(MORE, **ANA)
    assert current_terms() == MORE
    assert faults() == []


def test_the_same_terms_are_not_adopted_twice():
    examined(TERMS, "r1")
    with pytest.raises(
        OrderError, match=r"ya están en vigor desde el \d+ de \w+ de \d{4}: no hay nada"
    ):
        adopt(TERMS, **ANA)
    assert len(adoptions()) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"reason": " "}, "reason = '': di por qué"), ({"approver": ""}, "approver = '': di quién")],
)
def test_an_adoption_needs_a_reason_and_an_approver(wrong, said):
    examined(TERMS, "r1")
    with pytest.raises(ParameterError, match=said):
        adopt(MORE, **ANA | wrong)
    assert current_terms() == TERMS


def test_the_team_reaches_as_many_as_the_terms_in_force_say_and_a_tenth_before_them():
    assert agreed_capacity() == 0.10
    examined(MORE, "r1")
    assert agreed_capacity() == 0.25
    assert current_terms(0.5).money.capacity == 0.5


@pytest.mark.parametrize("again", ["the same order", "a reader", "seal"])
def test_an_adoption_cut_at_any_step_is_whole_for_whoever_comes_next(home, again):
    examined(TERMS, "r1")
    killed, step = True, -1
    while killed:
        step += 1
        decided = len(adoptions())
        terms = replace(MORE, value_factor=1.0 + step)
        killed = killed_at(step, lambda terms=terms: adopt(terms, **ANA))
        happened = len(adoptions()) > decided
        if again == "the same order":
            if killed:
                adopt(terms, **ANA)
            happened = True
        elif again == "seal":
            sealing.abandon()
        assert (current_terms() == terms) is happened, step
        sealing.abandon()
        assert faults() == []
    assert step > 2  # the content beside, the event, the name


def test_what_a_killed_03_adopted_is_in_force_for_the_next_stage(home, monkeypatch):
    step, killed = -1, True
    while killed:
        step += 1
        monkeypatch.setenv("RETENCION_HOME", str(home / str(step)))
        sealed_home.start("r1", "03_champion_eval")
        killed = killed_at(step, lambda: propose(TERMS, run_id="r1"))
        store.end()
        agreed = in_force()
        assert (agreed is not None) is (len(adoptions()) == 1), step
        assert [f.code for f in faults() if f.code != "stray"] == ["lone_start"], step
    assert step > 3  # the same, and the line that announces the file

"""`retencion campaign`: what it says, what it adopts, and what it refuses."""

from dataclasses import replace

import pytest

from retencion_lib.__main__ import main
from retencion_lib.audit.verify import faults
from retencion_lib.home import ledger, staged
from retencion_lib.home.terms import Terms, current_terms, propose
from retencion_lib.maths.decision import Campaign
from tests import sealed_home

MONEY = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, capacity=0.1)
TERMS, MORE = Terms(MONEY), Terms(replace(MONEY, capacity=0.25, accept_rate=0.2))
WHY = ["--reason", "más gente", "--approver", "ana"]


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    return tmp_path


def examined(terms, run_id, status="ok"):
    """A run of 03 that examines terms, says so in its results, and is sealed."""
    sealed_home.start(run_id, "03_champion_eval")
    propose(terms, run_id=run_id)
    sealed_home.finish(run_id, "03_champion_eval", status, results={"terms": terms.facts()})


def said(capsys, *words):
    assert main(["campaign", *words]) == 0
    return capsys.readouterr().out


def refused(capsys, *words):
    assert main(["campaign", *words]) == 2
    return capsys.readouterr().err


def test_it_says_the_terms_in_force_since_when_who_and_why(capsys):
    examined(TERMS, "r1")
    told = said(capsys)
    assert "El equipo llega al 10,0 % de los clientes." in told
    assert "adoptadas por regla automática («primera campaña»). Las examinó r1." in told
    assert "Sin adoptar" not in told


def test_it_says_what_03_examined_and_nobody_adopted_and_what_to_type(capsys):
    examined(TERMS, "r1")
    examined(MORE, "r2")
    told = said(capsys)
    assert "Sin adoptar: r2 examinó aceptación 20,0 % (y no 30,0 %) y capacidad 25,0 %" in told
    assert 'retencion campaign --adopt last --reason "…" --approver "…"' in told


@pytest.mark.parametrize("run", ["last", "r2"])
def test_it_adopts_what_a_run_of_03_examined(capsys, run):
    examined(TERMS, "r1")
    examined(MORE, "r2")
    assert "En vigor: aceptación 20,0 % (y no 30,0 %)" in said(capsys, "--adopt", run, *WHY)
    assert current_terms() == MORE
    assert "adoptadas por ana («más gente»). Las examinó r2." in said(capsys)
    assert faults() == []


def test_a_person_may_give_the_values(capsys):
    examined(TERMS, "r1")
    said(capsys, "--capacity", "0.25", "--accept-rate", "0.2", *WHY)
    assert current_terms() == MORE
    told = said(capsys)
    assert "adoptadas por ana" in told
    assert "Las examinó" not in told
    assert faults() == []


def test_what_03_examined_before_the_last_decision_does_not_wait_any_more(capsys):
    examined(TERMS, "r1")
    examined(MORE, "r2")
    said(capsys, "--capacity", "0.4", *WHY)
    assert "Sin adoptar" not in said(capsys)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--adopt", "last"], "reason = '': di por qué"),
        (["--adopt", "last", "--reason", "x"], "approver = '': di quién"),
        (["--adopt", "r7", *WHY], "adopt = 'r7': no es una ejecución de 03 terminada y sellada"),
        (["--adopt", "r3", *WHY], "Las últimas que lo hicieron: r1, r2. Escribe --adopt last"),
        (["--adopt", "r2", "--capacity", "0.2", *WHY], "--adopt r2 y --capacity no van juntos"),
        (["--capacity", "20", *WHY], "capacity = 20.0: debe ser mayor que 0 y como mucho 1"),
        (["--capacity", "mucha", *WHY], "capacity = 'mucha': debe ser un número"),
        (["--capacity", "0.1", *WHY], "ya están en vigor"),
        (["--customer-value", "5", *WHY], "retener a un cliente debe valer más que la oferta"),
        (["--capacidad", "0.2", *WHY], "no existe el parámetro 'capacidad'. ¿Querías decir"),
        (WHY, "Falta qué adoptar: --adopt last"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(capsys, words, message):
    examined(TERMS, "r1")
    examined(MORE, "r2")
    examined(MORE, "r3", status="failed")
    before = ledger.head()
    assert message in refused(capsys, *words)
    assert ledger.head() == before


def test_before_03_there_is_no_campaign(capsys):
    assert "Todavía no hay ninguna campaña en vigor" in refused(capsys)
    assert "Ejecuta antes 'retencion evaluate'" in refused(capsys, "--capacity", "0.2", *WHY)


def test_a_run_by_hand_is_adopted_only_once_it_is_sealed(capsys):
    examined(TERMS, "r1")
    sealed_home.start("r2", "03_champion_eval")
    propose(MORE, run_id="r2")
    assert "sella antes con 'retencion seal" in refused(capsys, "--adopt", "r2", *WHY)


def test_an_order_that_was_cut_behind_its_event_is_finished_by_repeating_it(capsys, monkeypatch):
    examined(TERMS, "r1")
    with monkeypatch.context() as cut:
        cut.setattr(staged, "name", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert main(["campaign", "--capacity", "0.4", *WHY]) == 130
    assert [fault.code for fault in faults()] == ["campaign", "stray"]
    assert "capacidad 40,0 % (y no 10,0 %)" in said(capsys, "--capacity", "0.4", *WHY)
    assert faults() == []
    assert "ya están en vigor" in refused(capsys, "--capacity", "0.4", *WHY)

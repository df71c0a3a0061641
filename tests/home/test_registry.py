"""Which model is in use, and who decided it."""

import json

import pytest

from retencion_lib import config
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import ledger, registry, store
from tests import sealed_home


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    store.begin("r2-evaluate")
    return tmp_path


def by_hand(home):
    (home / "retencion.toml").write_text("[promotion]\nautomatic = false\n")


def in_use():
    champion = registry.read().champion
    return champion and champion.label


def promotions():
    return [e for e in map(ledger.parsed, ledger.lines()) if e["event"] == "promotion"]


def test_a_winner_is_put_in_use_and_the_event_says_by_which_rule():
    sealed_home.propose("0.1")
    sealed_home.propose("0.2")
    assert in_use() == "xgb v0.2"
    event = promotions()[-1]
    assert (event["action"], event["approver"]) == ("automatic", "regla automática")
    assert event["old"]["model"] == event["rollback_to"] == "xgb v0.1"
    assert event["rule"] == "mejor ROC-AUC"


def test_a_loser_becomes_a_challenger_without_an_event():
    sealed_home.propose("0.1")
    assert sealed_home.propose("0.2", wins=False).stage == "challenger"
    assert in_use() == "xgb v0.1"
    assert len(promotions()) == 1


def test_judging_the_champion_again_leaves_it_in_use():
    sealed_home.propose("0.1")
    assert sealed_home.propose("0.1", wins=False).stage == "champion"


def test_where_settings_ask_for_a_person_a_winner_waits(home):
    by_hand(home)
    assert sealed_home.propose("0.1").proposed
    assert in_use() is None
    registry.promote("0.1", reason="comité del lunes", approver="ana")
    assert in_use() == "xgb v0.1"
    (event,) = promotions()
    assert (event["action"], event["reason"], event["approver"]) == (
        "promote", "comité del lunes", "ana",
    )  # fmt: skip


def test_rolling_back_brings_back_the_model_its_exam_and_its_reference(home):
    sealed_home.propose("0.1")
    sealed_home.propose("0.2")
    registry.rollback(reason="quejas", approver="ana")
    assert in_use() == "xgb v0.1"
    assert json.loads((home / config.TEST_REPORT).read_text()) == {"v": "0.1"}
    assert (home / config.REFERENCE).is_file()
    assert promotions()[-1]["action"] == "rollback"
    assert promotions()[-1]["old"]["model"] == "xgb v0.2"


def test_there_is_nothing_to_roll_back_to_at_first():
    sealed_home.propose("0.1")
    with pytest.raises(OrderError, match="ningún campeón anterior"):
        registry.rollback(reason="x", approver="ana")


@pytest.mark.parametrize(
    ("version", "reason", "approver", "said"),
    [
        ("0.1", "", "ana", "reason = '': di por qué"),
        ("0.1", "x", " ", "approver = '': di quién"),
        ("0.7", "x", "ana", r"version = '0\.7': no hay ningún modelo.*'xgb v0\.1'"),
        ("mlp v0.1", "x", "ana", "no hay ningún modelo"),
    ],
)
def test_a_promotion_needs_a_known_version_a_reason_and_an_approver(
    version, reason, approver, said
):
    sealed_home.propose("0.1")
    with pytest.raises(ParameterError, match=said):
        registry.promote(version, reason=reason, approver=approver)


@pytest.mark.parametrize("version", ["0.2", "v0.2", "xgb v0.2", "xgb__v0.2"])
def test_a_version_may_be_named_in_four_ways(home, version):
    by_hand(home)
    sealed_home.propose("0.2")
    assert registry.promote(version, reason="x", approver="ana").version == "0.2"


def test_promoting_the_champion_again_is_refused():
    sealed_home.propose("0.1")
    with pytest.raises(OrderError, match=r"xgb v0\.1 ya es el campeón"):
        registry.promote("0.1", reason="x", approver="ana")

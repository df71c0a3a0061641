"""Which model is in use, and who decided it."""

import json
import os
import shutil

import pytest

from retencion_lib import config
from retencion_lib.audit import adopt
from retencion_lib.audit.verify import faults
from retencion_lib.errors import AuditError, OrderError, ParameterError, StorageError
from retencion_lib.home import ledger, registry, store
from tests import sealed_home
from tests.runs.test_crashes import killed_at

ANA = {"reason": "comité del lunes", "approver": "ana"}


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


def test_the_champion_examined_again_is_no_change_of_the_model_in_use():
    sealed_home.propose("0.1")
    sealed_home.propose("0.2")
    sealed_home.propose("0.2")
    assert [(c.model, c.previous) for c in registry.read().history] == [
        ("xgb v0.1", None), ("xgb v0.2", "xgb v0.1"),
    ]  # fmt: skip
    assert len(promotions()) == 3  # its exam and its threshold are put in use anew, and it is said


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


def test_a_rollback_given_twice_changes_nothing_the_second_time():
    sealed_home.propose("0.1")
    sealed_home.propose("0.2")
    registry.rollback(**ANA)
    with pytest.raises(OrderError, match=r"ya fue volver a xgb v0\.1 .* 'retencion rollback VER"):
        registry.rollback(**ANA)
    assert in_use() == "xgb v0.1"


def test_a_rollback_may_name_its_target():
    for version in ("0.1", "0.2", "0.3"):
        sealed_home.propose(version)
    registry.rollback("0.1", **ANA)
    assert in_use() == "xgb v0.1"
    assert promotions()[-1]["action"] == "rollback"
    with pytest.raises(OrderError, match=r"xgb v0\.1 ya es el campeón"):
        registry.rollback("0.1", **ANA)


def test_there_is_no_return_to_a_model_that_was_never_in_use():
    sealed_home.propose("0.1")
    sealed_home.propose("0.2", wins=False)
    with pytest.raises(ParameterError, match=r"xgb v0\.2 nunca ha estado en uso.*promote 0\.2'"):
        registry.rollback("0.2", **ANA)


@pytest.fixture
def sealed(home):
    """A sealed home with two models examined; 0.2 is in use."""
    store.end()
    sealed_home.make()
    sealed_home.start("r6-evaluate", "03_champion_eval")
    sealed_home.propose("0.2", run_id="r6-evaluate")
    sealed_home.finish("r6-evaluate", "03_champion_eval")
    adopt.abandon()
    return home


def state(home):
    """What is in use: registry but for its times, exam and reference."""
    book = json.loads((home / config.REGISTRY).read_bytes())
    stages = {m["version"]: m["stage"] for m in book["models"]}
    changes = [(c["model"], c["previous"], c["action"]) for c in book["history"]]
    return stages, changes, (home / config.TEST_REPORT).read_bytes(), (
        home / config.REFERENCE
    ).read_bytes()  # fmt: skip


ORDERS = {
    "rollback": lambda: registry.rollback(**ANA),
    "promote": lambda: registry.promote("0.1", **ANA),
}


@pytest.mark.parametrize("comes_next", ["seal", "read", "repeat"])
@pytest.mark.parametrize("order", ORDERS)
def test_killed_at_any_step_what_the_event_says_is_finished(sealed, tmp_path_factory, order,
                                                            comes_next):  # fmt: skip
    pristine = shutil.copytree(sealed, tmp_path_factory.mktemp("p") / "pristine")
    before, decided, killed, step = state(sealed), len(promotions()), True, 0
    ORDERS[order]()
    after = state(sealed)
    while killed:
        shutil.rmtree(sealed)
        shutil.copytree(pristine, sealed)
        killed = killed_at(step, ORDERS[order])
        was_decided = len(promotions()) > decided
        if comes_next == "repeat":
            complete = state(sealed) == after
            try:
                ORDERS[order]()
            except OrderError:
                assert complete, step
        elif comes_next == "read":
            registry.read()
        adopt.abandon()
        assert state(sealed) == (after if was_decided or comes_next == "repeat" else before), step
        assert len(promotions()) - decided == (was_decided or comes_next == "repeat"), step
        assert faults() == [], step
        step += 1
    assert step > 7  # three contents, the event, three names


def test_a_full_disk_before_the_event_changes_nothing(sealed, monkeypatch):
    before, decided, left = state(sealed), len(promotions()), iter(range(2))

    def full(descriptor):
        if next(left, None) is None:
            raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="no queda sitio en el disco"):
            registry.rollback(**ANA)
    assert (state(sealed), len(promotions())) == (before, decided)
    assert faults() == []


def test_what_somebody_else_put_there_is_refused_and_not_finished_over(sealed, monkeypatch):
    from retencion_lib.home import staged

    def cut(path, made):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(staged, "name", cut)
        with pytest.raises(KeyboardInterrupt):
            registry.rollback(**ANA)
    (sealed / config.REGISTRY).write_text("{}")
    with pytest.raises(AuditError, match=r"artifacts/registry\.json: no es como consta"):
        registry.read()
    assert (sealed / config.REGISTRY).read_text() == "{}"


@pytest.mark.slow
def test_an_automatic_change_that_was_cut_is_finished_by_who_reads_the_registry(sealed):
    def work():
        sealed_home.start("r7-evaluate", "03_champion_eval")
        sealed_home.propose("0.1", run_id="r7-evaluate")

    pristine, killed, step = shutil.copytree(sealed, sealed.parent / "whole"), True, 0
    while killed:
        shutil.rmtree(sealed)
        shutil.copytree(pristine, sealed)
        killed = killed_at(step, work)
        decided = promotions()[-1]["new"]["model"]
        assert in_use() == decided, step
        adopt.abandon("r7-evaluate") if any(f.run_id == "r7-evaluate" for f in faults()) else None
        adopt.abandon()
        assert in_use() == decided, step
        assert faults() == [], step
        step += 1
    assert step > 8

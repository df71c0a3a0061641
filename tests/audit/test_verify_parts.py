"""The parts of verify one by one: clocks, anchors, files that cannot be read, erased rows."""

import hashlib
import os
from datetime import datetime, timedelta
from types import SimpleNamespace as Some

import pytest

from retencion_lib import config
from retencion_lib.audit.verify import past
from retencion_lib.audit.verify.chain import Chain, steps_back
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.audit.verify.files import State, state
from retencion_lib.audit.verify.heads import cover, covers
from retencion_lib.audit.verify.runs import check_runs
from retencion_lib.audit.verify.tree import check_objects
from retencion_lib.home import store
from retencion_lib.home.event import Event, Rewritten

NOON = "2026-10-31T12:00:00+00:00"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def at(seconds):
    return (datetime.fromisoformat(NOON) - timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("seconds", "other_host", "blamed"),
    [(2, False, False), (3, False, True), (120, True, False), (121, True, True)],
)
def test_a_clock_may_go_back_two_seconds_and_that_of_another_machine_two_minutes(
    seconds, other_host, blamed
):
    found = [
        Event("head", seq=1, at=NOON, host="a"),
        Event("head", seq=2, at=at(seconds), host="b" if other_host else "a"),
    ]
    assert steps_back(found) == ([(2, seconds, at(seconds), NOON)] if blamed else [])


def test_the_machine_of_a_line_is_that_of_its_run():
    found = [
        Event("run_started", seq=1, at=NOON, run_id="r1", host="a"),
        Event("run_started", seq=2, at=NOON, run_id="r2", host="b"),
        Event("write", seq=3, at=at(3), run_id="r2"),
    ]
    assert [seq for seq, *_ in steps_back(found)] == [3]


@pytest.mark.parametrize(
    ("line", "said"),
    [(1, ("t1", 3, 1, 1)), (2, ("t2", 2, 1, 1)), (3, ("t3", 1, 0, 1)), (4, ("t4", 0, 0, 0))],
)
def test_an_anchor_tells_its_time_and_what_came_after_it(line, said):
    kinds = ["run_started", "run_finished", "erasure", "promotion"]
    found = [Event(kind, seq=n, at=f"t{n}") for n, kind in enumerate(kinds, 1)]
    told = cover("head", (line, "…"), found)
    assert (told.line, (told.at, told.since, told.erasures, told.promotions)) == (line, said)


def test_an_anchor_of_a_line_that_is_not_there_covers_nothing():
    told = cover("head", (0, "…"), [])
    assert (told.at, told.since) == ("", 0)


@pytest.mark.parametrize("checked", [True, False])
def test_of_the_anchors_that_the_ledger_knows_only_a_stamp_may_have_been_checked(checked):
    found = [
        Event("head", seq=1, at="t1"), Event("signed", seq=2, at="t2", line=1, sha256="aa"),
        Event("stamped", seq=3, at="t3", line=2, sha256="bb", authority="tsa"),
    ]  # fmt: skip
    chain = Chain(hashes=["aa", "bb", "cc"], events=found)
    told = covers([], chain, {}, checked=checked)
    assert [(c.kind, c.line, c.checked) for c in told] == [
        ("signature", 1, False), ("stamp", 2, checked),
    ]  # fmt: skip
    assert [(c.kind, c.checked) for c in covers([("stamp", (2, "bb"))], chain, {}, checked=checked)
            ] == [("stamp", True), ("signature", False)]  # fmt: skip
    refused = covers([], chain, {3: "expired"}, checked=checked)
    assert [c.kind for c in refused] == ["signature"]


def test_a_fault_is_said_with_its_run_if_it_has_one():
    assert str(Fault("missing", "Falta x.", "r1")) == "Falta x. [r1]"
    assert str(Fault("missing", "Falta x.")) == "Falta x."


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(5, "Input/output error"), "Input/output error"), (OSError("odd"), "odd")],
)
def test_a_file_that_cannot_be_read_says_why(home, monkeypatch, error, said):
    def refused(*_):
        raise error

    (home / "a.txt").write_text("x", encoding="utf-8")
    monkeypatch.setattr(os, "open", refused)
    assert state("a.txt") == State(odd=f"no se puede leer ({said})")


@pytest.mark.parametrize(
    ("bytes", "rows", "blamed"),
    [(80, 9, False), (99, 10, False), (100, 10, True), (101, 9, True), (99, 11, True)],
)
def test_an_erasure_leaves_fewer_bytes_and_no_more_rows(bytes, rows, blamed):
    logs = {"logs/a.csv": [Some(offset=7, bytes=100, rows=10)]}
    event = Event("erasure", blocks={"logs/a.csv": {"7": Rewritten(bytes, rows, "…")}})
    found = list(past._erasure(event, Some(book=Some(logs=logs, versions={}))))
    assert [code for code, *_ in found] == ["undone"] * blamed


def test_a_run_that_ends_twice_starts_never_or_never_ends_is_named():
    lives = {"never ends": "s", "never starts": "f", "twice": "sff", "well": "sf"}
    kinds = {"s": "run_started", "f": "run_finished"}
    found = [Event(kinds[e], run_id=run) for run, events in lives.items() for e in events]
    assert {(f.code, f.run_id) for f in check_runs(found)} == {
        ("lone_start", "never ends"), ("lone_end", "never starts"), ("repeated", "twice"),
    }  # fmt: skip


def test_a_copy_that_nobody_names_is_an_orphan_unless_a_run_is_on_its_way(home):
    name = hashlib.sha256(b"x").hexdigest()
    path = config.resolve(f"{store.OBJECTS}/{name[:2]}/{name}")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    started, ended = Event("run_started", run_id="r1"), Event("run_finished", run_id="r1")
    assert [f.code for f in check_objects([started, ended])] == ["orphan"]
    assert check_objects([started]) == []


def test_a_file_without_end_is_looked_at_as_far_as_its_size(tmp_path):
    endless = os.path.join("/proc", "kmsg")  # an ordinary file of 0 bytes, and reading it waits
    if not os.access(endless, os.R_OK):
        pytest.skip("there is none here")
    assert state(endless) == State(hashlib.sha256().hexdigest(), 0)

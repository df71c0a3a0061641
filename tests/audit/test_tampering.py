"""Every known way to tamper with a sealed home is named by `verify`; none makes it stumble."""

import platform
import re
import shutil
import signal
from datetime import datetime, timedelta

import pytest

from retencion_lib.audit import adopt
from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, ledger
from retencion_lib.runs import seal
from tests import sealed_home
from tests.audit.cases import CASES, ONLY_WITH_ANCHOR
from tests.audit.edits import LOG, delete, replace

APPEND = disk.append


@pytest.fixture
def home(sealed, tmp_path, monkeypatch):
    shutil.copytree(sealed[0], tmp_path / "home")
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    signal.alarm(60)  # a check that waits at a pipe must fail, not hang
    yield tmp_path / "home"
    signal.alarm(0)


def test_at_least_150_edits_are_tried_each_by_its_name():
    names = [case.name for case in CASES] + list(ONLY_WITH_ANCHOR)
    assert len(names) == len(set(names)) >= 150


def test_an_untouched_home_has_no_fault(home, sealed):
    assert faults([sealed[1]]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_is_named_by_its_run_and_file(home, sealed, case):
    case.edit(home)
    alone = faults()
    assert (case.code, case.path, case.run) in {(f.code, f.path, f.run_id) for f in alone}
    anchored = faults([sealed[1]])
    assert set(map(str, alone)) <= set(map(str, anchored))
    assert "unchecked" not in {f.code for f in anchored}


@pytest.mark.parametrize("name", ONLY_WITH_ANCHOR)
def test_only_an_anchor_shows_what_a_chain_cannot(home, sealed, name):
    ONLY_WITH_ANCHOR[name](home)
    assert "chain" not in {f.code for f in faults()}
    assert "anchor" in {f.code for f in faults([sealed[1]])}


def test_one_edited_block_does_not_accuse_the_next(home):
    replace(LOG, r"r3-infer-2,[^\n]*\n", "")(home)
    assert [f.run_id for f in faults()] == ["r3-infer"]


def test_one_hostile_line_hides_no_other_fault(home):
    (home / "artifacts/xgb__v0.1.pkl").write_bytes(b"other")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b"[" * 100_000 + b"\n")
    assert {"chain", "changed"} <= {f.code for f in faults()}


def test_names_that_a_terminal_would_obey_are_shown_and_not_obeyed(home):
    (home / "artifacts/\x1b[2Jx\n").write_bytes(b"")
    [fault] = faults()
    assert "\\x1b[2Jx\\n" in str(fault)
    assert "\x1b" not in str(fault)


@pytest.mark.parametrize("status", ["failed", "refused", "abandoned"])
@pytest.mark.parametrize(
    ("edit", "code", "path"),
    [(replace(LOG, "r6-infer-2.*", ""), "log", LOG),
     (delete("data/b6_with_score.csv"), "missing", "data/b6_with_score.csv")],
    ids=["rows", "file"],
)  # fmt: skip
def test_what_an_unlucky_run_wrote_cannot_be_removed_unseen(home, status, edit, code, path):
    sealed_home.start("r6-infer", "04_infer")
    sealed_home._infer("r6-infer")
    seal.end("r6-infer", "04_infer", home / "none.ipynb", error=None, params={}, seconds=None,
             source_sha256=None, status=status)  # fmt: skip
    assert faults() == []
    edit(home)
    assert (code, path, "r6-infer") in [(f.code, f.path, f.run_id) for f in faults()]


def test_an_announcement_that_did_not_come_true_is_no_output(home, monkeypatch):
    sealed_home.start("r6-infer", "04_infer")
    with monkeypatch.context() as patch:
        patch.setattr(disk, "append", _full)
        with pytest.raises(OSError, match="full"):
            sealed_home._infer("r6-infer")
    seal.end("r6-infer", "04_infer", home / "none.ipynb", error=None, params={},
             seconds=None, source_sha256=None, status="failed")  # fmt: skip
    ends = [e for e in ledger.read() if e.event == "run_finished"]
    assert ends[-1].outputs == ()
    assert faults() == []


def _full(path, block):
    """The disk fills up when the log grows; the ledger's last line still went in."""
    if path.name == "predictions.csv":
        raise OSError("full")
    return APPEND(path, block)


def back(seconds, host):
    """Let the last run start so many seconds before the line that precedes it, on some host."""

    def edit(home):
        def earlier(found):
            at = datetime.fromisoformat(found[-3]["at"]) - timedelta(seconds=seconds)
            stamp = at.isoformat(timespec="milliseconds")
            return [*found[:-2], found[-2] | {"at": stamp, "host": host}, found[-1]]

        sealed_home.relink(home / ledger.LEDGER, earlier)

    return edit


HERE = platform.node()


@pytest.mark.parametrize(
    ("seconds", "host", "said"),
    [(1, HERE, False), (30, HERE, True), (30, "otra", False), (119, "otra", False),
     (7200, "otra", True)],
)  # fmt: skip
def test_clocks_may_differ_a_little_and_two_hosts_a_little_more(home, seconds, host, said):
    back(seconds, host)(home)
    assert [f.code for f in faults()] == (["time"] if said else [])


def test_a_clock_that_went_back_is_said_once_and_known_from_then_on(home):
    back(7200, "otra")(home)
    [fault] = faults()
    assert "el reloj vuelve atrás 7.200 s" in fault.message
    assert adopt.acknowledge_clocks() == [int(re.search(r"línea (\d+)", fault.message)[1])]
    assert faults() == []
    assert adopt.acknowledge_clocks() == []

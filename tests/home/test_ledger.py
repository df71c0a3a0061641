"""The ledger: chained, crash-safe, quick to append, honest about who acts."""

import hashlib
import json

import pytest

from retencion_lib.errors import StorageError
from retencion_lib.home import disk, ledger


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    return tmp_path


def test_each_line_holds_the_hash_of_the_raw_bytes_before_it(home):
    for n in range(3):
        ledger.append("x", n=n)
    raw = (home / ledger.LEDGER).read_bytes().splitlines()
    found = [json.loads(line) for line in raw]
    assert [e["seq"] for e in found] == [1, 2, 3]
    assert found[0]["prev"] == "0" * 64
    assert [e["prev"] for e in found[1:]] == [hashlib.sha256(r).hexdigest() for r in raw[:2]]


def test_the_head_is_the_last_line_and_its_hash(home):
    assert ledger.head() == (0, "0" * 64)
    ledger.append("x")
    raw = (home / ledger.LEDGER).read_bytes().splitlines()
    assert ledger.head() == (1, hashlib.sha256(raw[-1]).hexdigest())


def test_a_line_longer_than_the_window_read_from_the_end_is_found(home):
    ledger.append("x", text="a" * 3 * ledger.TAIL)
    assert ledger.append("y")["seq"] == 2
    assert ledger.append("z")["seq"] == 3


def test_appending_reads_only_the_end_of_the_file(home, monkeypatch):
    for n in range(2000):
        (home / "runs").mkdir(exist_ok=True)
        with (home / ledger.LEDGER).open("a") as handle:
            handle.write(json.dumps({"seq": n + 1, "event": "x", "text": "a" * 100}) + "\n")
    sizes = []
    real = ledger._last_bytes
    monkeypatch.setattr(
        ledger, "_last_bytes", lambda *a: sizes.append(len(found := real(*a))) or found
    )
    assert ledger.append("y")["seq"] == 2001
    assert sizes == [ledger.TAIL]


def test_a_half_line_is_cut_off_and_the_next_line_says_so(home):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b'{"seq": 2, "ev')
    assert ledger.half_line() == 14
    line = ledger.append("y")
    assert (line["seq"], line["cut_bytes"]) == (2, 14)
    assert [e["event"] for e in ledger.read()] == ["x", "y"]


def test_a_spoilt_last_line_does_not_stop_the_next_run(home):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b"not json\n")
    assert ledger.append("y")["seq"] == 3


def test_nan_is_null_and_accents_stay(home):
    ledger.append("x", value=float("nan"), said="motivo: corrección")
    assert ledger.read()[0]["value"] is None
    assert "corrección" in (home / ledger.LEDGER).read_text(encoding="utf-8")


def test_the_actor_is_the_one_named_in_the_environment(monkeypatch):
    monkeypatch.setenv("RETENCION_ACTOR", "ana")
    assert ledger.actor() == "ana"
    monkeypatch.delenv("RETENCION_ACTOR")
    monkeypatch.setenv("LOGNAME", "luis")
    assert ledger.actor() == "luis"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (28, "no queda sitio en el disco.*Libera espacio"),
        (30, "el disco es de solo lectura.*RETENCION_HOME"),
    ],
    ids=["full-disk", "read-only"],
)
def test_a_write_that_fails_leaves_the_ledger_as_it_was_and_says_why(
    home, monkeypatch, number, said
):
    ledger.append("x")
    before = (home / ledger.LEDGER).read_bytes()

    def refuse(_):
        raise OSError(number, "no")

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(StorageError, match=rf"No se puede escribir runs/ledger\.jsonl: {said}"):
        ledger.append("y", text="a" * 100_000)
    assert (home / ledger.LEDGER).read_bytes() == before

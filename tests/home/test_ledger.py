"""The ledger: chained, crash-safe, quick to append, honest about who acts."""

import hashlib
import json
import os
import tracemalloc

import pytest

from retencion_lib.errors import AuditError, StorageError
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
    assert ledger.append("y") == 2
    assert ledger.append("z") == 3


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
    assert ledger.append("y") == 2001
    assert sizes == [ledger.TAIL]


def test_a_half_line_is_cut_off_and_the_next_line_says_so(home):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b'{"seq": 2, "ev')
    assert ledger.half_line() == 14
    assert ledger.append("y") == 2
    assert ledger.parsed(ledger.lines()[-1])["cut_bytes"] == 14
    assert [ledger.parsed(raw)["event"] for raw in ledger.lines()] == ["x", "y"]


def test_a_spoilt_last_line_does_not_stop_the_next_run(home):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b"not json\n")
    assert ledger.append("y") == 3


def test_nan_is_null_and_accents_stay(home):
    ledger.append("x", value=float("nan"), said="motivo: corrección")
    assert ledger.parsed(ledger.lines()[0])["value"] is None
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


def test_only_what_the_grammar_knows_is_an_event(home):
    ledger.append("x")
    ledger.append("clock", lines=[1])
    assert [e.event for e in ledger.read()] == ["clock"]


def test_a_line_of_60_megabytes_is_passed_over_without_holding_it(home):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b"{" + b" " * 60_000_000 + b"}\n")
    tracemalloc.start()
    seq = ledger.append("y")
    assert [found.content is None for found in ledger.scan()] == [False, True, False]
    assert tracemalloc.get_traced_memory()[1] < 16 * ledger.LONGEST
    tracemalloc.stop()
    assert seq == 3


def test_a_line_that_would_be_too_long_is_refused_and_nothing_is_written(home):
    ledger.append("x")
    before = (home / ledger.LEDGER).read_bytes()
    with pytest.raises(StorageError, match=r"la anotación 'y' ocuparía .* bytes y caben"):
        ledger.append("y", text="a" * ledger.LONGEST)
    assert (home / ledger.LEDGER).read_bytes() == before


@pytest.mark.parametrize(
    "last",
    [b'{"seq": 1e400, "event": "x"}', b"[" * 100_000, b'{"seq": true, "event": "x"}', b"[1]",
     b'{"seq": -5, "event": "x"}', b'{"seq": ' + b"9" * 5000 + b', "event": "x"}'],
    ids=["infinite", "deep", "no-number", "list", "negative", "huge"],
)  # fmt: skip
def test_a_hostile_last_line_does_not_stop_the_next_run(home, last):
    ledger.append("x")
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(last + b"\n")
    assert ledger.append("y") == 3


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_is_not_opened_in_the_ledgers_place(home, kind):
    path = home / ledger.LEDGER
    path.parent.mkdir()
    {"folder": path.mkdir, "pipe": lambda: os.mkfifo(path),
     "link": lambda: path.symlink_to(home / "elsewhere")}[kind]()  # fmt: skip
    for use in (ledger.head, ledger.read, lambda: ledger.append("x")):
        with pytest.raises(AuditError, match=r"ledger\.jsonl no es un archivo corriente"):
            use()

"""A customer's data can go, and the audit trail still holds."""

import pytest

from retencion_lib.audit import erase
from retencion_lib.audit.verify import faults
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import ledger
from tests import sealed_home

WHY = {"reason": "solicitud 17", "approver": "dpo"}


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    sealed_home.make()
    return tmp_path


def test_no_file_names_the_customer_any_more_and_verify_passes(home):
    found = erase.erase("C001", **WHY)
    assert (found.rows, found.reports) == (2 + 2 + 2, 5)  # log, batches, references; reports
    for path in home.rglob("*"):
        assert not path.is_file() or b"C001" not in path.read_bytes(), path
    assert faults() == []


def test_the_other_rows_stay_byte_for_byte(home):
    log = home / "logs/predictions.csv"
    kept = [line for line in log.read_bytes().splitlines() if b"C001" not in line]
    erase.erase("C001", **WHY)
    assert log.read_bytes().splitlines() == kept


def test_a_log_goes_on_after_an_erasure(home):
    erase.erase("C001", **WHY)
    sealed_home.start("r6", "04_infer")
    sealed_home._infer("r6-infer")
    sealed_home.finish("r6", "04_infer")
    assert faults() == []
    erase.erase("C002", **WHY)
    assert faults() == []


def test_the_tombstone_counts_and_says_why_without_the_customer(home):
    erase.erase("C001", **WHY)
    event = ledger.read()[-1]
    assert (event.event, event.rows, event.reason) == ("erasure", 6, "solicitud 17")
    assert b"C001" not in (home / ledger.LEDGER).read_bytes()


def test_an_erasure_cut_short_shows_and_can_be_repeated(home, monkeypatch):
    real, left = erase.disk.write, iter(range(2))

    def stops(path, content):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(erase.disk, "write", stops)
        with pytest.raises(KeyboardInterrupt):
            erase.erase("C001", **WHY)
    assert {f.code for f in faults()} == {"erasure"}
    erase.erase("C001", **WHY)
    assert faults() == []


def test_a_longer_id_that_begins_the_same_is_another_customer(home):
    page = home / "runs/2026-10-31/r1-train/02_train_models.html"
    assert erase._redacted(b"C001 C0011 x-C001", "C001") == b"[borrado] C0011 x-C001"
    assert page.is_file()


def test_a_quoted_value_with_a_line_end_is_one_row():
    table = b'id,note\nA,"two\nlines"\nB,x\n'
    assert erase.without(table, "A") == (b"id,note\nB,x\n", 1)


@pytest.mark.parametrize(
    ("customer", "why", "kind", "said"),
    [
        ("C999", WHY, DataError, "Ninguna ejecución escribió nada de 'C999'"),
        ("C001", WHY | {"reason": ""}, ParameterError, "reason = '': hace falta"),
        ("", WHY, ParameterError, "customer = '': hace falta"),
    ],
)
def test_an_erasure_needs_a_known_customer_a_reason_and_an_approver(
    home, customer, why, kind, said
):
    with pytest.raises(kind, match=said):
        erase.erase(customer, **why)

"""Who may read what is written, and what is said while another order has a lock."""

import errno
import fcntl
import os
import platform
import stat
import subprocess
import sys

import pytest

from retencion_lib import config
from retencion_lib.errors import StorageError
from retencion_lib.home import access, disk

HOLD = """
import sys, time
from retencion_lib import config
from retencion_lib.home import disk
with disk.locked(config.resolve("logs/predictions.csv")):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("name", "mask", "mode"),
    [
        ("logs/predictions.csv", 0o022, 0o600),
        ("artifacts/xgb__v0.1.pkl", 0o022, 0o600),
        ("data/call_list_2026-10-31.csv", 0o002, 0o600),
        ("data/call_list_2026-10-31.xlsx", 0o002, 0o600),
        ("data/lote_with_score.parquet", 0o022, 0o600),
        ("data/lote_with_score.csv.gz", 0o022, 0o600),
        ("artifacts/registry.json", 0o022, 0o644),  # 666 without 022
        ("artifacts/registry.json", 0o027, 0o640),
        ("runs/index.html", 0o077, 0o600),
        ("logs/predictions.csv", 0o277, 0o400),
    ],
)
@pytest.mark.parametrize("write", [disk.write, disk.append])
def test_files_of_customers_are_their_owners_and_no_file_is_wider_than_the_mask(
    monkeypatch, write, name, mask, mode
):
    monkeypatch.setattr(access, "MASK", mask)
    path = config.resolve(name)
    path.parent.mkdir()
    before = os.umask(mask)
    write(path, b"x")
    os.umask(before)
    assert oct(stat.S_IMODE(path.stat().st_mode)) == oct(mode)


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_that_keeps_no_permissions_is_written_all_the_same(monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk.os, "chmod", refuse)
    assert disk.write(config.resolve("a.csv"), b"x").read_bytes() == b"x"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_without_locks_is_refused_with_the_remedy(monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    said = r"El disco de logs/x\.csv no admite bloqueos.*RETENCION_HOME una carpeta de un disco lo"
    with pytest.raises(StorageError, match=said), disk.locked(config.resolve("logs/x.csv")):
        pass


@pytest.fixture
def other():
    """Another order, which holds the lock of the log until it reads a line."""
    child = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True, cwd=config.clone())  # fmt: skip
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()


def test_whoever_waits_for_a_lock_is_told_for_whom_and_goes_on(monkeypatch, capsys, other):
    monkeypatch.setattr(access, "PATIENCE", 0.1)
    tell = access._tell

    def tell_and_release(said):
        tell(said)
        other.communicate("go on\n")

    monkeypatch.setattr(access, "_tell", tell_and_release)
    with disk.locked(config.resolve("logs/predictions.csv")):
        assert other.returncode == 0
    assert capsys.readouterr().err == (
        f"Esperando a que el proceso {other.pid} de {platform.node()} termine con "
        "logs/predictions.csv.\n"
    )


def test_where_the_system_does_not_tell_nobody_is_accused(monkeypatch, capsys, other):
    monkeypatch.setattr(access, "PATIENCE", 0.1)
    monkeypatch.setattr(access, "holders", lambda _: other.communicate("go on\n") and [])
    with disk.locked(config.resolve("logs/predictions.csv")):
        pass
    said = "Esperando a que otra orden termine con logs/predictions.csv.\n"
    assert capsys.readouterr().err == said


def test_a_lock_is_taken_again_by_who_has_it():
    path = config.resolve("logs/predictions.csv")
    with disk.locked(path), disk.locked(path):
        assert access.holders(path.parent / ".predictions.csv.lock") == []


def test_in_a_kernel_the_terminal_is_told_and_not_the_report(monkeypatch, capsys):
    reader, writer = os.pipe()
    monkeypatch.setattr(sys.stderr, "_original_stdstream_copy", writer, raising=False)
    access._tell("Esperando")
    assert os.read(reader, 100) == b"Esperando\n"
    assert capsys.readouterr().err == ""

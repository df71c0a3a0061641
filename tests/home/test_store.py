import errno
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError, OrderError, StorageError
from retencion_lib.home import csv_text, disk, lineage, store


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))


def test_json_holds_full_precision_and_null_instead_of_nan(tmp_path):
    path = store.write_json(tmp_path / "a.json", {"x": np.float64(1 / 3), "y": float("nan")})
    assert json.loads(path.read_text()) == {"x": 1 / 3, "y": None}


def test_a_failed_write_leaves_the_old_file_and_no_temporary(tmp_path, monkeypatch):
    path = store.write_bytes(tmp_path / "a.txt", b"old")
    monkeypatch.setattr(disk.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        store.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A table of which only three rows may be in words at a time."""
    monkeypatch.setattr(csv_text, "ROWS", 3)
    return pd.DataFrame({"id": list("abcdefgh"), "p": np.arange(8) / 7, "n": range(8)})


def test_a_table_written_by_blocks_is_the_one_written_whole(tmp_path, large):
    path = store.write_csv(tmp_path / "large.csv", large)
    assert path.read_text() == large.to_csv(index=False)
    touched = lineage.current().touched[-1]
    assert (touched.rows, touched.sha256) == (8, disk.sha256(path))


def test_a_table_that_fails_between_two_blocks_leaves_the_old_file_alone(
    tmp_path, large, monkeypatch
):
    path = store.write_bytes(tmp_path / "large.csv", b"old")
    monkeypatch.setattr(
        csv_text, "csv_parts", lambda table: (b"x" * (6 // (2 - i)) for i in range(9))
    )
    with pytest.raises(ZeroDivisionError):
        store.write_csv(path, large)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["large.csv"]


@pytest.mark.parametrize("size", [0, 1, 5, 11, 20])
def test_the_hash_of_a_piece_of_a_file_is_that_of_its_bytes(tmp_path, monkeypatch, size):
    monkeypatch.setattr(disk, "PIECE", 4)
    (tmp_path / "log").write_bytes(b"0123456789-")
    with (tmp_path / "log").open("rb") as handle:
        assert disk.digest_of(handle, size) == disk.digest(b"0123456789-"[:size])


def test_a_version_is_never_overwritten(tmp_path):
    store.write_new(tmp_path / "m__v0.1.pkl", b"one")
    with pytest.raises(DataError, match=r"m__v0\.1\.pkl ya existe.*siguiente libre"):
        store.write_new(tmp_path / "m__v0.1.pkl", b"two")


def test_a_missing_file_names_the_command_that_writes_it(tmp_path):
    with pytest.raises(OrderError, match=r"Falta artifacts/x\.json.*'retencion train'"):
        store.read_json(tmp_path / "artifacts/x.json", made_by="train")


def test_broken_json_says_what_to_do(tmp_path):
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(DataError, match=r"x\.json: no es JSON válido.*'train'"):
        store.read_json(tmp_path / "x.json", made_by="train")


def test_a_log_grows_and_keeps_its_header_once(tmp_path):
    log = tmp_path / "log.csv"
    store.append_csv(log, pd.DataFrame({"a": [1], "b": [0.1]}))
    store.append_csv(log, pd.DataFrame({"a": [2], "b": [0.2]}))
    assert log.read_text() == "a,b\n1,0.1\n2,0.2\n"


def test_a_log_with_other_columns_is_not_mixed(tmp_path):
    store.append_csv(tmp_path / "log.csv", pd.DataFrame({"a": [1]}))
    with pytest.raises(DataError, match=r"log\.csv: sus columnas son \['a'\].*\['b'\]"):
        store.append_csv(tmp_path / "log.csv", pd.DataFrame({"b": [1]}))


def test_what_is_written_is_remembered_with_hash_and_rows(tmp_path):
    store.write_csv(tmp_path / "data/t.csv", pd.DataFrame({"a": [1, 2]}))
    (touched,) = lineage.current().touched
    assert (touched.role, touched.path, touched.rows) == ("output", "data/t.csv", 2)
    assert touched.sha256 == store.sha256(tmp_path / "data/t.csv")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "su carpeta no existe ni se puede crear. Elige otra con RETENCION_HOME"),
        (errno.ENOSPC, "no queda sitio en el disco. Libera espacio y repite la orden"),
        (errno.EROFS, "el disco es de solo lectura. Elige otra carpeta con RETENCION_HOME"),
    ],
)
def test_a_disk_that_refuses_is_said_with_cause_and_remedy(tmp_path, monkeypatch, number, said):
    def refuse(*args, **kwargs):
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match=rf"No se puede escribir a/b\.txt: {said}; lo que"):
        store.write_bytes(tmp_path / "a/b.txt", b"x")


def as_nobody(work):
    """Do some work in a child without the rights of root; what it raised, as text."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            work()
            said = "nothing"
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


def test_a_folder_without_leave_to_write_is_said_and_stays_as_it_was(monkeypatch):
    # Not under pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "artifacts").mkdir()
        (home / "artifacts/a.txt").write_bytes(b"old")
        monkeypatch.setenv("RETENCION_HOME", folder)
        for path in (home, home / "artifacts"):
            path.chmod(0o555)
        said = as_nobody(lambda: store.write_bytes(home / "artifacts/a.txt", b"new"))
        (home / "artifacts").chmod(0o755)
        home.chmod(0o755)
        assert said.startswith("StorageError: No se puede escribir artifacts/a.txt: falta permiso")
        assert "RETENCION_HOME; lo que había sigue como estaba." in said
        assert (home / "artifacts/a.txt").read_bytes() == b"old"
        assert [p.name for p in (home / "artifacts").iterdir()] == ["a.txt"]


def test_a_run_ends_where_another_home_begins(tmp_path, monkeypatch):
    lineage.begin("r1")
    assert lineage.current().run_id == "r1"
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "other"))
    store.write_json(tmp_path / "other/a.json", {"x": 1})
    assert lineage.current().run_id is None
    assert not (tmp_path / "other/runs").exists()

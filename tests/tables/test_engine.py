"""Whoever works on the blocks of a table, what comes out is the same to the last digit."""

import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError, KernelError, LibraryError, ParameterError
from retencion_lib.home import lineage
from retencion_lib.maths.drift.table import to_plain
from retencion_lib.tables import engine, open_source
from retencion_lib.tables.engine import map_blocks
from retencion_lib.tables.scan import make_plan, scan

N, STEP = 3100, 128  # 25 blocks, the last not full


@dataclass(frozen=True)
class Rows:
    """What a block holds; a worker dies once if `dies` names a file, always if a folder."""

    dies: str = ""

    def __call__(self, block):
        if self.dies and not os.path.isfile(self.dies):
            if not os.path.isdir(self.dies):
                Path(self.dies).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        frame = block if isinstance(block, pd.DataFrame) else pd.DataFrame(
            {name: block.read(name).to_pandas() for name in block.names})  # fmt: skip
        return [(len(frame), float(frame["x"].astype(float).sum()), str(frame["t"].iloc[0]))]


def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"id": [f"{i:05d}" for i in range(N)], "x": rng.normal(size=N),
                         "t": rng.choice(["a", "ñ", "z"], N)})  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with a Parquet folder of two parts, whose groups of rows are no blocks."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(engine, "LEAST", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    (tmp_path / "partes").mkdir()
    frame = table()
    frame[:1900].to_parquet(tmp_path / "partes/a.parquet", index=False, row_group_size=300)
    frame[1900:].to_parquet(tmp_path / "partes/b.parquet", index=False, row_group_size=77)
    frame.to_csv(tmp_path / "c.csv", index=False)
    lineage.begin(None)
    return tmp_path


@pytest.fixture(scope="session")
def cluster():
    """A scheduler of Dask with two workers, each a process of its own."""
    distributed = pytest.importorskip("distributed", reason="falta Dask, del extra 'dask'")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options, host="127.0.0.1") as made:
        yield made.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(params=["local", "dask"])
def engine_name(request, monkeypatch):
    """Each engine, asked for as a user does."""
    name = request.param
    if name == "dask":
        name = request.getfixturevalue("cluster")
    monkeypatch.setenv(engine.VARIABLE, name)
    return request.param


def opened(name):
    source = open_source(name)
    source.step = STEP
    return source


def here(name, f=Rows()):
    return [result for block in opened(name).blocks() for result in f(block)]


def whole(source):
    return map_blocks(source, Rows(), list.__add__, start=[])


@pytest.mark.slow
def test_blocks_are_the_same_whoever_reads_them(home, engine_name):
    assert whole(opened("partes")) == here("partes") == here("c.csv")
    said = lineage.current().engine
    assert said == {"name": engine_name, "parts": 8 if engine_name == "local" else 25}


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced_and_nothing_changes(home, engine_name):
    f = Rows(dies=str(home / "died"))
    assert map_blocks(opened("partes"), f, list.__add__, start=[]) == here("partes")
    assert (home / "died").is_file()


@pytest.mark.slow
def test_the_profile_is_the_same_to_the_last_digit(home, engine_name, monkeypatch):
    plan = make_plan("partes", {"id"})
    found = to_plain(scan(opened("partes"), plan))
    monkeypatch.setattr(engine, "LEAST", 10**9)
    monkeypatch.setenv(engine.VARIABLE, "local")
    assert json.dumps(found) == json.dumps(to_plain(scan(opened("partes"), plan)))


@pytest.mark.slow
def test_workers_that_die_again_and_again_are_one_sentence(home):
    with pytest.raises(KernelError, match=r"Un proceso de trabajo ha muerto 3 veces.*memoria"):
        map_blocks(opened("partes"), Rows(dies=str(home)), list.__add__, start=[])


@pytest.mark.slow
def test_what_a_block_refuses_is_refused_as_it_is_here(home):
    with pytest.raises(KeyError, match="'x'"):
        map_blocks(table()[["id", "t"]], Rows(), list.__add__, start=[], step=STEP)


@pytest.mark.parametrize("first", [0, 1, 7, 24])
@pytest.mark.parametrize("last", [1, 8, 25, None])
def test_some_blocks_of_a_table_are_those_of_the_whole(home, first, last):
    source = opened("partes")
    found = [r for block in source.blocks(first=first, last=last) for r in Rows()(block)]
    assert found == here("partes")[first:last]


def test_what_cannot_be_divided_or_is_small_is_worked_on_here(home, monkeypatch):
    assert whole(opened("c.csv")) == here("c.csv")
    monkeypatch.setattr(engine, "LEAST", 26)
    assert whole(opened("partes")) == here("partes")
    assert lineage.current().engine is None


def test_an_engine_that_does_not_exist_is_refused(home, monkeypatch):
    monkeypatch.setenv(engine.VARIABLE, "spark")
    with pytest.raises(ParameterError, match=r"RETENCION_ENGINE = 'spark': debe ser 'local', o"):
        whole(opened("partes"))
    monkeypatch.delenv(engine.VARIABLE)
    (home / config.SETTINGS_FILE).write_text('[engine]\nname = "dask://"\n')
    with pytest.raises(ParameterError, match=r"= 'dask://': debe ser 'local'"):
        whole(opened("partes"))


def test_a_scheduler_that_is_not_installed_or_does_not_answer_is_said(home, monkeypatch):
    monkeypatch.setenv(engine.VARIABLE, "dask://127.0.0.1:1")
    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    if "distributed" in sys.modules or _is_there():
        with pytest.raises(DataError, match="el planificador de Dask no responde"):
            whole(opened("partes"))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LibraryError, match=r"falta Dask. Instálalo con: pip install 'retencion\[d"):
        whole(opened("partes"))


def _is_there():
    from importlib.util import find_spec

    return find_spec("distributed") is not None

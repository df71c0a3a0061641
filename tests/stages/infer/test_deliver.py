"""What 04 decides reaches the company's database whole, once, or not at all."""

import sqlite3
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.audit import reproduce
from retencion_lib.errors import DataError, LibraryError, ParameterError
from retencion_lib.stages.infer.deliver import Delivered, check_table, deliver
from retencion_lib.stages.infer.say import delivered_sentence
from retencion_lib.tables.sources import database

inspect = pytest.importorskip("sqlalchemy", reason="falta SQLAlchemy, del extra 'sql'").inspect
N = 1200  # more than the ids that are asked for at a time


@pytest.fixture(params=["sqlite", "postgresql"])
def ask(request, tmp_path, monkeypatch):
    """A home whose database is each of the two; it gives back what a query of it gives."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        server.run("DROP TABLE IF EXISTS s, s_calls")
        monkeypatch.setenv("RETENCION_DB", server.address())
        return server.run
    monkeypatch.setenv("RETENCION_DB", "sqlite:///empresa.db")
    sqlite3.connect(tmp_path / "empresa.db").close()

    def run(*statements):
        with sqlite3.connect(tmp_path / "empresa.db") as con:
            return [con.execute(statement).fetchall() for statement in statements][-1]

    return run


def batch(first=0, n=N):
    """Events of a batch, and its list: every tenth is to be called, the last ones first."""
    place = np.arange(first, first + n)
    events = pd.DataFrame(
        {"event_id": [f"e{i:015d}" for i in place], "run_id": "r1", "scored_at": "2026-10-31",
         "cliente": [f"{i:04d}" for i in place], "model": "xgb", "version": "0.1",
         "score": place / 10_000 + 1 / 3, "threshold": 0.5, "prediction": 1, "decile": 1,
         "expected_profit": np.where(place % 2, np.nan, 1.5), "group": "", "reasons": "a; b",
         "campaign": "otoño"}
    )  # fmt: skip
    called = pd.DataFrame(index=np.arange(n)[::-10])
    return events, SimpleNamespace(id_col="cliente", calls=lambda: called)


def test_batch_and_list_are_there_with_every_digit(ask):
    events, calls = batch()
    assert deliver("s", events, calls) == Delivered("s", N, N // 10)
    columns = "event_id, cliente, score, expected_profit, snapshot"
    found = ask(f"SELECT {columns} FROM s ORDER BY event_id")
    assert found[:2] == [("e000000000000000", "0000", 1 / 3, 1.5, None),
                         ("e000000000000001", "0001", 1 / 10_000 + 1 / 3, None, None)]  # fmt: skip
    assert [row[2] for row in found] == events["score"].tolist()
    assert ask("SELECT rank, cliente, reasons FROM s_calls ORDER BY rank")[:2] == [
        (1, "1199", "a; b"), (2, "1189", "a; b")
    ]  # fmt: skip


def test_of_a_list_that_is_to_be_looked_at_first_nobody_is_handed_over_until_it_is_not(ask):
    stopped = deliver("s", *batch(), stopped=True)
    assert stopped == Delivered("s", N, 0, stopped=True)
    assert delivered_sentence(stopped).endswith("`s_calls`, nada: la lista está por revisar.")
    assert ask("SELECT count(*) FROM s_calls") == [(0,)]
    assert deliver("s", *batch()) == Delivered("s", 0, N // 10)


def test_a_run_that_is_repeated_appends_nothing_and_a_larger_one_what_is_new(ask):
    deliver("s", *batch())
    assert deliver("s", *batch()) == Delivered("s", 0, 0)
    assert deliver("s", *batch(first=600)) == Delivered("s", 600, 60)
    assert ask("SELECT count(*), count(DISTINCT event_id) FROM s") == [(1800, 1800)]
    assert ask("SELECT count(*), count(DISTINCT event_id) FROM s_calls") == [(180, 180)]


def test_where_the_list_does_not_fit_the_batch_is_not_there_either(ask):
    ask("CREATE TABLE s_calls (event_id varchar(16) PRIMARY KEY, run_id text"
        " CHECK (run_id <> 'r1'), scored_at text, rank integer, cliente text, score float,"
        " decile integer, expected_profit float, reasons text, campaign text)")  # fmt: skip
    check_table("s", "cliente")
    with pytest.raises(DataError, match=r"output_table = 's': la base de datos lo rechaza al escr"):
        deliver("s", *batch())
    assert ask("SELECT count(*) FROM s_calls") == [(0,)]
    with database.connection("x") as con:  # nor is the table that was made for it
        assert "s" not in inspect(con).get_table_names()


def test_two_runs_at_once_leave_each_event_once(ask):
    deliver("s", *batch(n=1))
    failed = []

    def run():
        try:
            deliver("s", *batch())
        except DataError as error:
            failed.append(error)

    both = [threading.Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(failed) < 2
    assert ask("SELECT count(*), count(DISTINCT event_id) FROM s") == [(N, N)]


def test_a_table_of_another_shape_is_refused_before_anything_is_written(ask):
    ask("CREATE TABLE s (event_id text, cliente text)")
    with pytest.raises(DataError, match=r"la tabla 's' ya existe y le falta 'run_id', 'scored_at'"):
        check_table("s", "cliente")


def test_a_table_that_is_there_and_fits_is_no_objection(ask):
    deliver("s", *batch())
    check_table("s", "cliente")
    with pytest.raises(DataError, match="le falta 'id'"):
        check_table("s", "id")


@pytest.mark.parametrize("name", ["a b", "x;drop", "1a", "a.b.c", "año", "x" * 51, '"'])
def test_what_is_no_name_of_a_table_is_refused(name):
    with pytest.raises(ParameterError, match=r"output_table = .* debe ser el nombre de una tabla"):
        check_table(name, "id")


def test_nothing_is_asked_of_who_delivers_nothing():
    check_table("", "id")
    assert deliver("", *batch()) is None
    assert delivered_sentence(None) == ""


def test_without_address_or_package_it_is_said_before_anything_is_written(monkeypatch):
    with pytest.raises(ParameterError, match="output_table = 's': falta la dirección de la base"):
        check_table("s", "id")
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(LibraryError, match=r"pip install 'retencion\[sql\]'"):
        check_table("s", "id")


def test_what_was_delivered_is_said():
    assert delivered_sentence(Delivered("s", 1, 0)) == (
        "La tabla `s` de la base de datos recibe 1 fila nueva, y `s_calls`, 0 a quien llamar."
    )


def test_a_repeated_run_delivers_nothing():
    event, done = SimpleNamespace(parameters={"output_table": "s", "sample": 0.1}), (
        reproduce.Reproduction("r1")
    )  # fmt: skip
    assert reproduce._parameters(event, done) == {"sample": 0.1}
    assert done.notes == ["No se escribe nada en la base de datos."]

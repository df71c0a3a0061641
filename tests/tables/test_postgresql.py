"""A real PostgreSQL as the table: the same customers as in a CSV, whatever its types."""

import datetime as dt
import os
import subprocess
import sys
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import ledger
from retencion_lib.tables import open_source
from retencion_lib.tables.sources import query
from tests import postgres, sealed_home
from tests.tables.test_formats import WRITERS, N, customers, seen

pytest.importorskip("psycopg", reason="falta psycopg, del extra 'sql'")


@pytest.fixture
def home(tmp_path, monkeypatch, server):
    """A home whose database is the server, and a run under way."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("RETENCION_DB", server.address())
    sealed_home.start("r1", "01_eda")
    return tmp_path


def ask(home, text):
    (home / "c.sql").write_text(text, encoding="utf-8")
    return open_source("c.sql")


def files(home):
    return {p for p in home.rglob("*") if p.is_file() and "runs" not in p.parts}


def need_no_secret(content: bytes):
    for secret in (postgres.PASSWORD, quote(postgres.PASSWORD, safe="")):
        assert secret.encode() not in content
    assert b"@127.0.0.1" not in content


def test_the_same_customers_give_the_same_contract_rows_and_profile_as_a_csv(home, server):
    rng = np.random.default_rng(0)
    amounts = rng.normal(100, 40, N).round(2)
    amounts[3] = np.nan
    wholes = [None if i == 5 else int(rng.integers(0, 60)) for i in range(N)]
    frame = customers(amounts, wholes, rng.random(N) < 0.5)
    plain = frame.astype(object).where(frame.notna(), None)
    server.run(
        "CREATE TABLE m (id text, amount numeric(9, 2), whole bigint, flag boolean, plan text, "
        "since date, y smallint)",
        rows=("INSERT INTO m VALUES (%s, %s, %s, %s, %s, %s, %s)",
              list(plain.itertuples(index=False, name=None))),
    )  # fmt: skip
    (home / "m.sql").write_text("SELECT * FROM m ORDER BY id")
    contract, rows, profile, reasons = seen(WRITERS["commas"](frame, home))
    other = seen("m.sql", contract)
    pd.testing.assert_frame_equal(other[1], rows, check_exact=True)
    assert (other[0], other[2], other[3]) == (contract, profile, reasons)


KINDS = [
    ("7::int", pa.int64(), 7),
    ("9007199254740993::bigint", pa.int64(), 9007199254740993),
    ("12.10::numeric(9, 2)", pa.float64(), 12.1),
    ("42::numeric(12, 0)", pa.int64(), 42),
    ("123456789012345678901::numeric", pa.string(), "123456789012345678901"),
    ("0.1::float8", pa.float64(), 0.1),
    ("true", pa.bool_(), True),
    ("'007'::text", pa.string(), "007"),
    ("'007 '::char(4)", pa.string(), "007 "),
    ("NULL::int", pa.string(), None),
    ("DATE '2026-03-01'", pa.date32(), dt.date(2026, 3, 1)),
    ("TIMESTAMP '2026-03-01 10:30'", pa.timestamp("us"), dt.datetime(2026, 3, 1, 10, 30)),
    ("TIMESTAMPTZ '2026-03-01 10:30+02'", pa.timestamp("us", "UTC"),
     dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)),
    ("INTERVAL '36 hours'", pa.duration("us"), dt.timedelta(hours=36)),
    ("'6f1e0a52-0000-4000-8000-000000000001'::uuid", pa.string(),
     "6f1e0a52-0000-4000-8000-000000000001"),
    ("'{\"a\": 1}'::jsonb", pa.string(), '{"a": 1}'),
    ("'ñ%'::text LIKE 'ñ%'", pa.bool_(), True),
    ("'12:30'::text", pa.string(), "12:30"),
]  # fmt: skip


def test_each_type_is_kept_as_what_it_is(home):
    source = ask(home, "SELECT " + ", ".join(f"{v} AS c{i}" for i, (v, _, _) in enumerate(KINDS)))
    [part] = source.parts
    row = part.table(part.names, ()).to_pylist()[0]
    assert list(zip(part.types.values(), row.values(), strict=True)) == [
        (kind, value) for _, kind, value in KINDS
    ]  # fmt: skip


def test_rows_come_by_a_cursor_of_the_server_whatever_stands_at_the_end_of_a_query(home):
    [table] = ask(home, "SELECT name, statement FROM pg_cursors; -- fin").table()
    assert len(table) == 1


def test_rows_that_come_in_chunks_are_all_there_in_order(home, monkeypatch):
    monkeypatch.setattr(query, "CHUNK", 1000)
    source = ask(home, "SELECT i FROM generate_series(1, 4500) AS i")
    assert source.table()[0]["i"].to_pylist() == list(range(1, 4501))


def test_what_changes_something_is_refused_by_the_server_too(home, server):
    server.run("CREATE SEQUENCE counted")
    with pytest.raises(DataError, match=r"cannot execute nextval\(\) in a read-only transaction"):
        ask(home, "SELECT nextval('counted')")


REFUSED = {
    "password": ({"password": "0tra"}, "no admite el usuario o la contraseña de RETENCION_DB"),
    "database": ({"database": "nadie"}, "no responde, o no existe con ese nombre"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_who_is_not_let_in_is_told_without_the_address(home, monkeypatch, server, case):
    given, said = REFUSED[case]
    monkeypatch.setenv("RETENCION_DB", server.address(**given))
    with pytest.raises(DataError, match=said) as refused:
        ask(home, "SELECT 1 AS x")
    need_no_secret(str(refused.value).encode())
    assert "0tra" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * FROM nada", r"«relation \"nada\" does not exist»"),
        ("SELECT 1 AS x WHERE false", "no devuelve ninguna fila"),
        ("SELECT 1, 2", r"varias columnas con el nombre '\?column\?'"),
        ("SELECT 1 / (900 - i) AS x FROM generate_series(1, 1000) AS i", "«division by zero»"),
    ],
)
def test_a_query_that_fails_or_gives_no_table_writes_nothing(home, monkeypatch, text, said):
    monkeypatch.setattr(query, "CHUNK", 100)
    with pytest.raises(DataError, match=said):
        ask(home, text)
    assert files(home) == {home / "c.sql"}


def test_a_table_that_vanishes_with_its_server_midway_leaves_nothing(home, monkeypatch, server):
    monkeypatch.setattr(query, "CHUNK", 100)
    add = query._Spool.add

    def cut(spool, columns, rows):
        add(spool, columns, rows)
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE pid <> pg_backend_pid() AND query LIKE 'FETCH%'")  # fmt: skip

    monkeypatch.setattr(query._Spool, "add", cut)
    with pytest.raises(DataError, match="se cortó la conexión con la base de datos al hacer la"):
        ask(home, "SELECT i FROM generate_series(1, 100000) AS i")
    assert files(home) == {home / "c.sql"}
    assert [e.event for e in ledger.read()] == ["run_started"]


def test_neither_address_nor_password_is_in_any_file(home):
    ask(home, "SELECT 1 AS x")
    sealed_home.finish("r1", "01_eda")
    written = [p for p in home.rglob("*") if p.is_file()]
    assert len(written) > 5
    for path in written:
        need_no_secret(path.read_bytes())


@pytest.mark.slow
def test_a_notebook_that_is_not_let_in_says_so_with_code_2_and_no_secret(tmp_path, server):
    (tmp_path / "c.sql").write_text("SELECT 1 AS x")
    address = server.address(password=postgres.PASSWORD + "x")
    done = subprocess.run(
        [sys.executable, "-m", "retencion_lib", "eda", "--data", "c.sql"],
        env=os.environ | {"RETENCION_HOME": str(tmp_path), "RETENCION_DB": address},
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"c.sql: la base de datos no admite el usuario" in done.stderr
    found = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert len(found) >= 4
    for content in (done.stdout, done.stderr, *found):
        need_no_secret(content)

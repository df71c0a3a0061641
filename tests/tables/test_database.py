"""A database as the table: what a query gives is sealed once, and every refusal says what to do."""

import datetime as dt
import os
import resource
import sqlite3
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError, LibraryError, ParameterError, StorageError
from retencion_lib.home import ledger
from retencion_lib.tables import open_source
from retencion_lib.tables.say import odd_sentences
from retencion_lib.tables.sources import as_it_was, query
from retencion_lib.tables.sources.query import statement
from retencion_lib.tables.sources.sql_values import Column
from tests import sealed_home

pytest.importorskip("sqlalchemy", reason="falta SQLAlchemy, del extra 'sql'")
ROWS = [(f"{i:03d}", i, i / 4, None if i == 2 else "sí") for i in range(5)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with a SQLite file and a query, and a run under way."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("RETENCION_DB", "sqlite:///empresa.db")
    with sqlite3.connect(tmp_path / "empresa.db") as con:
        con.execute("CREATE TABLE clientes (id TEXT, n INTEGER, x REAL, t TEXT)")
        con.executemany("INSERT INTO clientes VALUES (?, ?, ?, ?)", ROWS)
    ask(tmp_path, "SELECT * FROM clientes ORDER BY id")
    sealed_home.start("r1", "01_eda")
    return tmp_path


def ask(home, text, name="consultas/clientes.sql"):
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_text(text, encoding="utf-8")
    return name


def lines(event):
    return [e for e in ledger.read() if e.event == event]


def files(home):
    return {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()} - {
        "runs/ledger.jsonl", "runs/.ledger.jsonl.lock"
    }  # fmt: skip


def test_what_a_query_gives_is_sealed_as_parquet_with_its_text_rows_and_time(home):
    source = open_source("consultas/clientes.sql")
    [said], [written] = lines("extract"), lines("write")
    assert source.where == said.query == "consultas/clientes.sql"
    assert said.text == "SELECT * FROM clientes ORDER BY id"
    assert (said.path, said.sha256) == (written.path, written.sha256)
    assert said.path == f"data/extracts/clientes__{said.sha256[:12]}.parquet"
    assert (said.rows, said.sha256) == (5, source.sha256)
    assert pq.read_table(home / said.path).to_pylist()[2] == {"id": "002", "n": 2, "x": 0.5,
                                                              "t": None}  # fmt: skip
    assert oct((home / said.path).stat().st_mode)[-3:] == "600"
    assert odd_sentences(source.notes) == [
        f"La consulta ha dado 5 filas, que quedan selladas en {said.path}."
    ]


def test_a_run_asks_once_and_the_next_run_asks_again(home):
    first = open_source("consultas/clientes.sql")
    with sqlite3.connect(home / "empresa.db") as con:
        con.execute("DELETE FROM clientes WHERE n = 0")
    assert open_source("consultas/clientes.sql").n_rows == 5
    sealed_home.finish("r1", "01_eda")
    sealed_home.start("r2", "02_train_models")
    assert open_source("consultas/clientes.sql").n_rows == 4
    assert len(lines("extract")) == 2
    assert open_source("consultas/clientes.sql").sha256 != first.sha256


def test_the_same_rows_are_kept_once(home):
    open_source("consultas/clientes.sql")
    sealed_home.finish("r1", "01_eda")
    sealed_home.start("r2", "02_train_models")
    open_source("consultas/clientes.sql")
    assert [e.run_id for e in lines("extract")] == ["r1", "r2"]
    assert len({e.path for e in lines("extract")}) == len(lines("write")) == 1


def test_an_exam_reads_the_extract_that_was_learnt_from_without_any_database(home, monkeypatch):
    learnt = open_source("consultas/clientes.sql").sha256
    sealed_home.finish("r1", "01_eda")
    monkeypatch.delenv("RETENCION_DB")
    (home / "empresa.db").unlink()
    sealed_home.start("r3", "03_champion_eval")
    assert open_source("consultas/clientes.sql", sealed=learnt).sha256 == learnt
    assert open_source("consultas/clientes.sql").sha256 == learnt  # and so does all of the run


def test_a_table_as_it_was_is_the_extract_or_nothing_and_never_the_database(home, monkeypatch):
    learnt = open_source("consultas/clientes.sql").sha256
    sealed_home.finish("r1", "01_eda")
    monkeypatch.delenv("RETENCION_DB")
    sealed_home.start("r5", "05_monitor")
    assert as_it_was("consultas/clientes.sql", learnt).sha256 == learnt
    assert as_it_was("consultas/clientes.sql", "0" * 64) is None
    assert as_it_was("consultas/otra.sql", learnt) is None
    ask(home, "SELECT id FROM clientes")
    assert as_it_was("consultas/clientes.sql", learnt) is None
    (home / "a.csv").write_text("id,n\n1,2\n")
    assert as_it_was("a.csv", open_source("a.csv").sha256).names == ("id", "n")
    assert as_it_was("a.csv", learnt) is None


def test_another_query_under_the_same_name_is_another_table(home):
    learnt = open_source("consultas/clientes.sql").sha256
    ask(home, "SELECT id FROM clientes")
    assert open_source("consultas/clientes.sql", sealed=learnt).names == ("id",)


@pytest.mark.parametrize(
    ("values", "kind", "kept"),
    [
        ([1, None, 2**62], pa.int64(), [1, None, 2**62]),
        ([1, 2**70], pa.string(), ["1", str(2**70)]),
        ([Decimal("7"), Decimal("8")], pa.int64(), [7, 8]),
        ([Decimal("12.10"), Decimal("0.3"), None], pa.float64(), [12.1, 0.3, None]),
        ([Decimal("NaN"), Decimal("1")], pa.float64(), None),
        ([1, 2.5, ""], pa.float64(), [1.0, 2.5, None]),
        ([True, None, False], pa.bool_(), [True, None, False]),
        (["007", "", "x"], pa.string(), ["007", "", "x"]),
        (["007", 8], pa.string(), ["007", "8"]),
        ([None, None], pa.string(), [None, None]),
        ([dt.date(2026, 1, 2)], pa.date32(), [dt.date(2026, 1, 2)]),
        ([dt.date(2026, 1, 2), dt.datetime(2026, 1, 3, 4)], pa.timestamp("us"),
         [dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 3, 4)]),
        ([dt.datetime(2026, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))],
         pa.timestamp("us", "UTC"), [dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC)]),
        ([b"ab", memoryview(b"cd")], pa.binary(), [b"ab", b"cd"]),
        ([dt.timedelta(days=2)], pa.duration("us"), [dt.timedelta(days=2)]),
        ([Decimal("1E+3"), "x"], pa.string(), ["1000", "x"]),
        ([{"a": 1}], pa.string(), ['{"a": 1}']),
    ],
)  # fmt: skip
def test_a_column_has_the_one_type_that_holds_its_values(values, kind, kept):
    column = Column()
    for value in values:  # as if each came in a chunk of its own
        column.add([value])
    assert column.type() == kind
    assert kept is None or column.array(values).to_pylist() == kept


def test_types_are_known_only_when_the_last_row_has_come(home, monkeypatch):
    monkeypatch.setattr(query, "CHUNK", 2)
    ask(home, "SELECT n, CASE WHEN n < 4 THEN n ELSE 'AB' END AS code, "
              "CASE WHEN n < 4 THEN n ELSE 0.5 END AS x FROM clientes")  # fmt: skip
    [table] = open_source("consultas/clientes.sql").table()
    assert [c.cast(pa.string()).to_pylist() for c in table.columns[:2]] == [
        ["0", "1", "2", "3", "4"], ["0", "1", "2", "3", "AB"]
    ]  # fmt: skip
    assert table["x"].to_pylist() == [0.0, 1.0, 2.0, 3.0, 0.5]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select 1;",
        "-- todo; el mundo\nSELECT 1;\n-- fin\n",
        "/* DELETE FROM x; */ SELECT 'a;b' AS \"c;d\"",
        "(SELECT 1)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "WITH updated AS (SELECT deleted FROM x) SELECT * FROM updated",
        "VALUES (1)",
        "\ufeffSELECT 1",
        "SELECT $$a;b$$, $x$c;d$x$",
    ],
)
def test_a_query_that_only_reads_is_asked(text):
    assert statement(text.encode(), "c.sql").startswith(text.strip("\ufeff")[:6])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.sql: está vacío. Escribe en él la consulta, un SELECT"),
        ("-- nada\n;", "c.sql: está vacío"),
        ("DELETE FROM x", "c.sql: no es un SELECT sino 'DELETE', y aquí solo se lee"),
        ("/* SELECT */ insert into x values (1)", "no es un SELECT sino 'INSERT'"),
        ("WITH a AS (DELETE FROM x RETURNING *) SELECT * FROM a", "no es un SELECT sino 'DELETE'"),
        ("WITH a AS (SELECT 1) UPDATE x SET y = 1", "no es un SELECT sino 'UPDATE'"),
        ("SELECT 1; DROP TABLE x", "c.sql: tiene varias instrucciones y hace falta una sola"),
    ],
)
def test_what_is_no_single_query_is_refused_unasked(text, said):
    with pytest.raises(DataError, match=said):
        statement(text.encode(), "c.sql")


def test_a_query_that_is_not_text_is_refused():
    with pytest.raises(DataError, match=r"c\.sql: no es texto UTF-8"):
        statement("SELECT 'ñ'".encode("latin-1"), "c.sql")


REFUSED = {
    "no-table": ("SELECT * FROM nada", r"clientes\.sql: la base de datos lo rechaza al hacer la "
                 r"consulta: «no such table: nada»"),
    "no-rows": ("SELECT id, n FROM clientes WHERE n > 99", r"clientes\.sql: la consulta no "
                r"devuelve ninguna fila \(columnas id y n\)"),
    "twice": ("SELECT id, n AS id FROM clientes", r"la consulta da varias columnas con el nombre "
              r"'id'. Cada una necesita el suyo: dáselo con AS"),
    "midway": ("SELECT CASE WHEN n < 4 THEN n ELSE json('{') END AS x FROM clientes",
               r"la base de datos lo rechaza al hacer la consulta: «malformed JSON»"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_query_that_gives_no_table_writes_nothing(home, monkeypatch, case):
    monkeypatch.setattr(query, "CHUNK", 2)  # so that some rows have come before the last fails
    text, said = REFUSED[case]
    ask(home, text)
    before = files(home)
    with pytest.raises(DataError, match=said):
        open_source("consultas/clientes.sql")
    assert files(home) == before
    assert lines("extract") == lines("write") == []


def test_a_query_cannot_change_the_database(home, monkeypatch):
    monkeypatch.setattr(query, "CHANGES", query.re.compile("$^"))
    ask(home, "WITH a AS (SELECT 1) DELETE FROM clientes RETURNING id")
    with pytest.raises(DataError, match="attempt to write a readonly database"):
        open_source("consultas/clientes.sql")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", r"clientes\.sql: falta la dirección de la base de datos. Ponla en la variable"),
        ("hunter2", "lo que hay en RETENCION_DB no es la dirección .* conocida \\(no se muestra"),
        ("nadie://ana:hunter2@x/y", "no es la dirección de una base de datos conocida"),
        ("postgresql://ana:hunter2@x:y/z", "no es la dirección de una base de datos conocida"),
        ("postgresql://ana:hunter2@x\udcff/z", "no es la dirección de una base de datos conocida"),
        ("postgresql://ana:hunter2@/z?host=/x&port=y", "no es la dirección de una base de datos"),
        ("sqlite:///~nadie-hunter2/x.db", r"no existe el archivo SQLite de RETENCION_DB"),
        ("sqlite:///" + "hunter2" * 50, r"no existe el archivo SQLite de RETENCION_DB"),
        ("sqlite:///hunter2.db", r"no existe el archivo SQLite de RETENCION_DB"),
        ("postgresql://ana:hunter2@127.0.0.1:1/x", "no se pudo entrar en la base de datos de "
         "RETENCION_DB: no responde, o no existe con ese nombre"),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_refused_and_not_shown(home, monkeypatch, address, said):
    monkeypatch.setenv("RETENCION_DB", address)
    before = files(home)
    with pytest.raises((ParameterError, DataError), match=said) as refused:
        open_source("consultas/clientes.sql")
    assert "hunter2" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
    assert files(home) == before


@pytest.mark.parametrize(
    ("address", "missing", "said"),
    [
        ("sqlite:///empresa.db", "sqlalchemy", r"falta el paquete con el que se lee una base de "
         r"datos \(SQLAlchemy\). Instálalo con: pip install 'retencion\[sql\]'"),
        ("postgresql://ana:hunter2@x/y", "psycopg", r"falta el controlador de la base de datos "
         r"\(psycopg\). El de PostgreSQL se instala con: pip install 'retencion\[sql\]'"),
    ],
)  # fmt: skip
def test_a_package_that_is_not_installed_is_named_with_its_extra(
    home, monkeypatch, address, missing, said
):
    monkeypatch.setenv("RETENCION_DB", address)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(LibraryError, match=said):
        open_source("consultas/clientes.sql")


def test_a_full_disk_leaves_nothing_behind(home, monkeypatch):
    monkeypatch.setattr(query, "HELD", 1)
    monkeypatch.setattr(query, "CHUNK", 500)
    ask(home, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
              "SELECT i, hex(randomblob(20)) AS x FROM n")  # fmt: skip
    before = files(home)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(StorageError, match=r"No se puede escribir data/extracts: el archivo "
                                               r"pasa del tamaño permitido"):  # fmt: skip
            open_source("consultas/clientes.sql")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(home) == before


def test_the_password_that_a_database_repeats_is_hidden(home, monkeypatch):
    monkeypatch.setenv("RETENCION_DB", f"sqlite://ana:hunter%402@/{home}/empresa.db")
    monkeypatch.setattr("retencion_lib.tables.sources.database._url", lambda where: _plain(home))
    ask(home, 'SELECT * FROM "hunter@2"')
    with pytest.raises(DataError, match=r"no such table: \*\*\*") as refused:
        open_source("consultas/clientes.sql")
    assert "hunter" not in str(refused.value)


def _plain(home):
    from sqlalchemy.engine import make_url

    return make_url(f"sqlite:///{home}/empresa.db")


def test_the_address_is_in_no_file_of_the_home(home):
    open_source("consultas/clientes.sql")
    sealed_home.finish("r1", "01_eda")
    address = os.environ["RETENCION_DB"].encode()
    assert [p for p in home.rglob("*") if p.is_file() and address in p.read_bytes()] == []

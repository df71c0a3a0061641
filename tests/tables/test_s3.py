"""A real S3 as the table: copied once, sealed, and every refusal says what to do."""

import resource

import pytest
from pyarrow import fs

from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.errors import DataError, LibraryError, ParameterError, StorageError
from retencion_lib.home import ledger
from retencion_lib.runs import record
from retencion_lib.tables import open_source
from retencion_lib.tables.say import odd_sentences
from retencion_lib.tables.sources import as_it_was, copy, remote
from tests import s3, sealed_home
from tests.tables.test_formats import WRITERS, N, customers, seen

CSV = b"id,n,y\n001,1,0\n002,2,1\n003,3,0\n"


@pytest.fixture
def home(tmp_path, monkeypatch, bucket):
    """A home whose store is the server, and a run under way."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    bucket.empty()
    sealed_home.start("r1", "01_eda")
    return tmp_path / "home"


def lines(event):
    return [e for e in ledger.read() if e.event == event]


def files(home):
    return {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()} - {
        "runs/ledger.jsonl", "runs/.ledger.jsonl.lock"
    }  # fmt: skip


def test_an_object_is_copied_as_it_is_with_its_address_size_version_and_time(home, bucket):
    address = bucket.put("2026/clientes.csv", CSV)
    source = open_source(address)
    [said], [written] = lines("fetch"), lines("write")
    assert source.where == said.address == address
    assert said.path == written.path == f"data/extracts/clientes__{said.sha256[:12]}/clientes.csv"
    assert (home / said.path).read_bytes() == CSV
    assert oct((home / said.path).stat().st_mode)[-3:] == "600"
    assert (said.sha256, said.bytes, source.stem) == (source.sha256, len(CSV), "clientes")
    assert said.versions == {said.path: bucket.version("2026/clientes.csv")}
    assert odd_sentences(source.notes) == [
        f"Se ha copiado del almacén una vez, y la copia queda sellada en {said.path}."
    ]


def test_a_folder_of_parts_is_one_table_with_the_columns_that_its_folders_say(home, bucket):
    bucket.put("lote/mes=01/a.csv", CSV)
    bucket.put("lote/mes=02/a.csv", CSV.replace(b"00", b"10"))
    bucket.put("lote/_SUCCESS", b"")
    address = bucket.put("lote/.crc", b"x").removesuffix(".crc")
    source = open_source(address)
    [said] = lines("fetch")
    assert source.names == ("id", "n", "y", "mes")
    assert [t["id"].to_pylist()[0] for t in source.table()] == ["001", "101"]
    assert set(said.files) == {f"{said.path}/mes=01/a.csv", f"{said.path}/mes=02/a.csv"}
    assert set(said.versions) == set(said.files)
    assert (said.sha256, source.stem) == (source.sha256, "lote")


def test_rows_are_in_the_ledger_where_the_files_say_them(home, bucket, tmp_path):
    frame = customers([1.0] * N, [1] * N, [True] * N)
    WRITERS["parts"](frame, tmp_path)
    open_source(bucket.put_folder(tmp_path / "partes", "partes"))
    [said] = lines("fetch")
    assert said.rows == N


def test_a_run_copies_once_and_the_next_run_copies_again(home, bucket):
    address = bucket.put("c.csv", CSV)
    first = open_source(address).sha256
    bucket.put("c.csv", CSV + b"004,4,1\n")
    assert open_source(address).sha256 == first
    sealed_home.finish("r1", "01_eda")
    sealed_home.start("r2", "02_train_models")
    assert open_source(address).sha256 != first
    assert len(lines("fetch")) == 2


def test_the_same_content_is_kept_once(home, bucket):
    address = bucket.put("c.csv", CSV)
    open_source(address)
    sealed_home.finish("r1", "01_eda")
    sealed_home.start("r2", "02_train_models")
    open_source(address)
    assert [e.run_id for e in lines("fetch")] == ["r1", "r2"]
    assert len({e.path for e in lines("fetch")}) == len(lines("write")) == 1
    sealed_home.finish("r2", "02_train_models")
    assert faults() == []


@pytest.mark.parametrize("name", ["c.csv", "lote/a.csv"])
def test_an_exam_reads_the_copy_that_was_learnt_from_without_any_store(home, bucket, name):
    address = bucket.put(name, CSV).removesuffix("/a.csv")
    learnt = open_source(address).sha256
    sealed_home.finish("r1", "01_eda")
    bucket.empty()
    sealed_home.start("r3", "03_champion_eval")
    assert as_it_was(address, "0" * 64) is None
    assert open_source(address, sealed=learnt).sha256 == learnt
    assert as_it_was(address, learnt).sha256 == learnt


@pytest.mark.parametrize("name", ["commas", "semicolons", "gz", "parquet-numpy", "excel", "parts"])
def test_the_same_customers_give_the_same_contract_rows_and_profile(home, bucket, tmp_path, name):
    frame = customers([i / 4 for i in range(N)], list(range(N)), [i % 3 == 0 for i in range(N)])
    local = WRITERS[name](frame, home)
    file, _, sheet = local.partition("#")
    if (home / file).is_dir():
        address = bucket.put_folder(home / file, file)
    else:
        address = bucket.put(file, (home / file).read_bytes())
    contract, rows, profile, reasons = seen(local)
    found = seen(f"{address}#{sheet}" if sheet else address, contract)
    assert (found[0], found[2], found[3]) == (contract, profile, reasons)
    assert found[1].equals(rows)


REFUSED = {
    "no-key": ("s3://empresa/nada.csv", r"s3://empresa/nada\.csv: no existe, o no en ese cubo"),
    "no-bucket": ("s3://nadie/c.csv", r"s3://nadie/c\.csv: no existe, o no en ese cubo"),
    "no-name": ("s3://", r"falta el nombre del cubo. Escríbela como s3://cubo/carpeta"),
    "odd": ("s3://un cubo/c.csv", r"s3://un cubo/c\.csv: no es la dirección de un almacén"),
    "pdf": ("s3://empresa/d.csv", r"s3://empresa/d\.csv: es un PDF, y hace falta una tabla"),
    "empty": ("s3://empresa/v.csv", r"s3://empresa/v\.csv: está vacío"),
    "part": ("s3://empresa/mal", r"s3://empresa/mal/b\.csv: no es Parquet, y las otras partes"),
    "other": ("s3://empresa/dos", r"s3://empresa/dos/b\.csv: no tiene las columnas de s3://empresa/"
              r"dos/a\.csv \(le falta 'n' y 'y' y le sobra 'm'\)"),
    "nothing": ("s3://empresa/hueco", r"s3://empresa/hueco: la carpeta está vacía"),
    "sheet": ("s3://empresa/l.xlsx#Otra", r"s3://empresa/l\.xlsx: no tiene ninguna hoja 'Otra'"),
    "hdfs": ("hdfs://127.0.0.1:1/c.csv", r"falta el cliente de Hadoop con el que se lee HDFS"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_and_nothing_is_written(home, bucket, tmp_path, case):
    frame = customers([1.0] * 3, [1] * 3, [True] * 3)
    WRITERS["excel"](frame, tmp_path)
    frame.to_parquet(tmp_path / "a.parquet")
    bucket.put("l.xlsx", (tmp_path / "k.xlsx").read_bytes())
    bucket.put("d.csv", b"%PDF-1.4")
    bucket.put("v.csv", b"")
    bucket.put("mal/a.parquet", (tmp_path / "a.parquet").read_bytes())
    bucket.put("mal/b.csv", CSV)
    bucket.put("dos/a.csv", CSV)
    bucket.put("dos/b.csv", b"id,m\n1,2\n")
    bucket.put("hueco/_SUCCESS", b"")
    address, said = REFUSED[case]
    with pytest.raises((DataError, ParameterError, LibraryError), match=said):
        open_source(address)
    assert files(home) == set()
    assert not list((home / "data").rglob("*.tmp"))
    assert [e.event for e in ledger.read()] == ["run_started"]


KEYED = [
    "s3://AKIA:hunter2@empresa/c.csv",
    "s3://AKIA:hun/ter2@empresa/c.csv",
    "abfs://:hunter2@cuenta.dfs.core.windows.net/c.csv",
    "s3://empresa/c.csv?secret_key=hunter2",
]


@pytest.mark.parametrize("address", KEYED)
def test_an_address_with_a_key_is_refused_without_showing_it(home, address):
    with pytest.raises(ParameterError, match="no lleva claves ni opciones") as refused:
        open_source(address)
    assert "ter2" not in str(refused.value)
    assert config.tells_key(address)


@pytest.mark.parametrize("address", ["s3://b/\x1b[2J.csv", "s3://b/\udcff.csv", "s3://b\n/c.csv"])
def test_an_address_with_signs_that_nobody_writes_is_refused_without_obeying_them(home, address):
    with pytest.raises(ParameterError, match="lleva signos que no se escriben") as refused:
        open_source(address)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "address",
    ["postgresql://ana:hunter2@x/y", "postgresql+psycopg://ana:hunter2@x/y", "wasbs://c:hunter2@x/y",
     "https://x/c.csv?sig=hunter2", "https://hunter2@x/c.csv", "http://ana:hunter2@x/c.csv"],
)  # fmt: skip
def test_an_address_of_what_is_no_store_is_refused_without_its_key(home, address):
    with pytest.raises(ParameterError, match="no es un archivo, ni está en un almacén") as refused:
        open_source(address)
    assert "hunter2" not in str(refused.value)
    assert record.masked({"data": address}) == {"data": record.MASK}


def test_an_address_of_what_is_no_store_and_has_no_key_is_named(home):
    with pytest.raises(ParameterError, match=r"^https://x/c\.csv: no es un archivo"):
        open_source("https://x/c.csv")


@pytest.mark.parametrize("address", ["s3://b/a@b.csv", "hdfs://n:8020/a@b.csv", "data/a:b@c.csv",
                                     "abfs://caja@cuenta.dfs.core.windows.net/a.csv"])  # fmt: skip
def test_an_address_without_a_key_is_none_with_one(address):
    assert not config.tells_key(address)


def test_an_object_that_vanishes_midway_leaves_nothing(home, bucket, monkeypatch):
    bucket.put("lote/a.csv", CSV)
    bucket.put("lote/b.csv", CSV)
    add = copy._add

    def gone(target, part):
        add(target, part)
        bucket.empty()

    monkeypatch.setattr(copy, "_add", gone)
    with pytest.raises(DataError, match=r"lote/a\.csv: ha desaparecido mientras se leía"):
        open_source("s3://empresa/lote")
    assert files(home) == set()


def test_an_object_that_changes_midway_leaves_nothing(home, bucket, monkeypatch):
    address = bucket.put("a.csv", CSV)
    add = copy._add

    def changed(target, part):
        add(target, part)
        bucket.put("a.csv", CSV.replace(b"1", b"2"))

    monkeypatch.setattr(copy, "_add", changed)
    with pytest.raises(DataError, match=r"a\.csv: ha cambiado mientras se copiaba"):
        open_source(address)
    assert files(home) == set()


def test_a_full_disk_leaves_nothing(home, bucket):
    address = bucket.put("a.csv", b"id,n\n" + b"1,2\n" * 100_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(StorageError, match="No se puede escribir data/extracts: el archivo"):
            open_source(address)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(home) == set()


def test_a_store_that_does_not_answer_is_said(home, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(DataError, match=r"el almacén no responde \(NETWORK_CONNECTION\).*AWS_END"):
        open_source("s3://empresa/c.csv")
    assert files(home) == set()


@pytest.mark.parametrize(
    ("known", "code"), [(True, "ACCESS_DENIED"), (False, "INVALID_ACCESS_KEY_ID|ACCESS_DENIED")]
)
def test_whoever_may_not_read_is_told_without_his_key(home, bucket, monkeypatch, known, code):
    bucket.put("lote/c.csv", CSV)
    key, secret = bucket.stranger() if known else (s3.KEY, s3.SECRET)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    said = rf"el almacén no te deja leer \(({code})\)\. Comprueba las claves del entorno"
    with bucket.strict():
        for address in ("s3://empresa/lote/c.csv", "s3://empresa/lote"):
            with pytest.raises(DataError, match=said) as refused:
                open_source(address)
            assert not {key, secret} & set(str(refused.value).split())
    assert files(home) == set()


def test_no_key_is_in_any_file(home, bucket):
    open_source(bucket.put("a.csv", CSV))
    sealed_home.finish("r1", "01_eda")
    written = [p for p in home.rglob("*") if p.is_file()]
    assert len(written) > 4
    for path in written:
        assert not {s3.KEY, s3.SECRET} & {*path.read_text().split('"')}
        assert s3.SECRET not in path.read_text()


def test_what_a_store_without_versions_calls_a_content_is_its_time(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    place = remote.Place("s3://x/a.csv", fs.LocalFileSystem(), str(tmp_path / "a.csv"))
    assert remote.version(place, place.path).startswith("20")

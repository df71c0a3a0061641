"""What 04 decides reaches a folder of an object store, each event once, on a real S3 server."""

import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.stages.infer.deliver import Delivered, check_table, deliver
from retencion_lib.stages.infer.say import delivered_sentence
from tests.s3 import BUCKET
from tests.stages.infer.test_deliver import N, batch

PLACE = f"s3://{BUCKET}/campana"
SCORED = fs.FileSelector(f"{BUCKET}/campana/scored", recursive=True)


@pytest.fixture
def store(bucket, monkeypatch):
    """The server, empty, and what lets a user in."""
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    bucket.empty()
    return bucket


def read(store, folder):
    """All rows that lie below a folder of the place."""
    selected = pq.ParquetDataset(f"{BUCKET}/campana/{folder}", filesystem=store.files())
    return selected.read().to_pandas()


def test_batch_and_list_lie_by_date_with_every_digit(store):
    events, calls = batch()
    assert deliver(PLACE, events, calls) == Delivered(PLACE, N, N // 10)
    scored, called = read(store, "scored"), read(store, "calls")
    assert scored["score"].tolist() == events["score"].tolist()
    assert set(scored["date"].astype(str)) == {"2026-10-31"}
    first = called.sort_values("rank").iloc[0]
    assert (first["rank"], first["cliente"], first["reasons"]) == (1, "1199", "a; b")


def test_a_run_that_is_repeated_adds_nothing_and_a_larger_one_what_is_new(store):
    deliver(PLACE, *batch())
    assert deliver(PLACE, *batch()) == Delivered(PLACE, 0, 0)
    events, calls = batch(first=600)
    assert deliver(PLACE, events.assign(run_id="r2"), calls) == Delivered(PLACE, 600, 60)
    scored = read(store, "scored")
    assert (len(scored), scored["event_id"].nunique()) == (1800, 1800)


def test_what_all_events_share_arrives_as_text_however_it_was_held(store):
    events, calls = batch(n=20)
    shared = ["run_id", "scored_at", "model", "version", "campaign"]
    deliver(PLACE, events.astype(dict.fromkeys(shared, "category")), calls)
    [part] = [i for i in store.files().get_file_info(SCORED) if i.is_file]
    kinds = pq.read_schema(part.path, filesystem=store.files())
    assert {str(kinds.field(name).type) for name in shared} <= {"string", "large_string"}


def test_what_a_run_that_was_cut_left_out_the_next_one_adds(store):
    deliver(PLACE, *batch(), stopped=True)
    assert deliver(PLACE, *batch()) == Delivered(PLACE, 0, N // 10)


@pytest.mark.parametrize(
    ("stopped", "said"),
    [(False, f"La carpeta `{PLACE}/scored` recibe 1.200 filas nuevas, y `{PLACE}/calls`, 120 a "
             "quien llamar."),
     (True, f"La carpeta `{PLACE}/scored` recibe 1.200 filas nuevas; `{PLACE}/calls`, nada: la "
            "lista está por revisar.")],
)  # fmt: skip
def test_what_is_said_of_it(stopped, said):
    assert delivered_sentence(Delivered(PLACE, N, N // 10, stopped)) == said


def test_a_folder_with_something_else_in_it_is_refused_before_anything_is_written(store):
    store.put("campana/scored/notas.txt", b"hola")
    with pytest.raises(DataError, match=r"notas.txt no es un Parquet con columna 'event_id'"):
        check_table(PLACE, "cliente")


def test_a_folder_that_is_not_there_yet_is_no_objection(store):
    check_table(PLACE, "cliente")


def test_a_bucket_that_is_not_there_is_said_and_a_key_in_the_address_not_shown(store):
    with pytest.raises(DataError, match="s3://nadie/x: "):
        deliver("s3://nadie/x", *batch())
    with pytest.raises(ParameterError, match="no lleva claves ni opciones") as said:
        check_table("s3://llave:secreto@cubo/x", "cliente")
    assert "secreto" not in str(said.value)


def test_a_day_of_another_run_keeps_its_own_object(store):
    events, calls = batch(n=20)
    later = events.assign(scored_at="2026-11-01", event_id=["f" + e for e in events["event_id"]])
    deliver(PLACE, events, calls)
    deliver(PLACE, later, calls)
    assert sorted(set(read(store, "scored")["date"].astype(str))) == ["2026-10-31", "2026-11-01"]

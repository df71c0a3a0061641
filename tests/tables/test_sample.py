"""A table of more rows than are learnt from: who is drawn, what is checked and counted in all."""

from dataclasses import fields, replace
from hashlib import blake2b

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.experiments import Learnt
from retencion_lib.home.history import History
from retencion_lib.stages import eda
from retencion_lib.stages.evaluate.examine import _need_same_rows
from retencion_lib.tables import load_training, open_source, write_demo
from retencion_lib.tables.count import LEAST, Counted, counted
from retencion_lib.tables.partition import partition
from retencion_lib.tables.sample import learnt_rows

ASKED = {"target": "left", "id_col": "id"}
MANY = 10**9
ROWS, LIMIT = 600, 200


@pytest.fixture(autouse=True)
def _small_limit(monkeypatch):
    monkeypatch.setattr(config, "TRAINING_ROWS", LIMIT)


def customers(n=ROWS):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(n)],
            "age": rng.integers(18, 90, n),
            "spent": rng.normal(50, 9, n).round(2),
            "plan": rng.choice(["a", "b", "c"], n),
            "left": (rng.random(n) < 0.3).astype(int),
        }
    )


def save(table, name="t.csv"):
    path = config.home() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        table.to_parquet(path, row_group_size=37)
    else:
        table.to_csv(path, index=False)
    return name


def whole(monkeypatch, name, **given):
    """The same table with nothing drawn."""
    with monkeypatch.context() as patch:
        patch.setattr(config, "TRAINING_ROWS", MANY)
        return load_training(name, **ASKED | given)


def test_a_customer_is_drawn_where_its_hash_is_among_the_smallest():
    table = customers()
    least = LIMIT / ROWS * 2**64
    expected = [
        i for i in table["id"]
        if int.from_bytes(blake2b(f"learn:42:{i}".encode(), digest_size=8).digest()) < least
    ]  # fmt: skip
    found = load_training(save(table), **ASKED)
    assert found.ids.tolist() == expected
    assert 150 < len(expected) < 250
    assert (found.table_rows, found.table_left) == (ROWS, table["left"].sum())


def as_parts(table):
    for i, start in enumerate(range(0, len(table), 100)):
        save(table.iloc[start : start + 100], f"parts/{i}.parquet")
    return "parts"


FORMS = {
    "parquet": lambda table: save(table, "t.parquet"),
    "folder": as_parts,
    "another order": lambda table: save(table.sample(frac=1, random_state=3)),
    "ids as numbers in text": lambda table: save(table.assign(id=table["id"] + " ")),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_customers_are_drawn_from_whatever_they_lie_in(form):
    table = customers()
    expected = load_training(save(table, "first.csv"), **ASKED)
    found = load_training(FORMS[form](table), **ASKED)
    order = found.ids.sort_values().index
    first = expected.ids.sort_values().index
    assert found.ids[order].tolist() == expected.ids[first].tolist()
    pd.testing.assert_frame_equal(
        found.X.loc[order].reset_index(drop=True), expected.X.loc[first].reset_index(drop=True)
    )


@pytest.mark.parametrize("step", [37, 599])
def test_the_size_of_the_blocks_changes_nothing(step):
    name = save(customers())
    source = open_source(name)
    source.step = step
    found, expected = load_training(source, **ASKED), load_training(name, **ASKED)
    assert found.ids.tolist() == expected.ids.tolist()
    assert replace(found.whole, source=None) == replace(expected.whole, source=None)
    assert counted(found).columns == counted(expected).columns


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_table_of_no_more_rows_than_the_limit_is_read_whole(name, monkeypatch):
    found = load_training(save(customers(LIMIT), name), **ASKED)
    expected = whole(monkeypatch, name)
    assert found.whole is None
    assert counted(found) is found
    for field in fields(found):
        a, b = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(a, pd.DataFrame | pd.Series):
            assert a.equals(b)
        else:
            assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
    assert eda.looked_at_sentence(found) == ""
    assert eda.sample_results(found) == {}


def changed(row, column, value):
    def change(table):
        table = table.astype({column: object})
        table.loc[row, column] = value
        return table

    return change


DEAF = 500  # rows that nobody draws: the message is about one that the sample does not hold
BAD = {
    "an id is blank": changed(DEAF, "id", None),
    "an id was rounded": changed(DEAF, "id", "1,2E+15"),
    "an id repeats": changed(DEAF, "id", "C501"),
    "an outcome is blank": changed(DEAF, "left", None),
    "a third outcome": changed(DEAF, "left", "total"),
    "one outcome alone": lambda table: table.assign(left=0),
    "outcomes without a meaning": lambda table: table.assign(
        left=np.where(table["left"] == 1, "x", "y")
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_a_small_table_is_refused_for_is_found_in_all_of_a_large_one(case, monkeypatch):
    name = save(BAD[case](customers()))
    with pytest.raises(DataError) as small:
        whole(monkeypatch, name)
    with pytest.raises(DataError) as large:
        load_training(name, **ASKED)
    assert str(large.value) == str(small.value)


def test_a_row_that_does_not_fit_is_refused_wherever_it_lies():
    save(customers())
    with (config.home() / "t.csv").open("a") as file:
        file.write("C9999,1,2\n")
    with pytest.raises(DataError, match="la fila 602 tiene 3 valores"):
        load_training("t.csv", **ASKED)


def test_rows_without_an_outcome_may_be_dropped_and_are_counted_in_all(monkeypatch):
    table = customers().astype({"left": object})
    table.loc[::7, "left"] = None
    found = load_training(save(table), **ASKED, unlabelled="drop")
    expected = whole(monkeypatch, "t.csv", unlabelled="drop")
    assert found.notes == expected.notes
    assert found.table_rows == expected.n_rows
    assert counted(found).columns == expected.columns


def test_rows_without_an_id_are_drawn_by_their_number():
    table = customers().drop(columns="id")
    found = load_training(save(table), target="left", id_col="")
    rows = found.ids.astype(int) - 1
    assert found.X["spent"].tolist() == table["spent"].iloc[rows].tolist()
    assert [note.code for note in found.notes] == ["numbered"]


PANEL = {"history": History("day", "1m")}


def panel():
    """Sixty customers in ten snapshots; some begin late."""
    rng, days = np.random.default_rng(2), pd.date_range("2025-01-01", periods=10, freq="MS")
    rows = [(f"C{i}", day, round(rng.normal(), 3), int(rng.random() < 0.3))
            for day in days for i in range(60) if i % 7 or day.month > 6]  # fmt: skip
    table = pd.DataFrame(rows, columns=["id", "day", "x", "left"])
    return table.assign(day=table["day"].dt.strftime("%Y-%m-%d"))


def test_of_a_panel_whole_customers_are_drawn(monkeypatch):
    save(panel())
    found = load_training("t.csv", **ASKED, **PANEL)
    expected = whole(monkeypatch, "t.csv", **PANEL)
    own = expected.take(expected.ids.isin(found.ids).to_numpy())
    assert 5 < found.n_customers < 40
    assert found.keys.tolist() == own.keys.tolist()
    assert (found.table_rows, found.table_customers) == (expected.n_rows, expected.n_customers)
    assert (found.history, found.immature) == (expected.history, expected.immature)
    assert counted(found).columns == expected.columns


BAD_PANEL = {
    "a day is blank": changed(400, "day", None),
    "a day is none": changed(400, "day", "ayer"),
    "a customer twice on a day": changed(400, "id", "C1"),
    "a day after the run": changed(400, "day", "2031-01-01"),
}


@pytest.mark.parametrize("case", BAD_PANEL)
def test_what_a_small_panel_is_refused_for_is_found_in_all_of_a_large_one(case, monkeypatch):
    given = PANEL | {"date": "2025-12-01"}
    name = save(BAD_PANEL[case](panel()))
    with pytest.raises(DataError) as small:
        whole(monkeypatch, name, **given)
    with pytest.raises(DataError) as large:
        load_training(name, **ASKED, **given)
    assert str(large.value) == str(small.value)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_gaps_ranges_distinct_values_and_repeats_are_those_of_all_rows(name, monkeypatch):
    table = customers().astype({"spent": object})
    table.loc[::9, "plan"] = None
    table.loc[::50, "spent"] = "?"
    table.loc[DEAF, "age"] = 430  # nobody that is drawn
    table = pd.concat([table, table.tail(40).assign(id=lambda t: "again" + t["id"])])
    save(table.astype({"spent": str}), name)
    found, expected = counted(load_training(name, **ASKED)), whole(monkeypatch, name)
    assert found.columns == expected.columns
    assert found.notes == expected.notes
    ends = ["name", "min", "max"]
    assert eda.numbers_table(found)[ends].equals(eda.numbers_table(expected)[ends])
    assert eda.look(found).repeated.n_rows == eda.look(expected).repeated.n_rows == 40
    assert eda.nulls_sentence(found) == eda.nulls_sentence(expected)
    assert eda.balance_sentence(found) == eda.balance_sentence(expected)


def test_too_many_distinct_values_are_estimated():
    import pyarrow as pa

    column, n = Counted(), 3 * LEAST
    for start in range(0, n, 50_000):
        block = np.arange(start, min(start + 50_000, n)) / 7
        column.add(pa.array(block), None, number=True)
        column.add(pa.array(block), None, number=True)
    assert column.n_unique == pytest.approx(n, rel=0.02)


def test_rates_of_the_sample_are_those_of_the_table(monkeypatch):
    write_demo()
    asked = {"target": config.TARGET, "id_col": config.ID_COL}
    monkeypatch.setattr(config, "TRAINING_ROWS", 3500)
    found = load_training(config.RAW_DATA, **asked)
    p, n = found.table_rate, found.n_rows
    assert abs(found.positive_rate - p) < 3 * np.sqrt(p * (1 - p) / n)


def test_the_reports_say_how_many_of_how_many():
    found = load_training(save(customers()), **ASKED)
    said = eda.looked_at_sentence(found)
    assert said.startswith(
        f"**Se aprende de una muestra de clientes**: {found.n_rows} de las 600 filas con resultado"
    )
    assert "De más de 200 filas" in said
    assert eda.sample_results(found) == {"rows_learnt": found.n_rows, "rows_of_table": 600}
    assert eda.columns_sentence(found).startswith("600 clientes y 5 columnas")


def test_a_sample_has_the_fingerprint_of_its_table():
    name = save(customers())
    source = open_source(name)
    assert learnt_rows(source, "id").sha256 == source.sha256
    assert load_training(name, **ASKED).sha256 == source.sha256


def test_too_few_of_a_class_in_the_sample_are_said_to_be_of_a_sample():
    table = customers().assign(left=lambda t: (t.index % 10 == 0).astype(int))
    found = load_training(save(table), **ASKED)
    said = "en la muestra de una tabla de 600 filas en que se fueron 60, y hacen falta 50"
    with pytest.raises(DataError, match=said):
        partition(found, test_share=0.2, seed=42)


def test_an_exam_on_another_sample_than_was_learnt_from_is_refused():
    found = load_training(save(customers()), **ASKED)
    logged = Learnt("t.csv", found.sha256, ROWS, 0.3, "left", "id", 0.2)
    same = replace(logged, n_rows=found.n_rows, table_rows=ROWS)
    _need_same_rows(found, same, "0.1")
    said = rf"la versión 0.1 aprendió de 600 filas, y .* se miran {found.n_rows}: el examen no"
    with pytest.raises(DataError, match=said):
        _need_same_rows(found, logged, "0.1")

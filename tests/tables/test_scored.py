"""A scored table by blocks: its scores, its ids, and some rows, whatever the size of a block."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables import check_batch, read_table
from retencion_lib.tables.rules import CATEGORICAL, NUMERIC, Contract, Rule
from retencion_lib.tables.scored import read_scored
from retencion_lib.tables.sources import source

RULES = {
    "months": Rule(0.0, NUMERIC, 0, 60),
    "plan": Rule(0.0, CATEGORICAL, categories=("0", "1", "2")),
    "calls": Rule(0.1, NUMERIC, 0, 9),
}
CONTRACT = Contract(id_col="id", target="left", columns=RULES)


@pytest.fixture(params=[7, 1 << 17], ids=["small-blocks", "one-block"])
def home(request, tmp_path, monkeypatch):
    """A table of 50 rows: an id with zeros, categories that look like numbers, a gap in calls."""
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    monkeypatch.setattr(source, "ROWS", request.param)
    rows = np.arange(50)
    table = pd.DataFrame({
        "id": [f"{i:03d}" for i in rows], "calls": [None, *(rows[1:] % 9)], "plan": rows % 3,
        "months": rows / 7, "note": "x", "score": rows / 50,
    })  # fmt: skip
    table.to_csv(tmp_path / "b.csv", index=False)
    table.to_parquet(tmp_path / "b.parquet", index=False)
    return tmp_path


def opened(path: str):
    return read_scored(path, id_col="id", score_col="score")


@pytest.mark.parametrize("path", ["b.csv", "b.parquet"])
def test_scores_and_ids_are_those_of_the_file(home, path):
    found = opened(path)
    assert found.scores.tolist() == (np.arange(50) / 50).tolist()
    assert found.ids.tolist() == [f"{i:03d}" for i in range(50)]
    assert found.head(9).ids.tolist() == [f"{i:03d}" for i in range(9)]
    assert found.column("nothing") is None


@pytest.mark.parametrize("path", ["none.csv", "none.parquet", "none"])
def test_a_table_without_rows_is_refused(home, path):
    empty = pd.read_parquet(home / "b.parquet").head(0)
    (home / "none").mkdir()
    empty.to_csv(home / "none.csv", index=False)
    for name in ("none.parquet", "none/1.parquet", "none/2.parquet"):
        empty.to_parquet(home / name, index=False)
    with pytest.raises(DataError, match=rf"^{path}: tiene cabecera \(.*\) y ninguna fila"):
        opened(path)


@pytest.mark.parametrize("path", ["b.csv", "b.parquet"])
def test_the_rows_drawn_are_those_that_pandas_draws_of_the_whole_table(home, path):
    whole = read_table(path, texts=["id"])
    drawn = whole.sample(20, random_state=3)
    frame, scores = opened(path).sample(20, CONTRACT, seed=3)
    expected = check_batch(drawn, CONTRACT).frame
    pd.testing.assert_frame_equal(check_batch(frame, CONTRACT).frame, expected)
    assert scores.tolist() == drawn["score"].tolist()


def test_a_table_shorter_than_the_sample_is_given_whole(home):
    frame, _ = opened("b.csv").sample(1000, CONTRACT, seed=3)
    assert sorted(frame["id"]) == [f"{i:03d}" for i in range(50)]


def test_texts_where_the_contract_asks_for_numbers_stay_texts(home):
    table = pd.read_csv(home / "b.csv", dtype={"id": str})
    table.assign(months=[f"m{i}" for i in range(50)]).to_csv(home / "c.csv", index=False)
    frame, _ = opened("c.csv").sample(20, CONTRACT, seed=3)
    assert check_batch(frame, CONTRACT).errors[0].startswith("'months' debe ser numérica")

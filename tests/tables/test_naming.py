"""The draft of names says every column by itself, and adds to what is there without changing it."""

import json

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.home.names import load_names
from retencion_lib.tables.naming import template

TABLE = pd.DataFrame({
    "id": ["a", "b", "c"], "baja": [0, 1, 0], "meses": [1, 20, 3], "fijo": [0, 1, None],
    "plan": ["x", "y", None], "alta": ["2026-01-01", "2026-01-02", "2026-01-03"],
})  # fmt: skip
WORDS = ["names", "--data", "t.csv", "--id-col", "id", "--target", "baja"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("meses", "meses: {}"),
        ("fijo", {"1": "fijo: sí", "0": "fijo: no", "": "fijo"}),
        ("plan", {"x": "plan: x", "y": "plan: y", "": "plan"}),
    ],
)
def test_each_column_is_said_by_what_it_holds(column, said):
    assert template(TABLE)[column] == said


def test_a_column_of_many_texts_is_said_by_its_name():
    assert template(pd.DataFrame({"calle": [f"c{i}" for i in range(13)]})) == {"calle": "calle"}


def test_the_order_writes_what_notebooks_read_without_id_and_outcome(home, capsys):
    assert main(WORDS) == 0
    assert list(load_names(config.NAMES)) == ["meses", "fijo", "plan", "alta"]
    assert "con 4 columnas nuevas. Cambia los textos" in capsys.readouterr().out


def test_what_was_there_stays_and_the_rest_is_added(home, capsys):
    path = home / config.NAMES
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"meses": "lleva {} meses"}))
    main(WORDS)
    assert load_names(config.NAMES)["meses"] == "lleva {} meses"
    before = path.read_bytes()
    capsys.readouterr()
    main(WORDS)
    assert "ya tiene todas las columnas de t.csv: no se cambia" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_table_that_is_not_there_is_refused_and_nothing_is_written(home, capsys):
    assert main(["names", "--data", "no.csv"]) == 2
    assert "no.csv" in capsys.readouterr().err
    assert not (home / config.NAMES).exists()

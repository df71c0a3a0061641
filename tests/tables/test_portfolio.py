import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.predictions import DECIDED, EVENT
from retencion_lib.tables import load_training, need_same_portfolio


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def written(home, **renamed: str) -> str:
    frame = pd.DataFrame(
        {"id": list("abcd"), "x": [1, 2, 2, 1], "w": [3, 4, 3, 4], "y": [0, 1] * 2}
    )
    frame.rename(columns=renamed).to_csv(home / "t.csv", index=False)
    return "t.csv"


@pytest.mark.parametrize(
    ("renamed", "target", "id_col", "said"),
    [
        pytest.param(
            {"x": "score"}, "y", "id", r"t\.csv: la columna 'score'.*drop_cols", id="feature"
        ),
        pytest.param({"y": "score"}, "score", "id", r"la columna 'score' se llama", id="target"),
        pytest.param({"id": "group"}, "y", "group", r"identificador 'group'.*id_col", id="id"),
        pytest.param({"id": "snapshot"}, "y", "snapshot", "identificador 'snapshot'", id="day"),
    ],
)
def test_a_name_that_is_ours_is_refused(home, renamed, target, id_col, said):
    with pytest.raises(DataError, match=said):
        load_training(written(home, **renamed), target=target, id_col=id_col)


def test_a_score_of_somebody_else_can_be_left_out(home):
    found = load_training(written(home, x="score"), target="y", id_col="id", drop_cols=["score"])
    assert list(found.X) == ["w"]


def log_of(home, id_col: str) -> None:
    (home / "logs").mkdir()
    (home / config.PREDICTIONS).write_text(",".join([*EVENT, id_col, *DECIDED]) + "\n")


def test_another_portfolio_is_sent_to_a_home_of_its_own_before_anything_is_written(home):
    log_of(home, "CustomerID")
    table = written(home)
    with pytest.raises(DataError, match=r"por 'id'.*por 'CustomerID'.*RETENCION_HOME"):
        load_training(table, target="y", id_col="id")
    assert sorted(p.name for p in home.iterdir()) == ["logs", "t.csv"]


def test_the_same_portfolio_and_an_empty_home_are_welcome(home):
    need_same_portfolio("id", "t.csv")
    log_of(home, "id")
    need_same_portfolio("id", "t.csv")

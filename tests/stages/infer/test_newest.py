"""A batch where customers have a history: which day is scored, and what the log says of it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import ContractError, DataError, ParameterError
from retencion_lib.home.history import History
from retencion_lib.home.predictions import log_predictions
from retencion_lib.stages import infer
from retencion_lib.stages.infer import calls as calls_module
from retencion_lib.tables.rules import NUMERIC, Contract, Rule
from retencion_lib.tables.say import odd_sentences
from tests.stages.infer.test_scoring import TERMS

MODEL = SimpleNamespace(
    contract=Contract("id", "left", {"x": Rule(0.0, NUMERIC, 0.0, 9.0)}), family="xgb",
    version="0.1", data_sha256="abc", seed=1, test_share=0.2, positive="1",
    background=pd.DataFrame({"x": np.arange(30.0)}),
    predict=lambda frame: frame["x"].to_numpy() / 10,
)  # fmt: skip
LEARNT = History("day", "28d", as_of="2026-03-31")
NOW = "2026-04-02"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(calls_module, "contributions", lambda model, frame: (frame[["x"]], None))
    return tmp_path


def panel(days=("2026-03-01", "2026-04-01"), name="day") -> pd.DataFrame:
    rows = [(f"C{i}", day, i, 1 if day < "2026-04" else None) for day in days for i in range(5)]
    return pd.DataFrame(rows, columns=["id", name, "x", "left"])


def read(home, table, *, date=NOW, history=LEARNT, as_of="", **given):
    table.to_csv(home / "panel.csv", index=False)
    scorer = infer.Scorer(MODEL, 0.5, "f1", history, as_of)
    asked = {"input": "panel.csv", "data": "", "sample": 0.0, "id_col": "id"} | given
    return scorer, infer.load_batch(scorer, date=date, **asked)


def test_of_a_whole_panel_the_newest_day_is_scored_and_the_rest_is_said(home):
    scorer, batch = read(home, panel())
    scored, notes = infer.score(batch, scorer)
    assert (len(scored), batch.snapshot) == (5, "2026-04-01")
    assert odd_sentences(batch.odd) == [
        "Se puntúa la foto más reciente, la del 1 de abril de 2026: 5 filas anteriores quedan "
        "fuera."
    ]
    assert notes == []  # neither the day nor the outcome is a column too many
    said = infer.time_sentence(scorer, batch)
    assert "se puntúa la foto del 1 de abril de 2026, cuyo resultado se sabrá desde" in said
    assert "el 30 de abril de 2026" in said


def test_the_scored_batch_keeps_the_day_as_it_is_everywhere_written(home):
    table = panel(("13/03/2026", "01/04/2026"))
    scorer, batch = read(home, table)
    infer.score(batch, scorer)
    scored = pd.read_csv(home / "data/panel_with_score.csv")
    assert list(scored) == ["id", "x", "score", "day"]
    assert set(scored["day"]) == {"2026-04-01"}


def test_what_the_outcome_says_changes_nothing(home):
    written = []
    for outcome in (None, 1, "pendiente", "1,5"):
        scorer, batch = read(home, panel().assign(left=outcome))
        infer.score(batch, scorer)
        written.append((home / "data/panel_with_score.csv").read_bytes())
    assert len(set(written)) == 1


def test_a_batch_that_says_no_day_is_of_the_day_of_the_run(home):
    scorer, batch = read(home, panel(("2026-04-01",)).drop(columns="day"))
    infer.score(batch, scorer)
    assert batch.snapshot == NOW
    assert odd_sentences(batch.odd) == [
        "El lote no tiene la columna 'day': se toma como foto del día, 2 de abril de 2026."
    ]
    assert set(pd.read_csv(home / "data/panel_with_score.csv")["day"]) == {NOW}


def test_the_column_may_have_another_name(home):
    history = History("fecha", "28d")
    _, batch = read(home, panel(name="fecha"), history=history)
    assert batch.snapshot == "2026-04-01"


LATER = [
    pytest.param({"date": "2026-03-31"}, "posterior a la fecha de la ejecución", id="run"),
    pytest.param({"as_of": "2026-03-31"}, "posterior a as_of = '2026-03-31'", id="as-of"),
]


@pytest.mark.parametrize(("given", "said"), LATER)
def test_a_day_that_has_not_come_is_refused(home, given, said):
    with pytest.raises(DataError, match=f"panel.csv: 5 filas tienen en 'day' una fecha {said}"):
        read(home, panel(), **given)


def test_a_customer_twice_on_the_day_that_is_scored_is_refused(home):
    table = panel()
    scorer, batch = read(home, pd.concat([table, table.tail(1)]))
    with pytest.raises(ContractError, match=r"'id' se repite \('C4'\)"):
        infer.score(batch, scorer)


def test_a_customer_twice_on_an_older_day_is_nobodys_concern(home):
    table = panel()
    scorer, batch = read(home, pd.concat([table.head(1), table]))
    assert len(infer.score(batch, scorer)[0]) == 5


def test_a_sample_of_the_exam_cannot_have_another_last_day(home):
    with pytest.raises(ParameterError, match=r"as_of = '2026-03-01' con sample.*al 2026-03-31"):
        read(home, panel(), as_of="2026-03-01", data="panel.csv", sample=0.5)


def logged(home, history=LEARNT) -> pd.DataFrame:
    """Score a batch and give back the log."""
    scorer, batch = read(home, panel() if history else panel(("2026-04-01",)), history=history)
    scored, _ = infer.score(batch, scorer)
    setting = {"name": "otoño", "control_share": 0.0, "names": {}}
    calls = infer.make_calls(scored, MODEL, TERMS, {}, id_col="id", **setting)
    day = {"date": NOW, "snapshot": batch.snapshot}
    log_predictions(infer.predictions(scored, scorer, calls, run_id="r1", **day))
    return pd.read_csv(home / config.PREDICTIONS)


def test_the_log_says_the_day_where_there_is_a_history(home):
    assert set(logged(home)["snapshot"]) == {"2026-04-01"}


def test_the_log_says_no_day_where_there_is_none(home):
    assert "snapshot" not in logged(home, history=None)


def test_a_log_that_began_without_days_goes_on_without(home):
    before = list(logged(home, history=None))
    log = logged(home)
    assert (list(log), len(log)) == (before, 10)


def test_a_log_that_began_with_days_takes_a_batch_without(home):
    logged(home)
    log = logged(home, history=None)
    assert log["snapshot"].isna().tolist() == [False] * 5 + [True] * 5


def test_a_sample_is_of_the_exams_newest_day_and_has_no_outcome(home):
    days = [f"2025-{month:02d}-01" for month in range(1, 11)]
    rows = [
        (f"C{i}", day, i % 9, (i + k) % 3 == 0) for k, day in enumerate(days) for i in range(60)
    ]
    table = pd.DataFrame(rows, columns=["id", "day", "x", "left"]).astype({"left": int})
    # Data up to the newest day: its own outcome is not known, and September's is.
    history = History("day", "28d", as_of="2025-10-01")
    _, batch = read(home, table, history=history, data="panel.csv", sample=0.5)
    assert batch.snapshot == "2025-09-01"
    assert set(batch.frame["day"]) == {"2025-09-01"}
    assert batch.frame["id"].is_unique
    assert 10 < len(batch.frame) < 50
    assert "left" not in batch.frame

"""Stage 05 on files: scan, report, and the messages of what it refuses."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages.monitor import rules as quality
from retencion_lib.stages.monitor.advice import recommend
from retencion_lib.stages.monitor.rules import Alert
from retencion_lib.tables.repeats import repeated_ids
from retencion_lib.tables.scan import Sample, make_plan, scan

ASK = {"id_col": "id", "score_col": "score", "target": "left"}


def customers(n, seed, months=30.0):
    draw = np.random.default_rng(seed)
    return pd.DataFrame({
        "id": [f"C{seed}-{i}" for i in range(n)],
        "months": np.round(draw.exponential(months, n)),
        "price": np.where(draw.random(n) < 0.1, np.nan, draw.normal(50, 10, n)),
        "plan": draw.choice(["mes", "año"], n),
        "score": draw.beta(2, 5, n),
    })  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "monitoring").mkdir()
    customers(3000, 1).to_csv(tmp_path / "monitoring/train_with_score.csv", index=False)
    customers(1000, 2).to_csv(tmp_path / "same.csv", index=False)
    customers(1000, 3, months=36).to_csv(tmp_path / "moved.csv", index=False)
    return tmp_path


def test_parquet_csv_and_semicolons_give_one_profile(home):
    table = pd.read_csv(home / "same.csv")
    table.to_parquet(home / "same.parquet", row_group_size=170)
    table.to_csv(home / "same_semicolon.csv", index=False, sep=";", decimal=",")
    plan = make_plan(home / "same.csv", {"id"})
    one = scan(home / "same.csv", plan)
    for other in ("same.parquet", "same_semicolon.csv"):
        two = scan(home / other, plan)
        for name, column in one.columns.items():
            np.testing.assert_array_equal(column.counts, two.columns[name].counts)
            assert column.nulls == two.columns[name].nulls


def test_small_blocks_give_the_same_profile_and_the_same_sample(home, monkeypatch):
    plan = make_plan(home / "same.csv", {"id"})
    samples = [Sample(100), Sample(100)]
    whole = scan(home / "same.csv", plan, samples[0])
    monkeypatch.setattr("retencion_lib.tables.sources.source.ROWS", 128)
    parts = scan(home / "same.csv", plan, samples[1])
    np.testing.assert_array_equal(whole.columns["price"].values, parts.columns["price"].values)
    pd.testing.assert_frame_equal(samples[0].frame(), samples[1].frame())


@pytest.mark.parametrize(("ids", "rows", "which"), [
    pytest.param(["a", "b", "c"], 0, [], id="none"),
    pytest.param(["a", "b", "a", "a"], 2, ["a"], id="three-times"),
    pytest.param(["aé", "aé", "", "", "b"], 1, ["aé"], id="empty-is-no-id"),
])  # fmt: skip
def test_repeated_ids_are_found_exactly(tmp_path, ids, rows, which):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"id": ids}).to_parquet(path, row_group_size=2)
    assert repeated_ids(path, "id", len(ids)) == (rows, which)


def test_a_stored_profile_serves_in_place_of_its_table(home):
    scores = customers(1000, 4)["score"].to_numpy()
    monitoring.write_profile("0.1", id_col="id", target="left", scores=scores)
    stored, _ = monitoring.load("monitoring/profile__v0.1.json", "moved.csv", **ASK)
    given, _ = monitoring.load("monitoring/train_with_score.csv", "moved.csv", **ASK)
    fresh = monitoring.make_reference("monitoring/train_with_score.csv", id_col="id", target="left")
    assert monitoring.shifts(stored) == monitoring.shifts(given)
    assert stored.paths == given.paths == ("monitoring/train_with_score.csv", "moved.csv")
    np.testing.assert_array_equal(
        stored.reference.columns["price"].values, fresh.profile.columns["price"].values
    )


def _shifts(current):
    t, _ = monitoring.load("monitoring/train_with_score.csv", current, **ASK)
    return monitoring.shifts(t)


def test_the_mean_of_several_models_is_not_compared_with_single_ones(home):
    """Five models that learnt chance: their mean says less than each, and nothing has moved."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4000, 1)), rng.random(4000) < 0.3
    train, exam, batch = slice(1500), slice(1500, 2500), slice(2500, 4000)
    folds = np.arange(1500) % 5
    members = [LogisticRegression().fit(X[train][folds != k], y[train][folds != k])
               for k in range(5)]  # fmt: skip
    alone = np.array([members[k].predict_proba(x[None])[0, 1]
                      for x, k in zip(X[train], folds, strict=True)])  # fmt: skip
    mean = expit(np.mean([m.decision_function(X) for m in members], axis=0))

    def table(rows, scores):
        ids = [f"c{i}" for i in range(*rows.indices(4000))]
        return pd.DataFrame({"id": ids, "x": X[rows, 0], "score": scores})

    table(train, alone).to_csv(home / "monitoring/train_with_score.csv", index=False)
    table(batch, mean[batch]).to_csv(home / "batch.csv", index=False)
    assert [s.status for s in _shifts("batch.csv")] == ["ok", "alert"]
    monitoring.write_profile("0.1", id_col="id", target="left", scores=mean[exam])
    assert [s.status for s in _shifts("batch.csv")] == ["ok", "ok"]


def report_of(current, **more):
    t, _ = monitoring.load("monitoring/train_with_score.csv", current, **ASK)
    return monitoring.write_report(t, monitoring.shifts(t), quality.findings(t), **more)


def test_a_batch_of_the_same_customers_says_nothing(home):
    report = report_of("same.csv")
    assert (report["status"], report["alerts"]) == ("ok", [])
    assert "Usa las puntuaciones" in answer_of("same.csv")[2]


def test_a_moved_column_is_said_with_its_code_and_the_contract_keeps_its_keys(home):
    report = report_of("moved.csv")
    assert [a["column"] for a in report["alerts"] if a["code"] == "RET010"] == ["months"]
    assert "la media de 'months' pasa de" in monitoring.moved_sentence(report)
    written = json.loads((home / "monitoring/drift_report.json").read_text())
    assert set(written) >= {"created_at", "status", "reference", "current", "features", "score",
                            "quality", "alerts"}  # fmt: skip
    for row in [*written["features"], written["score"]]:
        assert set(row) >= {"name", "kind", "psi", "ks", "p_value", "status"}


def test_further_alerts_count_for_the_status_and_sections_are_written(home):
    extra = Alert("RET099", "alert", None, 1.0, 0.0, "Algo.", "Haz algo.")
    report = report_of("same.csv", alerts=[extra], performance={"auc": 0.8})
    assert report["status"] == "alert"
    assert report["performance"] == {"auc": 0.8}


def test_a_score_that_moved_has_a_code_of_its_own(home):
    table = pd.read_csv(home / "same.csv")
    table.assign(score=(table["score"] + 0.3).clip(upper=1)).to_csv(home / "up.csv", index=False)
    (alert,) = report_of("up.csv")["alerts"]
    assert (alert["code"], alert["column"], alert["level"]) == ("RET011", "score", "alert")
    assert "la puntuación media pasa de" in alert["message"]


def test_a_batch_is_told_by_its_customers_and_not_by_their_score(home):
    table = pd.read_csv(home / "same.csv")
    table.assign(score=0.5).to_csv(home / "rescored.csv", index=False)
    table.assign(months=table["months"] + (table.index == 7)).to_csv(home / "one.csv", index=False)
    told = {}
    for name in ("same.csv", "rescored.csv", "one.csv"):
        told[name] = monitoring.load("monitoring/train_with_score.csv", name, **ASK)[0].customers
    assert told["same.csv"] == told["rescored.csv"] != told["one.csv"]


def test_a_batch_is_the_same_one_under_the_cuts_of_another_reference(home):
    customers(500, 9, months=90).to_csv(home / "monitoring/other.csv", index=False)
    told = {
        monitoring.load(f"monitoring/{name}.csv", "same.csv", **ASK)[0].customers
        for name in ("train_with_score", "other")
    }
    assert len(told) == 1


def test_a_change_within_one_group_is_found_by_segments(home):
    table = customers(2000, 4)
    table.loc[table["plan"] == "mes", "price"] += 8
    table.to_csv(home / "group.csv", index=False)
    t, _ = monitoring.load("monitoring/train_with_score.csv", "group.csv", **ASK)
    groups = monitoring.by_segment(t, ["plan"], monitoring.settings(min_ks=0.05, min_psi=0.01))
    moved = groups[groups["status"] != "ok"]
    assert set(zip(moved["part"], moved["name"], strict=True)) == {("mes", "price")}
    assert [a.code for a in monitoring.segment_alerts(groups)] == ["RET013"]


def test_two_columns_that_no_longer_go_together_are_told_apart(home):
    draw = np.random.default_rng(0)
    sides = []
    for sign in (1, -1):  # each column alone is the same on both sides
        x = draw.normal(size=1500)
        sides.append(pd.DataFrame({"a": x, "b": sign * x + draw.normal(size=1500)}))
    told = monitoring.together(_only(["a", "b"]), tuple(sides))
    assert told.low > 0.6
    assert [a.code for a in monitoring.together_alerts(told)] == ["RET012"]
    same = monitoring.together(_only(["a", "b"]), (sides[0][:700], sides[0][700:]))
    assert monitoring.together_alerts(same) == []


class _only:
    """Tables of which only the names of the columns are asked."""

    def __init__(self, shared):
        self.shared = shared


@pytest.mark.parametrize(("change", "message"), [
    pytest.param(lambda t: t.assign(score="alto"), r"'score' tiene 200 valores", id="text"),
    pytest.param(lambda t: t.assign(score=np.nan), r"'score' tiene 200 valores", id="blank"),
    pytest.param(lambda t: t.assign(score=2.0), r"'score' va de 2,000 a 2,000", id="not-a-share"),
    pytest.param(lambda t: t.drop(columns="score"), "no hay ninguna columna 'score'", id="none"),
    pytest.param(lambda t: t.drop(columns="id"), "no hay ninguna columna 'id'", id="no-id"),
    pytest.param(lambda t: t[:0], "y ninguna fila", id="no-rows"),
])  # fmt: skip
def test_a_batch_that_cannot_be_watched_is_refused(home, change, message):
    change(customers(200, 5)).to_csv(home / "bad.csv", index=False)
    with pytest.raises(DataError, match=message):
        monitoring.load("monitoring/train_with_score.csv", "bad.csv", **ASK)


def test_a_file_that_is_not_there_is_named(home):
    with pytest.raises(DataError, match=r"No existe nada\.csv"):
        monitoring.load("monitoring/train_with_score.csv", "nada.csv", **ASK)


def test_a_json_that_is_no_profile_is_refused(home):
    (home / "x.json").write_text('{"a": 1}')
    with pytest.raises(DataError, match=r"x\.json: no es un perfil de referencia"):
        monitoring.load("x.json", "same.csv", **ASK)


def test_a_segment_that_is_no_column_is_refused(home):
    t, _ = monitoring.load("monitoring/train_with_score.csv", "same.csv", **ASK)
    rules = monitoring.settings(min_ks=0.05, min_psi=0.01)
    with pytest.raises(ParameterError, match="segments: no hay ninguna columna 'zona'"):
        monitoring.by_segment(t, ["zona"], rules)


def test_a_floor_in_percent_is_refused():
    with pytest.raises(ParameterError, match=r"min_ks = 5: debe ser un número de 0 a 1"):
        monitoring.settings(min_ks=5, min_psi=0.01)


def test_the_table_of_columns_is_short_and_its_details_stand_apart(home):
    found = _shifts("moved.csv")
    table, details = monitoring.shifts_table(found), monitoring.details_table(found)
    first = table.iloc[0]
    assert (first["column"], first["status"]) == ("months", "warning")
    assert re.fullmatch(r"media [\d,.]+ → [\d,.]+", first["Antes y ahora"])
    assert "Puntuación" in list(table["column"])
    assert list(details["column"]) == list(table["column"])
    assert details["p_value"].iloc[0] == "< 0,001"


def test_the_answer_says_the_status_what_moved_and_what_to_do(home):
    said = answer_of("moved.csv")
    assert said[0].startswith("**Aviso: la lista se puede usar** (1 hallazgo en un lote de 1.000")
    assert said[1].startswith("**Qué ha cambiado.** 1 de 3 columnas, y la puntuación no:")
    assert said[2].startswith("**Qué hacer.** Es pequeño y real")
    assert "**No hace falta reentrenar**" in said[2]


def test_a_broken_extract_is_said_first_in_words_and_the_list_is_stopped(home):
    table = pd.read_csv(home / "same.csv")
    table["price"] = table["price"].mask(table.index % 3 == 0)
    table.to_csv(home / "broken.csv", index=False)
    said = answer_of("broken.csv")
    assert said[0].startswith("**Alerta: el extracto llega mal, no llames con esta lista**")
    assert said[1].startswith("**Qué llega mal.** Falta 'price' en el 4")
    assert said[2].endswith("con este, ni llames ni reentrenes.")
    assert "RET0" not in " ".join(said)


def test_what_the_outcomes_show_is_said_before_what_moved(home):
    fall = Alert("RET041", "alert", None, -0.2, -0.02, "ROC-AUC 0,600.", "Busca qué ha cambiado.")
    said = _answer(report_of("same.csv", alerts=[fall]))
    assert said[0].startswith("**Alerta: conviene reentrenar el modelo**")
    assert said[1].startswith("**Cuánto acertó.** ROC-AUC 0,600. **Qué ha cambiado.** Nada:")


def test_a_column_that_breaks_a_rule_is_not_shown_as_well_though_its_values_have_not_moved(home):
    found = _shifts("same.csv")
    rule = Alert("RET004", "alert", "price", 0.3, 0.0, "m", "a")
    shown = {s.name: s.status for s in monitoring.with_rules(found, [rule])}
    assert shown == {"months": "ok", "price": "alert", "plan": "ok", "score": "ok"}


def answer_of(current):
    return _answer(report_of(current))


def _answer(report):
    advice = recommend(report, id_col="id", target="left", date="2026-10-31")
    return monitoring.answer(report, advice).split("\n\n")


def test_a_negative_age_is_refused(home):
    with pytest.raises(ParameterError, match=r"max_age_days = -1: .*0 o más"):
        monitoring.load("monitoring/train_with_score.csv", "same.csv", max_age_days=-1, **ASK)

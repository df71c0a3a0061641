"""History: one row a run and check, what persists, what closes, and repeats that count once."""

from dataclasses import replace

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.monitor import history
from retencion_lib.stages.monitor.say_report import answers_table, history_sentence
from tests.watch_reports import AUC, expected, measured, quiet, shift


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    return tmp_path


def report(levels: dict[str, str], batch: str = "b1", **changes) -> WatchReport:
    """A drift report in which each column has this level; the score is well."""
    given = {"features": [shift(name, level) for name, level in levels.items()]} | changes
    stamp = f"2026-01-01T00:00:00+00:00-{batch}"
    return quiet(created_at=stamp, customers=batch, **given)


def look(*levels: str) -> pd.DataFrame:
    """History of a column `x` that had these levels, one batch a month."""
    for month, level in enumerate(levels, 1):
        table = history.append(
            report({"x": level}, f"b{month}"), run_id=f"r{month}", date=f"2026-{month:02}-28"
        )
    return table


def test_a_run_leaves_one_row_a_check_and_the_file_only_grows():
    one = history.append(report({"x": "ok", "y": "alert"}), run_id="r1", date="2026-01-28")
    assert list(one["check"]) == ["RET010:x", "RET010:y", "RET011:score"]
    two = history.append(report({"x": "ok", "y": "ok"}, "b2"), run_id="r2", date="2026-02-28")
    pd.testing.assert_frame_equal(two.iloc[:3], one)
    pd.testing.assert_frame_equal(history.read(), two)


def test_each_run_keeps_both_answers_and_rows_of_an_earlier_version_have_none(home):
    given = report({"x": "ok"}, list_usable="care", retrain="no")
    first = history.append(given, run_id="r1", date="2026-01-28")
    first.drop(columns=[*history.ANSWERS]).to_parquet(home / config.HISTORY, index=False)
    both = history.append(replace(given, customers="b2"), run_id="r2", date="2026-02-28")
    table = answers_table(both, history.batches(both, 12))
    assert table.to_numpy().tolist() == [
        ["2026-02-28", "lote.csv", "Sí, con cuidado", "No"],
        ["2026-01-28", "lote.csv", "—", "—"],
    ]


def test_estimates_outcomes_and_hard_rules_have_rows_of_their_own():
    alert = Alert("RET004", "alert", "x", 0.3, 0.05)
    given = report(
        {"x": "ok"}, alerts=[alert], expected=expected(AUC), realised=[measured("2026-01-31")]
    )
    table = history.report_rows(given, run_id="r", date="2026-03-31").set_index("check")
    assert table.loc["expected:roc_auc", ["value", "low", "high"]].tolist() == [0.8, 0.7, 0.9]
    assert table.loc["realised:roc_auc:2026-01-31", "column"] == "2026-01-31"
    assert table.loc["RET004:x", ["level", "limit"]].tolist() == ["alert", 0.05]


def test_a_check_with_two_findings_in_one_run_leaves_one_row_the_worst():
    # Two groups whose worst column is the same, or two batches whose outcomes came together.
    found = [Alert("RET013", level, "x", 0.3) for level in ("warning", "alert")]
    table = history.append(report({"x": "ok"}, alerts=found), run_id="r1", date="2026-01-28")
    assert table.loc[table["code"] == "RET013", "level"].tolist() == ["alert"]
    (row,) = history.follow(table).itertuples()
    assert (row.state, row.times) == ("new", 1)


@pytest.mark.parametrize(
    ("levels", "state", "times", "since"),
    [
        pytest.param(["ok", "ok", "warning"], "new", 1, "2026-03-28", id="new"),
        pytest.param(["ok", "warning", "warning"], "persists", 2, "2026-02-28", id="two-running"),
        pytest.param(["warning", "ok", "alert"], "persists", 2, "2026-03-28", id="two-of-three"),
        pytest.param(["warning", "warning", "ok"], "closed", 2, "2026-01-28", id="recovered"),
    ],
)
def test_a_finding_is_new_persists_or_closes(levels, state, times, since):
    (row,) = history.follow(look(*levels)).itertuples()
    assert (row.state, row.times, row.since) == (state, times, since)


def test_what_was_well_in_the_last_two_batches_is_not_followed():
    assert history.follow(look("alert", "ok", "ok")).empty


NEW = {"batch": "new", "date": "2026-12-28", "path": "lote.csv"}
WARNING = Alert(Code.COLUMN_MOVED, "warning", "x", 0.12, 0.1)


@pytest.mark.parametrize(
    ("past", "now", "said"),
    [
        pytest.param(["warning"], "warning", "2 de los últimos 2 lotes", id="two-running"),
        pytest.param(["alert", "ok"], "warning", "2 de los últimos 3 lotes", id="two-of-three"),
        pytest.param(["ok", "ok"], "warning", "", id="seen-once"),
        pytest.param(["warning", "ok", "ok"], "warning", "", id="too-long-ago"),
        pytest.param(["warning"], "alert", "", id="already-an-alert"),
    ],
)
def test_only_a_warning_that_persists_is_escalated(past, now, said):
    found = history.escalate(look(*past), [replace(WARNING, level=now)], **NEW)
    assert [a.level for a in found] == ["alert"] * bool(said)
    messages = [worded(a).message for a in found if a.code == "RET050"]
    assert len(messages) == len(found)
    assert all(m.startswith("Cambio en 'x' (RET010): persiste") and said in m for m in messages)


def test_an_earlier_look_at_the_same_batch_escalates_nothing():
    assert history.escalate(look("warning"), [WARNING], **NEW | {"batch": "b1"}) == []
    assert history.escalate(look("warning"), [WARNING], **NEW | {"date": "2026-01-28"}) == []


def test_a_repaired_extract_takes_the_place_of_the_broken_one():
    history.append(report({"x": "alert"}, "broken"), run_id="r1", date="2026-01-28")
    table = history.append(report({"x": "ok"}, "repaired"), run_id="r2", date="2026-01-28")
    assert history.batches(table, 9) == ["r2"]


def test_looking_twice_at_one_batch_confirms_nothing():
    history.append(report({"x": "warning"}, "b1"), run_id="r1", date="2026-01-28")
    table = history.append(report({"x": "warning"}, "b1"), run_id="r2", date="2026-01-28")
    assert history.batches(table, 9) == ["r2"]
    assert history.follow(table)["state"].tolist() == ["new"]


def test_the_sentence_names_what_is_open_and_what_closed():
    table = look("warning", "warning", "ok")
    assert history_sentence(table, history.follow(table)) == (
        "Se han vigilado 3 lotes. Se ha cerrado: cambio en 'x'."
    )


def test_the_sentence_is_in_words_and_names_the_score_once():
    for month in (1, 2):
        persists = Alert("RET050", "alert", "score", 2, 2)
        moved = report({"x": "ok"}, f"b{month}", score=shift("score", "warning"), alerts=[persists])
        table = history.append(moved, run_id=f"r{month}", date=f"2026-{month:02}-28")
    assert history_sentence(table, history.follow(table)) == (
        "Se han vigilado 2 lotes. Persiste: cambio de la puntuación."
    )


def test_the_first_batch_has_no_history():
    table = look("warning")
    assert "primer lote" in history_sentence(table, history.follow(table))


@pytest.mark.parametrize(
    ("levels", "state", "times", "of", "since"),
    [
        pytest.param(["warning"], "new", 1, 1, "2026-01-28", id="the-first-batch"),
        pytest.param(["alert", "ok", "ok", "warning"], "new", 1, 3, "2026-04-28", id="long-ago"),
        pytest.param(["warning"] * 4, "persists", 3, 3, "2026-01-28", id="a-streak-of-four"),
        pytest.param(["warning", "warning", "ok", "alert", "alert"], "persists", 2, 3,
                     "2026-04-28", id="the-present-streak"),
        pytest.param(["alert", "ok", "warning", "ok"], "closed", 1, 3, "2026-03-28", id="closed"),
    ],
)  # fmt: skip
def test_a_streak_is_counted_over_the_last_three_batches(levels, state, times, of, since):
    (row,) = history.follow(look(*levels)).itertuples()
    assert (row.state, row.times, row.of, row.since) == (state, times, of, since)
    last = next(level for level in reversed(levels) if level != "ok")
    assert (row.check, row.code, row.column, row.level) == ("RET010:x", "RET010", "x", last)


def test_a_row_says_of_which_run_batch_and_file_it_is():
    given = report({"x": "warning"}, "b7")
    row = history.report_rows(given, run_id="r7", date="2026-07-28").iloc[0]
    assert (row["at"], row.date, row.run_id, row.batch, row.path, row.n_rows) == (
        given.created_at, "2026-07-28", "r7", "b7", given.current.path, given.current.n_rows,
    )  # fmt: skip
    assert (row.code, row.column, row.level, row.value) == ("RET010", "x", "warning", 0.12)


def test_a_persisting_warning_says_how_often_of_how_many_and_since_when():
    (found,) = history.escalate(look("warning", "ok", "warning"), [WARNING], **NEW)
    assert (found.value, found.threshold, found.column) == (2.0, 2.0, "x")
    assert found.facts == {"check": "RET010", "of": 3, "since": "2026-03-28"}


def test_another_file_of_the_same_day_is_another_batch():
    other = {"date": "2026-01-28", "path": "other.csv"}
    (found,) = history.escalate(look("warning"), [WARNING], **NEW | other)
    assert found.facts["of"] == 2


def test_batches_come_by_their_date_and_the_last_ones_count():
    for run, date in (("r1", "2026-03-28"), ("r2", "2026-01-28"), ("r3", "2026-02-28")):
        table = history.append(report({"x": "ok"}, run), run_id=run, date=date)
    assert history.batches(table, 9) == ["r2", "r3", "r1"]
    assert history.batches(table, 2) == ["r3", "r1"]

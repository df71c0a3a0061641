"""Batches out of the ends of runs: one a file and date, with what 04, 05 and outcomes said."""

from retencion_lib.runs.batches import batches
from tests.batch_events import end, measures, scored, table_of, watched, year

JAN, FEB, MAR = "2026-01-28", "2026-02-28", "2026-03-28"


def test_a_batch_is_what_04_decided_and_what_05_saw_in_it():
    (batch,) = batches([scored(JAN), watched(JAN, "care")])
    assert (batch.day, batch.name, batch.status) == (JAN, "lote_2026-01.csv", "ok")
    assert (batch.decided["list_usable"], batch.seen["list_usable"]) == ("yes", "care")
    assert batch.lists == [f"data/call_list_{JAN}.csv"]


def test_periods_are_by_the_date_of_the_run_and_not_by_when_it_was_run():
    assert [b.day for b in batches([scored(MAR), scored(JAN), scored(FEB)])] == [JAN, FEB, MAR]


def test_a_repaired_extract_takes_the_place_of_the_broken_one_and_of_what_was_seen_in_it():
    (batch,) = batches([scored(JAN, "no"), watched(JAN, "no"), scored(JAN)])
    assert (batch.seen["list_usable"], batch.watched) == ("yes", None)


def test_two_files_of_one_date_are_two_batches_and_the_last_scored_is_the_newest():
    found = batches([scored(JAN, file="data/b.csv"), scored(JAN, file="data/a.csv"),
                     watched(JAN, file="data/b.csv")])  # fmt: skip
    assert [(b.name, b.watched is not None) for b in found] == [("b.csv", True), ("a.csv", False)]


def test_outcomes_go_to_the_batch_of_their_day_and_the_last_ones_stay():
    first = watched(FEB, measures=[measures(JAN, 100.0)])
    last = watched(MAR, measures=[measures(JAN, 200.0), measures("", 300.0)])
    events = [scored(JAN), scored(FEB), first, scored(MAR), last]
    found = [b.measures.get("profit") for b in batches(events)]
    assert found == [200.0, None, 300.0]


def test_outcomes_of_a_day_with_two_batches_are_said_to_be_of_both():
    events = [scored(JAN, file="data/a.csv"), scored(JAN, file="data/b.csv"),
              scored(FEB), watched(FEB, measures=[measures(JAN)])]  # fmt: skip
    assert [(b.measures.get("saved"), b.together) for b in batches(events)] == [
        (6.2, True), (6.2, True), (None, False),
    ]  # fmt: skip


def test_a_refused_batch_is_one_unless_it_had_been_scored():
    assert [b.status for b in batches([scored(JAN), scored(FEB, status="refused")])] == [
        "ok", "refused",
    ]  # fmt: skip
    (batch,) = batches([scored(JAN, status="failed"), scored(JAN), scored(JAN, status="refused")])
    assert batch.decided["rows_to_call"] == 34


def test_a_run_refused_for_its_date_is_of_the_day_on_which_it_ran():
    event = end("04_infer", JAN, {}, status="refused", input="x.csv")
    event.parameters["date"] = "ayer"
    assert [b.day for b in batches([event])] == [JAN]


def test_a_batch_that_somebody_else_scored_is_what_05_saw():
    (batch,) = batches([watched(JAN, "care", file="data/suyo.csv")])
    assert (batch.file, batch.decided, batch.status) == (table_of("data/suyo.csv"), {}, "ok")


def test_a_change_of_model_or_of_campaign_is_marked_on_the_first_batch_that_has_it():
    found = [b.changed for b in batches(year(12))]
    assert found == [()] * 6 + [("model",)] + [()] * 2 + [("campaign",)] + [()] * 2
    other = [scored(JAN), scored(FEB, status="refused"), scored(MAR, campaign="otoño")]
    assert [b.changed for b in batches(other)] == [(), (), ("campaign",)]

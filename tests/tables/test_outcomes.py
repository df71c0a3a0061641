"""Which outcomes count, for which batch, and what is said of the others."""

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.history import History
from retencion_lib.home.watch_report import CURRENT, OutcomeCounts
from retencion_lib.tables import outcomes
from retencion_lib.tables.history import clock_of
from retencion_lib.tables.labels import USUAL, read_outcomes
from retencion_lib.tables.outcomes import Outcomes
from retencion_lib.tables.rules import Contract
from tests.scored_home import batch_of, outcomes_of, write_labels, write_log


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    for folder in ("logs", "data"):
        (tmp_path / folder).mkdir()
    return tmp_path


def test_every_outcome_is_counted_once(home):
    write_log(home, ["a1", "a2"], [0.3, 0.4])
    ids, y = ["k0", "k1", "k2", "a1", "zz"], ["1", "0", "", "1", "0"]
    found = outcomes_of(home, batch_of([0.9, 0.2, 0.5, 0.6]), ids, y)
    assert found.counts() == OutcomeCounts(
        n_labelled=2, n_missing=2, n_earlier=1, n_unknown=1, n_blank=1
    )
    assert found.batches == [CURRENT, "2026-01-31"]


def test_a_late_outcome_goes_to_the_last_prediction_of_its_customer(home):
    write_log(home, ["a1"], [0.3], day="2026-01-31")
    write_log(home, ["a1"], [0.7], day="2026-02-28")
    known = outcomes_of(home, batch_of([0.9]), ["a1"], [1]).known
    assert known[["batch", "score"]].values.tolist() == [["2026-02-28", 0.7]]


def test_the_log_gives_a_batch_its_threshold_and_its_groups(home):
    write_log(home, ["k0", "k1"], [0.9, 0.2], group=["contact", "control"], expected_profit=5.0)
    batch = batch_of([0.9, 0.2, 0.4])
    table = outcomes.predicted(batch, outcomes.logged("cliente"), threshold=0.3)
    assert table["group"].tolist() == ["contact", "control", ""]
    assert table["threshold"].tolist() == [0.5, 0.5, 0.3]
    assert table["batch"].unique().tolist() == [CURRENT]


def test_of_some_customers_the_log_gives_the_same_rows(home):
    write_log(home, ["a", "b", "c"], [0.1, 0.2, 0.3], group=["contact", "", "control"])
    write_log(home, ["b"], [0.4], day="2026-02-28", group=[""])
    whole = outcomes.logged("cliente")
    pd.testing.assert_frame_equal(
        outcomes.logged("cliente", {"b"}), whole[whole.id == "b"].reset_index(drop=True)
    )
    assert outcomes.logged("cliente", {"z"}).empty


@pytest.mark.parametrize(
    ("given", "positive", "expected"),
    [
        pytest.param(["Sí", "no", None], "", [1, 0, None], id="words-and-blank"),
        pytest.param([1.0, 0.0, None], "", [1, 0, None], id="numbers-with-a-gap"),
        pytest.param(["yes", "yes"], "", [1, 1], id="one-class"),
        pytest.param(["Baja", "Alta"], "Baja", [1, 0], id="the-champion's-own-label"),
    ],
)
def test_outcomes_are_recognised_as_in_training(given, positive, expected):
    column = pd.Series(given, name="baja")
    found = read_outcomes(column, "l.csv", Contract("id").classes(positive))
    assert found.astype(object).where(found.notna(), None).tolist() == expected


def test_a_label_that_nobody_knows_is_shown_with_the_remedy():
    with pytest.raises(DataError, match=r"l\.csv: 'baja' tiene '0', '1' y 'pendiente'.*en blanco"):
        read_outcomes(pd.Series(["1", "0", "pendiente"], name="baja"), "l.csv", USUAL)


def test_a_repeated_id_is_refused(home):
    with pytest.raises(DataError, match="'cliente' en más de una fila"):
        outcomes_of(home, batch_of([0.9]), ["k0", "k0"], [1, 0])


def test_outcomes_of_nobody_scored_are_refused_with_ids_of_both_sides(home):
    with pytest.raises(DataError, match=r"'0001'.*'k0'.*id_col"):
        outcomes_of(home, batch_of([0.9]), ["0001", "0002"], [1, 0])


def collected(batch, labels):
    people = outcomes.predicted(batch, outcomes.logged("cliente"), threshold=0.5)
    return outcomes.collect(batch, people, labels, target="baja")


def test_a_missing_outcome_column_names_the_nearest(home):
    pd.DataFrame({"cliente": ["k0"], "bajas": [1]}).to_csv(home / "l.csv", index=False)
    with pytest.raises(DataError, match="¿Querías decir 'bajas'"):
        collected(batch_of([0.9]), "l.csv")


def test_without_a_file_there_are_no_outcomes(home):
    assert collected(batch_of([0.9]), "") is None


WATCHED = [
    # The day's outcome ends on 29 January: 1 January, no gap, 28 days.
    ("2026-01-08", 0, 2, "2026-01-30"),
    ("2026-01-29", 0, 2, "2026-01-30"),
    ("2026-01-30", 2, 0, ""),
]


@pytest.mark.parametrize(("day", "known", "early", "mature_on"), WATCHED)
def test_an_outcome_that_comes_before_its_time_is_not_known_yet(home, day, known, early, mature_on):
    write_log(home, ["k0", "k1"], [0.9, 0.2], snapshot="2026-01-01")
    labels = write_labels(home, ["k0", "k1"], [0, 0])
    batch = batch_of([0.9, 0.2])
    people = outcomes.predicted(batch, outcomes.logged("cliente"), threshold=0.5)
    clock = clock_of(History("day", "28d", as_of=day))
    found = outcomes.collect(batch, people, labels, target="baja", clock=clock)
    assert (len(found.known), found.immature, found.mature_on) == (known, early, mature_on)


def test_a_prediction_without_a_day_counts_as_it_did(home):
    write_log(home, ["k0"], [0.9])
    batch = batch_of([0.9])
    people = outcomes.predicted(batch, outcomes.logged("cliente"), threshold=0.5)
    clock = clock_of(History("day", "28d", as_of="2026-01-08"))
    labels = write_labels(home, ["k0"], [1])
    found = outcomes.collect(batch, people, labels, target="baja", clock=clock)
    assert (len(found.known), found.immature) == (1, 0)


def dated(home, labels, *, scores=(0.9, 0.2), day="2026-03-01", today="2026-03-02") -> Outcomes:
    """Outcomes of a home with a history of 28 days, for a batch of a day."""
    batch = batch_of(scores, day=day)
    people = outcomes.predicted(
        batch, outcomes.logged("cliente"), threshold=0.5, snapshot_col="day"
    )
    clock = clock_of(History("day", "28d", as_of=today))
    return outcomes.collect(batch, people, labels, target="baja", clock=clock, snapshot_col="day")


MARCH, FEBRUARY, JANUARY = "2026-03-01", "2026-02-01", "2026-01-01"
# The batch of March has k0 and k1. February had also a1, who left and is in no later batch;
# January had none of them but k0.
FILES = [
    pytest.param(["k0", "k1", "a1"], FEBRUARY, 3, 0, id="of-february-for-it-has-who-left"),
    pytest.param(["k0", "k1"], MARCH, 0, 2, id="of-the-newest-of-two-that-have-all"),
    pytest.param(["k0", "k1", "k2"], MARCH, 0, 3, id="of-march-for-it-has-who-is-new"),
    pytest.param(["k0"], MARCH, 0, 1, id="of-the-newest-of-three"),
    pytest.param(["a1"], FEBRUARY, 1, 0, id="of-whom-only-february-has"),
]


@pytest.mark.parametrize(("ids", "day", "known", "early"), FILES)
def test_a_file_that_says_no_days_is_of_the_day_with_most_of_its_customers(
    home, ids, day, known, early
):
    write_log(home, ["k0"], [0.3], day=JANUARY, snapshot=JANUARY)
    write_log(home, ["k0", "k1", "a1"], [0.4, 0.5, 0.6], day=FEBRUARY, snapshot=FEBRUARY)
    labels = write_labels(home, ids, [1] * len(ids))
    found = dated(home, labels, scores=(0.9, 0.2, 0.1))
    # February's ends on 1 March, the day before the labels'.
    assert (found.day, len(found.known), found.immature) == (day, known, early)


def test_who_was_not_scored_on_the_day_of_the_file_is_counted_and_not_measured(home):
    # Alone who left would count, and the model would seem to foresee too few.
    write_log(home, ["a1"], [0.6], day=FEBRUARY, snapshot=FEBRUARY)
    found = dated(home, write_labels(home, ["k0", "k1", "a1"], [0, 0, 1]))
    assert (found.day, found.immature, found.elsewhere) == (MARCH, 2, 1)
    assert (len(found.known), found.mature_on) == (0, "2026-03-30")


def test_outcomes_with_a_day_belong_to_the_prediction_of_that_day(home):
    for day, score in (("2026-01-01", 0.3), ("2026-02-01", 0.4)):
        write_log(home, ["k0"], [score], day=day, snapshot=day)
    rows = [("k0", "2026-01-01", 1), ("k0", "2026-02-01", 0), ("k0", "2026-03-01", 0),
            ("k0", "2025-12-01", 1), ("zz", "2026-01-01", 1), ("k1", "2026-03-01", "")]  # fmt: skip
    pd.DataFrame(rows, columns=["cliente", "day", "baja"]).to_csv(home / "l.csv", index=False)
    found = dated(home, "l.csv")
    assert found.known[["score", "y"]].values.tolist() == [[0.3, 1], [0.4, 0]]
    assert (found.immature, found.mature_on) == (1, "2026-03-30")
    assert (found.elsewhere, found.unknown, found.blank) == (1, ["zz"], 1)


def test_two_outcomes_of_a_customer_and_a_day_are_refused(home):
    rows = {"cliente": ["k0", "k0"], "day": ["2026-01-01"] * 2, "baja": [1, 0]}
    pd.DataFrame(rows).to_csv(home / "l.csv", index=False)
    with pytest.raises(DataError, match=r"fila de la misma foto \(k0 el 2026-01-01\)"):
        dated(home, "l.csv")


def test_a_log_that_says_no_day_is_of_the_day_of_the_scoring(home):
    write_log(home, ["a1", "a2"], [0.3, 0.4], day="2026-02-01")
    labels = write_labels(home, ["a1", "a2"], [1, 0])
    assert dated(home, labels, today="2026-03-01").immature == 2
    assert len(dated(home, labels, today="2026-03-02").known) == 2


def test_of_two_predictions_of_a_customer_and_a_day_the_last_counts(home):
    for scored, score in (("2026-01-02", 0.3), ("2026-01-03", 0.7)):
        write_log(home, ["a1"], [score], day=scored, snapshot="2026-01-01")
    found = dated(home, write_labels(home, ["a1"], [1]))
    assert found.known[["batch", "score"]].values.tolist() == [["2026-01-03", 0.7]]


def test_a_batch_is_not_given_what_was_decided_of_another_day_with_the_same_score(home):
    write_log(home, ["k0"], [0.9], snapshot="2026-02-01", group="contact", expected_profit=1.0)
    log = outcomes.logged("cliente")
    for day, group in (("2026-02-01", "contact"), ("2026-03-01", "")):
        batch = batch_of([0.9], day=day)
        table = outcomes.predicted(batch, log, threshold=0.5, snapshot_col="day")
        assert table["group"].iloc[0] == group


def test_the_log_is_read_by_blocks_of_the_days_and_columns_that_are_asked_for(home, monkeypatch):
    monkeypatch.setattr(config, "LOG_ROWS", 2)
    write_log(home, ["a1", "a2", "a3"], [0.3, 0.4, 0.5], day="2026-01-31")
    write_log(home, ["a1", "a2"], [0.6, 0.7], day="2026-02-28")
    blocks = list(outcomes.logged_blocks("cliente"))
    assert max(map(len, blocks)) == 2
    pd.testing.assert_frame_equal(pd.concat(blocks, ignore_index=True), outcomes.logged("cliente"))
    some = outcomes.logged_blocks("cliente", ["score", "id"], days=["2026-02-28"])
    assert [row for block in some for row in block.values.tolist()] == [["a1", 0.6], ["a2", 0.7]]
    assert outcomes.logged("cliente", ["a3"])[["id", "batch"]].values.tolist() == [
        ["a3", "2026-01-31"]
    ]
    assert list(outcomes.logged_blocks("other")) == []

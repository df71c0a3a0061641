"""A panel from a log: what is counted, what is judged, and what is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retencion_lib.errors import DataError, OrderError, ParameterError
from retencion_lib.tables import snapshots
from retencion_lib.tables.clock import parse_duration, shift

pytest.importorskip("duckdb", reason="falta duckdb, del extra 'events'")

ASKED = {
    "id_col": "who", "event_id_col": "", "event_date_col": "when", "amount_cols": [],
    "kind_col": "", "ended_col": "", "customers": "", "target": "left", "every": "10d",
    "horizon": "10d", "gap": "0d", "windows": ["5d", "10d"],
}  # fmt: skip
TODAY = "2026-10-31"
START = dt.date(2024, 1, 1)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    return tmp_path


def asked(**changes):
    return snapshots.make_ask(**(ASKED | changes))


def events(*rows, columns=("who", "when")):
    """A log of events; a number in the second column is a day from the 1st of January on."""
    table = pd.DataFrame(rows, columns=list(columns))
    if pd.api.types.is_integer_dtype(table["when"]):
        table["when"] = [(START + dt.timedelta(days=n)).isoformat() for n in table["when"]]
    return table


def opened(table, home, *, as_of="", date=TODAY, name="log.csv", **changes):
    table.to_csv(home / name, index=False)
    return snapshots.open_log(name, asked(**changes), as_of=as_of, date=date)


def panel(table, home, *, as_of="", customers=None, **changes):
    """Panel of a log, as a table, by customer and day from the 1st of January on."""
    if customers is not None:
        customers.to_csv(home / "people.csv", index=False)
        changes |= {"customers": "people.csv"}
    log = opened(table, home, as_of=as_of, **changes)
    ask = asked(**changes)
    made = snapshots.write_panel(log, ask, changes.get("customers", ""), "panel.parquet")
    found = pd.read_parquet(made.path)
    found["day"] = [(day - START).days for day in found["snapshot"]]
    return made, found.set_index(["who", "day"])


# Somebody does something every fifth day, so that no part of the log seems to be missing.
ALWAYS = [("z", n) for n in range(0, 41, 5)]


def test_a_window_holds_its_first_day_and_not_the_snapshot(home):
    # Snapshots on days 10, 20, 30, 40; of day 20, the windows are [15, 20) and [10, 20).
    _, found = panel(events(*ALWAYS, ("a", 9), ("a", 10), ("a", 14), ("a", 15), ("a", 20)), home)
    row = found.loc[("a", 20)]
    assert (row["events_5d"], row["events_10d"]) == (1, 3)
    assert (row["days_since_last"], row["tenure_days"]) == (5, 11)
    # One event in 5 days against three in ten: (1 / 5) / (3 / 10).
    assert row["trend_5d_10d"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("gap", "again", "left"),
    [
        # The outcome of day 20 with no gap is watched in (20, 30].
        pytest.param("0d", 20, 1, id="the-day-of-the-snapshot-is-not-judged"),
        pytest.param("0d", 21, 0, id="the-day-after-is"),
        pytest.param("0d", 30, 0, id="the-last-day-is"),
        pytest.param("0d", 31, 1, id="the-day-after-the-last-is-not"),
        # With four days of gap, in (24, 34].
        pytest.param("4d", 24, 1, id="the-gap-is-not-judged"),
        pytest.param("4d", 25, 0, id="the-day-after-the-gap-is"),
        pytest.param("4d", 34, 0, id="the-gap-moves-the-end-too"),
    ],
)
def test_who_does_nothing_after_the_gap_and_within_the_horizon_has_left(home, gap, again, left):
    _, found = panel(events(*ALWAYS, ("a", 15), ("a", again)), home, gap=gap)
    assert found.loc[("a", 20), "left"] == left


def test_a_row_is_without_outcome_until_its_horizon_has_passed(home):
    made, found = panel(events(*ALWAYS), home)
    assert found.loc["z", "left"].isna().to_dict() == {10: False, 20: False, 30: False, 40: True}
    assert made.snapshots["known_on"].iloc[-1] == pd.Timestamp("2024-02-20")  # day 40 + 10
    assert (made.rows, len(made.mature), made.positive_rate) == (4, 3, 0.0)


def test_leavers_that_were_silent_for_longer_than_the_horizon_are_counted(home):
    # Of day 30, with 20 days of history: a (silent for 11 days) and b (for 10), both leave.
    made, _ = panel(events(*ALWAYS, ("a", 19), ("b", 20)), home, windows=["20d"])
    assert made.silent_before == 1


def test_whoever_was_silent_for_the_longest_window_is_no_customer_any_more(home):
    _, found = panel(events(*ALWAYS, ("a", 5), ("b", 10)), home)
    assert found.index.tolist() == [
        ("a", 10), ("z", 10), ("b", 20), ("z", 20), ("z", 30), ("z", 40),
    ]  # fmt: skip


def test_amounts_and_kinds_are_counted_by_window(home):
    columns = ("who", "when", "eur", "what")
    rows = [("a", 11, 4.0, "x"), ("a", 12, None, "y"), ("a", 16, 6.0, "x"), ("a", 17, 1.0, None)]
    always = [(*event, 1.0, "x") for event in ALWAYS]
    _, found = panel(
        events(*always, *rows, columns=columns), home, amount_cols=["eur"], kind_col="what"
    )
    row = found.loc[("a", 20)]
    assert (row["eur_sum_5d"], row["eur_sum_10d"]) == (7.0, 11.0)
    assert (row["eur_mean_5d"], row["eur_mean_10d"]) == (3.5, pytest.approx(11 / 3))
    assert (row["kinds_5d"], row["kinds_10d"]) == (1, 2)
    later = found.loc[("a", 30)] if ("a", 30) in found.index else None
    assert later is None  # nothing since day 17: outside [20, 30)


def test_nothing_in_a_window_adds_up_to_nothing_and_has_no_mean(home):
    always = [(*event, 1.0) for event in ALWAYS]
    rows = [*always, ("a", 11, 4.0)]
    _, found = panel(events(*rows, columns=("who", "when", "eur")), home, amount_cols=["eur"])
    row = found.loc[("a", 20)]
    assert (row["events_5d"], row["eur_sum_5d"], row["trend_5d_10d"]) == (0, 0.0, 0.0)
    assert np.isnan(row["eur_mean_5d"])


def test_snapshots_every_month_fall_on_its_first_day(home):
    rows = [("z", n) for n in range(3, 150, 3)]
    made, _ = panel(events(*rows), home, every="1m", windows=["1m"])
    # The log starts on 4 January; a month later is 4 February, and the next first is in March.
    assert made.snapshots["snapshot"].astype(str).tolist() == [
        "2024-03-01", "2024-04-01", "2024-05-01",
    ]  # fmt: skip


LEFT = pd.DataFrame(
    {
        "who": ["a", "b", "c", "d", "z"],
        "plan": ["x", "y", "x", "y", "x"],
        "gone": ["2024-01-21", "2024-01-23", "2024-01-25", "2024-02-04", None],
    }
)  # days 20, 22, 24, 34, never


def test_where_leaving_is_a_date_it_counts_and_silence_does_not(home):
    rows = [*ALWAYS, *((who, 8) for who in "abcd")]
    made, found = panel(events(*rows), home, customers=LEFT, ended_col="gone", gap="4d")
    day_20 = found.xs(20, level="day")
    # Of the snapshot of day 20 with the outcome in (24, 34]: a had gone by then; b and c went
    # before the campaign could start; d leaves on its last day; z never does.
    assert day_20["left"].to_dict() == {"d": 1, "z": 0}
    assert day_20["plan"].to_dict() == {"d": "y", "z": "x"}
    # Nobody did anything but on day 8 and z: out of every window, still a customer.
    assert day_20.loc["d", ["events_5d", "events_10d", "days_since_last"]].tolist() == [0, 0, 12]
    # Those two, and d from the snapshot of day 30: it left within the four days after it.
    assert made.gone_in_gap == 3


def test_customers_whose_leaving_nobody_told_are_refused(home):
    rows = [*ALWAYS, ("new", 8)]
    with pytest.raises(
        DataError, match=r"people\.csv: no tiene a 1 cliente del registro \('new'\).*ended_col"
    ):
        panel(events(*rows), home, customers=LEFT, ended_col="gone")


def test_columns_of_customers_that_the_table_lacks_are_blank(home):
    rows = [*ALWAYS, ("new", 8)]
    made, found = panel(events(*rows), home, customers=LEFT[["who", "plan"]])
    assert found.loc[("z", 10), "plan"] == "x"
    assert pd.isna(found.loc[("new", 10), "plan"])
    assert (made.people.without_events, made.people.without_row) == (4, 1)


def test_events_without_a_customer_are_counted_and_left_out(home):
    log = opened(events(*ALWAYS, (None, 3), ("", 4)), home)
    assert (log.n_events, log.n_customers, log.anonymous) == (9, 1, 2)


@pytest.mark.parametrize("kind", ["csv", "text", "date", "stamp", "zone", "ids"])
def test_the_same_log_gives_the_same_panel_however_it_is_kept(home, kind):
    rows = [(7, n, 1.5) for n in range(0, 41, 5)] + [(8, 12, 2.25), (8, 19, -1.0)]
    table = events(*rows, columns=("who", "when", "eur"))
    made, _ = panel(table, home, amount_cols=["eur"])
    moments = pd.to_datetime(table["when"]) + pd.Timedelta(hours=23, minutes=30)
    changed = {
        "csv": {"when": moments.dt.strftime("%d/%m/%Y %H:%M")},
        "text": {"when": moments.astype(str), "eur": table["eur"].astype(str)},
        "date": {"when": pd.to_datetime(table["when"]).dt.date},
        "stamp": {"when": moments},
        "zone": {"when": moments.dt.tz_localize("Europe/Madrid")},
        "ids": {"who": table["who"].astype(float)},
    }[kind]
    other = table.assign(**changed)
    if kind == "csv":
        other["eur"] = other["eur"].map(lambda v: f"{v}".replace(".", ","))
        other.to_csv(home / "other.csv", index=False, sep=";")
    else:
        other.to_parquet(home / "other.parquet")
    name = "other.csv" if kind == "csv" else "other.parquet"
    ask = asked(amount_cols=["eur"])
    log = snapshots.open_log(name, ask, as_of="", date=TODAY)
    again = snapshots.write_panel(log, ask, "", "again.parquet")
    assert again.path.read_bytes() == made.path.read_bytes()


def plain(table, ask, day):
    """Features of one snapshot by pandas alone, from the definitions."""
    table = table.assign(when=pd.to_datetime(table["when"]).to_numpy("datetime64[D]"))
    start = {w: shift(day, w, back=True) for w in ask.windows}
    past = table[table["when"] < day]
    past = past[past["when"] >= start[ask.windows[-1]]]
    found = pd.DataFrame(index=sorted(past["who"].unique()))
    first = table.groupby("who")["when"].min()
    found["tenure_days"] = (day - first.reindex(found.index)).dt.days
    found["days_since_last"] = (day - past.groupby("who")["when"].max()).dt.days
    inside = {w: past[past["when"] >= start[w]].groupby("who") for w in ask.windows}
    for w, group in inside.items():
        found[f"events_{w}"] = group.size().reindex(found.index, fill_value=0)
    for what in ("sum", "mean"):
        for w, group in inside.items():
            found[f"eur_{what}_{w}"] = getattr(group["eur"], what)()
            if what == "sum":
                found[f"eur_{what}_{w}"] = found[f"eur_{what}_{w}"].fillna(0)
    for w, group in inside.items():
        found[f"kinds_{w}"] = group["what"].nunique().reindex(found.index, fill_value=0)
    for a, b in zip(ask.windows, ask.windows[1:], strict=False):
        rates = [found[f"events_{w}"] / (day - start[w]).astype(int) for w in (a, b)]
        found[f"trend_{a}_{b}"] = rates[0] / rates[1].where(rates[1] > 0)
    return found


@pytest.mark.parametrize("windows", [["28d", "84d"], ["1m", "30d", "6w", "3m"]])
def test_features_are_those_of_a_plain_computation_to_the_twelfth_digit(home, windows):
    rng = np.random.default_rng(7)
    n = 20_000
    table = pd.DataFrame({
        "who": [f"c{i}" for i in rng.integers(0, 300, n) ** 2 // 300],
        "when": [(START + dt.timedelta(days=int(d))).isoformat() for d in rng.integers(0, 300, n)],
        "eur": rng.lognormal(3, 2, n) * rng.choice([-1, 1], n, p=[0.1, 0.9]),
        "what": rng.choice(["a", "b", "c", None], n, p=[0.6, 0.2, 0.1, 0.1]),
    })  # fmt: skip
    table.loc[rng.random(n) < 0.05, "eur"] = np.nan
    changes = {"amount_cols": ["eur"], "kind_col": "what", "windows": windows, "every": "1m"}
    made, found = panel(table, home, horizon="28d", **changes)
    ask = asked(**changes)
    assert list(made.features) == snapshots.features_of(ask)
    for day in made.snapshots["snapshot"].to_numpy("datetime64[D]"):
        here = found.xs((day.item() - START).days, level="day")[made.features].astype(float)
        expected = plain(table, ask, day)[made.features].astype(float)
        pd.testing.assert_frame_equal(
            here, expected, check_names=False, check_dtype=False, check_index_type=False,
            rtol=1e-12, atol=0,
        )  # fmt: skip


DAY = st.integers(0, 60)
EVENT = st.tuples(st.sampled_from("abc"), DAY, st.sampled_from([1.0, 2.5]), st.sampled_from("xy"))


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
@given(st.lists(EVENT, min_size=3, max_size=25), st.lists(EVENT, max_size=8))
def test_nothing_on_or_after_the_snapshot_changes_a_feature(home, past, future):
    """Whatever happens from the day of a snapshot on leaves its features as they were."""
    columns = ("who", "when", "eur", "what")
    always = [("z", n, 1.0, "x") for n in range(0, 61, 5)]
    day = 30
    changes = {"amount_cols": ["eur"], "kind_col": "what", "gap": "3d"}
    before = [e for e in [*always, *past] if e[1] < day]
    rest = [e for e in always if e[1] >= day]
    later = [(who, day + n % 31, eur, what) for who, n, eur, what in future]
    made, plain_one = panel(events(*before, *rest, columns=columns), home, **changes)
    _, with_more = panel(events(*before, *rest, *later, columns=columns), home, **changes)
    here, there = (t.xs(day, level="day")[made.features] for t in (plain_one, with_more))
    pd.testing.assert_frame_equal(here, there)


def test_two_panels_of_one_log_in_another_order_are_the_same_bytes(home):
    rng = np.random.default_rng(1)
    rows = [*((*e, 0.1) for e in ALWAYS), *(("a", int(d), 0.1) for d in rng.integers(0, 40, 30))]
    table = events(*rows, columns=("who", "when", "eur"))
    one, _ = panel(table, home, amount_cols=["eur"])
    first = one.path.read_bytes()
    two, _ = panel(table.sample(frac=1, random_state=2), home, amount_cols=["eur"])
    assert two.path.read_bytes() == first


REFUSED = [
    pytest.param({"horizon": "10x"}, ParameterError, r"horizon = '10x'.*'28d'", id="unit"),
    pytest.param({"every": "0d"}, ParameterError, r"every = '0d': debe durar", id="no-step"),
    pytest.param({"windows": []}, ParameterError, r"windows está vacío", id="no-window"),
    pytest.param({"windows": ["10"]}, ParameterError, r"windows = '10'", id="window-unit"),
    pytest.param({"target": "snapshot"}, ParameterError, r"nombre distinto", id="taken-name"),
    pytest.param({"ended_col": "gone"}, ParameterError, r"customers\s+está vacío", id="no-people"),
    pytest.param(
        {"event_date_col": ""}, ParameterError, r"event_date_col está vacío", id="no-date"
    ),
    pytest.param({"horizon": ""}, ParameterError, r"horizon está vacío: ¿cuánto", id="no-horizon"),
    pytest.param(
        {"horizon": "40d"}, DataError,
        r"va del 2024-01-01 al 2024-02-10.*ninguna foto tendría resultado antes del 2024-02-20",
        id="horizon-longer-than-history",
    ),
    pytest.param(
        {"windows": ["2m"]}, DataError, r"la ventana más larga, 2m, no cabe", id="window-too-long"
    ),
    pytest.param(
        {"as_of": "2024-02-09"}, DataError,
        r"log\.csv, 'when': 1 evento es posterior a as_of, 2024-02-09 \(el último, del 2024-02-10",
        id="events-after-as-of",
    ),
    pytest.param(
        {"as_of": "2027-01-01"}, ParameterError, r"as_of = '2027-01-01': es posterior al día",
        id="as-of-in-the-future",
    ),
    pytest.param(
        {"date": "2024-02-01"}, DataError,
        r"2 eventos son posteriores al día de la ejecución, 2024-02-01",
        id="events-in-the-future",
    ),
    pytest.param(
        {"as_of": "2024-06-01"}, DataError, r"entre el 2024-02-10 y el 2024-06-01 no hay ningún",
        id="a-log-that-ended-long-before",
    ),
    pytest.param(
        {"event_date_col": "whn"}, DataError, r"no hay ninguna columna 'whn'. ¿Querías .*'when'",
        id="missing-column",
    ),
    pytest.param(
        {"amount_cols": ["who"]}, DataError, r"'who': hay importes que no son números, como 'z'",
        id="no-amount",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_with_the_remedy(home, changes, kind, said):
    with pytest.raises(kind, match=said):
        panel_of(events(*ALWAYS), home, **changes)
    assert not (home / "panel.parquet").exists()


def panel_of(table, home, *, date=TODAY, as_of="", **changes):
    log = opened(table, home, as_of=as_of, date=date, **changes)
    return snapshots.write_panel(log, asked(**changes), "", "panel.parquet")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param([("a", "ayer")], r"'ayer' no es una fecha", id="unparseable"),
        pytest.param([("a", "05/02/2024")], r"maneras distintas", id="mixed"),
        pytest.param(
            [("a", "2024-01-05T10:00Z"), ("a", "2024-01-06T10:00+01:00")], r"husos", id="zones"
        ),
        pytest.param([("a", None)], r"1 evento no tiene fecha", id="without"),
        pytest.param(
            [("a", "1900-01-01")], r"entre el 1900-01-01 y el 2024-01-01 no hay .*relleno",
            id="placeholder",
        ),
    ],
)  # fmt: skip
def test_dates_that_say_no_day_are_refused(home, rows, said):
    table = pd.concat([events(*ALWAYS), pd.DataFrame(rows, columns=["who", "when"])])
    with pytest.raises(DataError, match=said):
        panel_of(table, home)


def test_without_duckdb_it_says_how_to_install_it(home, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(
        OrderError, match=r"Falta el paquete 'duckdb'.*pip install 'retencion\[events\]'"
    ):
        opened(events(*ALWAYS), home)


def test_two_columns_of_one_name_are_refused(home):
    people = pd.DataFrame({"who": ["z"], "events_5d": [1]})
    with pytest.raises(ParameterError, match=r"dos columnas 'events_5d'"):
        panel(events(*ALWAYS), home, customers=people)


def test_an_output_that_is_no_parquet_is_refused(home):
    log = opened(events(*ALWAYS), home)
    with pytest.raises(ParameterError, match=r"output = 'x\.csv': el panel es Parquet"):
        snapshots.write_panel(log, asked(), "", "x.csv")


def test_silences_count_what_lies_between_two_days_with_events(home):
    log = opened(events(("a", 0), ("a", 0), ("a", 3), ("b", 1), ("b", 10)), home)
    found = snapshots.silences(log).to_dict("records")
    # Between two: 3 (a) and 9 (b) days; cut short by the end of the log: 7 (a) and 0 (b).
    assert [(f["days"], f["ended"], f["n"]) for f in found] == [
        (0, False, 1), (3, True, 1), (7, False, 1), (9, True, 1),
    ]  # fmt: skip


def test_the_longest_window_is_the_one_that_starts_first(home):
    ask = asked(windows=["90d", "1m", "5w"])
    assert [str(w) for w in ask.windows] == ["1m", "5w", "90d"]
    assert ask.windows[0] == parse_duration("1m", "x")


@pytest.mark.parametrize(("last", "fits"), [("2025-06-15", True), ("2025-06-16", False)])
def test_a_year_without_events_is_a_year_by_the_calendar(home, last, fits):
    # From 15 June 2023 to the same day of 2024 there are 366 days, and that is one year.
    days = ["2021-06-15", "2022-06-15", "2023-06-15", "2024-06-15", last]
    table = events(*[(who, day) for day in days for who in "abz"])
    given = {"every": "1y", "horizon": "1y", "windows": ["1y"]}
    if fits:
        assert len(panel(table, home, **given)[1])
    else:
        with pytest.raises(DataError, match=r"el 2024-06-15 y el 2025-06-16 .*el horizonte, 1y"):
            panel(table, home, **given)

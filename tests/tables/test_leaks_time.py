"""What knows the future is named where customers have a history; honest panels are left alone."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from retencion_lib.errors import DataError
from retencion_lib.maths.metrics import panel_of
from retencion_lib.stages import eda
from retencion_lib.tables.history import ask_history
from retencion_lib.tables.leaks import evidence_words, refuse_leaks, suspects
from retencion_lib.tables.leaks_time import Returned, frozen_share, returned, walk_of
from retencion_lib.tables.load import load_training

CUSTOMERS = 500
DAYS = pd.to_datetime([f"2025-{month:02}-01" for month in range(1, 11)])
LAST = len(DAYS) - 1  # its outcome is not known yet


class Made:
    """A portfolio in which use now tells, a little, who leaves next month."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.who = np.repeat(np.arange(CUSTOMERS), len(DAYS))
        self.month = np.tile(np.arange(len(DAYS)), CUSTOMERS)
        self.day = DAYS[self.month]
        self.care = self.rng.normal(size=CUSTOMERS)[self.who]
        self.use = self.care + self.noise()
        self.y = (self.noise() - 0.7 * self.use > 1.1).astype(int)

    def noise(self):
        return self.rng.normal(size=len(self.who))

    def of_customer(self, values):
        """One value a customer, copied on all its rows."""
        return np.asarray(values)[self.who]

    def signal(self, first, last):
        """A number whose ROC-AUC goes from the first to the last along the months."""
        share = np.clip(self.month / (LAST - 1), 0, 1)
        return self.y * np.sqrt(2) * norm.ppf(first + (last - first) * share) + self.noise()

    def table(self, **columns):
        """As somebody would deliver it."""
        plain = {"id": [f"c{n}" for n in self.who], "snapshot": self.day.strftime("%Y-%m-%d")}
        moving = {"use": self.use, "other": self.noise()}
        return pd.DataFrame({**plain, **moving, **columns, "y": self.y})


@pytest.fixture
def made():
    return Made()


@pytest.fixture
def load(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))

    def given(table, horizon="1m"):
        table.to_csv(tmp_path / "t.csv", index=False)
        asked = ask_history("snapshot", horizon)
        return load_training("t.csv", target="y", id_col="id", history=asked)

    return given


def kinds(found):
    return [(s.column, s.kind, s.certain) for s in found]


def as_of_today(made):
    """Use of the last two months, as known on the day of the extract."""
    now = pd.Series(made.y).where(made.month >= LAST - 2).groupby(made.who).sum()
    return made.of_customer(now.to_numpy() + made.rng.normal(size=CUSTOMERS) / 3)


def mean_of_all_months(made):
    """A total of the whole log: months after the snapshot are in it."""
    total = pd.Series(made.use - made.y).groupby(made.who).mean()
    return made.of_customer(total.to_numpy())


def test_todays_value_copied_on_older_snapshots_is_refused(load, made):
    training = load(made.table(planted=as_of_today(made)))
    found = suspects(training)
    assert kinds(found) == [("planted", "better_the_newer", True)]
    assert found[0].value >= found[0].beside + 0.1
    with pytest.raises(DataError, match=r"'planted' ordena mucho mejor las fotos más nuevas.*drop"):
        refuse_leaks(found, "t.csv", "")


def test_a_column_that_moves_and_ranks_better_the_newer_the_snapshot_is_refused(load, made):
    found = suspects(load(made.table(planted=made.signal(0.65, 0.95))))
    assert kinds(found) == [("planted", "better_the_newer", True)]


def test_a_label_written_down_late_is_refused_like_a_number(load, made):
    high = np.where(made.signal(0.5, 0.97) > 1, "high", "low")
    found = suspects(load(made.table(planted=high)))
    assert kinds(found) == [("planted", "better_the_newer", True)]


def test_a_column_that_ranks_better_the_older_the_snapshot_is_only_said(load, made):
    found = suspects(load(made.table(planted=made.signal(0.95, 0.65))))
    assert kinds(found) == [("planted", "better_the_older", False)]
    refuse_leaks(found, "t.csv", "")


def test_a_number_that_never_moves_and_ranks_like_those_that_do_is_said(load, made):
    found = suspects(load(made.table(planted=mean_of_all_months(made))))
    assert kinds(found) == [("planted", "never_moves", False)]
    assert "no cambia de una foto a otra" in evidence_words(found[0])


def test_a_date_after_the_snapshot_of_its_row_is_said_with_how_many_rows(load, made):
    written = np.where(made.month == 3, "2025-05-20", "2024-12-24")
    training = load(made.table(planted=written))
    found = suspects(training)
    assert kinds(found) == [("planted", "later_than_its_row", False)]
    assert found[0].beside == CUSTOMERS
    assert evidence_words(found[0]) == "tiene una fecha posterior a la foto en 500 filas (11,1 %)"


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(lambda m: {"born": m.of_customer(m.rng.integers(1940, 2005, CUSTOMERS))},
                     id="year-of-birth"),
        pytest.param(lambda m: {"born": m.of_customer(np.round(
                         1970 + 4 * m.care[::len(DAYS)] + 9 * m.rng.normal(size=CUSTOMERS)))},
                     id="year-of-birth-that-says-something"),
        pytest.param(lambda m: {"tier": m.of_customer(m.rng.integers(1, 5, CUSTOMERS))},
                     id="a-class-written-as-a-number"),
        pytest.param(lambda m: {"channel": m.of_customer(m.rng.choice(list("abc"), CUSTOMERS))},
                     id="channel"),
        pytest.param(lambda m: {"joined": m.of_customer([f"2024-{1 + n % 12:02}-10"
                                                         for n in range(CUSTOMERS)])},
                     id="a-date-before"),
        pytest.param(lambda m: {"renews": (m.day + pd.to_timedelta(m.rng.integers(1, 700, len(
                         m.day)), "D")).strftime("%Y-%m-%d")}, id="ends-of-contracts"),
        pytest.param(lambda m: {"until": np.full(len(m.who), "9999-12-31")}, id="never"),
        pytest.param(lambda m: {"steady": m.signal(0.85, 0.85)}, id="strong-and-steady"),
        pytest.param(lambda m: {"drifts": m.signal(0.82, 0.86)}, id="a-little-better"),
        pytest.param(lambda m: {"weak": m.signal(0.5, 0.7)}, id="better-but-weak"),
        pytest.param(lambda m: {f"v{n}": m.signal(0.7, 0.9) for n in range(4)},
                     id="all-walk-together"),
    ],
)  # fmt: skip
def test_honest_columns_are_no_suspects(load, made, columns):
    assert suspects(load(made.table(**columns(made)))) == []


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_panel_has_no_suspects(load, seed):
    made = Made(100 + seed)
    strong = {f"strong{n}": made.signal(0.82, 0.82) for n in range(5)}
    assert suspects(load(made.table(**strong))) == []


def test_both_ends_are_the_mean_of_the_ranking_within_their_snapshots(made):
    score = made.signal(0.6, 0.9)
    panel = panel_of(made.who, made.day)
    area = [roc_auc_score(made.y[made.month == m], score[made.month == m]) for m in range(10)]
    walk = walk_of(made.y, score, panel)
    assert walk.newest == pytest.approx(np.mean(area[-3:]))
    assert walk.oldest == pytest.approx(np.mean(area[:5]))
    upside_down = walk_of(made.y, -score, panel)
    assert (upside_down.newest, upside_down.gain) == pytest.approx((walk.newest, walk.gain))


def test_the_error_of_a_walk_is_its_spread_over_other_customers():
    gains, errors = [], []
    for seed in range(120):
        made = Made(seed)
        walk = walk_of(made.y, made.use, panel_of(made.who, made.day))
        gains.append(walk.gain)
        errors.append(walk.error)
    assert np.mean(errors) == pytest.approx(np.std(gains), rel=0.2)


def test_a_walk_needs_four_snapshots_and_enough_of_both_classes(made):
    panel = panel_of(made.who, made.day)
    for rows in (made.month < 3, (made.y == 0) | (made.who < 20)):
        assert walk_of(made.y[rows], made.use[rows], panel.take(rows)) is None


@pytest.mark.parametrize(
    ("values", "share"),
    [
        pytest.param([1, 1, 1, 1, 2, 2, 2, 2], 1.0, id="both"),
        pytest.param([1, 1, 1, 1, 2, 2, 2, 3], 0.5, id="one"),
        pytest.param([1, 1, 1, None, 2, 2, 2, 3], 0.0, id="three-values-tell-nothing"),
        pytest.param([None] * 8, 0.0, id="nobody"),
    ],
)
def test_who_never_moves_is_counted_among_those_with_four_values(values, share):
    customers = np.repeat([0, 1], 4)
    assert frozen_share(customers, pd.Series(values, dtype=float)) == share


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param({"a": "1.0"}, Returned(1, 1), id="came-back"),
        pytest.param({"a": "10"}, Returned(1, 0), id="seen-before-its-outcome-closed"),
        pytest.param({"a": "1.1"}, Returned(1, 0), id="still-silent"),
        pytest.param({"a": "1..", "b": "000"}, Returned(1, 0), id="never-seen-again"),
        pytest.param({"a": "1.0", "b": "1..", "c": "0.0"}, Returned(2, 1), id="one-of-two"),
        pytest.param({"a": "00.", "b": "0.1"}, None, id="too-late-to-be-seen-again"),
    ],
)
def test_who_comes_back_after_its_outcome_closed_is_counted(load, outcomes, expected):
    # Half a month apart, and a month to wait: two snapshots later the outcome has closed.
    days = ["2025-01-01", "2025-01-16", "2025-02-01"]
    rows = [(c, d, o) for c, line in outcomes.items()
            for d, o in zip(days, line, strict=False) if o != "."]  # fmt: skip
    rows += [("z", d, "0") for d in days] + [("z", "2025-03-01", "")]
    rows += [("y", "2025-02-01", "1")]
    table = pd.DataFrame(rows, columns=["id", "snapshot", "y"])
    table["use"] = np.arange(len(table)) * 1.5
    assert returned(load(table)) == expected


@pytest.mark.usefixtures("load")
def test_without_a_history_nothing_is_said(made, tmp_path):
    made.table(planted=made.signal(0.65, 0.95)).query("snapshot == '2025-09-01'").drop(
        columns="snapshot"
    ).to_csv(tmp_path / "t.csv", index=False)
    training = load_training("t.csv", target="y", id_col="id")
    assert returned(training) is None
    assert {s.kind for s in suspects(training)} <= {"far_ahead"}


def test_01_says_which_rows_wait_and_how_many_come_back(load, made):
    training = load(made.table())
    answer, doubts = eda.verdict(eda.look(training))
    assert "500 filas no han madurado, y no se usan: con datos hasta el 1 de octubre" in answer
    again = returned(training)
    assert again.share > 0.5  # each month is drawn anew: leaving is a pause
    assert any("con horizon = '1m' muchas bajas son solo pausas" in d for d in doubts)
    assert f"después ({again.lost} clientes)" in eda.balance_sentence(training)


def test_01_says_what_to_do_with_each(load, made):
    written = np.where(made.month == 3, "2025-05-20", "2024-12-24")
    table = made.table(now=as_of_today(made), total=mean_of_all_months(made), written=written)
    found = suspects(load(table))
    said = dict(zip([s.column for s in found], eda.leakage_sentences(found), strict=True))
    assert said["now"].endswith("Exclúyela con drop_cols.")
    assert "se sabía el día de cada foto" in said["total"]
    assert "Ningún modelo la lee" in said["written"]

"""What exams promised and what came: the page says what was measured, and counts it right."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.time_cases import Case, cases, closes, some
from benchmarks.time_counts import chosen_cases, close_by_chance, table_of, well_chosen
from benchmarks.time_page import PAGE, rendered, results


def test_the_page_says_what_was_measured():
    text = PAGE.read_text(encoding="utf-8")
    assert rendered(text, *results()) == text, "ejecuta python -m benchmarks.time_page"


def said(auc: float, loss: float, half: float) -> dict:
    return {
        "roc_auc": auc, "roc_auc_ci": [auc - half, auc + half],
        "log_loss": loss, "log_loss_ci": [loss - half, loss + half],
    }  # fmt: skip


def family(loss: float, fall: float, error: float, gain: float = 0.0) -> dict:
    """A family at the next snapshot, `fall` better than the chosen one."""
    return {"log_loss": loss, "loss_fall": fall, "loss_error": error,
            "auc_gain": gain, "auc_error": 0.002}  # fmt: skip


CASE = {
    "panel": "lahman", "share": 1.0, "last": "2016-07-01", "family": "xgb",
    "promised": {"by_row": said(0.88, 0.28, 0.005), "by_customer": said(0.87, 0.29, 0.005),
                 "exam": said(0.85, 0.30, 0.02), "widened": said(0.85, 0.30, 0.05)},
    "backtest": [{"roc_auc": 0.84, "log_loss": 0.31}, {"roc_auc": 0.86, "log_loss": 0.33}],
    "next": {"snapshot": "2017-07-01", "roc_auc": 0.82, "log_loss": 0.33,
             "families": {"xgb": family(0.33, 0.0, 0.0)}},
}  # fmt: skip


def test_a_promise_flatters_by_what_it_said_beyond_what_came():
    row = table_of([CASE]).iloc[0]
    kinds = ("by_row", "by_customer", "exam", "backtest")
    assert [row[f"{k}:roc_auc"] for k in kinds] == pytest.approx([0.06, 0.05, 0.03, 0.03])
    assert [row[f"{k}:log_loss"] for k in kinds] == pytest.approx([0.05, 0.04, 0.03, 0.01])


def test_an_interval_is_right_where_it_holds_what_came():
    row = table_of([CASE]).iloc[0]
    assert [row[f"{k}:roc_auc_held"] for k in ("by_row", "exam", "widened")] == [False, False, True]


@pytest.mark.parametrize(
    ("fall", "close"), [(0.0009, True), (0.0011, False)], ids=["within", "beyond"]
)
def test_a_family_is_well_chosen_within_one_paired_error_of_the_best(fall, close):
    own, other = family(0.31, 0.0, 0.0), family(0.31 - fall, fall, 0.001)
    found = well_chosen({"xgb": own, "mlp": other})
    assert (found["best"], bool(found["close"])) == ("mlp", close)


def test_luck_alone_puts_one_of_equal_families_within_an_error_of_the_best():
    # Drawn: each rival's mean minus the chosen one's, all four independent and alike.
    draws = np.random.default_rng(0).normal(size=(200_000, 4))
    close = ((draws[:, 1:] - draws[:, :1]) / np.sqrt(2)).max(axis=1) <= 1
    assert close_by_chance() == pytest.approx(close.mean(), abs=0.005)


def test_a_case_is_told_once_with_the_most_customers():
    given = [("2012", 0.25), ("2012", 1.0), ("2011", 0.25)]
    found = chosen_cases([CASE | {"last": last, "share": share} for last, share in given])
    assert [(c["last"], c["share"]) for c in found] == [("2011", 0.25), ("2012", 1.0)]


@pytest.fixture
def panel() -> pd.DataFrame:
    """Four seasons of 1,000 players; the outcome of the last is not known."""
    days = [f"{year}-07-01" for year in range(2015, 2019)]
    table = pd.DataFrame([(f"p{i}", d) for d in days for i in range(1000)],
                         columns=["playerID", "snapshot"])  # fmt: skip
    return table.assign(baja=np.where(table["snapshot"] < "2018", 0.0, np.nan))


def test_a_case_ends_before_the_last_snapshot_that_can_judge_it(panel):
    assert [c.last for c in cases("lahman", 1.0, panel, 4, 1)] == ["2016-07-01", "2015-07-01"]
    assert closes(Case("lahman", 1.0, "2016-07-01"), "2016-07-01") == "2017-07-01"


def test_a_share_takes_whole_customers(panel):
    part = some(panel, "playerID", 0.25)
    assert part.groupby("playerID").size().eq(4).all()
    assert part["playerID"].nunique() == pytest.approx(250, abs=50)

"""Customers with a history: which rows are read, which outcomes are known, where the exam lies."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables import ask_history, fold_numbers, load_training
from retencion_lib.tables.partition import partition

MONTHS = [f"2025-{month:02d}-01" for month in range(1, 11)]


def panel(n: int = 200) -> pd.DataFrame:
    """A row a customer and month; the outcome of the last month is not known yet."""
    rng = np.random.default_rng(3)
    rows = [(f"C{i}", day) for day in MONTHS for i in range(n)]
    table = pd.DataFrame(rows, columns=["id", "day"])
    table["x"] = rng.normal(size=len(table))
    table["left"] = (rng.random(len(table)) < 0.4).astype(int).astype(object)
    table.loc[table["day"] == MONTHS[-1], "left"] = None
    return table


def read(tmp_path, table: pd.DataFrame, horizon: str = "28d", **given):
    path = tmp_path / "panel.csv"
    table.to_csv(path, index=False)
    history = ask_history("day", horizon, given.pop("gap", "0d"), given.pop("as_of", ""))
    return load_training(str(path), target="left", id_col="id", history=history, **given)


def test_a_row_without_an_outcome_yet_is_counted_and_never_learnt_from(tmp_path):
    found = read(tmp_path, panel())
    assert (found.n_rows, found.n_customers, found.immature) == (1800, 200, 200)
    assert found.history.as_of == "2025-10-01"
    assert str(found.snapshots.max()) == "2025-09-01"
    assert list(found.X) == ["x"]


def test_what_the_target_of_an_immature_row_says_is_not_asked(tmp_path):
    table = panel()
    table.loc[table["day"] == MONTHS[-1], "left"] = 1
    assert read(tmp_path, table).immature == 200


def test_an_outcome_is_known_when_gap_and_horizon_are_over(tmp_path):
    # 1 September + 7 + 28 days is 6 October.
    assert read(tmp_path, panel(), gap="7d", as_of="2025-10-05").immature == 400
    assert read(tmp_path, panel(), gap="7d", as_of="2025-10-06").immature == 200


def test_a_mature_row_without_its_outcome_is_refused(tmp_path):
    table = panel()
    table.loc[5, "left"] = None
    with pytest.raises(DataError, match="'left' falta en 1 fila"):
        read(tmp_path, table)


def test_the_refusal_counts_the_lines_of_the_file_not_those_of_the_mature_rows(tmp_path):
    table = panel().iloc[::-1].reset_index(drop=True)  # the immature rows come first
    table.loc[300, "left"] = None
    with pytest.raises(DataError, match=r"falta en 1 fila \(línea 302\)"):
        read(tmp_path, table)


def test_the_exam_is_the_newest_snapshots_and_what_was_known_before_is_learnt(tmp_path):
    parts = partition(read(tmp_path, panel()), test_share=0.2, seed=1)
    assert sorted(set(parts.test.snapshots.astype(str))) == ["2025-08-01", "2025-09-01"]
    # 1 July + 28 days is before 1 August; nothing lies in between.
    assert (str(parts.dev.snapshots.max()), parts.embargoed) == ("2025-07-01", 0)
    assert set(parts.newest.snapshots.astype(str)) == {"2025-09-01"}


def test_what_was_not_known_when_the_exam_begins_is_left_out(tmp_path):
    # 1 July + 31 days is 1 August itself: that day is not over when the exam's first row is made.
    parts = partition(read(tmp_path, panel(), "31d"), test_share=0.2, seed=1)
    assert str(min(parts.test.snapshots)) == "2025-07-01"
    assert (str(parts.dev.snapshots.max()), parts.embargoed) == ("2025-05-01", 200)


def test_no_customer_is_in_two_folds_and_the_order_of_rows_plays_no_part(tmp_path):
    table = panel()
    parts = partition(read(tmp_path, table), test_share=0.2, seed=1)
    folds = pd.Series(parts.folds).groupby(parts.dev.ids.to_numpy()).nunique()
    assert folds.max() == 1
    again = partition(read(tmp_path, table.sample(frac=1, random_state=2)), test_share=0.2, seed=1)
    assert list(again.dev.keys) == list(parts.dev.keys)
    assert list(again.folds) == list(parts.folds)


def test_with_one_row_a_customer_folds_are_as_they_were():
    ids, y = [f"C{i}" for i in range(50)], np.arange(50) % 2
    twice = fold_numbers([*ids, *ids], np.concatenate([y, y]), 7)
    assert list(twice[:50]) == list(twice[50:]) == list(fold_numbers(ids, y, 7))


REFUSED = [
    (("day", ""), "snapshot_col = 'day' sin horizon.*--horizon 28d"),
    (("", "28d"), "horizon = '28d' sin snapshot_col.*--snapshot-col"),
    (("", "", "3d"), "gap = '3d' sin snapshot_col"),
    (("day", "28"), "horizon = '28': debe ser un número entero y su unidad"),
    (("day", "28x"), "horizon = '28x'"),
    (("day", "28d", "x"), "gap = 'x'"),
    (("day", "28d", "0d", "01/02/2025"), "as_of = '01/02/2025': debe ser una fecha AAAA-MM-DD"),
    (("day", "28d", "0d", "2026-02-01"), "as_of = '2026-02-01' es posterior a la fecha"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED)
def test_what_makes_no_sense_together_is_refused(given, said):
    with pytest.raises(ParameterError, match=said):
        ask_history(*given, date="2025-12-31")


def test_nothing_asked_of_time_is_one_row_a_customer():
    assert ask_history("", "", "0d", "") is None


def two_rows_of_a_day(table):
    return pd.concat([table, table.head(1)])


def changed(row: int, day: object):
    def change(table):
        table.loc[row, "day"] = day
        return table

    return change


WRONG = [
    (two_rows_of_a_day, {}, r"1 valor de 'id' en más de una fila de la misma foto \(C0 el 2025-01"),
    (changed(3, None), {}, r"'day' está vacío en 1 fila \(línea 5\)"),
    (changed(3, "ayer"), {}, "'day': 'ayer' no es una fecha"),
    (changed(3, "01/02/2025"), {}, "escritas de maneras distintas"),
    (changed(3, "2030-01-01"), {"as_of": "2025-10-31"}, "1 fila tiene en 'day' una fecha"),
    (changed(3, "2030-01-01"), {"date": "2025-12-31"}, "posterior a la fecha de la ejecución"),
    (lambda t: t, {"horizon": "2y"}, "ninguna fila ha madurado.*más antigua es del 2025-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "given", "said"), WRONG)
def test_a_table_whose_days_cannot_be_trusted_is_refused(tmp_path, change, given, said):
    with pytest.raises(DataError, match=said):
        read(tmp_path, change(panel(60)), **given)


def test_times_of_two_zones_are_refused(tmp_path):
    table = panel(60)
    table["day"] = table["day"] + "T10:00:00+01:00"
    table.loc[3, "day"] = "2025-01-01T10:00:00+02:00"
    with pytest.raises(DataError, match="husos horarios distintos"):
        read(tmp_path, table)


def test_a_horizon_that_leaves_nothing_to_learn_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no queda historia de la que aprender.*horizon más corto"):
        partition(read(tmp_path, panel(), "7m"), test_share=0.2, seed=1)


@pytest.mark.parametrize(("horizon", "smaller"), [("3m", True), ("5m", False)])
def test_a_smaller_exam_is_proposed_only_where_it_would_leave_something(tmp_path, horizon, smaller):
    """With 3m seven months are mature, and January's outcome is known before the last of them."""
    with pytest.raises(DataError, match="no queda historia") as refused:
        partition(read(tmp_path, panel(), horizon), test_share=0.6, seed=1)
    assert ("un examen de menos fotos (test_share = 0.6)" in str(refused.value)) == smaller

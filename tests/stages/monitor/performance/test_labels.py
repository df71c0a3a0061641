"""Which outcomes count, for which batch, and what is said of the others."""

import pandas as pd
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables import outcomes as labels
from tests.stages.monitor.performance.conftest import batch_of, write_labels, write_log


def test_every_outcome_is_counted_once_and_said(home):
    write_log(home, ["a1", "a2"], [0.3, 0.4])
    path = write_labels(home, ["k0", "k1", "k2", "a1", "zz"], ["1", "0", "", "1", "0"])
    found = labels.collect(batch_of([0.9, 0.2, 0.5, 0.6]), path, target="baja")
    assert found.counts() == {
        "n_labelled": 2, "n_missing": 2, "n_earlier": 1, "n_unknown": 1, "n_blank": 1
    }  # fmt: skip
    assert found.sentence() == (
        "labels.csv trae 2 resultados de este lote (2 por llegar); 1 de lotes anteriores; "
        "1 de clientes que nadie puntuó (zz); 1 fila sin resultado."
    )


def test_a_late_outcome_goes_to_the_last_prediction_of_its_customer(home):
    write_log(home, ["a1"], [0.3], day="2026-01-31")
    write_log(home, ["a1"], [0.7], day="2026-02-28")
    found = labels.collect(batch_of([0.9]), write_labels(home, ["a1"], [1]), target="baja")
    known = found.table[found.table["y"].notna()]
    assert known[["batch", "score"]].values.tolist() == [["2026-02-28", 0.7]]


def test_the_log_gives_a_batch_its_threshold_and_its_groups(home):
    write_log(home, ["k0", "k1"], [0.9, 0.2], group=["contact", "control"], expected_profit=5.0)
    table = labels.scored(batch_of([0.9, 0.2, 0.4]))
    assert table["group"].tolist() == ["contact", "control", ""]
    assert table["threshold"].tolist() == [0.5, 0.5, 0.5]
    assert table["batch"].unique().tolist() == [labels.CURRENT]


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
    found = labels.binary_outcomes(column, "l.csv", positive)
    assert found.astype(object).where(found.notna(), None).tolist() == expected


def test_a_label_that_nobody_knows_is_shown_with_the_remedy():
    with pytest.raises(DataError, match=r"l\.csv: 'baja' tiene '0', '1' y 'pendiente'.*en blanco"):
        labels.binary_outcomes(pd.Series(["1", "0", "pendiente"], name="baja"), "l.csv")


def test_a_repeated_id_is_refused(home):
    path = write_labels(home, ["k0", "k0"], [1, 0])
    with pytest.raises(DataError, match="'cliente' en más de una fila"):
        labels.collect(batch_of([0.9]), path, target="baja")


def test_outcomes_of_nobody_scored_are_refused_with_ids_of_both_sides(home):
    path = write_labels(home, ["0001", "0002"], [1, 0])
    with pytest.raises(DataError, match=r"'0001'.*'k0'.*id_col"):
        labels.collect(batch_of([0.9]), path, target="baja")


def test_a_missing_outcome_column_names_the_nearest(home):
    pd.DataFrame({"cliente": ["k0"], "bajas": [1]}).to_csv(home / "l.csv", index=False)
    with pytest.raises(DataError, match="¿Querías decir 'bajas'"):
        labels.collect(batch_of([0.9]), "l.csv", target="baja")


def test_without_a_file_there_are_no_outcomes(home):
    assert labels.collect(batch_of([0.9]), "", target="baja") is None

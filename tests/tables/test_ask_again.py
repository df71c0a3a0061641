"""What 04 and 05 ask of time: what the model learnt with, under the names of the new table."""

import pytest

from retencion_lib.errors import ParameterError
from retencion_lib.home.history import History
from retencion_lib.tables.history import ask_again, known_from

LEARNT = History("day", "28d", "7d", as_of="2026-01-31")


def test_a_model_without_a_history_is_asked_nothing():
    assert ask_again(None, "", "", "0d", "") is None


SAME = [
    pytest.param({}, ("day", ""), id="nothing-said"),
    pytest.param({"snapshot_col": "fecha"}, ("fecha", ""), id="another-name"),
    pytest.param({"as_of": "2026-03-01"}, ("day", "2026-03-01"), id="another-last-day"),
    pytest.param({"horizon": "28 d", "gap": "7D"}, ("day", ""), id="the-same-written-otherwise"),
    pytest.param({"gap": "7d"}, ("day", ""), id="the-gap-alone"),
    pytest.param({"gap": ""}, ("day", ""), id="no-gap-said"),
]


@pytest.mark.parametrize(("given", "expected"), SAME)
def test_what_is_not_said_is_what_the_model_learnt_with(given, expected):
    column, as_of = expected
    assert ask_again(LEARNT, date="2026-03-02", **given) == History(column, "28d", "7d", as_of)


REFUSED = [
    ({"horizon": "30d", "gap": "7d"}, "horizon = '30d'.*se entrenó con horizon = '28d'"),
    ({"horizon": "28d"}, "gap = '0d': el modelo se entrenó.*gap = '7d'.*Deja vacíos"),
    ({"gap": "3d"}, "gap = '3d': el modelo se entrenó.*'retencion train'"),
    ({"horizon": "28x", "gap": "7d"}, "horizon = '28x': debe ser un número entero y su unidad"),
    ({"as_of": "31/01/2026"}, "as_of = '31/01/2026': debe ser una fecha AAAA-MM-DD"),
    ({"as_of": "2026-03-03"}, "as_of = '2026-03-03' es posterior a la fecha de la ejecución"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED)
def test_another_horizon_or_a_day_that_has_not_come_is_refused(given, said):
    with pytest.raises(ParameterError, match=said):
        ask_again(LEARNT, date="2026-03-02", **given)


@pytest.mark.parametrize("name", ["snapshot_col", "horizon", "gap", "as_of"])
def test_time_cannot_be_asked_of_a_model_that_learnt_without_it(name):
    with pytest.raises(ParameterError, match=f"{name} = '1d'.*: el modelo se entrenó con una fila"):
        ask_again(None, **{name: "1d"})


def test_an_outcome_counts_from_the_day_after_its_horizon():
    # 1 January + 7 + 28 days is 5 February, which has to be over.
    assert known_from(LEARNT, "2026-01-01") == "2026-02-06"

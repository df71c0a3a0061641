"""Which columns have moved: what is said, what is not, and how it is shown."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from retencion_lib.errors import ParameterError
from retencion_lib.maths.drift import Shift
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.checks.shifts import settings, shift_alerts, shifts, with_rules
from retencion_lib.stages.monitor.say import details_table, shifts_table
from retencion_lib.tables.reference import write_profile
from tests.watch_home import loaded


def shifts_of(current: str) -> list[Shift]:
    return shifts(loaded(current))


def test_a_moved_column_is_said_with_its_code_and_its_means(home):
    (alert,) = shift_alerts(shifts_of("moved.csv"))
    assert (alert.code, alert.column, alert.level) == ("RET010", "months", "warning")
    assert "la media de 'months' pasa de" in worded(alert).message


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
    assert [s.status for s in shifts_of("batch.csv")] == ["ok", "alert"]
    own = {"id_col": "id", "target": "left", "scores": mean[exam]}
    write_profile("0.1", "monitoring/train_with_score.csv", **own)
    assert [s.status for s in shifts_of("batch.csv")] == ["ok", "ok"]


def test_a_score_that_moved_has_a_code_of_its_own(home):
    table = pd.read_csv(home / "same.csv")
    table.assign(score=(table["score"] + 0.3).clip(upper=1)).to_csv(home / "up.csv", index=False)
    (alert,) = shift_alerts(shifts_of("up.csv"))
    assert (alert.code, alert.column, alert.level) == ("RET011", "score", "alert")
    assert "la puntuación media pasa de" in worded(alert).message


def test_a_floor_in_percent_is_refused():
    with pytest.raises(ParameterError, match=r"min_ks = 5: debe ser un número de 0 a 1"):
        settings(min_ks=5, min_psi=0.01)


def test_the_table_of_columns_is_short_and_its_details_stand_apart(home):
    found = shifts_of("moved.csv")
    table, details = shifts_table(found), details_table(found)
    first = table.iloc[0]
    assert (first["column"], first["status"]) == ("months", "warning")
    assert re.fullmatch(r"media [\d,.]+ → [\d,.]+", first["Antes y ahora"])
    assert "Puntuación" in list(table["column"])
    assert list(details["column"]) == list(table["column"])
    assert details["p_value"].iloc[0] == "< 0,001"


def test_a_column_that_breaks_a_rule_is_not_shown_as_well_though_its_values_have_not_moved(home):
    found = shifts_of("same.csv")
    rule = Alert(Code.NULLS, "alert", "price", 0.3, 0.0)
    shown = {s.name: s.status for s in with_rules(found, [rule])}
    assert shown == {"months": "ok", "price": "alert", "plan": "ok", "score": "ok"}

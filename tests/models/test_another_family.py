"""The family that docs/modelos.md adds, with a stand-in for the library that it needs."""

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from retencion_lib.models import estimators, families, from_bytes, to_bytes, train_candidates
from retencion_lib.models.features import describe

ROOT = Path(__file__).resolve().parents[2]
CLASS, ENTRY = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "modelos.md").read_text("utf-8"), re.DOTALL
)


class CatBoostClassifier:
    def __init__(self, **_):
        self.model = LogisticRegression()

    def fit(self, X, y):
        self.classes_ = self.model.fit(X, y).classes_
        return self

    def predict(self, X, prediction_type):
        assert prediction_type == "RawFormulaVal"
        return self.model.decision_function(X)


@pytest.fixture
def catboost(monkeypatch):
    """The two edits of the docs, made in memory."""
    stand_in = ModuleType("catboost")
    stand_in.CatBoostClassifier = CatBoostClassifier
    monkeypatch.setitem(sys.modules, "catboost", stand_in)
    made = {}
    exec(CLASS, vars(estimators), made)
    made["Cat"].__module__ = estimators.__name__
    monkeypatch.setattr(estimators, "Cat", made["Cat"], raising=False)
    (family,) = eval(f"({ENTRY})", vars(families) | made)
    monkeypatch.setitem(families.FAMILIES, family.name, family)


def test_the_family_of_the_docs_is_trained_stacked_kept_and_opened_again(catboost):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    y = (rng.random(400) < expit(X["a"])).astype(int)
    found = train_candidates(X, y, np.arange(400) % 5, describe(X, ["a", "b"], []), 0)
    assert list(found) == ["logreg", "xgb", "mlp", "catboost", "stack"]
    again = from_bytes(to_bytes(found["catboost"]))
    np.testing.assert_array_equal(again.predict(X), found["catboost"].predict(X))

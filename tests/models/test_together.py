"""Scores found by value, by column and by all folds at once are those of each member by itself."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.models import together
from retencion_lib.models.additive import linear_log_odds
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.families import FAMILIES, Family
from retencion_lib.models.features import Derived, describe
from retencion_lib.models.features.by_value import Values, matrix

LINEAR = Family("logreg", "", FAMILIES["logreg"].variants)


def customers(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers with gaps, one of them nearly always zero; labels, few and many, with gaps."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "spend": rng.gamma(2, 30, n).round(2),
            "visits": np.where(rng.random(n) < 0.7, 0.0, rng.integers(1, 90, n)),
            "calls": rng.integers(0, 4, n).astype(float),
            "plan": rng.choice(np.array(["basic", "plus", None], object), n),
            "town": rng.choice([f"t{i}" for i in range(40)], n).astype(object),
        }
    )
    frame.loc[rng.random(n) < 0.1, ["spend", "calls"]] = np.nan
    return frame, (rng.random(n) < 0.3).astype(int)


@pytest.fixture(scope="module")
def members():
    X, y = customers(500, 0)
    numbers, labels = ["spend", "visits", "calls"], ["plan", "town"]
    columns = describe(X, numbers, labels, [Derived("ratio", ("spend", "visits"))])
    fitted = fit_variants(LINEAR, X, y, np.arange(500) % 5, columns, 3)
    return {v.variant: v.predictor.weighted for v in fitted}


@pytest.fixture(scope="module")
def strange():
    """New customers: values at, between and far beyond the knots, and labels never seen."""
    frame, _ = customers(400, 1)
    frame.loc[:9, "spend"] = [-1e9, -5, 0, 1e9, 1e-300, 0.1, 59.99, 60, 60.01, np.nan]
    frame.loc[10:12, "plan"] = "gold"
    frame.loc[13:15, "calls"] = [7, -1, 2.5]
    known = customers(500, 0)[0]
    return pd.concat([frame, known], ignore_index=True)  # the knots themselves are among these


def one_by_one(members, frame):
    return sum(weight * member.decision_function(frame) for member, weight in members)


@pytest.mark.parametrize("variant", ["lineal", "curvas"])
def test_linear_models_of_all_folds_are_one_sum_over_columns(members, strange, variant):
    known = members[variant]
    found = linear_log_odds(known, Values(strange))
    np.testing.assert_allclose(found, one_by_one(known, strange), atol=1e-10)


@pytest.mark.parametrize("variant", ["lineal", "curvas"])
def test_a_matrix_made_by_value_is_the_one_that_the_pipeline_makes(members, strange, variant):
    for member, _ in members[variant]:
        plain = member[:-1].transform(strange)
        np.testing.assert_array_equal(matrix(member[:-1], Values(strange)), plain)


def test_a_table_in_blocks_has_the_scores_of_the_whole(members, strange, monkeypatch):
    known = members["curvas"]
    whole = together.weighted_log_odds(known, strange)
    monkeypatch.setattr(together, "BLOCK", 64)
    blocks = together.weighted_log_odds(known, strange)
    np.testing.assert_allclose(blocks, whole, atol=1e-12)


def test_no_rows_have_no_scores(members, strange):
    assert together.weighted_log_odds(members["curvas"], strange.head(0)).shape == (0,)

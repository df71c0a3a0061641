"""What each feature's drift does to scores and decisions: worked figures and planted drifts."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from retencion_lib.maths import impact


def sides(n=2000, m=1000, **shift):
    """Contributions of three features; in the current side each is moved by its shift."""
    rng = np.random.default_rng(1)
    spread = {"a": 1.0, "b": 0.5, "c": 0.1}
    reference = pd.DataFrame({f: rng.normal(0, s, n) for f, s in spread.items()})
    current = pd.DataFrame({f: rng.normal(0, s, m) + shift.get(f, 0) for f, s in spread.items()})
    return reference, current


def test_the_features_shifts_add_up_to_the_scores_shift():
    reference, current = sides(a=0.3, c=-0.2)
    found = impact.attribute(reference, current, cut=1.0, k=100)
    total = current.sum(axis=1).mean() - reference.sum(axis=1).mean()
    assert found["shift"].sum() == pytest.approx(total)


def test_the_interval_and_p_value_are_welchs():
    reference, current = sides(b=0.05)
    found = impact.attribute(reference, current, cut=1.0, k=100).set_index("name")
    peer = ttest_ind(current["b"], reference["b"], equal_var=False)
    assert found.loc["b", "p_value"] == pytest.approx(peer.pvalue, rel=0.02)
    low, high = peer.confidence_interval()
    assert found.loc["b", ["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-3)


def test_the_drift_that_changes_who_is_flagged_comes_first():
    reference, current = sides(b=0.6, c=0.05)
    found = impact.attribute(reference, current, cut=1.0, k=100)
    assert found["name"][0] == "b"
    before = np.mean(reference.sum(axis=1) >= 1.0)
    now = np.mean(current.sum(axis=1) >= 1.0)
    assert found["flagged_change"][0] == pytest.approx(now - before, abs=0.03)
    assert found["flagged_change"][1:].abs().max() < 0.03


def test_a_drift_of_spread_changes_the_list_though_not_the_mean():
    reference, current = sides()
    current["c"] *= 20
    found = impact.attribute(reference, current, cut=1.0, k=100).set_index("name")
    assert found.loc["c", "list_change"] > 0.3
    assert abs(found.loc["c", "shift"]) < 0.2


def test_the_worked_table_of_four_customers():
    # Flagged at 1.0 now: 1.2, 1.1 (a = 0.2 more for all, b 1 1 0 0). Undoing a: 1.0, 0.9.
    reference = pd.DataFrame({"a": [0.0, 0.0], "b": [1.0, 0.0]})
    current = pd.DataFrame({"a": [0.2, 0.2, 0.2, 0.2], "b": [1.0, 0.9, 0.0, 0.0]})
    found = impact.attribute(reference, current, cut=1.0, k=2).set_index("name")
    assert found.loc["a", "shift"] == pytest.approx(0.2)
    assert found.loc["a", "flagged_change"] == pytest.approx(0.5 - 0.25)
    assert found.loc["a", "list_change"] == 0


@pytest.mark.parametrize(("now", "p_value"), [(1.0, 1.0), (1.5, 0.0)])
def test_a_constant_has_moved_for_sure_or_not_at_all(now, p_value):
    reference = pd.DataFrame({"a": [0.0, 2.0], "b": [1.0, 1.0]})
    current = pd.DataFrame({"a": [0.0, 2.0], "b": [now, now]})
    found = impact.attribute(reference, current, cut=9, k=1)
    assert list(found.columns) == impact.COLUMNS
    assert found.set_index("name").loc["b", "p_value"] == p_value


def test_values_keep_their_rank_and_ties_stay_tied():
    moved = impact.as_before(np.array([5.0, 1.0, 5.0, 3.0]), np.array([0.0, 10.0]))
    assert moved[0] == moved[2] > moved[3] > moved[1]
    same = np.arange(50.0)
    assert impact.as_before(same, same) == pytest.approx(same, abs=0.5)


@pytest.mark.parametrize(
    ("flagged", "cut"),
    [
        pytest.param([False, False, True], 1.5, id="between"),
        pytest.param([True, True, True], -np.inf, id="all"),
        pytest.param([False, False, False], np.inf, id="nobody"),
    ],
)
def test_the_cut_lies_between_the_flagged_and_the_others(flagged, cut):
    assert impact.cut_between(np.array([0.0, 1.0, 2.0]), np.array(flagged)) == cut


def test_sides_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="mismas columnas"):
        impact.attribute(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]}), cut=0, k=1)


@pytest.mark.parametrize(("k", "changed"), [(1, 1.0), (2, 0.5), (3, 0.0)])
def test_the_list_without_a_drift_has_other_customers(k, changed):
    # Log-odds now 3, 2, 1, -1; without a's drift 0, 2, 1, -1.
    reference = pd.DataFrame({"a": [0.0, 0.0], "b": [0.0, 2.0]})
    current = pd.DataFrame({"a": [3.0, 0.0, 0.0, 0.0], "b": [0.0, 2.0, 1.0, -1.0]})
    found = impact.attribute(reference, current, cut=1.5, k=k).set_index("name")
    assert found.loc["a", "list_change"] == pytest.approx(changed)


def test_two_customers_a_side_have_the_error_of_their_two_values():
    # Variances 2 and 8 of two values each: √(2 / 2 + 8 / 2); shift 2 - 1.
    reference, current = pd.DataFrame({"a": [0.0, 2.0]}), pd.DataFrame({"a": [0.0, 4.0]})
    (row,) = impact.attribute(reference, current, cut=0, k=1).itertuples()
    half = 1.959964 * np.sqrt(5)
    assert (row.shift, row.low, row.high) == pytest.approx((1, 1 - half, 1 + half), abs=1e-5)
    with pytest.raises(ValueError, match="al menos dos clientes"):
        impact.attribute(reference, current.head(1), cut=0, k=1)

"""Columns that know the outcome are named once; what is certain stops training, the rest warns."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables import load_training
from retencion_lib.tables.leaks import evidence_words, refuse_leaks, suspects

N = 900
RNG = np.random.default_rng(0)
Y = (np.arange(N) % 3 == 0).astype(int)
LEFT = np.flatnonzero(Y)


def noise():
    return RNG.normal(size=N).round(6)


def only(rows, value):
    """A value for some rows, and nothing for the others."""
    column = np.full(N, None, dtype=object)
    column[rows] = value
    return column


def some(share):
    """As many of those who left."""
    return LEFT[: int(share * len(LEFT))]


@pytest.fixture
def load(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))

    def given(target="y", **columns):
        table = pd.DataFrame({"id": [f"c{n}" for n in range(N)], "plain": noise(), **columns})
        table.assign(**{target: Y}).to_csv(tmp_path / "t.csv", index=False)
        return load_training("t.csv", target=target, id_col="id")

    return given


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        pytest.param(Y, "copy", id="copy"),
        pytest.param(np.where(Y, "gone", "here"), "copy", id="copy-in-words"),
        pytest.param(Y + noise() / 9, "near_perfect", id="a-number-almost-alone"),
        pytest.param(only(LEFT, RNG.choice(["precio", "mudanza"], len(LEFT))),
                     "near_perfect", id="a-reason-only-where-they-left"),
        pytest.param(np.where(Y == 0, noise(), np.nan), "missing_by_target", id="gone-if-left"),
        pytest.param(only(some(0.6), RNG.choice(["precio", "mudanza"], len(some(0.6)))),
                     "only_leavers", id="a-reason-of-some-of-those-who-left"),
        pytest.param(np.where(np.isin(np.arange(N), some(0.4)), "queja", RNG.choice(["a", "b"], N)),
                     "only_leavers", id="a-label-that-only-leavers-have"),
    ],
)  # fmt: skip
def test_what_certainly_knows_the_outcome_is_refused_with_what_to_type(load, column, kind):
    training = load(late=column)
    found = suspects(training)
    assert [(s.column, s.kind, s.certain) for s in found] == [("late", kind, True)]
    with pytest.raises(DataError, match=r"t\.csv: 'late' sabe demasiado.*--drop-cols late.*motivo"):
        refuse_leaks(found, "t.csv", "")
    refuse_leaks(found, "t.csv", "se sabe un mes antes")


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        pytest.param({"vendor": Y + noise() / 2.2}, "far_ahead", id="far-ahead-of-the-others"),
        pytest.param({"risk_score": Y + noise()}, "called_like_the_outcome", id="a-score"),
        pytest.param({"motivoContacto": Y + noise()}, "called_like_the_outcome", id="a-reason"),
    ],
)
def test_what_may_know_the_outcome_is_said_and_stops_nothing(load, columns, kind):
    found = suspects(load(**columns))
    assert [(s.kind, s.certain) for s in found] == [(kind, False)]
    refuse_leaks(found, "t.csv", "")


def test_a_column_called_like_the_target_warns(load):
    found = suspects(load(target="abandono", abandono_previo=Y + noise()))
    assert [s.kind for s in found] == ["called_like_the_outcome"]


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"use": Y + noise()}, id="a-strong-honest-number"),
        pytest.param({"marital_status": RNG.choice(["a", "b"], N)}, id="a-name-that-says-nothing"),
        pytest.param({"plan": np.where(Y, RNG.choice(["a", "b"], N), "b")}, id="nobody-of-a-left"),
        pytest.param({"town": [f"t{n % 40}" for n in range(N)]}, id="many-labels"),
        pytest.param({"two": Y + noise(), "too": Y + noise()}, id="two-alike"),
    ],
)
def test_honest_columns_are_no_suspects(load, columns):
    if "plan" in columns:
        columns = {"plan": np.where(Y == 0, RNG.choice(["a", "b"], N), "b")}
    assert suspects(load(**columns)) == []


def test_each_column_is_named_once_with_its_strongest_evidence(load):
    found = suspects(load(motivo_baja=only(LEFT, RNG.choice(["x", "z"], len(LEFT)))))
    assert len(found) == 1
    assert evidence_words(found[0]) == "predice casi sola: ROC-AUC 1,000"

"""Tables of other shapes than the demo: every candidate is fitted and is worth something."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from retencion_lib.maths.metrics import contest, log_loss_difference
from retencion_lib.models import (
    FAMILIES,
    baseline_scores,
    fit_baseline,
    prepare_columns,
    train_candidates,
)


def outcome(rng, z, rate):
    """Outcomes whose log-odds are z, shifted so that about `rate` of them leave."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(z + middle).mean() < rate else (low, middle)
    return (rng.random(len(z)) < expit(z + low)).astype(int)


def tiny(rng, n):
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    X["kind"] = rng.choice(["x", "y"], n).astype(object)
    return X, X["a"].to_numpy(), 0.25


def rare(rng, n):
    X = pd.DataFrame(rng.lognormal(size=(n, 4)), columns=list("abcd"))
    return X, np.log(X["a"]).to_numpy(), 0.015


def only_categories(rng, n):
    X = pd.DataFrame({c: rng.choice(list("xyz"), n) for c in "abc"}, dtype=object)
    return X, 2.0 * (X["a"] == "x").to_numpy(), 0.3


def many_labels(rng, n):
    label = rng.integers(0, 150, n)
    X = pd.DataFrame({"shop": [f"s{i}" for i in label], "n": rng.normal(size=n)})
    X["shop"] = X["shop"].astype(object)
    return X, rng.normal(0, 1.5, 150)[label], 0.2


def gaps(rng, n):
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=["a", "empty", "half", "late"])
    X["kind"] = rng.choice(["x", "y"], n).astype(object)
    z = X["a"].to_numpy() + X["half"].to_numpy()
    X["empty"] = np.nan
    X.loc[rng.random(n) < 0.5, "half"] = np.nan
    X.loc[X.index % 5 != 0, "late"] = np.nan  # present in one fold alone
    X["kind"] = X["kind"].where(rng.random(n) < 0.7, None)
    return X, z, 0.3


def steps(rng, n):
    X = pd.DataFrame({c: rng.integers(0, 2, n).astype(float) for c in "abcde"})
    return X, (X["a"] + X["b"]).to_numpy(), 0.3


SHAPES = [
    (tiny, 500),
    (rare, 5000),
    (only_categories, 900),
    (many_labels, 3000),
    (gaps, 900),
    (steps, 800),
]
N_WEIGHTS = 1 + sum(len(family.variants) for family in FAMILIES.values())


def customers(table, n):
    """Features, outcome, and the names of numbers and categories."""
    rng = np.random.default_rng(7)
    X, z, rate = table(rng, n)
    numeric = list(X.select_dtypes("number"))
    return X, outcome(rng, z, rate), numeric, [c for c in X if c not in numeric]


def trained(X, y, numeric, categorical):
    folds = np.arange(len(y)) % 5
    columns, _ = prepare_columns(X, y, folds, numeric, categorical, 1)
    return folds, columns, train_candidates(X, y, folds, columns, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("table", "n"), SHAPES)
def test_any_shape_is_learnt_by_every_candidate(table, n):
    X, y, numeric, categorical = customers(table, n)
    folds, columns, found = trained(X, y, numeric, categorical)
    nothing = log_loss(y, np.full(len(y), y.mean()))
    bar = baseline_scores(X, y, folds, columns)
    assert list(found) == ["logreg", "xgb", "mlp", "stack"]
    for name, candidate in found.items():
        assert np.isfinite(candidate.p).all(), name
        assert log_loss(y, candidate.p) < 1.02 * nothing, name
        # New rows: labels never seen, and nothing at all.
        odd = pd.concat([X.head(2), X.head(1).assign(**dict.fromkeys(X, None))])
        odd[categorical] = odd[categorical].fillna("never seen").astype(object)
        odd[numeric] = odd[numeric].astype(float)
        p = candidate.predict(odd)
        assert ((p > 0) & (p < 1)).all(), name
    # A stack that is judged on rows without a say in its weights pays for them: k parameters
    # cost k / 2n of log-loss on new rows (Akaike). Beyond that and noise it must not lose. Where a
    # label becomes the share that left, what other folds say knows the outcomes of the one held,
    # and out of fold is too harsh: there new customers judge (below).
    better, error = log_loss_difference(y, bar, found["stack"].p)
    if not columns.many:
        assert better > -2 * error - N_WEIGHTS / (2 * 0.8 * len(y))
    used = contest(y, {name: candidate.p for name, candidate in found.items()}, seed=1).winner
    for name in ("logreg", used):
        better, error = log_loss_difference(y, bar, found[name].p)
        assert better > -2 * error, name


@pytest.mark.slow
@pytest.mark.parametrize(("table", "n"), SHAPES)
def test_on_new_customers_a_stack_costs_no_more_than_its_weights(table, n):
    X, y, numeric, categorical = customers(table, n + 5000)
    X, new, y, y_new = X[:n], X[n:], y[:n], y[n:]
    _, columns, found = trained(X, y, numeric, categorical)
    plain = fit_baseline(X, y, columns).predict_proba(new)[:, 1]
    better, error = log_loss_difference(y_new, plain, found["stack"].predict(new))
    assert better > -2 * error - N_WEIGHTS / (2 * n)

"""Tables of other shapes than the demo: every candidate is fitted and is worth something."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from retencion_lib.metrics import contest, log_loss_difference
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "n"),
    [
        (tiny, 500),
        (rare, 5000),
        (only_categories, 900),
        (many_labels, 3000),
        (gaps, 900),
        (steps, 800),
    ],
)
def test_any_shape_is_learnt_by_every_candidate(table, n):
    rng = np.random.default_rng(7)
    X, z, rate = table(rng, n + 5000)
    y = outcome(rng, z, rate)
    X, new, y, y_new = X[:n], X[n:], y[:n], y[n:]
    numeric = list(X.select_dtypes("number"))
    categorical = [c for c in X if c not in numeric]
    folds = np.arange(len(y)) % 5
    columns, _ = prepare_columns(X, y, folds, numeric, categorical, 1)
    found = train_candidates(X, y, folds, columns, 1)
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
    used = contest(y, {name: candidate.p for name, candidate in found.items()}, seed=1).winner
    for name in ("logreg", used):
        better, error = log_loss_difference(y, bar, found[name].p)
        assert better > -2 * error, name
    # k learnt weights cost k / 2n of log-loss on new rows (Akaike), whatever they gain. Beyond that
    # and noise the stack must not lose to a plain logistic regression.
    plain = fit_baseline(X, y, columns).predict_proba(new)[:, 1]
    better, error = log_loss_difference(y_new, plain, found["stack"].predict(new))
    n_weights = 1 + sum(len(family.variants) for family in FAMILIES.values())
    assert better > -2 * error - n_weights / (2 * len(y))

"""Estimators that know when to stop, and say their log-odds.

Gradient boosting and the network stop early on the log-loss of an inner stratified share of
what they are given, so that out-of-fold predictions never see the rows they are judged on.
"""

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from xgboost import XGBClassifier

INNER_SHARE = 0.15  # of the rows given, kept aside to decide when to stop
LARGE = 50_000  # rows from which a seventh more tell nothing


def inner_split(X: np.ndarray, y: np.ndarray, seed: int) -> list[np.ndarray]:
    """Rows to fit on and rows to stop on: ``X_fit, X_stop, y_fit, y_stop``."""
    return train_test_split(X, y, test_size=INNER_SHARE, stratify=y, random_state=seed)


class ByLogOdds(ClassifierMixin, BaseEstimator):
    """A classifier of 0/1 that is defined by its log-odds."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, 2)."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Class whose probability is larger, shape (n,)."""
        return (self.decision_function(X) > 0).astype(int)


class EarlyStoppedXGB(ByLogOdds):
    """Gradient-boosted trees that stop when the inner log-loss no longer improves.

    How many trees that takes is found on most of the rows; the trees that are kept are then
    grown on all of them, in proportion, unless the rows are so many that the rest add nothing.
    """

    def __init__(self, max_depth=3, colsample=0.6, learning_rate=0.04, rounds=3000, seed=0):
        self.max_depth = max_depth
        self.colsample = colsample
        self.learning_rate = learning_rate
        self.rounds = rounds
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> "EarlyStoppedXGB":
        """Find the number of trees, and grow them."""
        fit, stop, y_fit, y_stop = inner_split(X, y, self.seed)
        large = len(fit) > LARGE
        probe = self._trees(self.rounds, eval_metric="logloss", early_stopping_rounds=60)
        probe.fit(fit, y_fit, eval_set=[(stop, y_stop)], verbose=False)
        rounds = probe.best_iteration + 1
        if large:
            self.booster_ = probe.get_booster()[:rounds]
        else:
            again = self._trees(round(rounds / (1 - INNER_SHARE)))
            self.booster_ = again.fit(X, y).get_booster()
        self.classes_ = np.array([0, 1])
        return self

    def _trees(self, rounds: int, **more: object) -> XGBClassifier:
        return XGBClassifier(
            n_estimators=rounds,
            tree_method="hist",
            learning_rate=self.learning_rate,
            max_depth=self.max_depth,
            colsample_bytree=self.colsample,
            subsample=0.8,
            min_child_weight=5,
            # Threads wait for each other by spinning: on busy cores two of them took four times
            # the CPU of one and longer by the clock. Sums also round by thread.
            n_jobs=1,
            random_state=self.seed,
            **more,
        )

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Log-odds of leaving, shape (n,)."""
        return self.booster_.inplace_predict(X, predict_type="margin").astype(float)


class EarlyStoppedMLP(ByLogOdds):
    """One hidden layer that keeps the weights with the best inner log-loss.

    sklearn's own ``early_stopping`` watches accuracy, which says little when few leave.
    """

    def __init__(self, hidden=32, alpha=1.0, patience=10, max_epochs=100, seed=0):
        self.hidden = hidden
        self.alpha = alpha
        self.patience = patience
        self.max_epochs = max_epochs
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> "EarlyStoppedMLP":
        """Fit epoch by epoch; stop after `patience` epochs without a better log-loss."""
        fit, stop, y_fit, y_stop = inner_split(X, np.asarray(y), self.seed)
        sign = np.where(y_stop > 0, 1, -1)
        net = MLPClassifier(
            (self.hidden,),
            alpha=self.alpha,
            learning_rate_init=3e-3,
            batch_size=min(len(fit), max(128, min(2048, len(fit) // 100))),
            shuffle=False,
            random_state=self.seed,
        )
        draw = np.random.default_rng(self.seed)
        best, since, weights = np.inf, 0, None
        for _ in range(self.max_epochs):
            # Shuffled here once an epoch: sklearn's own way picks the rows batch by batch, and
            # checks them each time.
            order = draw.permutation(len(fit))
            net.partial_fit(fit[order], y_fit[order], classes=[0, 1])
            # The logistic loss of the log-odds of what happened.
            loss = np.logaddexp(0, -sign * _forward(net, stop)).mean()
            if loss < best - 1e-5:
                best, since = loss, 0
                weights = [w.copy() for w in net.coefs_], [b.copy() for b in net.intercepts_]
            else:
                since += 1
            if since >= self.patience:
                break
        net.coefs_, net.intercepts_ = weights
        self.model_, self.classes_ = net, net.classes_
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Log-odds of leaving, shape (n,)."""
        return _forward(self.model_, X)


def _forward(net: MLPClassifier, X: np.ndarray) -> np.ndarray:
    """Log-odds by a network of one hidden layer, shape (n,), before the logistic function."""
    hidden = np.maximum(0, X @ net.coefs_[0] + net.intercepts_[0])
    return (hidden @ net.coefs_[1] + net.intercepts_[1]).ravel()

"""Estimators that learn in stages, and say their log-odds.

Gradient boosting and the network know a little more after every stage: some trees, or one pass
over the rows. At which stage to stop is decided in `crossfit`, for all folds together.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neural_network import MLPClassifier

from retencion_lib.models.boosting import xgboost

if TYPE_CHECKING:
    from xgboost import DMatrix


class ByLogOdds(ClassifierMixin, BaseEstimator):
    """A classifier of 0/1 that is defined by its log-odds."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, 2)."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Class whose probability is larger, shape (n,)."""
        return (self.decision_function(X) > 0).astype(int)


class Staged(ByLogOdds):
    """A classifier that learns in stages, and can go back to one."""

    patience: int  # stages without a better log-loss after which none is expected

    def stages(
        self, X: np.ndarray, y: np.ndarray, held: np.ndarray
    ) -> Iterator[tuple[np.ndarray, object]]:
        """Learn stage by stage.

        Parameters
        ----------
        X, y : array of shape (n, n_columns), array of shape (n,)
            What is learnt.
        held : array of shape (n_held, n_columns)
            Other rows, to see how well it goes.

        Yields
        ------
        ndarray of shape (n_held,)
            Log-odds of the other rows after the stage.
        object
            What `settle` needs to go back to it.
        """
        raise NotImplementedError

    def settle(self, stage: object) -> None:
        """Be what it was after a stage."""
        raise NotImplementedError

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Staged":
        """Learn all the stages: nothing here says when to stop."""
        *_, (_, last) = self.stages(X, np.asarray(y), X[:1])
        self.settle(last)
        return self


class StagedXGB(Staged):
    """Gradient-boosted trees, some more each stage."""

    patience = 3

    def __init__(
        self,
        max_depth=3,
        colsample=0.6,
        learning_rate=0.05,
        step=10,
        trees=3000,
        seed=0,
        colsample_node=1.0,
        subsample=0.8,
        pull=1.0,
    ):
        self.max_depth = max_depth
        self.colsample = colsample  # share of the columns that a tree sees
        self.colsample_node = colsample_node  # and of these, that a split sees
        self.subsample = subsample  # share of the rows that a tree sees
        self.pull = pull  # of a leaf to zero, in rows
        self.learning_rate = learning_rate
        self.step = step  # trees a stage
        self.trees = trees  # at most; once settled, those it has
        self.seed = seed

    def stages(
        self,
        X: np.ndarray,
        y: np.ndarray,
        held: np.ndarray,
        start: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> Iterator[tuple[np.ndarray, int]]:
        """Grow `step` trees more at a time; a stage is a number of trees.

        Parameters
        ----------
        start : pair of arrays of shape (n,) and (n_held,), optional
            Log-odds by another model, which the trees correct. What is yielded includes them;
            `decision_function` is the correction alone.
        """
        xgb = xgboost()
        # Not in the generator, which would hold the matrix for as long as it runs: the table of
        # bins is an eighth of it.
        rows, seen = xgb.QuantileDMatrix(X, y, nthread=1), xgb.DMatrix(held, nthread=1)
        settings = self._settings()
        if start is not None:
            rows.set_base_margin(start[0])
            seen.set_base_margin(start[1])
            settings["base_score"] = 0.5  # log-odds of 0: the correction has no constant of its own
        self.booster_ = xgb.Booster(settings, [rows, seen])
        return self._grow(rows, seen)

    def _grow(self, rows: "DMatrix", seen: "DMatrix") -> Iterator[tuple[np.ndarray, int]]:
        for grown in range(self.step, self.trees + 1, self.step):
            for tree in range(grown - self.step, grown):
                self.booster_.update(rows, tree)
            # The booster remembers what it said of rows it was made with: only new trees are asked.
            yield self.booster_.predict(seen, output_margin=True).astype(float), grown

    def settle(self, stage: int) -> None:
        """Keep the first trees."""
        self.trees = stage
        self.booster_ = self.booster_[:stage]
        self.classes_ = np.array([0, 1])

    def _settings(self) -> dict[str, object]:
        return {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "colsample_bytree": self.colsample,
            "colsample_bynode": self.colsample_node,
            "subsample": self.subsample,
            "reg_lambda": self.pull,
            # Threads wait for each other by spinning: on busy cores two of them took four times
            # the CPU of one and longer by the clock. Sums also round by thread.
            "nthread": 1,
            "seed": self.seed,
            # Draws are shared by all boosters of a process: begun anew for every tree, those of one
            # fold do not depend on how many others learn beside it.
            "seed_per_iteration": True,
        }

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Log-odds of leaving, shape (n,)."""
        return self.booster_.inplace_predict(X, predict_type="margin").astype(float)


class StagedMLP(Staged):
    """One hidden layer; a stage is one pass over the rows.

    sklearn's own ``early_stopping`` watches accuracy, which says little when few leave.
    """

    patience = 5

    def __init__(self, hidden=16, alpha=1.0, passes=100, seed=0):
        self.hidden = hidden
        self.alpha = alpha
        self.passes = passes  # at most; once settled, those it has learnt from
        self.seed = seed

    def stages(
        self, X: np.ndarray, y: np.ndarray, held: np.ndarray
    ) -> Iterator[tuple[np.ndarray, tuple]]:
        """Learn from every row once more; a stage is the number of passes and the weights."""
        net = self.model_ = MLPClassifier(
            (self.hidden,),
            alpha=self.alpha,
            learning_rate_init=2e-2,
            batch_size=min(len(X), max(256, min(2048, len(X) // 100))),
            shuffle=False,
            random_state=self.seed,
        )
        # Single precision halves what all folds hold at once.
        X, held = (rows.astype(np.float32, copy=False) for rows in (X, held))
        return self._learn(net, X, y, held)

    def _learn(
        self, net: MLPClassifier, X: np.ndarray, y: np.ndarray, held: np.ndarray
    ) -> Iterator[tuple[np.ndarray, tuple]]:
        draw = np.random.default_rng(self.seed)
        for done in range(1, self.passes + 1):
            # Shuffled here once a pass: sklearn's own way picks the rows batch by batch, and
            # checks them each time.
            order = draw.permutation(len(X))
            net.partial_fit(X[order], y[order], classes=[0, 1])
            weights = [w.copy() for w in net.coefs_], [b.copy() for b in net.intercepts_]
            yield _forward(net, held), (done, *weights)

    def settle(self, stage: tuple) -> None:
        """Take back the weights of a stage."""
        self.passes, self.model_.coefs_, self.model_.intercepts_ = stage
        self.classes_ = self.model_.classes_

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Log-odds of leaving, shape (n,)."""
        return _forward(self.model_, X)


def _forward(net: MLPClassifier, X: np.ndarray) -> np.ndarray:
    """Log-odds by a network of one hidden layer, shape (n,), before the logistic function."""
    hidden = np.maximum(0, X @ net.coefs_[0] + net.intercepts_[0])
    return (hidden @ net.coefs_[1] + net.intercepts_[1]).ravel()

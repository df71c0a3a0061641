"""A fitted model: what scoring needs, under one version."""

import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.pipeline import Pipeline

from retencion_lib.models.calibrate import Calibrator


def log_odds(p: np.ndarray) -> np.ndarray:
    """Log-odds of probabilities, finite even at 0 and 1."""
    return logit(np.clip(p, 1e-12, 1 - 1e-12))


@dataclass(frozen=True)
class Predictor:
    """A weighted sum of pipelines in log-odds, so that attributions stay additive.

    The mean of the fold models of one family has equal weights that add to one and no
    offset; the stack has its own.
    """

    members: tuple[Pipeline, ...]  # each with decision_function in log-odds
    weights: tuple[float, ...]  # one a member
    offset: float = 0.0
    folds: tuple[int, ...] = ()  # fold that each member never saw

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """``offset + sum(weight * member's log-odds)`` for each row, shape (n,)."""
        total = np.full(len(frame), self.offset)
        for member, weight in zip(self.members, self.weights, strict=True):
            total += weight * member.decision_function(frame)
        return total

    def unseen_margin(self, frame: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
        """Margin by the members that never saw each row, shape (n,).

        Parameters
        ----------
        frame : DataFrame of shape (n, n_features)
        fold : array of shape (n,)
            Fold of each row when the members were trained; -1 if it was not there at all.
        """
        total = np.full(len(frame), self.offset)
        n_folds = len(set(self.folds))
        for member, weight, own in zip(self.members, self.weights, self.folds, strict=True):
            share = np.where(fold == own, weight * n_folds, np.where(fold < 0, weight, 0.0))
            rows = share > 0
            if rows.any():
                total[rows] += share[rows] * member.decision_function(frame[rows])
        return total


@dataclass(frozen=True)
class FittedModel:
    """All that scoring needs: the predictor, its calibrator, its contract and its thresholds."""

    family: str
    version: str
    predictor: Predictor
    calibrator: Calibrator
    contract: dict
    thresholds: dict[str, float]  # policy to score, from out-of-fold predictions
    seed: int
    test_share: float
    data_sha256: str
    positive: str
    positive_rate: float
    libraries: dict[str, str]
    background: pd.DataFrame  # some training rows: what attributions compare a customer with

    @property
    def features(self) -> list[str]:
        """Names of the columns that the model reads, in order."""
        return list(self.contract["columns"])

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """Log-odds of leaving before calibration, shape (n,); rows are independent."""
        return self.predictor.margin(frame[self.features])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Calibrated probability of leaving, shape (n,)."""
        return self.calibrator.probability(self.margin(frame))

    def predict_unseen(self, frame: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
        """`predict`, each row by the members that never saw it: `Predictor.unseen_margin`."""
        return self.calibrator.probability(self.predictor.unseen_margin(frame[self.features], fold))


def to_bytes(model: FittedModel) -> bytes:
    """Artifact of a model. Equal models give equal bytes."""
    return pickle.dumps(model, protocol=5)


def from_bytes(content: bytes) -> FittedModel:
    """Model of an artifact whose hash the caller has already checked."""
    return pickle.loads(content)

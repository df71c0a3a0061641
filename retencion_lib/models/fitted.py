"""A fitted model: what scoring needs, under one version."""

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.pipeline import Pipeline

from retencion_lib.maths.metrics import same_share
from retencion_lib.models.additive import Member
from retencion_lib.models.boosting import xgboost
from retencion_lib.models.calibrate import Calibrator
from retencion_lib.models.threads import one_thread
from retencion_lib.models.together import weighted_log_odds
from retencion_lib.tables.rules import Contract, plain_contract, read_contract

TILE = 64  # rows: a multiple of those that any library of linear algebra takes at a time


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

    @property
    def weighted(self) -> list[Member]:
        """Members, each with its weight."""
        return list(zip(self.members, self.weights, strict=True))

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """``offset + sum(weight * member's log-odds)`` for each row, shape (n,)."""
        return self.offset + weighted_log_odds(self.weighted, frame)

    def unseen_margin(self, frame: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
        """Margin by the members that never saw each row, shape (n,).

        Parameters
        ----------
        frame : DataFrame of shape (n, n_features)
        fold : array of shape (n,)
            Fold of each row when the members were trained; -1 if it was not there at all.
        """
        total = np.full(len(frame), self.offset)
        share = np.where(fold < 0, 1, len(set(self.folds)))
        for own in sorted(set(self.folds)):
            rows = (fold == own) | (fold < 0)
            if rows.any():
                members = [m for m, f in zip(self.weighted, self.folds, strict=True) if f == own]
                total[rows] += share[rows] * weighted_log_odds(members, frame[rows])
        return total


def weighted_sum(
    predictors: Sequence[Predictor], weights: Sequence[float], offset: float = 0.0
) -> Predictor:
    """Weighted sum of predictors in log-odds; a member that several have is kept once."""
    members, sums, folds = {}, {}, {}
    for predictor, weight in zip(predictors, weights, strict=True):
        offset += weight * predictor.offset
        for member, own, fold in zip(
            predictor.members, predictor.weights, predictor.folds, strict=True
        ):
            key = id(member)
            members[key], folds[key] = member, fold
            sums[key] = sums.get(key, 0.0) + weight * own
    return Predictor(tuple(members.values()), tuple(sums.values()), offset, tuple(folds.values()))


@dataclass(frozen=True)
class FittedModel:
    """All that scoring needs: the predictor, its calibrator, its contract and its thresholds."""

    family: str
    version: str
    predictor: Predictor
    calibrator: Calibrator
    contract: Contract
    thresholds: dict[str, float]  # policy to score, from out-of-fold predictions
    seed: int
    test_share: float
    data_sha256: str
    positive: str
    positive_rate: float
    libraries: dict[str, str]
    background: pd.DataFrame  # some training rows: what attributions compare a customer with

    # Artifacts hold the contract in its plain form, as they always have: those of before its
    # class open as they are, and equal models of then and now give equal bytes.
    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"contract": plain_contract(self.contract)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        contract = read_contract(self.contract, f"{self.family} v{self.version}")
        self.__dict__.update(contract=contract)

    @property
    def features(self) -> list[str]:
        """Names of the columns that the model reads, in order."""
        return list(self.contract.columns)

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """Log-odds of leaving before calibration, shape (n,); rows are independent.

        To the last digit: a matrix is multiplied some rows at a time, and the last rows in
        another way, so that none are the last; nor do threads share them out.
        """
        rows = frame[self.features]
        more = -len(rows) % TILE if len(rows) else 0
        if more:
            rows = rows.iloc[[*range(len(rows)), *[len(rows) - 1] * more]]
        with one_thread():
            return self.predictor.margin(rows)[: len(frame)]

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Calibrated probability of leaving, shape (n,)."""
        return self.calibrator.probability(self.margin(frame))

    def predict_unseen(self, frame: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
        """`predict`, each row by the members that never saw it: `Predictor.unseen_margin`."""
        return self.calibrator.probability(self.predictor.unseen_margin(frame[self.features], fold))

    def cut_of_all(self, frame: pd.DataFrame, cut: float) -> float:
        """Score from which the whole model flags as many as its members do from `cut`.

        A cut found out of fold was found on what single members say, who differ more from one
        customer to the next than their mean does: at that cut, the mean flags fewer.

        Parameters
        ----------
        frame : DataFrame of shape (n, …)
            Rows that no member has learnt. Their outcomes are not asked for.
        """
        members = sorted(set(self.predictor.folds))
        alone = [self.predict_unseen(frame, np.full(len(frame), fold)) for fold in members]
        return same_share(cut, np.concatenate(alone), self.predict(frame))


def to_bytes(model: FittedModel) -> bytes:
    """Artifact of a model. Equal models give equal bytes."""
    return pickle.dumps(model, protocol=5)


# Where the code of earlier artifacts lay, and where it lies now.
MOVED = {"retencion_lib.features": "retencion_lib.models.features"}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        for before, now in MOVED.items():
            if module == before or module.startswith(f"{before}."):
                module = now + module.removeprefix(before)
        if module.partition(".")[0] == "xgboost":
            xgboost()  # says what to install where it is missing
        return super().find_class(module, name)


def from_bytes(content: bytes) -> FittedModel:
    """Model of an artifact whose hash the caller has already checked."""
    return _Reader(io.BytesIO(content)).load()

"""Members of a predictor at work together: what they would all do is done once."""

import pickle

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from retencion_lib.models.additive import Member, linear_log_odds
from retencion_lib.models.features.by_value import Values, matrix

BLOCK = 1 << 17  # rows scored at a time: matrices do not grow with the table


def weighted_log_odds(members: list[Member], frame: pd.DataFrame) -> np.ndarray:
    """Weighted sum of the members' log-odds for each row, shape (n,)."""
    starts = range(0, len(frame), BLOCK)
    rows = (Values(frame.iloc[start : start + BLOCK]) for start in starts)
    return np.concatenate([np.zeros(0), *(_log_odds(members, own) for own in rows)])


def _log_odds(members: list[Member], rows: Values) -> np.ndarray:
    linear = [one for one in members if type(one[0][-1]) is LogisticRegression]
    total = linear_log_odds(linear, rows) if linear else np.zeros(len(rows.frame))
    for same in alike([one for one in members if type(one[0][-1]) is not LogisticRegression]):
        made = matrix(same[0][0][:-1], rows)
        total += sum(weight * member[-1].decision_function(made) for member, weight in same)
    return total


def alike(members: list[Member]) -> list[list[Member]]:
    """Those that prepare a table alike together: once is enough.

    What no fold's outcomes had a say in is the same in all: labels as columns of their own, say.
    Equal pickles are equal preparations.
    """
    groups: dict[bytes, list[Member]] = {}
    for member, weight in members:
        groups.setdefault(_preparation(member), []).append((member, weight))
    return list(groups.values())


def _preparation(member: Pipeline) -> bytes:
    """What tells one preparation of a table from another."""
    return pickle.dumps(member[:-1])

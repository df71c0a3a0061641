"""Does the score seem to move when nothing has? Real models, batches of their own customers.

Each repeat deals a table out: customers to learn from, customers of the exam, and a batch. Trees
are cross-fitted as 02 does, and the batch is scored by the mean of the members. Its scores are
compared with the out-of-fold ones, each of a single member, and with the exam's, which the whole
model gave. Nothing has changed, so every finding is false (docs/decisions/0008).
"""

import numpy as np
from scipy.special import expit
from sklearn.model_selection import train_test_split

from benchmarks.tables import load
from retencion_lib.maths import drift
from retencion_lib.models import FAMILIES
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.features import describe
from retencion_lib.tables import fold_numbers

TABLES = ("wa_churn", "Caravan", "lending_club", "HMDA")
TREES = FAMILIES["xgb"].variants[1]


def found(reference: np.ndarray, batch: np.ndarray) -> bool:
    """Is a drift of the score said?"""
    plan = drift.plan_numbers(reference)
    sides = (drift.count_numbers(plan, scores) for scores in (reference, batch))
    return drift.judge([drift.compare("score", *sides)], drift.Settings())[0].status != "ok"


def one_repeat(name: str, seed: int) -> tuple[int, bool, bool]:
    """Size of the batch, and whether each reference makes its score seem to move."""
    table = load(name)
    learn, rest = train_test_split(
        np.arange(len(table.y)), test_size=0.4, stratify=table.y, random_state=seed
    )
    exam, batch = train_test_split(rest, test_size=0.5, random_state=seed)
    X, y = table.X.iloc[learn], table.y[learn]
    folds = fold_numbers([str(i) for i in X.index], y, seed)
    columns = describe(table.X, table.numeric, table.categorical, [])
    prepared = fold_parts(TREES, X.reset_index(drop=True), y, folds, columns, seed)
    margin, members, _ = cross_fit(TREES, y, prepared, seed)
    seen, now = (
        expit(np.mean([m.decision_function(table.X.iloc[rows]) for m in members], axis=0))
        for rows in (exam, batch)
    )
    return len(batch), found(expit(margin), now), found(seen, now)


def measure(repeats: int) -> dict:
    """False findings with each reference, by table."""
    rates = {}
    for name in TABLES:
        sizes, alone, whole = zip(*(one_repeat(name, i) for i in range(repeats)), strict=True)
        rates[name] = {"batch": sizes[0], "repeats": repeats,
                       "out_of_fold": sum(alone), "exam": sum(whole)}  # fmt: skip
        print(name, rates[name], flush=True)
    return rates

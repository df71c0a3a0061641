"""Real customers with honest scores, for the benchmarks: the demo's table and a plain model."""

import numpy as np
import pandas as pd

from retencion_lib import models
from retencion_lib.models.features import describe
from retencion_lib.tables import fold_numbers, test_mask
from retencion_lib.tables.demo import demo_table

ID, TARGET = "CustomerID", "usuarioPerdido"


def demo_scores(seed: int = 42, held_share: float = 0.3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the demo's customers by a plain logistic regression.

    Returns
    -------
    reference, held : DataFrame
        ``y, score``: out of fold, and of the customers that no fit has seen.
    """
    table = demo_table()
    X, y = table.drop(columns=[ID, TARGET]), table[TARGET].to_numpy()
    numeric = list(X.select_dtypes("number").columns)
    categorical = [c for c in X.columns if c not in numeric]
    X[numeric] = X[numeric].astype(float)
    X[categorical] = X[categorical].astype(object).where(X[categorical].notna(), None)
    columns = describe(X, numeric, categorical)
    out = test_mask(table[ID], y, held_share, seed)
    folds = fold_numbers(table.loc[~out, ID], y[~out], seed)
    dev, scores = X[~out], np.full((~out).sum(), np.nan)
    for fold in np.unique(folds):
        rest = folds != fold
        fitted = models.fit_baseline(dev[rest], y[~out][rest], columns)
        scores[~rest] = fitted.predict_proba(dev[~rest])[:, 1]
    whole = models.fit_baseline(dev, y[~out], columns)
    return (
        pd.DataFrame({"y": y[~out], "score": scores}),
        pd.DataFrame({"y": y[out], "score": whole.predict_proba(X[out])[:, 1]}),
    )

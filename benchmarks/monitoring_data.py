"""The customers of the monitoring benchmark, before and after each shift, with their scores."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from retencion_lib.tables.demo import demo_table

SEED = 20261031


def customers() -> pd.DataFrame:
    """Features and an out-of-fold score of every customer."""
    table = demo_table().drop(columns="CustomerID")
    y = table.pop("usuarioPerdido").to_numpy()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    model = make_pipeline(
        make_column_transformer(
            (numbers, make_column_selector(dtype_include="number")),
            (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
        ),
        LogisticRegression(max_iter=1000),
    )
    moved = {name: change(table) for name, change in SHIFTS.items()}
    scores = {name: np.zeros(len(table)) for name in ("none", *moved)}
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED).split(table, y)
    for train, test in folds:
        model.fit(table.iloc[train], y[train])
        for name, frame in {"none": table, **moved}.items():
            scores[name][test] = model.predict_proba(frame.iloc[test])[:, 1]
    tables = {name: f.assign(score=scores[name]) for name, f in {"none": table, **moved}.items()}
    return tables.pop("none"), tables


def _times(column: str, factor: float, digits: int):
    return lambda t: t.assign(**{column: (t[column] * factor).round(digits)})


SHIFTS = {
    "tenure +10 %": _times("tenure", 1.10, 0),
    "contract −10 points": lambda t: t.assign(contract="One year"),
    "tenure +5 %": _times("tenure", 1.05, 0),
    "contract −5 points": lambda t: t.assign(contract="One year"),
    "price +3 %": _times("monthly_charges", 1.03, 2),
}
MOVED = {"tenure +10 %": "tenure", "contract −10 points": "contract", "tenure +5 %": "tenure",
         "contract −5 points": "contract", "price +3 %": "monthly_charges"}  # fmt: skip
CONTRACT_POINTS = {"contract −10 points": 0.10, "contract −5 points": 0.05}


def shifted(batch: pd.DataFrame, moved: pd.DataFrame, shift: str, rng) -> pd.DataFrame:
    """The batch after a shift; of the contracts, only so many points change from monthly."""
    after = moved.loc[batch.index]
    if shift not in CONTRACT_POINTS:
        return after
    monthly = np.flatnonzero(batch["contract"] == "Month-to-month")
    chosen = rng.choice(monthly, round(CONTRACT_POINTS[shift] * len(batch)), replace=False)
    mixed = batch.copy()
    for name in ("contract", "score"):
        values = batch[name].to_numpy(copy=True)
        values[chosen] = after[name].to_numpy()[chosen]
        mixed[name] = values
    return mixed

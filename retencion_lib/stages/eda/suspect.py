"""What in the table may deceive: repeated rows, features that know too much, early drift."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.home.eda import Repeated
from retencion_lib.maths import drift
from retencion_lib.tables import Training
from retencion_lib.tables.partition import split


def duplicates(training: Training) -> Repeated:
    """Customers whose features and outcome are all equal to another's of the same snapshot.

    Of the whole table, also where only some of its customers are held.
    """
    if training.whole:
        share = training.whole.repeated
        return Repeated(round(share * training.table_rows), share)
    repeated = training.X.assign(_y=training.y, _day=training.snapshots).duplicated()
    return Repeated(int(repeated.sum()), float(repeated.mean()))


def initial_drift(training: Training) -> pd.DataFrame:
    """Shift between halves of the file as delivered, and between test share and the rest.

    With a history the test share is the newest snapshots.

    Returns
    -------
    DataFrame
        ``split`` ("halves" or "partitions") and the fields of `drift.Shift`.
    """
    half = np.arange(training.n_rows) >= training.n_rows // 2
    _, held = split(training, test_share=config.TEST_SHARE, seed=config.SEED)
    tables = []
    for name_of_split, mask in (("halves", half), ("partitions", held)):
        found = [_compare(training, name, mask) for name in training.X.columns]
        table = pd.DataFrame([asdict(s) for s in drift.judge(found, drift.Settings())])
        tables.append(table.assign(split=name_of_split))
    return pd.concat(tables, ignore_index=True)


def _compare(training: Training, name: str, mask: np.ndarray) -> drift.Shift:
    column = training.X[name]
    if name in training.numeric:
        plan = drift.plan_numbers(column[~mask].to_numpy())
        sides = [drift.count_numbers(plan, column[rows].to_numpy()) for rows in (~mask, mask)]
    else:
        plan = drift.plan_labels(column[~mask].value_counts().to_dict())
        sides = [_count_labels(plan, column[rows]) for rows in (~mask, mask)]
    return drift.compare(name, *sides)


def _count_labels(plan: drift.LabelPlan, column: pd.Series) -> drift.Labels:
    counts = column.value_counts()
    return drift.count_labels(plan, list(counts.index), counts, int(column.isna().sum()))

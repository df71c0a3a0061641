"""What in the table may deceive: repeated rows, features that know too much, early drift."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.maths import drift
from retencion_lib.tables import Training, test_mask
from retencion_lib.words import es, pct

LEAK_AUC = 0.98  # one column alone ranks almost perfectly


def duplicates(training: Training) -> dict:
    """Customers whose features and outcome are all equal to another's."""
    repeated = training.X.assign(_y=training.y).duplicated()
    return {"n_rows": int(repeated.sum()), "share": float(repeated.mean())}


def leakage(training: Training, table: pd.DataFrame) -> list[dict]:
    """Features that know too much: copies of the target, near-perfect, or missing by outcome.

    Returns
    -------
    list of dict
        ``column, kind, value, evidence``.
    """
    found = []
    for name, auc in table[["name", "auc"]].itertuples(index=False):
        column = training.X[name]
        copy = len(training.X) and column.nunique() == 2 and auc == 1.0
        if copy:
            found.append(_suspect(name, "copy", auc, "es una copia del objetivo"))
        elif auc >= LEAK_AUC:
            said = f"predice casi sola: ROC-AUC {es(auc, 3)}"
            found.append(_suspect(name, "near_perfect", auc, said))
        missing = column.isna().to_numpy()
        if missing.sum() >= 10:
            agree = max((missing == training.y).mean(), (missing != training.y).mean())
            if agree >= LEAK_AUC:
                said = f"falta según el resultado: coincide en el {pct(agree)} de los clientes"
                found.append(_suspect(name, "missing_by_target", agree, said))
    return found


def _suspect(name: str, kind: str, value: float, evidence: str) -> dict:
    return {"column": name, "kind": kind, "value": float(value), "evidence": evidence}


def initial_drift(training: Training) -> pd.DataFrame:
    """Shift between halves of the file as delivered, and between test share and the rest.

    Returns
    -------
    DataFrame
        ``split`` ("halves" or "partitions") and the fields of `drift.Shift`.
    """
    half = np.arange(training.n_rows) >= training.n_rows // 2
    held = test_mask(training.ids, training.y, config.TEST_SHARE, config.SEED)
    tables = []
    for split, mask in (("halves", half), ("partitions", held)):
        found = [_compare(training, name, mask) for name in training.X.columns]
        table = pd.DataFrame([asdict(s) for s in drift.judge(found, drift.Settings())])
        tables.append(table.assign(split=split))
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

"""What is in the table: columns, gaps, balance, and how each feature goes with leaving."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import roc_auc_score

from retencion_lib.tables import Training
from retencion_lib.words import count, es, listed, pct, plural

STRONG_CORRELATION = 0.9


def columns_table(training: Training) -> pd.DataFrame:
    """Kind, gaps and distinct values of each column, and why some are left out."""
    return pd.DataFrame([asdict(c) for c in training.columns])


def columns_sentence(training: Training) -> str:
    """How many columns serve, and which are left out and why."""
    out = [f"'{c.name}' ({c.reason})" for c in training.columns if not c.use and c.kind != "target"]
    return (
        f"{count(training.n_rows)} clientes y {len(training.columns)} columnas: "
        f"{len(training.numeric)} numéricas y {len(training.categorical)} categóricas sirven para "
        f"predecir. Fuera: {listed(out, limit=20)}."
    )


def nulls_sentence(training: Training) -> str:
    """Where values are missing."""
    gaps = [c for c in training.columns if c.n_missing]
    if not gaps:
        return "No falta ningún valor."
    said = [f"'{c.name}' {count(c.n_missing)} ({pct(c.n_missing / training.n_rows)})" for c in gaps]
    return f"Faltan valores en {plural(len(gaps), 'columna', 'columnas')}: {listed(said, 10)}."


def balance_sentence(training: Training) -> str:
    """How many left."""
    return (
        f"Se fueron {count(training.y.sum())} de {count(training.n_rows)} clientes "
        f"({pct(training.positive_rate)}): acertar «nadie se va» ya daría un "
        f"{pct(1 - training.positive_rate)} de aciertos, y por eso no se juzga por aciertos."
    )


def numbers_table(training: Training) -> pd.DataFrame:
    """Range and median of each number, and its median among those who stayed and who left."""
    numbers = training.X[training.numeric]
    left = training.y == 1
    return pd.DataFrame(
        {
            "name": training.numeric,
            "min": numbers.min().to_numpy(),
            "median": numbers.median().to_numpy(),
            "max": numbers.max().to_numpy(),
            "median_stayed": numbers[~left].median().to_numpy(),
            "median_left": numbers[left].median().to_numpy(),
        }
    )


def numbers_sentence(table: pd.DataFrame) -> str:
    """The number whose typical value differs most between the two groups, for its range."""
    if table.empty:
        return "No hay ninguna variable numérica."
    middle = table["median"].between(table["min"], table["max"], inclusive="neither")
    table = table[middle] if middle.any() else table  # of a 0/1 column the median says little
    gap = (table["median_left"] - table["median_stayed"]).abs() / (table["max"] - table["min"])
    row = table.loc[gap.idxmax()]
    return (
        f"La que más separa los valores típicos es '{row['name']}': mediana "
        f"{es(row.median_left)} entre quienes se fueron y {es(row.median_stayed)} entre los demás."
    )


def association(training: Training) -> pd.DataFrame:
    """How much each feature alone says about the target.

    Returns
    -------
    DataFrame
        ``name, kind, auc`` (one feature as a score, 0.5 to 1; categories by their share of
        leavers), ``cramers_v`` (categories), ``correlation`` (point-biserial, numbers), best
        first.
    """
    rows = []
    for name in training.X.columns:
        column = training.X[name]
        if name in training.numeric:
            rows.append({"name": name, "kind": "numeric", **_number_strength(column, training.y)})
        else:
            rows.append(
                {"name": name, "kind": "categorical", **_label_strength(column, training.y)}
            )
    return pd.DataFrame(rows).sort_values("auc", ascending=False, ignore_index=True)


def _number_strength(column: pd.Series, y: np.ndarray) -> dict:
    known = column.notna().to_numpy()
    if column[known].nunique() < 2 or len(np.unique(y[known])) < 2:
        return {"auc": 0.5, "correlation": None, "cramers_v": None}
    auc = roc_auc_score(y[known], column[known])
    correlation = float(np.corrcoef(column[known], y[known])[0, 1])
    return {"auc": max(auc, 1 - auc), "correlation": correlation, "cramers_v": None}


def _label_strength(column: pd.Series, y: np.ndarray) -> dict:
    labels = column.fillna("(nulo)")
    rate = pd.Series(y).groupby(labels.to_numpy()).mean()
    table = pd.crosstab(labels, y).to_numpy()
    v = float(stats.contingency.association(table)) if min(table.shape) > 1 else 0.0
    return {"auc": roc_auc_score(y, labels.map(rate)), "correlation": None, "cramers_v": v}


def association_sentence(table: pd.DataFrame) -> str:
    """The features that say most."""
    top = [f"'{r.name}' ({es(r.auc, 2)})" for r in table.head(3).itertuples(index=False)]
    return f"Por sí solas, las que mejor ordenan el riesgo (ROC-AUC) son {listed(top)}."


def widest_numbers(training: Training, strength: pd.DataFrame, limit: int = 3) -> list[str]:
    """Numbers with enough distinct values to draw their spread, strongest first."""
    drawn = [n for n in strength["name"] if n in training.numeric and training.X[n].nunique() > 6]
    return drawn[:limit]


def correlations(training: Training) -> pd.DataFrame:
    """Spearman correlation between the numeric features, shape (n_numeric, n_numeric)."""
    return training.X[training.numeric].corr(method="spearman")


def correlation_sentence(table: pd.DataFrame) -> str:
    """Pairs of numbers that say nearly the same."""
    pairs = [
        f"'{a}' y '{b}' ({es(table.loc[a, b], 2)})"
        for i, a in enumerate(table.columns)
        for b in table.columns[i + 1 :]
        if abs(table.loc[a, b]) >= STRONG_CORRELATION
    ]
    if not pairs:
        return f"Ningún par de números está por encima de {es(STRONG_CORRELATION)} de correlación."
    return f"Dicen casi lo mismo: {listed(pairs)}."

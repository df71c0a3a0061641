"""Stage 01: can we trust this table? Kinds, gaps, balance, association, leakage, initial drift."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import roc_auc_score

from retencion_lib import config, drift, store
from retencion_lib.data import Training, test_mask
from retencion_lib.words import count, es, listed, pct, plural

LEAK_AUC = 0.98  # one column alone ranks almost perfectly
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


def duplicates(training: Training) -> dict:
    """Customers whose features and outcome are all equal to another's."""
    repeated = training.X.assign(_y=training.y).duplicated()
    return {"n_rows": int(repeated.sum()), "share": float(repeated.mean())}


def duplicates_sentence(found: dict) -> str:
    """How many rows repeat another but for the id."""
    return (
        f"{plural(found['n_rows'], 'fila repite', 'filas repiten')} otra en todo salvo el "
        f"identificador ({pct(found['share'])}); los identificadores no se repiten."
    )


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


def leakage_sentences(found: list[dict]) -> list[str]:
    """Each suspect and what to do."""
    return [f"**'{f['column']}'** {f['evidence']}. Exclúyela con drop_cols." for f in found]


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


def drift_sentence(table: pd.DataFrame) -> str:
    """Which columns differ already inside the file."""
    said = []
    for split, what in (
        ("halves", "las dos mitades del archivo"),
        ("partitions", "las particiones"),
    ):
        part = table[table["split"] == split]
        moved = part.loc[part["status"] != "ok", "name"]
        worst = part.loc[part["psi"].idxmax()]
        said.append(
            f"Entre {what}, "
            + (f"se distinguen {listed(moved, quote=True)}" if len(moved) else "nada se distingue")
            + f" (mayor PSI: '{worst['name']}', {es(worst['psi'], 3)})."
        )
    return " ".join(said)


def summary(training: Training, strength: pd.DataFrame, moved: pd.DataFrame) -> dict:
    """Write `eda_summary.json` and give it back."""
    report = {
        "n_rows": training.n_rows,
        "n_columns": len(training.columns),
        "target": training.target,
        "positive_rate": training.positive_rate,
        "data": {"path": training.path, "sha256": training.sha256},
        "columns": columns_table(training).to_dict("records"),
        "association": strength.to_dict("records"),
        "leakage": leakage(training, strength),
        "initial_drift": moved.to_dict("records"),
        "duplicates": duplicates(training),
    }
    store.write_json(config.resolve(config.EDA_SUMMARY), report)
    return report

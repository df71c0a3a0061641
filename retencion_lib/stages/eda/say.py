"""What 01 says of a table, and whether a model can be trained on it."""

import pandas as pd

from retencion_lib.stages.eda.describe import columns_facts
from retencion_lib.tables import Training
from retencion_lib.tables.say import odd_sentences, reason
from retencion_lib.words import count, es, listed, pct, plural

STRONG_CORRELATION = 0.9


def columns_table(training: Training) -> pd.DataFrame:
    """Kind, gaps and distinct values of each column, and why some are left out, in words."""
    said = [reason(c, training.n_rows) for c in training.columns]
    return columns_facts(training).assign(reason=said)


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


def association_sentence(table: pd.DataFrame) -> str:
    """The features that say most."""
    top = [f"'{r.name}' ({es(r.auc, 2)})" for r in table.head(3).itertuples(index=False)]
    return f"Por sí solas, las que mejor ordenan el riesgo (ROC-AUC) son {listed(top)}."


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


def duplicates_sentence(found: dict) -> str:
    """How many rows repeat another but for the id."""
    return (
        f"{plural(found['n_rows'], 'fila repite', 'filas repiten')} otra en todo salvo el "
        f"identificador ({pct(found['share'])}); los identificadores no se repiten."
    )


def leakage_sentences(found: list[dict]) -> list[str]:
    """Each suspect and what to do."""
    return [f"**'{f['column']}'** {f['evidence']}. Exclúyela con drop_cols." for f in found]


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


MANY_MISSING = 0.20  # share of a column


MANY_REPEATED = 0.01  # share of the rows


FEW_LEAVERS = 200  # in the smaller class


def verdict(training: Training, report: dict) -> tuple[str, list[str]]:
    """Whether a model can be trained on this table, and what to look at first.

    Parameters
    ----------
    report : dict
        What `summary` gave.

    Returns
    -------
    str
        The answer in one sentence.
    list of str
        What stands against it, worst first; empty if nothing does.
    """
    leaks = leakage_sentences(report["leakage"])
    doubts = [*_doubts_on_rows(training, report), *_doubts_on_columns(training, report)]
    if leaks:
        know = plural(len(leaks), "variable sabe", "variables saben")
        return f"**Todavía no:** {know} demasiado sobre la baja.", leaks + doubts
    if doubts:
        said = plural(len(doubts), "reserva", "reservas")
        return f"**Sí, con {said}.** Se puede entrenar sabiendo esto:", doubts
    return "**Sí.** Nada en la tabla desaconseja entrenar.", []


def _doubts_on_rows(training: Training, report: dict) -> list[str]:
    doubts = []
    fewest = int(min(training.y.sum(), training.n_rows - training.y.sum()))
    if fewest < FEW_LEAVERS:
        doubts.append(
            f"La clase menor tiene {plural(fewest, 'cliente', 'clientes')}: con menos de "
            f"{FEW_LEAVERS} los intervalos serán anchos. Reúne más historia si puedes."
        )
    repeated = report["duplicates"]
    if repeated["share"] > MANY_REPEATED:
        doubts.append(
            f"{plural(repeated['n_rows'], 'fila repite', 'filas repiten')} otra "
            f"({pct(repeated['share'])}): confirma que son clientes distintos."
        )
    return doubts


def _doubts_on_columns(training: Training, report: dict) -> list[str]:
    doubts = odd_sentences(training.notes)
    gaps = [c for c in training.columns if c.use and c.n_missing > MANY_MISSING * training.n_rows]
    if gaps:
        said = listed([f"'{c.name}' ({pct(c.n_missing / training.n_rows)})" for c in gaps], 10)
        doubts.append(
            f"Faltan muchos valores en {said}: averigua por qué antes de fiarte de ellas."
        )
    moved = [
        f"'{row['name']}'"
        for row in report["initial_drift"]
        if row["split"] == "halves" and row["status"] != "ok"
    ]
    if moved:
        doubts.append(
            f"La segunda mitad del archivo no se parece a la primera en {listed(moved, 10)}: "
            "si el orden es el tiempo, lo aprendido puede estar caducando."
        )
    left_out = [f"'{c.name}'" for c in training.columns if c.kind in ("date", "text", "constant")]
    if left_out:
        doubts.append(f"Quedan fuera {listed(left_out, 10)}: mira en la tabla por qué.")
    return doubts

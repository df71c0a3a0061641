"""Can a model be trained on this table? The answer, its reasons, and the summary on file."""

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.stages.eda.describe import columns_table
from retencion_lib.stages.eda.suspect import duplicates, leakage, leakage_sentences
from retencion_lib.tables import Training
from retencion_lib.words import listed, pct, plural

MANY_MISSING = 0.20  # share of a column
MANY_REPEATED = 0.01  # share of the rows
FEW_LEAVERS = 200  # in the smaller class


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
    doubts = []
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

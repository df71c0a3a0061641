"""What 03 says of the recipe in the last months, and of what a random split would have promised."""

import numpy as np
import pandas as pd

from retencion_lib.stages.evaluate.cutoffs import Backtest, days_to_repeat
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.words import count, day, es, interval, pct, plural


def backtest_cost(start: Opening) -> str:
    """How many trainings are ahead and about how long they take; empty where there is none."""
    days = days_to_repeat(start.training)
    if not days:
        return ""
    n, each = len(days) + 1, start.choice.winner.fit_seconds
    return (
        f"Se entrena {plural(n, 'vez', 'veces')} más: una por foto, del {day(days[0])} "
        f"al {day(days[-1])}, y otra con reparto al azar. Solo en ajustar modelos, alrededor "
        f"de {plural(n * each, 'segundo', 'segundos')} de procesador."
    )


def nothing_before(start: Opening) -> str:
    """Why the recipe was not repeated."""
    if start.training.snapshots is None:
        return "Cada cliente tiene una sola fila: no hay fotos anteriores con las que repetirlo."
    return "La historia es corta: antes de la última foto no se sabía lo bastante para aprender."


def backtest_table(told: Backtest) -> pd.DataFrame:
    """A row a month: whom it judges, and the three measures with their intervals."""
    return pd.DataFrame(
        [
            {
                "cutoff": c.cutoff,
                "customers": c.n_customers,
                "left": pct(c.positive_rate),
                "roc_auc": f"{es(c.roc_auc, 3)} {interval(*c.roc_auc_ci)}",
                "log_loss": f"{es(c.log_loss, 3)} {interval(*c.log_loss_ci)}",
                "profit": f"{count(c.profit)} {interval(*c.profit_ci, 0)}",
            }
            for c in told.cutoffs
        ]
    )


def backtest_sentence(told: Backtest) -> str:
    """What was seen in the last snapshots, and what a random split would have promised."""
    if not told.cutoffs:
        return ""
    gap, n = told.random - told.roc_auc, len(told.cutoffs)
    seen = (
        f"En las últimas {n} fotos la receta habría ordenado con un ROC-AUC medio de "
        f"**{es(told.roc_auc, 3)}** (de una foto a otra, desviación "
        f"{es(told.spread('roc_auc'), 3)})."
        if n > 1
        else f"En la última foto la receta habría dado un ROC-AUC de **{es(told.roc_auc, 3)}**."
    )
    added = (
        "Lo que cambia de una foto a otra se suma al intervalo del examen."
        if n > 1
        else "Con una sola foto no se sabe cuánto cambia de una a otra: el intervalo del examen "
        "es el de otros clientes de sus mismos días, y se queda corto para los que vengan."
    )
    said = (
        f"{seen} Un reparto al azar de las filas de que aprende la última habría prometido "
        f"{es(told.random, 3)}: {es(abs(gap), 3)} de {'más' if gap > 0 else 'menos'}. {added}"
    )
    return f"{said} {_ageing_sentence(told)}" if told.aged else said


def _ageing_sentence(told: Backtest) -> str:
    """How a model ages: what it loses to one learnt later, and how that stands to the spread."""
    age, lost = told.aged[-1]
    old = f"Un modelo aprendido {plural(age, 'foto antes', 'fotos antes')}"
    if lost <= 0:
        return f"{old} no pierde nada frente a uno nuevo: hasta ahí, dura."
    loses = f"{old} pierde {es(lost, 3)} frente a uno nuevo"
    if lost <= told.spread("roc_auc"):
        return f"{loses}, no más de lo que cambia de una foto a otra: hasta ahí, dura."
    return f"{loses}, más de lo que cambia de una foto a otra: conviene entrenar antes."


def refit_sentence(start: Opening, told: Backtest) -> str:
    """What scores where the model is in use, and what a model as old as the examined one loses."""
    made = start.choice.winner.refit
    if made is None:
        return ""
    said = (
        f"Donde este modelo esté en uso puntúa v{made.version}: la misma receta, aprendida de las "
        f"{count(made.n_rows)} filas con resultado, también las del examen."
    )
    if not told.aged:
        return said
    newer = len(np.unique(start.training.snapshots[start.training.snapshots > _learnt(start)]))
    age, lost = min(told.aged, key=lambda aged: (abs(aged[0] - newer), aged[0]))
    change = f"pierde {es(lost, 3)}" if lost > 0 else f"gana {es(-lost, 3)}"
    return (
        f"{said} Así aprende de {plural(newer, 'foto', 'fotos')} más; en las últimas, un modelo "
        f"aprendido {plural(age, 'foto antes', 'fotos antes')} {change} de ROC-AUC."
    )


def _learnt(start: Opening) -> np.datetime64:
    """The newest snapshot that the examined model learnt from."""
    return start.parts.dev.snapshots.max()


def backtest_headline(told: Backtest) -> dict[str, object]:
    """Mean of the last snapshots and the promise of a random split, for the report's results."""
    if not told.cutoffs:
        return {}
    return {"backtest_roc_auc": told.roc_auc, "random_split": told.random}

"""What 03 says of the recipe in the last months, and of what a random split would have promised."""

import pandas as pd

from retencion_lib.stages.evaluate.cutoffs import Backtest, days_to_repeat
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.words import count, es, interval, pct, plural

MONTHLESS = "Cada cliente tiene una sola fila: no hay meses anteriores con los que repetirlo."


def backtest_cost(start: Opening) -> str:
    """How many trainings are ahead and about how long they take, said before they start."""
    days = days_to_repeat(start.training)
    if not days:
        return MONTHLESS if start.training.snapshots is None else _too_short()
    n, each = len(days) + 1, start.choice.winner.fit_seconds
    return (
        f"Se entrena {plural(n, 'vez', 'veces')} más: una por foto, del {days[0]} al {days[-1]}, y "
        f"otra con reparto al azar. Como mucho, unos {count(n * each)} segundos de procesador."
    )


def _too_short() -> str:
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
    """What was seen in the last months, and what a random split would have promised."""
    if not told.cutoffs:
        return ""
    mean = sum(c.roc_auc for c in told.cutoffs) / len(told.cutoffs)
    gap = told.random - mean
    said = (
        f"En las últimas {plural(len(told.cutoffs), 'foto', 'fotos')} la receta habría ordenado "
        f"con un ROC-AUC medio de **{es(mean, 3)}** (de mes a mes, desviación "
        f"{es(told.spread('roc_auc'), 3)}). Un reparto al azar de las mismas filas habría "
        f"prometido {es(told.random, 3)}: {es(abs(gap), 3)} de {'más' if gap > 0 else 'menos'}. "
        "Lo que cambian los meses se suma al intervalo del examen."
    )
    return f"{said} {_ageing_sentence(told)}" if told.aged else said


def _ageing_sentence(told: Backtest) -> str:
    """How a model ages: what it loses to one learnt later, and how that stands to the months."""
    age, lost = told.aged[-1]
    old = plural(age, "foto antes", "fotos antes")
    if lost <= told.spread("roc_auc"):
        return (
            f"Un modelo aprendido {old} pierde {es(lost, 3)} frente a uno nuevo, no más de lo que "
            "cambia de un mes a otro: hasta ahí, dura."
        )
    return (
        f"Un modelo aprendido {old} pierde {es(lost, 3)} frente a uno nuevo, más de lo que cambia "
        "de un mes a otro: conviene entrenar antes de que pase tanto."
    )


def backtest_headline(told: Backtest) -> dict[str, object]:
    """Mean of the last months and the promise of a random split, for the report's first lines."""
    if not told.cutoffs:
        return {}
    mean = sum(c.roc_auc for c in told.cutoffs) / len(told.cutoffs)
    return {"backtest_roc_auc": mean, "random_split": told.random}

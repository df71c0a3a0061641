"""What several stages say: which model, the campaign's terms, the choice, who is examined."""

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.home.exam import Exam
from retencion_lib.home.experiments import Experiment
from retencion_lib.home.registry import Entry
from retencion_lib.home.terms import Terms
from retencion_lib.models import family_label
from retencion_lib.models.choice import Choice
from retencion_lib.show.campaign import terms_words
from retencion_lib.tables import Training
from retencion_lib.tables.partition import Partition
from retencion_lib.tables.say import reason
from retencion_lib.words import count, day, es, listed, pct, plural


def full_name(model: Exam | Experiment | Entry) -> str:
    """Family and version of a model, for readers."""
    return f"{family_label(model.family)} v{model.version}"


def rows_of(exam: Exam) -> tuple[str, str, str]:
    """What the rows of an exam are called, with pronoun and article: customers may have many."""
    return ("filas", "ellas", "las") if exam.exam else ("clientes", "ellos", "los")


def examined_words(exam: Exam) -> str:
    """How many were examined."""
    said = f"{count(exam.n_rows)} {rows_of(exam)[0]}"
    return f"{said} de {count(exam.exam.n_customers)} clientes" if exam.exam else said


def each_time(exam: Exam) -> str:
    """That as many are called in each snapshot; empty where customers have one row."""
    return " de cada foto" if exam.exam else ""


def terms_sentence(terms: Terms) -> str:
    """The terms in words."""
    return terms_words(terms.facts())


EVIDENCE = (
    "mejor ROC-AUC de validación; empatan los que la prueba pareada de DeLong no distingue "
    "(p > 0,05); entre ellos decide PR-AUC, luego F1, cada uno dentro de su intervalo; de los que "
    "quedan se usa "
)


NOBODY_OUT = "La evidencia no descarta a ninguna. "


PROOF = {
    "roc_auc": "DeLong, p menor que 0,05",
    "pr_auc": "PR-AUC fuera de su intervalo",
    "f1": "F1 fuera de su intervalo",
}


def choice_rule(choice: Choice) -> str:
    """The rule that was applied, for the report and the registry."""
    if not choice.simplicity:
        return f"{EVIDENCE}el de menor pérdida logarítmica"
    return f"{EVIDENCE}el más sencillo cuya pérdida logarítmica {_price(choice)}"


def _price(choice: Choice) -> str:
    errors = choice.simplicity
    margin = "un error típico" if errors == 1 else f"{es(errors)} errores típicos"
    return f"no pasa en más de {margin} de la mejor"


def choice_table(choice: Choice) -> pd.DataFrame:
    """The columns of `table` that decide, with the families named for readers."""
    columns = ["family", "roc_auc", "gap", "error", "p_value", "tied", "pr_auc", "f1"]
    table = choice.table()[[*columns, "log_loss"]]
    return table.assign(family=table["family"].map(family_label))


def choice_sentence(choice: Choice) -> str:
    """What was decided by evidence and what by rule."""
    found, name = choice.contest, full_name(choice.winner)
    out = {step: found.out(step) for step in PROOF}
    verb = "queda" if sum(map(len, out.values())) == 1 else "quedan"
    said = "; ".join(
        f"{listed(map(family_label, names))} ({PROOF[step]})"
        for step, names in out.items()
        if names
    )
    proof = f"Por evidencia {verb} fuera {said}. " if said else NOBODY_OUT
    tied = found.tied["f1"]
    if len(tied) == 1:
        auc = es(choice.winner.valid["roc_auc"], 4)
        return f"{proof}{name} es la única que queda: ROC-AUC {auc}."
    equals = listed(map(family_label, tied))
    taken = (
        f"la más sencilla cuya pérdida logarítmica {_price(choice)}"
        if choice.simplicity
        else "la de menor pérdida logarítmica"
    )
    return (
        f"{proof}Por regla, entre {equals} se elige {taken}: {name}{_behind(choice)}."
        f"{_too_far(choice)}"
    )


def _too_far(choice: Choice) -> str:
    """Which candidates give up too much of the log-loss to be used, and how much."""
    found = choice.contest
    gaps = {family_label(name): found.loss_gaps[name] for name in found.out("log_loss")}
    if not gaps or not choice.simplicity:
        return ""
    said = [f"{k} ({es(gap, 4)} más, error típico {es(e, 4)})" for k, (gap, e) in gaps.items()]
    return f" Pasan de ahí, frente a {family_label(found.truest)}: {listed(said)}."


def _behind(choice: Choice) -> str:
    """How far from the best ROC-AUC the winner is, if it is not the best."""
    row = choice.contest.table.set_index("family").loc[choice.winner.family]
    if row["gap"] >= 0:
        return ""
    gap = f"{es(-row['gap'], 4)} por debajo de la mejor, error típico {es(row['error'], 4)}"
    return f" (ROC-AUC {gap})"


def choice_results(choice: Choice) -> dict[str, object]:
    """Who ranks best in validation, for the report's first lines."""
    best = next(e for e in choice.entries if e.family == choice.contest.best)
    return {"best": family_label(best.family), "valid_roc_auc": best.valid["roc_auc"]}


def candidates_sentence(choice: Choice) -> str:
    """Who ranks best, and whom the same customers cannot tell from it."""
    best, rows = choice.contest.best, {e.family: e for e in choice.entries}
    tied = [family_label(f) for f in choice.contest.tied["roc_auc"] if f != best]
    said = (
        f"{plural(len(rows), 'candidato', 'candidatos')} de la versión "
        f"{choice.winner.version}. El que mejor ordena es **{family_label(best)}**: ROC-AUC "
        f"{es(rows[best].valid['roc_auc'], 3)} en validación. "
    )
    if not tied:
        return said + "Ordena mejor que todos los demás, más allá del azar; 03 lo examina."
    return (
        f"{said}Con los mismos clientes no se puede decir que ordene mejor que {listed(tied)}: es "
        "un empate, y 03 elige según su regla."
    )


def partition_sentence(parts: Partition) -> str:
    """What was put aside, in words."""
    if parts.test.snapshots is not None:
        return _future_sentence(parts)
    return (
        f"Se apartan {count(parts.test.n_rows)} clientes para el examen final "
        f"({pct(parts.test.positive_rate)} de bajas) y se aprende de los otros "
        f"{count(parts.dev.n_rows)} ({pct(parts.dev.positive_rate)}), en "
        f"{len(np.unique(parts.folds))} partes."
    )


def _future_sentence(parts: Partition) -> str:
    """Which snapshots are examined, and what could be learnt before them."""
    dev, test = parts.dev, parts.test
    days = np.unique(test.snapshots)
    last = test.history.as_of
    return (
        f"**El examen está en el futuro**: {plural(len(days), 'foto', 'fotos')}, "
        f"{_from_to(days)}, con "
        f" {count(test.n_rows)} filas de {count(test.n_customers)} clientes "
        f"({pct(test.positive_rate)} de bajas). Se aprende de {count(dev.n_rows)} filas de "
        f"{count(dev.n_customers)} clientes ({pct(dev.positive_rate)}), hasta la foto del "
        f"{day(dev.snapshots.max())}: las que tenían ya su resultado cuando empieza el "
        "examen. Cada "
        f"cliente está entero en una de {len(np.unique(parts.folds))} partes. No se usan "
        f"{plural(parts.embargoed, 'fila', 'filas')} de en medio ni "
        f"{plural(test.immature, 'fila', 'filas')} por madurar, cuyo resultado no se sabe aún con "
        f"datos hasta el {day(last)}."
    )


def _from_to(days: np.ndarray) -> str:
    """From which day to which, or the only one."""
    first, last = day(days[0]), day(days[-1])
    return f"la del {last}" if len(days) == 1 else f"del {first} al {last}"


def sample_sentence(training: Training) -> str:
    """Of how many rows only some are learnt from, which and why; empty where all are."""
    if training.whole is None:
        return ""
    table, held = training.table_rows, training.n_rows
    return (
        f"**Se aprende de una muestra de clientes**: {count(held)} de las {count(table)} filas con "
        f"resultado ({pct(held / table)}). De más de {count(config.TRAINING_ROWS)} filas se toman "
        "los clientes cuyo identificador da la huella más pequeña (BLAKE2b, con la semilla "
        f"{config.SEED}), enteros: los mismos en 01, 02, 03 y 04, estén donde estén en el archivo. "
        "Identificadores, fechas y resultados se comprueban en todas las filas. Lo que más filas "
        "enseñarían está medido (docs/modelos.md, «Cuántos clientes bastan»)."
    )


def sample_results(training: Training) -> dict[str, int]:
    """Rows of the table and rows learnt from, for the ledger; empty where all are."""
    if training.whole is None:
        return {}
    return {"rows_learnt": training.n_rows, "rows_of_table": training.table_rows}


def columns_sentence(training: Training) -> str:
    """How many columns serve, and which are left out and why."""
    out = [
        f"'{c.name}' ({reason(c, training.counted_rows)})"
        for c in training.columns
        if not c.use and c.kind != "target"
    ]
    return (
        f"{count(training.table_rows)} {'filas' if training.history else 'clientes'} y "
        f"{len(training.columns)} columnas: "
        f"{plural(len(training.numeric), 'numérica', 'numéricas')} y "
        f"{plural(len(training.categorical), 'categórica', 'categóricas')} sirven para "
        f"predecir. Fuera: {listed(out, limit=20)}."
    )

"""What the outcomes of several batches say together: a row a batch, and what stands out."""

from collections.abc import Sequence

import pandas as pd

from retencion_lib.home.watch_report import CURRENT, Realised
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.say_findings import model_words
from retencion_lib.stages.checks.say_moved import batch_words
from retencion_lib.stages.monitor.performance.realised import fall
from retencion_lib.stages.monitor.performance.say import (
    FEW_MISSING,
    realised_sentence,
    value_and_interval,
)
from retencion_lib.words import count, es, interval, listed, pct, plural, points

MOST = 24  # batches that a sentence names

Exam = dict[str, Estimate]


def in_order(found: Sequence[Realised]) -> list[Realised]:
    """Batches by the day on which they were scored, the current one last."""
    return sorted(found, key=lambda r: (r.batch == CURRENT, r.batch))


def months_table(found: Sequence[Realised]) -> pd.DataFrame:
    """A row a batch, oldest first: whom it is of, how well it was ranked, whom the calls kept."""
    rows = in_order(found)
    effects = [r.effect for r in rows]
    table = {
        "Lote": [batch_words(r.batch) for r in rows],
        "Resultados": [_arrived(r) for r in rows],
        "Se fue": [pct(r.measured["positive_rate"].value) for r in rows],
        "ROC-AUC": [value_and_interval(r.measured["roc_auc"]) for r in rows],
        "Se estimaba": [value_and_interval(r.expected["roc_auc"]) for r in rows],
    }
    if any(effects):
        table |= {
            "Conservados": [_around(e and e.saved) for e in effects],
            "Ganado (EUR)": [_around(e and e.profit) for e in effects],
        }
    table |= {
        "Veces la media en K": [es(r.measured["lift_at_k"].value) for r in rows],
        "Error de calibración": [points(r.ece) for r in rows],
    }
    return pd.DataFrame(table)


def _arrived(r: Realised) -> str:
    """How many outcomes there are, and of how many where some are missing."""
    many = count(r.n_labelled)
    return f"{many} de {count(r.n_labelled + r.n_missing)}" if r.n_missing else many


def _around(e: Estimate | None) -> str:
    return "—" if e is None else f"{count(e.value)} {interval(e.low, e.high, 0)}"


def months_sentence(found: Sequence[Realised], exam: Exam) -> str:
    """How the batches turned out; of one alone, all that there is to say of it."""
    if len(found) < 2:
        return " ".join(realised_sentence(r, exam) for r in found)
    rows = in_order(found)
    counted = any(r.n_contacted and not r.muddled for r in rows)
    said = [
        _inside(rows),
        _worse(rows, exam),
        _these("Con una sola clase no hay ROC-AUC", [r for r in rows if r.one_class]),
        _retired(rows),
        "Los contactados no cuentan: en su lugar, los del grupo de control." if counted else "",
        _these(
            "Hubo llamadas y no hay control (si la campaña retiene, el modelo acierta más de lo "
            "que se mide)",
            [r for r in rows if r.muddled],
        ),
        _these(
            "La medida puede cambiar cuando lleguen los que faltan",
            [r for r in rows if r.n_missing > FEW_MISSING * (r.n_labelled + r.n_missing)],
        ),
    ]
    return " ".join(filter(None, said))


def as_expected(r: Realised) -> bool:
    """Whether the ROC-AUC that was measured lies where it was expected."""
    return r.expected["roc_auc"].low <= r.measured["roc_auc"].value <= r.expected["roc_auc"].high


def _inside(rows: Sequence[Realised]) -> str:
    known = [r for r in rows if not r.one_class]
    if not known:
        return ""
    out = [r for r in known if not as_expected(r)]
    but = f"; fuera, {_names(out)}" if out else ""
    many = plural(len(known), "lote", "lotes")
    return f"En {count(len(known) - len(out))} de {many} el ROC-AUC cae donde se estimaba{but}."


def _worse(rows: Sequence[Realised], exam: Exam) -> str:
    fallen = [r for r in rows if fall(r.measured["roc_auc"], (r.own_exam or exam).get("roc_auc"))]
    if fallen:
        return f"**Claramente peor que el examen de su modelo**: {_names(fallen)}."
    return "Ninguno es claramente peor que el examen de su modelo."


def _these(what: str, rows: Sequence[Realised]) -> str:
    return f"{what}: {_names(rows)}." if rows else ""


def _retired(rows: Sequence[Realised]) -> str:
    """Which model that is not in use any more scored which batches."""
    by: dict[str, list[Realised]] = {}
    for r in rows:
        if r.retired:
            by.setdefault(r.retired, []).append(r)
    said = [f"{model_words(model)} ({_names(these)})" for model, these in by.items()]
    return f"Puntuados por un modelo que ya no está en uso: {listed(said, MOST)}." if said else ""


def _names(rows: Sequence[Realised]) -> str:
    return listed([batch_words(r.batch) for r in rows], MOST)

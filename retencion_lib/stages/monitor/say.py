"""Sentences and tables about what has changed, for the reader of 05."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from retencion_lib.home.watch_report import Cause, PartShift
from retencion_lib.maths.drift import Shift
from retencion_lib.maths.drift.classifier import Told, smallest_area
from retencion_lib.maths.drift.compare import POWER
from retencion_lib.stages.checks.say_moved import SEVERITY, digits_apart
from retencion_lib.stages.monitor.beyond import MIN_SIDE, TOLD_P, TOLD_WARNING, together_alerts
from retencion_lib.stages.monitor.causes import Causes, Unknown
from retencion_lib.words import count, es, interval, listed, pct, plural, points

NOT_KNOWN = {
    Unknown.NO_MODEL: "No hay un modelo en uso: no se puede decir qué columna mueve el riesgo.",
    Unknown.CONTRACT: (
        "El lote no cumple el contrato del modelo en uso: no se puede decir qué columna mueve "
        "el riesgo."
    ),
    Unknown.ALONE: (
        "Con un solo cliente no hay ningún cambio que repartir entre las columnas: hacen "
        "falta dos o más."
    ),
    Unknown.ANOTHER_MODEL: (
        "El lote no lo puntuó el modelo en uso: no se puede decir qué columna mueve el riesgo."
    ),
}


def visible_words(shift: Shift) -> str:
    """The smallest shift of a column that this batch would have shown four times in five."""
    if np.isnan(shift.visible):
        return "nada: no hay datos"
    if shift.kind == "numeric" and not shift.binary:
        return f"KS {es(shift.visible, 2)}"
    return f"±{points(shift.visible, 0)}"


def visible_sentence(found: Sequence[Shift]) -> str:
    """What so many customers could not have shown, so that a quiet report is not a blank one."""
    n = found[-1].n_current
    seen = [s for s in found if s.visible == s.visible]
    numbers = [s for s in seen if s.kind == "numeric" and not s.binary]
    shares = [s for s in seen if s.binary]
    labels = [s for s in seen if s.kind == "categorical"]
    said = []
    if numbers:
        worst = max(s.visible for s in numbers)
        said.append(
            f"en una columna de números, que un {pct(worst, 0)} de los clientes cruzara algún valor"
        )
    if shares:
        worst = max(shares, key=lambda s: s.visible)
        said.append(
            f"en una de 0 y 1, que los clientes con '{worst.name}' ganaran o perdieran "
            f"{points(worst.visible)}"
        )
    if labels:
        worst = max(labels, key=lambda s: s.visible)
        said.append(
            f"en una de categorías, que '{worst.category}' de '{worst.name}' ganara o perdiera "
            f"{points(worst.visible)}"
        )
    return (
        f"Con {count(n)} clientes se verían cambios desde aquí (cuatro de cada cinco veces): "
        f"{listed(said)}. Uno menor puede estar ocurriendo sin que este lote lo muestre."
    )


def shifts_table(found: Sequence[Shift]) -> pd.DataFrame:
    """Every column for the reader, what moved most first."""
    ordered = _ordered(found)
    return pd.DataFrame(
        {
            "column": [s.label for s in ordered],
            "status": [s.status for s in ordered],
            "Antes y ahora": [_sides(s) for s in ordered],
            "psi_corrected": [s.psi_corrected for s in ordered],
            "ks": [None if s.binary else s.ks for s in ordered],
            "Se vería desde": [visible_words(s) for s in ordered],
        }
    )


def details_table(found: Sequence[Shift]) -> pd.DataFrame:
    """What stands behind each line of `shifts_table`, in its order, for whoever checks it."""
    ordered = _ordered(found)
    return pd.DataFrame(
        {
            "column": [s.label for s in ordered],
            "Cambio": [SEVERITY[s.severity] for s in ordered],
            "psi": [s.psi for s in ordered],
            "PSI por azar": [s.psi_expected for s in ordered],
            "p_value": ["< 0,001" if s.p_value < 0.001 else es(s.p_value, 3) for s in ordered],
            "Clientes antes": [s.n_reference for s in ordered],
            "Clientes ahora": [s.n_current for s in ordered],
        }
    )


def _ordered(found: Sequence[Shift]) -> list[Shift]:
    return sorted(found, key=lambda s: (s.status == "ok", -s.psi_corrected))


def _sides(shift: Shift) -> str:
    if shift.kind == "categorical":
        return f"{shift.category}: {pct(shift.before, 0)} → {pct(shift.now, 0)}"
    if shift.binary:
        return f"{pct(shift.before, 0)} → {pct(shift.now, 0)}"
    digits = digits_apart(shift.before, shift.now)
    digits = min(3, max(1, digits)) if abs(shift.before) < 100 else 0
    return f"media {es(shift.before, digits)} → {es(shift.now, digits)}"


def together_sentence(told: Told | None) -> str:
    """How well the batch is told from the reference, or what could not be seen."""
    if told is None:
        return f"Hacen falta {MIN_SIDE} clientes o más para mirar todas las columnas a la vez."
    seen = smallest_area(told.n_reference, told.n_current, TOLD_P, POWER)
    said = (
        f"Con {count(told.n_current)} clientes del lote y {count(told.n_reference)} de la "
        f"referencia, un modelo los distingue con ROC-AUC {es(told.auc, 2)} "
        f"{interval(told.low, told.high, 2)}; sin cambios sería 0,50."
    )
    for alert in together_alerts(told):
        return f"{said} Lo delatan {listed(alert.facts['columns'], quote=True)}."
    return f"{said} No hay indicios de cambio; se vería desde {es(max(seen, TOLD_WARNING), 2)}."


def segment_sentence(groups: Sequence[PartShift]) -> str:
    """How many tests by segment there were and how many found something."""
    if not groups:
        return (
            "No se ha mirado por grupos de clientes: indícalos con segments, por ejemplo una "
            "columna de contrato o de antigüedad."
        )
    parts = {(g.segment, g.part) for g in groups}
    moved = sum(g.status != "ok" for g in groups)
    return (
        f"{plural(len(groups), 'comparación', 'comparaciones')} en "
        f"{plural(len(parts), 'grupo', 'grupos')} de clientes, contadas todas juntas: "
        f"{plural(moved, 'muestra', 'muestran')} un cambio."
    )


def causes_table(why: Causes, rows: int = 8) -> pd.DataFrame:
    """The features that matter most."""
    first = why.rows[:rows]
    return pd.DataFrame(
        {
            "Columna": [r.name for r in first],
            "Mueve el riesgo (escala del modelo)": [
                f"{es(r.shift, 3)} [{es(r.low, 3)}; {es(r.high, 3)}]" for r in first
            ],
            "Avisados de más o de menos": [pct(r.flagged_change) for r in first],
            "Lista que sería de otros": [pct(r.list_change) for r in first],
        }
    )


def causes_sentence(why: Causes) -> str:
    """What moved the score and what that does to decisions."""
    if why.unknown is not None:
        return NOT_KNOWN[why.unknown]
    before, now = why.flagged
    start = f"Se avisaría al {pct(now)} de los clientes (en la referencia, al {pct(before)}). "
    if not why.important:
        return start + "Ningún cambio de una columna altera de forma clara a quién se avisa."
    said = listed(_points(cause) for cause in why.important)
    return f"{start}Lo que más cambia a quién se avisa: {said}."


def _points(cause: Cause) -> str:
    sign = "+" if cause.flagged_change > 0 else "−"
    return f"'{cause.name}' ({sign}{points(abs(cause.flagged_change))})"

"""Which columns have moved, how much, and what this batch could not have shown."""

from dataclasses import replace

import numpy as np
import pandas as pd

from retencion_lib.errors import ParameterError
from retencion_lib.maths import drift
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.stages.monitor.rules import LEVELS, Alert, Tables
from retencion_lib.words import count, es, listed, pct

SCORE = "score"  # name of the score's row in the report, whatever its column is called
SEVERITY = {"none": "—", "slight": "leve", "moderate": "moderado", "large": "grande"}
ACTIONS = {
    "slight": "Es pequeño y real: busca la causa y míralo en el próximo lote.",
    "moderate": "Busca la causa (campaña, precio, extracto) y mira si mueve la puntuación.",
    "large": "No decidas con este lote sin saber la causa.",
}
SCORE_ACTIONS = {
    "slight": "El umbral sigue sirviendo; mira qué columnas lo explican.",
    "moderate": "Revisa el umbral: avisará a más o menos clientes de los previstos.",
    "large": "No decidas con el umbral actual sin revisar qué ha cambiado.",
}


def settings(*, min_ks: float, min_psi: float) -> Settings:
    """When a shift is said, from the notebook's parameters.

    Raises
    ------
    ParameterError
        If one is not between 0 and 1.
    """
    given = {"min_ks": min_ks, "min_psi": min_psi}
    for name, value in given.items():
        if not 0 <= value < 1:
            raise ParameterError(
                f"{name} = {value}: debe ser un número de 0 a 1. Con más se callan más cambios "
                "pequeños; los valores de fábrica están en docs/monitoreo.md."
            )
    return Settings(**given)


def shifts(t: Tables, rules: Settings | None = None) -> list[Shift]:
    """Shift of every shared feature and, last, of the score, judged together."""
    found = [
        drift.compare(name, t.reference.columns[name], t.current.columns[name]) for name in t.shared
    ]
    score = drift.compare(SCORE, *(side.columns[t.score_col] for side in (t.reference, t.current)))
    return drift.judge([*found, score], rules or Settings())


def shift_alerts(found: list[Shift]) -> list[Alert]:
    """RET010 for a feature and RET011 for the score that have moved, the largest first."""
    moved = sorted((s for s in found if s.status != "ok"), key=lambda s: -s.psi_corrected)
    return [_alert(shift) for shift in moved]


def _alert(shift: Shift) -> Alert:
    score = shift.name == SCORE
    code, actions = ("RET011", SCORE_ACTIONS) if score else ("RET010", ACTIONS)
    size = f"PSI {es(shift.psi_corrected, 3)} descontado el azar"
    if shift.ks is not None:
        size += f", KS {es(shift.ks, 3)}"
    message = f"Cambio {SEVERITY[shift.severity]}: {what_moved(shift)} ({size})."
    limit = {"slight": 0.0, "moderate": 0.10, "large": 0.25}[shift.severity]
    return Alert(
        code, shift.status, shift.name, shift.psi_corrected, limit, message,
        actions[shift.severity],
    )  # fmt: skip


def what_moved(shift: Shift) -> str:
    """What moved, in words: a mean, or the category whose share changed most."""
    if shift.kind == "categorical":
        return (
            f"en '{shift.name}', '{shift.category}' pasa del {pct(shift.before)} al "
            f"{pct(shift.now)} de los clientes"
        )
    digits = _digits(shift.before, shift.now)
    what = "la puntuación media" if shift.name == SCORE else f"la media de '{shift.name}'"
    return f"{what} pasa de {es(shift.before, digits)} a {es(shift.now, digits)}"


def _digits(before: float, now: float) -> int:
    apart = abs(now - before)
    return 1 if not apart > 0 else int(np.clip(1 - np.floor(np.log10(apart)), 0, 4))


def visible_words(shift: Shift) -> str:
    """The smallest shift of a column that this batch would have shown four times in five."""
    if np.isnan(shift.visible):
        return "nada: no hay datos"
    if shift.kind == "numeric":
        return f"KS {es(shift.visible, 2)}"
    return f"±{es(100 * shift.visible, 0)} puntos"


def visible_sentence(found: list[Shift]) -> str:
    """What so many customers could not have shown, so that a quiet report is not a blank one."""
    n = found[-1].n_current
    numbers = [s for s in found if s.kind == "numeric" and s.visible == s.visible]
    labels = [s for s in found if s.kind == "categorical" and s.visible == s.visible]
    said = []
    if numbers:
        worst = max(s.visible for s in numbers)
        said.append(
            f"en una columna de números, que un {pct(worst, 0)} de los clientes cruzara algún valor"
        )
    if labels:
        worst = max(labels, key=lambda s: s.visible)
        said.append(
            f"en una de categorías, que '{worst.category}' de '{worst.name}' ganara o perdiera "
            f"{es(100 * worst.visible, 1)} puntos"
        )
    return (
        f"Con {count(n)} clientes se verían cambios desde aquí (cuatro de cada cinco veces): "
        f"{listed(said)}. Uno menor puede estar ocurriendo sin que este lote lo muestre."
    )


def with_rules(found: list[Shift], hard: list[Alert]) -> list[Shift]:
    """The shifts as they are shown: a column that breaks a hard rule is not well, moved or not."""
    shown = []
    for shift in found:
        levels = [shift.status, *(a.level for a in hard if a.column == shift.name)]
        shown.append(replace(shift, status=max(levels, key=LEVELS.index)))
    return shown


def shifts_table(found: list[Shift]) -> pd.DataFrame:
    """Every column for the reader, what moved most first."""
    ordered = sorted(found, key=lambda s: (s.status == "ok", -s.psi_corrected))
    return pd.DataFrame(
        {
            "column": [s.label for s in ordered],
            "status": [s.status for s in ordered],
            "Antes y ahora": [_sides(s) for s in ordered],
            "psi_corrected": [s.psi_corrected for s in ordered],
            "ks": [s.ks for s in ordered],
            "Se vería desde": [visible_words(s) for s in ordered],
        }
    )


def details_table(found: list[Shift]) -> pd.DataFrame:
    """What stands behind each line of `shifts_table`, in its order, for whoever checks it."""
    ordered = sorted(found, key=lambda s: (s.status == "ok", -s.psi_corrected))
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


def _sides(shift: Shift) -> str:
    if shift.kind == "categorical":
        return f"{shift.category}: {pct(shift.before, 0)} → {pct(shift.now, 0)}"
    digits = _digits(shift.before, shift.now)
    digits = min(3, max(1, digits)) if abs(shift.before) < 100 else 0
    return f"media {es(shift.before, digits)} → {es(shift.now, digits)}"


def columns_of(t: Tables) -> tuple[dict, dict]:
    """Summaries of the columns of each side by the name of their shift, to draw them."""
    names = {c: c for c in t.shared} | {SCORE: t.score_col}
    return tuple(
        {name: side.columns[column] for name, column in names.items()}
        for side in (t.reference, t.current)
    )

"""Performance in words and tables: what is expected, what came true, and what the campaign did."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from retencion_lib.home.watch_report import Effect, Expected, Line, Realised
from retencion_lib.maths import estimation
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.findings import Alert
from retencion_lib.stages.checks.say_findings import model_words, named
from retencion_lib.stages.checks.say_moved import batch_words
from retencion_lib.stages.monitor.performance.realised import fall
from retencion_lib.tables.outcomes import Outcomes
from retencion_lib.words import count, day, es, interval, listed, only, pct, plural, points

FEW_MISSING = 0.05  # share without outcome above which the measure may be of other customers
NAMES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "precision": "Precisión en el umbral",
    "capture": "Bajas detectadas en el umbral",
    "f1": "F1 en el umbral",
    "precision_at_k": "Precisión en K",
    "lift_at_k": "Veces la media en K",
    "positive_rate": "Parte que se va",
}


def measures_table(columns: dict[str, dict[str, Estimate]]) -> pd.DataFrame:
    """Each measure with its interval, a column a source."""
    return pd.DataFrame(
        {"Medida": NAMES.values()}
        | {
            heading: [value_and_interval(source.get(name)) for name in NAMES]
            for heading, source in columns.items()
        }
    )


def value_and_interval(e: Estimate | None) -> str:
    """An estimate for readers; a dash where it cannot be known."""
    if e is None or np.isnan(e.value):
        return "—"
    return f"{es(e.value, 3)} {interval(e.low, e.high)}"


def expected_table(e: Expected, exam: dict[str, Estimate]) -> pd.DataFrame:
    """Each measure: estimated in this batch, and in the exam."""
    return measures_table({"Estimado en este lote": e.estimates, "Examen": exam})


def expected_sentence(e: Expected, exam: dict[str, Estimate]) -> str:
    """How what is expected of the batch stands to the exam; empty without one."""
    before = exam.get("roc_auc")
    if before is None:
        return ""
    worse = fall(e.estimates["roc_auc"], before) is not None
    where = "claramente por debajo del" if worse else "en línea con el"
    these = only(e.n, "En este cliente", "En estos {} clientes")
    return f"{these} se espera un ROC-AUC {where} examen."


def assumption_sentence(e: Expected, hard: Sequence[Alert] = ()) -> str:
    """Whether the estimate can be believed, and what it cannot see.

    Parameters
    ----------
    hard : sequence of Alert
        Findings of the hard rules: scores of a broken extract are of nobody.
    """
    broken = [named(a.code, a.column) for a in hard if a.level == "alert"]
    if broken:
        return (
            f"**Esta estimación no vale**: el extracto llega mal ({listed(broken)}), y de unas "
            "puntuaciones hechas con datos que no son los de los clientes no se deduce nada."
        )
    moved = (
        f"Se ha{'' if len(e.moved) == 1 else 'n'} movido {listed(e.moved, quote=True)}: la "
        "estimación lo tiene en cuenta"
        if e.moved
        else "No se ve que los clientes hayan cambiado"
    )
    unseen = f"; el {pct(e.beyond)} tiene una puntuación nunca vista" if e.beyond else ""
    return (
        f"{_truth(e)} {moved}{unseen}. Si los clientes iguales se van ahora más o menos que antes, "
        "solo los resultados lo dirán."
    )


def _truth(e: Expected) -> str:
    if e.line is None:
        return (
            "No se conocen los resultados de la referencia: no se puede comprobar que las "
            "puntuaciones sean probabilidades ciertas, y la estimación vale lo que valgan ellas."
        )
    verdict = "**no son** probabilidades ciertas" if e.untrue else "son probabilidades ciertas"
    return (
        f"En la referencia ({count(e.line.n)} clientes) las puntuaciones {verdict}: "
        f"{_slope(e.line)}, error medio de {points(e.ece)}. "
        "La estimación usa las probabilidades corregidas con esos resultados."
    )


def _slope(line: Line, ideal: str = "") -> str:
    slope = line.slope
    return f"pendiente {es(slope.value, 2)} {interval(slope.low, slope.high, 2)}{ideal}"


def outcomes_sentence(outcomes: Outcomes | None) -> str:
    """Which outcomes have arrived and which have not, or that none has."""
    if outcomes is None:
        return "Todavía no hay resultados (labels): el acierto de este lote no se puede medir."
    n = outcomes.counts()
    said = [
        f"{plural(n.n_labelled, 'resultado', 'resultados')} de este lote "
        f"({count(n.n_missing)} por llegar)"
    ]
    if n.n_earlier:
        said.append(f"{count(n.n_earlier)} de lotes anteriores")
    if n.n_unknown:
        who = listed(outcomes.unknown, 3)
        said.append(f"{count(n.n_unknown)} de clientes que nadie puntuó ({who})")
    if n.n_blank:
        said.append(f"{plural(n.n_blank, 'fila', 'filas')} sin resultado")
    if outcomes.elsewhere:
        said.append(f"{count(outcomes.elsewhere)} de clientes sin puntuar en su foto")
    if outcomes.immature:
        said.append(
            f"{count(outcomes.immature)} por madurar, que aún no dicen nada y cuentan todos desde "
            f"el {day(outcomes.mature_on)}"
        )
    if not outcomes.day:
        return f"{outcomes.path} trae {'; '.join(said)}."
    start = f"{outcomes.path}, que no dice de qué foto es y se toma por la del {day(outcomes.day)},"
    return f"{start} trae {'; '.join(said)}."


def realised_title(r: Realised) -> str:
    """Title of a batch's table."""
    return f"Con resultados: {batch_words(r.batch)}"


def realised_table(r: Realised, exam: dict[str, Estimate]) -> pd.DataFrame:
    """Each measure: with outcomes, expected before them, and in the exam of its model."""
    return measures_table({
        "Con resultados": r.measured, "Estimado antes": r.expected, "Examen": r.own_exam or exam,
    })  # fmt: skip


def realised_sentence(r: Realised, exam: dict[str, Estimate]) -> str:
    """How well the batch turned out, against the exam and the estimate, and what is missing."""
    start = f"Lo puntuó {model_words(r.retired)}, que ya no está en uso. " if r.retired else ""
    start += (
        f"De {batch_words(r.batch)} hay {plural(r.n_labelled, 'resultado', 'resultados')} y "
        f"{'falta' if r.n_missing == 1 else 'faltan'} {count(r.n_missing)}."
    )
    if r.one_class:
        return (
            f"{start} Todos son de la misma clase: el ROC-AUC no se puede calcular; se muestra lo "
            f"demás. Se fue el {pct(r.measured['positive_rate'].value)}."
        )
    parts = [
        start,
        _ranking(r, r.own_exam or exam),
        _calibration(r),
        _contacted(r),
        _kept(r),
        _missing(r),
    ]
    return " ".join(filter(None, parts))


def _ranking(r: Realised, exam: dict[str, Estimate]) -> str:
    auc, hoped = r.measured["roc_auc"], r.expected["roc_auc"]
    inside = "dentro" if hoped.low <= auc.value <= hoped.high else "fuera"
    said = (
        f"ROC-AUC **{es(auc.value, 3)}** {interval(auc.low, auc.high)}, {inside} de lo estimado "
        f"{interval(hoped.low, hoped.high)}."
    )
    if not exam:
        return said
    worse = fall(auc, exam.get("roc_auc")) is not None
    return f"{said} {'Es' if worse else 'No es'} claramente peor que el examen."


def _calibration(r: Realised) -> str:
    if r.line is None:
        return ""
    said = _slope(r.line, ideal=f" (lo ideal es {es(1, 0)})")
    return f"Calibración: {said}, error medio de {points(r.ece)} (por azar, {points(r.ece_noise)})."


def _contacted(r: Realised) -> str:
    if not r.n_contacted:
        return ""
    what = (
        "si la campaña retiene, el modelo acierta más de lo que se mide, y sin grupo de "
        "control no se sabe cuánto."
        if r.muddled
        else only(
            r.n_control,
            "en su lugar cuenta el del grupo de control.",
            "en su lugar cuentan los {} del grupo de control.",
        )
    )
    return f"{plural(r.n_contacted, 'fue contactado', 'fueron contactados')}: {what}"


def _kept(r: Realised) -> str:
    if r.effect is None:
        return ""
    kept, money = r.effect.saved, r.effect.profit
    said = (
        f"Clientes conservados, frente a su control: {count(kept.value)} "
        f"{interval(kept.low, kept.high, 0)}"
    )
    if money is None:
        return f"{said}."
    return f"{said}; en dinero, {count(money.value)} EUR {interval(money.low, money.high, 0)}."


def _missing(r: Realised) -> str:
    if r.n_missing <= FEW_MISSING * (r.n_labelled + r.n_missing):
        return ""
    return (
        f"Los que faltan tienen una puntuación media {points(abs(r.score_gap))} "
        f"{'más baja' if r.score_gap > 0 else 'más alta'}: la medida puede cambiar cuando lleguen."
    )


def effect_table(e: Effect) -> pd.DataFrame:
    """One row a group."""
    groups = ("Contactados", e.n.contact, e.left.contact), ("Control", e.n.control, e.left.control)
    rows = []
    for name, n, left in groups:
        share = estimation.proportion(left, n)
        among = f"de {pct(share.low)} a {pct(share.high)}"
        rows.append((name, n, left, pct(share.value), among))
    heads = ["Grupo", "Con resultado", "Bajas", "Se va", "Intervalo del 95 %"]
    return pd.DataFrame(rows, columns=heads)


def effect_sentence(e: Effect | None) -> str:
    """What the campaign did and how sure that is, or why it cannot be known."""
    if e is None:
        return (
            "El efecto de la campaña no se puede medir: hacen falta resultados de clientes "
            "contactados y de un grupo de control, y el registro no los tiene todavía."
        )
    gain, saved = e.avoided, e.saved
    verdict = (
        "La campaña retiene" if gain.low > 0
        else "La campaña hace que se vayan más" if gain.high < 0
        else "Todavía no se puede decir que la campaña retenga"
    )  # fmt: skip
    return (
        f"De los contactados se fue el {pct(e.left.contact / e.n.contact)} y de los apartados "
        f"como control el {pct(e.left.control / e.n.control)}: {points(gain.value)} de "
        f"diferencia, entre {es(100 * gain.low)} y {es(100 * gain.high)}. **{verdict}**; "
        f"{'es' if round(saved.value) == 1 else 'son'} "
        f"{plural(round(saved.value), 'cliente', 'clientes')} de {count(e.n.contact)} (entre "
        f"{count(saved.low)} y {count(saved.high)}).{_money(e)}"
    )


def _money(e: Effect) -> str:
    if e.profit is None:
        return ""
    p = e.profit
    hoped = "" if np.isnan(e.promised) else f" (04 esperaba {count(e.promised)})"
    return f" En dinero, {count(p.value)} EUR{hoped}, entre {count(p.low)} y {count(p.high)}."

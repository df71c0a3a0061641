"""What a model takes for granted, the evidence for it, and how much that is worth.

The ratings are ours and simple on purpose: a reader can redo each with the figure beside it.
"""

from retencion_lib.stages.evaluate.card.sources import Sources
from retencion_lib.stages.say import examined_words
from retencion_lib.words import day, es, interval, pct, plural, points

RATINGS = SOLID, FAIR, WEAK, UNTESTED = "sólido", "razonable", "débil", "sin comprobar"
WIDTHS = (0.05, 0.10)  # of the 95 % interval of ROC-AUC: solid up to, fair up to
GAPS = (0.02, 0.05)  # mean distance between what was said and what happened

Judged = tuple[str, str, str]  # assumption, evidence, rating


def assumptions(known: Sources) -> list[Judged]:
    """Every assumption of a churn score with its evidence and rating, weakest news included."""
    return [
        _enough(known), _generalises(known), _worth_it(known), _honest(known), _no_leak(known),
        _one_population(known), _still_the_same(known), _in_time(known), _contact_helps(known),
    ]  # fmt: skip


def _grade(value: float, limits: tuple[float, float]) -> str:
    return SOLID if value <= limits[0] else FAIR if value <= limits[1] else WEAK


def _enough(known: Sources) -> Judged:
    low, high = known.exam.test_ci["roc_auc"]
    evidence = (
        f"{examined_words(known.exam)} en el examen; el intervalo del ROC-AUC, "
        f"{interval(low, high)}, mide {es(high - low, 3)}"
    )
    return "El examen tiene clientes bastantes", evidence, _grade(high - low, WIDTHS)


def _generalises(known: Sources) -> Judged:
    low, high = known.exam.test_ci["roc_auc"]
    valid, test = known.experiment.valid["roc_auc"], known.exam.test["roc_auc"]
    evidence = f"ROC-AUC {es(valid, 3)} en validación y {es(test, 3)} en clientes no vistos"
    return "Acierta igual con clientes nuevos", evidence, SOLID if low <= valid <= high else WEAK


def _worth_it(known: Sources) -> Judged:
    said = "Mejora a un modelo sencillo"
    plain = known.exam.baseline and known.exam.baseline.test.get("roc_auc")
    if plain is None:
        return said, "No hay modelo de referencia en el examen", UNTESTED
    low, own = known.exam.test_ci["roc_auc"][0], known.exam.test["roc_auc"]
    evidence = f"ROC-AUC {es(own, 3)}; la logística sin ajustar, {es(plain, 3)}"
    return said, evidence, SOLID if plain < low else FAIR if plain < own else WEAK


def _honest(known: Sources) -> Judged:
    said = "Las probabilidades dicen la verdad"
    bins = known.calibration
    if bins is None:
        return said, "No hay puntos de calibración de esta versión", UNTESTED
    gap = (bins["prob_pred"] - bins["prob_true"]).abs().mul(bins["count"]).sum()
    gap = float(gap / bins["count"].sum())
    evidence = f"Distancia media entre lo previsto y lo ocurrido: {points(gap)}"
    return said, evidence, _grade(gap, GAPS)


def _no_leak(known: Sources) -> Judged:
    said = "Ninguna variable conoce el resultado de antemano"
    if known.eda is None:
        return said, "No hay análisis de 01 sobre esta tabla", UNTESTED
    suspects = known.suspects
    if not suspects:
        return said, "01 no encontró sospechas", SOLID
    return said, f"01 señaló {plural(len(suspects), 'variable', 'variables')}", WEAK


def _one_population(known: Sources) -> Judged:
    said = "La tabla es una sola población"
    if known.eda is None:
        return said, "No hay análisis de 01 sobre esta tabla", UNTESTED
    found = known.eda.initial_drift
    moved = [d for d in found if d.significant]
    among = plural(len(found), "comparación", "comparaciones")
    differ = plural(len(moved), "difiere", "difieren")
    evidence = f"De {among} entre partes de la tabla, {differ}"
    return said, evidence, FAIR if moved else SOLID


def _still_the_same(known: Sources) -> Judged:
    said = "Los clientes de ahora se parecen a los de entrenamiento"
    if known.drift is None:
        return said, "Sin vigilancia al escribir esta ficha: mira el último informe de 05", UNTESTED
    rating = {"ok": SOLID, "warning": FAIR}.get(known.drift.status, WEAK)
    evidence = (
        f"Vigilancia del {day(known.drift.created_at)}: "
        f"{plural(len(known.drift.alerts), 'hallazgo', 'hallazgos')}, PSI de la puntuación "
        f"{es(known.drift.score.psi, 3)}"
    )
    return said, evidence, rating


def _in_time(known: Sources) -> Judged:
    said = "El futuro será como el pasado"
    if known.exam.exam is None:
        return said, "El examen aparta clientes al azar, no meses posteriores", UNTESTED
    later = "El examen es de fotos posteriores a lo aprendido"
    seen = [cutoff.roc_auc for cutoff in known.exam.backtest]
    if len(seen) < 2:
        return said, f"{later}; no hay más fotos en que repetirlo", FAIR
    low, high = min(seen), max(seen)
    evidence = f"{later}; en las {len(seen)} últimas, ROC-AUC de {es(low, 3)} a {es(high, 3)}"
    return said, evidence, _grade(high - low, WIDTHS)


def _contact_helps(known: Sources) -> Judged:
    campaign = known.exam.campaign
    rate = campaign and campaign.terms.get("accept_rate")
    told = f"; se supone que acepta el {pct(rate, 0)}" if isinstance(rate, int | float) else ""
    evidence = f"El modelo dice quién se va, no a quién convence una llamada{told}"
    return "Llamar a quien más riesgo tiene sirve de algo", evidence, UNTESTED

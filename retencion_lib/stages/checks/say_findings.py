"""What each finding says and what to do about it, made from its code and figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from retencion_lib.models import family_label
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.checks.say_moved import SEVERITY, batch_words, moved_words
from retencion_lib.words import count, day, es, interval, listed, pct, plural, points

# What to do about a column, and about the score, by how much it has moved.
COLUMN_ACTIONS = {
    "slight": "Es pequeño y real: busca la causa y míralo en el próximo lote.",
    "moderate": "Busca la causa (campaña, precio, extracto) y mira si mueve la puntuación.",
    "large": "No decidas con este lote sin saber la causa.",
}
SCORE_ACTIONS = {
    "slight": "Es pequeño: mira qué columnas lo explican.",
    "moderate": "Revisa el umbral: avisará a más o menos clientes de los previstos.",
    "large": "No decidas con el umbral actual sin revisar qué ha cambiado.",
}


@dataclass(frozen=True)
class Wording:
    """How a check is called, what its finding says and what to do."""

    name: str
    message: Callable[..., str]  # of the finding and its facts
    action: str | Mapping[str, str]  # by severity where there are several
    joined: str = " en "  # between the name and the column


def named(code: str, column: str | None) -> str:
    """A check in words for people: ``más nulos en 'tenure'``, ``cambio de la puntuación``."""
    wording = WORDINGS[Code(code)]
    if not column or code == Code.SCORE_MOVED:
        return wording.name
    return f"{wording.name}{wording.joined}'{column}'"


def worded(alert: Alert) -> Alert:
    """A finding with its message and its action."""
    wording = WORDINGS[Code(alert.code)]
    action = wording.action
    if not isinstance(action, str):
        action = action[alert.facts["severity"]]
    return replace(alert, message=wording.message(alert, **alert.facts), action=action)


def _volume(a: Alert) -> str:
    return (
        f"El lote tiene {plural(a.value, 'cliente', 'clientes')}; con menos de "
        f"{count(a.threshold)} solo se ven cambios enormes."
    )


def _column(a: Alert) -> str:
    return f"Falta la columna '{a.column}'."


def _texts(a: Alert, n: int, values: Sequence[str]) -> str:
    return (
        f"'{a.column}' era un número y tiene {plural(n, 'texto', 'textos')} "
        f"({listed(values, quote=True)}), en el {pct(a.value)} de los clientes."
    )


def _nulls(a: Alert, was: float) -> str:
    return (
        f"Falta '{a.column}' en el {pct(a.value)} de los clientes; en la referencia, en el "
        f"{pct(was)}."
    )


def _range(a: Alert, now: Sequence[float], before: Sequence[float]) -> str:
    now, before = (f"de {es(low, 2)} a {es(high, 2)}" for low, high in (now, before))
    return (
        f"'{a.column}' tiene valores nunca vistos en el {pct(a.value, 2)} de los clientes: va "
        f"{now}, y en la referencia, {before}."
    )


def _categories(a: Alert, n: int, values: Sequence[str]) -> str:
    return (
        f"'{a.column}' trae categorías nuevas ({listed(values, quote=True)}) en "
        f"{plural(n, 'cliente', 'clientes')} ({pct(a.value)})."
    )


def _repeated(a: Alert, ids: Sequence[str], n_ids: int) -> str:
    said = plural(a.value, "fila repite", "filas repiten")
    rest = [""] * (n_ids - len(ids))  # counted, not named
    return f"{said} cliente ({listed([*ids, *rest], len(ids))})."


def _constant(a: Alert, n: int) -> str:
    return (
        f"'{a.column}' tiene el mismo valor en todo el lote, de {plural(n, 'cliente', 'clientes')}."
    )


def _dates(a: Alert, newest: str, run: str) -> str:
    age = a.value
    said = f"es {plural(age, 'día', 'días')} anterior" if age > 0 else "es posterior"
    return (
        f"'{a.column}': la fecha más reciente, {day(newest)}, {said} a la ejecución ({day(run)})."
    )


def _moved(a: Alert, severity: str, ks: float | None, **moved: object) -> str:
    size = f"PSI {es(a.value, 3)} descontado el azar"
    size += "" if ks is None or moved.get("binary") else f", KS {es(ks, 3)}"
    return f"Cambio {SEVERITY[severity]}: {moved_words(a.column, **moved)} ({size})."


def _together(a: Alert, low: float, high: float, columns: Sequence[str]) -> str:
    return (
        f"Un modelo distingue este lote de la referencia: ROC-AUC {es(a.value, 2)} "
        f"{interval(low, high, 2)} (sin cambios, 0,50). Lo delatan {listed(columns, quote=True)}."
    )


def _segment(a: Alert, segment: str, part: str, n: int, severity: str, **moved: object) -> str:
    return (
        f"En '{segment}' = {part}, {plural(n, 'columna movida', 'columnas movidas')}; la "
        f"que más, cambio {SEVERITY[severity]}: {moved_words(a.column, **moved)} "
        f"(PSI {es(a.value, 3)} descontado el azar)."
    )


def _expected(a: Alert, estimated: float, exam: float, low: float, high: float) -> str:
    return (
        f"Se estima un ROC-AUC de {es(estimated, 3)} en este lote, frente a {es(exam, 3)} en el "
        f"examen: diferencia {es(a.value, 3)} {interval(low, high)}. Los clientes de ahora son más "
        "difíciles de ordenar."
    )


def _with_outcomes(batch: str, retired: str) -> str:
    who = f" (puntuado por {model_words(retired)}, que ya no está en uso)" if retired else ""
    return f"Con los resultados de {batch_words(batch)}{who}"


def model_words(name: str) -> str:
    """A model such as ``logreg__v0.1`` for readers."""
    family, _, version = name.partition("__v")
    return f"{family_label(family)} v{version}" if version else name


def _fall(
    a: Alert, batch: str, retired: str, measured: float, exam: float, low: float, high: float
) -> str:
    return (
        f"{_with_outcomes(batch, retired)}, ROC-AUC {es(measured, 3)} frente a {es(exam, 3)} en "
        f"su examen: diferencia {es(a.value, 3)} {interval(low, high)}."
    )


def _misfit(
    a: Alert, batch: str, retired: str, by_chance: float, foreseen: float, left: float
) -> str:
    return (
        f"{_with_outcomes(batch, retired)}, lo previsto y lo ocurrido se separan {points(a.value)} "
        f"de media (por azar, {points(by_chance)}): se previó que se iría el {pct(foreseen)} y se "
        f"fue el {pct(left)}."
    )


def _flags(a: Alert) -> str:
    moves = "sube" if a.value > 0 else "baja"
    return f"El cambio de '{a.column}' {moves} {points(abs(a.value))} la parte avisada del lote."


def _persists(a: Alert, check: str, of: int, since: str) -> str:
    what = named(check, a.column)
    return (
        f"{what[0].upper()}{what[1:]} ({check}): persiste, en {count(a.value)} de los últimos "
        f"{count(of)} lotes, desde el {day(since)}."
    )


WORDINGS = {
    Code.FEW_CUSTOMERS: Wording("pocos clientes", _volume, "Reúne varios lotes y repite."),
    Code.MISSING_COLUMN: Wording(
        "falta la columna", _column,
        "Recupera la columna en el extracto: el modelo la necesita.", joined=" ",
    ),
    Code.TEXTS: Wording("textos", _texts, "Corrige el formato en el extracto."),
    Code.NULLS: Wording(
        "más nulos", _nulls, "Pregunta a quien prepara el extracto qué ha cambiado."
    ),
    Code.RANGE: Wording(
        "valores fuera de rango", _range,
        "Comprueba unidades y moneda; el modelo no ha visto valores así.",
    ),
    Code.CATEGORIES: Wording(
        "categorías nuevas", _categories,
        "Confirma si es un producto nuevo o un cambio de nombre.",
    ),
    Code.REPEATED: Wording(
        "clientes repetidos", _repeated,
        "Quita las filas repetidas: se llamaría dos veces a la misma persona.",
    ),
    Code.CONSTANT: Wording(
        "un solo valor", _constant,
        "Comprueba que el extracto rellena la columna y no un valor por defecto.",
    ),
    Code.DATES: Wording(
        "fechas que no son de este periodo", _dates,
        "Comprueba que el extracto es el de este periodo y vuelve a puntuarlo.",
    ),
    Code.COLUMN_MOVED: Wording("cambio", _moved, COLUMN_ACTIONS),
    Code.SCORE_MOVED: Wording("cambio de la puntuación", _moved, SCORE_ACTIONS),
    Code.ALL_TOGETHER: Wording(
        "cambio que solo se ve con todas las columnas a la vez", _together,
        "Mira juntas esas columnas: puede haber cambiado cómo van unas con otras.",
    ),
    Code.SEGMENT_MOVED: Wording(
        "cambio dentro de un grupo", _segment,
        "Mira si el cambio es solo de ese grupo antes de tocar el modelo de todos.",
    ),
    Code.EXPECTED_FALL: Wording(
        "menos acierto estimado", _expected,
        "Mira qué columna se movió, y mide el acierto cuando lleguen los resultados (labels).",
    ),
    Code.REALISED_FALL: Wording(
        "menos acierto medido", _fall,
        "Busca qué ha cambiado desde el examen.",
    ),
    Code.MISCALIBRATED: Wording(
        "probabilidades que no se cumplen", _misfit,
        "El orden puede valer; el umbral y el beneficio previsto, no.",
    ),
    Code.FLAGS_OTHERS: Wording(
        "cambia a quién se avisa", _flags,
        "Confirma que el cambio es real antes de decidir por él.", joined=" por ",
    ),
    Code.PERSISTS: Wording(
        "un aviso que persiste", _persists,
        "Deja de tratarlo como un aviso suelto: busca la causa.",
    ),
}  # fmt: skip

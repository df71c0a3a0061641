"""The answer of 05, its findings, its history and its advice, in words."""

import pandas as pd

from retencion_lib.home.history import History
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.stages.monitor.advice import Advice, Awaited, Decision
from retencion_lib.stages.monitor.findings import Code, Group, of_group
from retencion_lib.stages.monitor.history import batches
from retencion_lib.stages.monitor.notices import ALERTS, VARIABLE, Failure, Sent
from retencion_lib.stages.monitor.say import LEVEL_WORDS, what_moved
from retencion_lib.stages.monitor.say_findings import named
from retencion_lib.stages.monitor.shifts import by_size
from retencion_lib.words import count, day, listed, plural

VERDICTS = {
    Decision.FIX: "el extracto llega mal, no llames con esta lista",
    Decision.RETRAIN: "conviene reentrenar el modelo",
    Decision.WATCH: "hay cambios que seguir antes de tocar el modelo",
    Decision.KEEP: "la lista se puede usar",
}
DECISIONS = {
    Decision.FIX: "arreglar los datos",
    Decision.RETRAIN: "reentrenar",
    Decision.WATCH: "esperar",
    Decision.KEEP: "seguir igual",
}
REASONS = {
    Code.REALISED_FALL: "el acierto medido es menor que el del examen",
    Code.MISCALIBRATED: "las probabilidades ya no son ciertas",
    Code.SCORE_MOVED: "la puntuación se ha movido",
    Code.EXPECTED_FALL: "se estima menos acierto que en el examen",
    Code.FLAGS_OTHERS: "cambia a quién se avisa por cómo se han movido las variables",
    Code.PERSISTS: "un aviso persiste",
}


def reference_sentence(report: WatchReport) -> str:
    """Which days the batch is compared with; empty without a history."""
    days = report.reference_snapshots
    if not days:
        return ""
    many = f"{len(days)} fotos, del {days[0]} al {days[-1]}"
    said = f"La referencia es de {many if len(days) > 1 else f'la foto del {days[0]}'}."
    if report.season:
        return f"{said} {_season_sentence(report)}"
    if not report.snapshot or report.snapshot[5:7] in {day[5:7] for day in days}:
        return said
    return (
        f"{said} Ninguna es del mes de la del lote ({report.snapshot}): lo que cambia con la época "
        "del año también se ve como un cambio."
    )


def _season_sentence(report: WatchReport) -> str:
    """Which of the columns that moved are as they were a year before."""
    season, names = report.season, [s.name for s in by_size(report.features)]
    kinds = (
        ([n for n in names if n not in season.moved], "Como entonces, y es cosa de la época"),
        ([n for n in names if n in season.moved], "Distinto también de entonces"),
        ([n for n in season.moved if n not in names], "Distinto solo de entonces"),
    )
    said = [f"{what}: {listed(found, quote=True)}" for found, what in kinds if found]
    rows = plural(season.n_rows, "fila", "filas")
    told = f"También se compara con la foto de un año antes, la del {season.day} ({rows})"
    return ". ".join([told, *(said or ["Nada ha cambiado desde entonces"])]) + "."


def time_sentence(history: History | None) -> str:
    """Which outcomes count; empty without a history."""
    if history is None:
        return ""
    return (
        f"Como en 02, el margen es {history.gap} y el horizonte {history.horizon}: un resultado "
        f"cuenta si su horizonte acabó antes del {history.as_of}."
    )


def answer(report: WatchReport, advice: Advice) -> str:
    """Whether the list can be used, why, and what to do: the first lines of the report."""
    act = action_sentence(report)
    if advice.broken:
        why = broken_sentence(report, advice)
        act += " Con el extracto corregido, repite `retencion infer` y `retencion monitor`; con "
        act += "este, ni llames ni reentrenes."
    else:
        why = " ".join(filter(None, [measured_sentence(report), moved_sentence(report)]))
        act += f" {advice_sentence(advice)}"
    return "\n\n".join([headline(report, advice), why, act])


def headline(report: WatchReport, advice: Advice) -> str:
    """Status of the batch and whether its list can be used, in one line."""
    n = len(report.alerts)
    what = plural(n, "hallazgo", "hallazgos") if n else "ningún hallazgo"
    return (
        f"**{LEVEL_WORDS[report.status]}: {VERDICTS[advice.decision]}** ({what} en un lote de "
        f"{plural(report.current.n_rows, 'cliente', 'clientes')})."
    )


def broken_sentence(report: WatchReport, advice: Advice) -> str:
    """What is wrong in an extract that must be repaired, and what it does to the score."""
    said = " ".join(a.message for a in advice.broken)
    if report.score.status != "ok":
        said += f" Con esos datos {what_moved(report.score)}."
    return f"**Qué llega mal.** {said}"


def moved_sentence(report: WatchReport) -> str:
    """What moved, the largest first."""
    n, moved = len(report.features), by_size([*report.features, report.score])
    if not moved:
        return (
            f"**Qué ha cambiado.** Nada: ni las {n} columnas ni la puntuación se han "
            "movido más de lo que trae el azar y se considera importante."
        )
    score_too = report.score.status != "ok"
    score = "la puntuación también" if score_too else "la puntuación no"
    return (
        f"**Qué ha cambiado.** {len(moved) - score_too} de {n} columnas, y {score}: "
        f"{listed(map(what_moved, moved), 4)}."
    )


def action_sentence(report: WatchReport) -> str:
    """What to do first: the action of the worst finding."""
    for alert in report.alerts:
        return f"**Qué hacer.** {alert.action}"
    return "**Qué hacer.** Usa las puntuaciones como hasta ahora."


def measured_sentence(report: WatchReport) -> str:
    """What the outcomes have shown to be worse than promised; empty where nothing is."""
    said = " ".join(a.message for a in of_group(report.alerts, Group.PROOF))
    return f"**Cuánto acertó.** {said}" if said else ""


def alert_sentences(report: WatchReport) -> list[str]:
    """Each finding with its code, and what to do."""
    return [f"**{a.code} · {LEVEL_WORDS[a.level]}.** {a.message} {a.action}" for a in report.alerts]


def history_sentence(history: pd.DataFrame, states: pd.DataFrame) -> str:
    """How many batches have been looked at, what persists and what has closed."""
    n = len(batches(history, len(history)))
    if n < 2:
        return "Es el primer lote que se vigila: todavía no hay historia."
    said = [f"Se han vigilado {count(n)} lotes."]
    starts = {"persists": "Persiste", "new": "Es nuevo", "closed": "Se ha cerrado"}
    for state, start in starts.items():
        these = states[(states.state == state) & (states.code != Code.PERSISTS)]
        names = [named(r.code, r.column) for r in these.itertuples()]
        if names:
            said.append(f"{start}: {listed(names)}.")
    return " ".join(said if len(said) > 1 else [*said, "No hay nada abierto."])


def advice_sentence(advice: Advice) -> str:
    """The advice with its reasons and its command."""
    reasons = [named(a.code, a.column) for a in advice.broken]
    why = listed(reasons or [REASONS[code] for code in advice.because], limit=8)
    if advice.decision == Decision.RETRAIN:
        return (
            f"**Conviene reentrenar**: {why}. Con una tabla que incluya los resultados "
            f"nuevos: `{advice.command}`."
        )
    if advice.decision == Decision.FIX:
        return (
            f"**Arregla antes los datos**: {why}. Un modelo que aprenda de un extracto roto "
            f"sale peor; cuando esté bien, repite la vigilancia: `{advice.command}`."
        )
    if advice.decision == Decision.WATCH:
        return f"**Espera para reentrenar**: {why}, {_wait(advice)}: `{advice.command}`."
    return "**No hace falta reentrenar**: nada indica que el modelo acierte menos que antes."


def _wait(advice: Advice) -> str:
    if advice.awaited:
        return (
            f"pero {awaited_words(advice.awaited)}. Sin ellos un modelo nuevo no aprendería nada "
            "de este cambio. Cuando lleguen"
        )
    return (
        "y una señal sola no basta: los resultados de este lote no muestran que acierte menos. "
        "Mira el siguiente"
    )


def awaited_words(awaited: Awaited) -> str:
    """What is missing and when it is expected."""
    few = "" if awaited.missing == awaited.n else f" de {count(awaited.missing)}"
    what = f"faltan los resultados{few} de los {count(awaited.n)} clientes de este lote"
    if not awaited.expected:
        return f"{what}, y como aún no ha llegado ninguno no se sabe cuándo llegarán"
    return (
        f"{what}, que se esperan hacia el {day(awaited.expected)} (los últimos tardaron "
        f"{plural(awaited.delay, 'día', 'días')})"
    )


def webhook_text(report: WatchReport, date: str) -> str:
    """What a chat shows of the findings of a run."""
    found = [f"{a.code}: {a.message}" for a in report.alerts]
    return "\n".join([f"Retención {date}: {LEVEL_WORDS[report.status].lower()}", *found])


def sent_sentence(sent: Sent) -> str:
    """Who has been told of the findings."""
    if not sent.n:
        return "No hay hallazgos que comunicar."
    said = f"{plural(sent.n, 'hallazgo anotado', 'hallazgos anotados')} en {ALERTS}."
    if not sent.posted:
        return said
    if sent.failure:
        why = failure_words(sent.failure)
        return f"{said} El aviso externo no se pudo entregar ({why}); la ejecución sigue."
    return f"{said} Entregados también al aviso externo."


def failure_words(failure: Failure) -> str:
    """Why a webhook did not take the findings; of its address, the host only."""
    if not failure.host:
        return f"{VARIABLE} no es una dirección http(s)"
    if failure.status:
        return f"{failure.host} respondió {failure.status}"
    return f"{failure.host}: {failure.error}"

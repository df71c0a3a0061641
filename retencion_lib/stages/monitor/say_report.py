"""The answer of 05, its findings, its history and its advice, in words."""

from collections.abc import Sequence

import pandas as pd

from retencion_lib.home.history import History
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.show.answers import LIST, RETRAIN, answers, asked
from retencion_lib.show.naming import titled
from retencion_lib.stages.checks.answers import Retrain, Until
from retencion_lib.stages.checks.findings import Code
from retencion_lib.stages.checks.say import usable_sentence, why_sentence
from retencion_lib.stages.checks.say_findings import named
from retencion_lib.stages.checks.say_moved import what_moved
from retencion_lib.stages.checks.shifts import by_size
from retencion_lib.stages.monitor.advice import Advice, Awaited
from retencion_lib.stages.monitor.history import answered, batches
from retencion_lib.stages.monitor.notices import ALERTS, VARIABLE, Failure, Sent
from retencion_lib.words import count, day, listed, only, plural

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
    one = f"la foto del {day(days[0])}"
    many = f"{len(days)} fotos, del {day(days[0])} al {day(days[-1])}"
    said = f"La referencia es de {many if len(days) > 1 else one}."
    if report.season:
        return f"{said} {_season_sentence(report)}"
    if not report.snapshot or report.snapshot[5:7] in {d[5:7] for d in days}:
        return said
    return (
        f"{said} Ninguna es del mes de la del lote ({day(report.snapshot)}): lo que cambia con la "
        "época del año también se ve como un cambio."
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
    told = f"También se compara con la foto de un año antes, la del {day(season.day)} ({rows})"
    return ". ".join([told, *(said or ["Nada ha cambiado desde entonces"])]) + "."


def time_sentence(history: History | None) -> str:
    """Which outcomes count; empty without a history."""
    if history is None:
        return ""
    return (
        f"Como en 02, el margen es {history.gap} y el horizonte {history.horizon}: un resultado "
        f"cuenta si su horizonte acabó antes del {day(history.as_of)}."
    )


def answer(report: WatchReport, advice: Advice) -> str:
    """Whether the list can be used, whether to retrain, what moved and what to do.

    The findings follow with their figures, which are not said here too.
    """
    first = usable_sentence(report.answers, report.alerts, report.current.n_rows)
    act = action_sentence(report)
    if advice.answers.until is Until.EXTRACT:
        why = broken_sentence(report)
        act += " Con el extracto corregido, repite `retencion infer` y `retencion monitor`."
    else:
        why = moved_sentence(report)
    return "\n\n".join(filter(None, [first, advice_sentence(advice), why, act]))


def why(report: WatchReport) -> str:
    """Why the list can be used or not, in one line."""
    return why_sentence(report.alerts, report.current.n_rows)


def broken_sentence(report: WatchReport) -> str:
    """What an extract that must be repaired does to the score; empty where it does nothing."""
    if report.score.status == "ok":
        return ""
    return f"**Qué ha cambiado.** Con datos que llegan mal, {what_moved(report.score)}."


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


def answers_table(history: pd.DataFrame, runs: Sequence[str]) -> pd.DataFrame:
    """What was answered of each batch, the newest first."""
    rows = answered(history, runs)[::-1]
    said = [answers(row) for row in rows]
    return pd.DataFrame(
        {
            "Fecha": [row["date"] for row in rows],
            "Lote": [row["path"] for row in rows],
            LIST: [one.get(LIST, "—") for one in said],
            RETRAIN: [one.get(RETRAIN, "—") for one in said],
        }
    )


def advice_sentence(advice: Advice) -> str:
    """Whether to retrain, with the reasons and the command."""
    start = f"**{asked(advice.answers.facts(), RETRAIN)}.** "
    if advice.answers.retrain is Retrain.NO:
        return f"{start}Nada indica que el modelo acierte menos que antes."
    why = listed([REASONS[code] for code in advice.because], limit=8)
    why = why[:1].upper() + why[1:]
    if advice.answers.retrain is Retrain.YES:
        return f"{start}{why}. Con una tabla que incluya los resultados nuevos: `{advice.command}`."
    return f"{start}{_wait(advice, why)}: `{advice.command}`."


def _wait(advice: Advice, why: str) -> str:
    if advice.awaited:
        return (
            f"{why}, pero {awaited_words(advice.awaited)}. Sin ellos un modelo nuevo no aprendería "
            "nada de este cambio. Cuando lleguen"
        )
    return {
        Until.EXTRACT: "Un modelo que aprenda de un extracto roto sale peor. Cuando esté bien",
        Until.CAUSE: (
            "Los clientes son otros, y nada indica todavía que el modelo acierte menos. Con la "
            "causa, o con el lote corregido"
        ),
        Until.NEXT: (
            f"{why}, y una señal sola no basta: los resultados de este lote no muestran que "
            "acierte menos. Mira el siguiente"
        ),
    }[advice.answers.until]


def awaited_words(awaited: Awaited) -> str:
    """What is missing and when it is expected."""
    few = "" if awaited.missing == awaited.n else f" de {count(awaited.missing)}"
    all_of = only(awaited.n, "del cliente", "de los {} clientes")
    what = f"faltan los resultados{few} {all_of} de este lote"
    if not awaited.expected:
        return f"{what}, y como aún no ha llegado ninguno no se sabe cuándo llegarán"
    return (
        f"{what}, que se esperan hacia el {day(awaited.expected)} (los últimos tardaron "
        f"{plural(awaited.delay, 'día', 'días')})"
    )


def webhook_text(report: WatchReport, date: str) -> str:
    """What a chat shows of the findings of a run."""
    said = [f"{question} {answer}" for question, answer in answers(report.answers).items()]
    found = [f"{a.code}: {titled(a.message)}" for a in report.alerts]
    return "\n".join([f"Retención {date}: {report.current.path}", *said, *found])


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

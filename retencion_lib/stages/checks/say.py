"""What 04 and 05 say alike of a batch: whether its list can be used, and each finding."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from retencion_lib.home.watch_report import Alert
from retencion_lib.show.answers import LIST, asked
from retencion_lib.stages.checks.answers import stopping
from retencion_lib.stages.checks.say_findings import named
from retencion_lib.stages.checks.say_moved import LEVEL_WORDS
from retencion_lib.words import listed, plural


def usable_sentence(answers: Mapping[str, str], alerts: Sequence[Alert], n_rows: int) -> str:
    """Whether the list of so many customers can be used, and what stands against it."""
    n = len(alerts)
    what = plural(n, "hallazgo", "hallazgos") if n else "Ningún hallazgo"
    said = (
        f"**{asked(answers, LIST)}.** {what} en un lote de {plural(n_rows, 'cliente', 'clientes')}"
    )
    if not stopping(alerts):
        return f"{said}."
    return f"{said}; lo impide: {stopping_words(alerts)}."


def stopping_words(alerts: Sequence[Alert]) -> str:
    """What a list must not be used for."""
    return listed(named(a.code, a.column) for a in stopping(alerts))


def why_sentence(alerts: Sequence[Alert], n_rows: int) -> str:
    """Why a list can be used or not, in one line for whoever decides."""
    if stopping(alerts):
        return f"Lo impide: {stopping_words(alerts)}."
    names = list(dict.fromkeys(named(a.code, a.column) for a in alerts))
    if names:
        return f"{plural(len(alerts), 'hallazgo', 'hallazgos')}: {listed(names, 3)}."
    return f"Ningún hallazgo en un lote de {plural(n_rows, 'cliente', 'clientes')}."


def alert_sentences(alerts: Sequence[Alert]) -> list[str]:
    """Each finding with its code, and what to do: of a row of them with one remedy, at its end."""
    said = []
    for a, after in zip_longest(alerts, alerts[1:]):
        what = f"**{a.code} · {LEVEL_WORDS[a.level]}.** {a.message}"
        again = after is not None and after.action == a.action
        said.append(what if again else f"{what} {a.action}")
    return said

"""The first lines of 04: whether its list can be used, and then whom to call."""

from retencion_lib.home.terms import Agreement
from retencion_lib.show.campaign import adopted_words
from retencion_lib.stages.checks import say
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.infer.ask import Asked
from retencion_lib.stages.infer.calls import CallList
from retencion_lib.stages.infer.say import calls_headline
from retencion_lib.words import count, plural

UNCOMPARED = (
    "No hay ninguna referencia con la que compararlo, la escribe 'retencion evaluate': solo se ha "
    "mirado el contrato."
)


def first_lines(asked: Asked, calls: CallList) -> str:
    """Whom to call, or why not yet; then whether the list can be used, and why."""
    first = stopped_sentence(asked, calls) if asked.stopped else calls_headline(calls)
    return f"{first}\n\n{usable_sentence(asked)}"


def agreed_sentence(agreed: Agreement) -> str:
    """Whose terms these are: those in force, whatever 03 has examined since."""
    said = adopted_words(agreed.reason, agreed.approver)
    return f"Son las condiciones de campaña en vigor, {said}."


def usable_sentence(asked: Asked) -> str:
    """Whether the list can be used, in the words of 05."""
    if asked.compared:
        return say.usable_sentence(asked.answers, asked.alerts, asked.n_rows)
    return f"{say.usable_sentence(asked.answers, (), asked.n_rows)} {UNCOMPARED}"


def why_sentence(asked: Asked) -> str:
    """Why the list can be used or not, in one line."""
    return say.why_sentence(asked.alerts, asked.n_rows) if asked.compared else UNCOMPARED


def stopped_sentence(asked: Asked, calls: CallList) -> str:
    """Why nobody is called yet, and what to do with the list."""
    n = len(calls.calls())
    listed = plural(n, "cliente queda", "clientes quedan")
    return (
        f"**No llames todavía:** {say.stopping_words(asked.alerts)}. {listed} en una lista por "
        "revisar, y de ellos no se promete nada hasta que alguien sepa la causa. Si el extracto "
        "está mal, corrígelo y repite la orden."
    )


def alert_sentences(asked: Asked) -> list[str]:
    """Each finding with its code, and what to do."""
    return say.alert_sentences([worded(a) for a in asked.alerts])


def elsewhere_sentence(n: int) -> str:
    """How many are on another list of this campaign and date; empty where nobody is."""
    if not n:
        return ""
    who = "1 de estos clientes ya está" if n == 1 else f"{count(n)} de estos clientes ya están"
    return f"**{who} en otra lista de esta campaña y fecha**: no los llames dos veces."

"""Which terms of the campaign are in force, who adopted them, and how others are adopted."""

from dataclasses import replace
from typing import Any

from retencion_lib import config
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import installed, ledger
from retencion_lib.home.event import Event
from retencion_lib.home.terms import COLUMNS, Agreement, Terms, adopt, in_force
from retencion_lib.runs.parameters import parse

EVALUATE = config.NOTEBOOKS["evaluate"]
LAST = "last"


def value(name: str, text: str) -> Any:
    """Value of one of the terms, given as text.

    Raises
    ------
    ParameterError
        If it is of another type than 03's parameter of that name.
    """
    return parse(EVALUATE, name, text)


def changed(terms: Terms, values: dict[str, Any]) -> Terms:
    """Terms with other values, by the names of 03's parameters.

    Raises
    ------
    ParameterError
        If they make no sense together.
    """
    own = {n: v for n, v in values.items() if n in COLUMNS}
    money = {n: v for n, v in values.items() if n not in COLUMNS}
    return replace(terms, money=replace(terms.money, **money), **own)


def needed() -> Agreement:
    """Terms in force.

    Raises
    ------
    OrderError
        If there are none yet.
    """
    agreed = in_force()
    if agreed is None:
        raise OrderError(
            "Todavía no hay ninguna campaña en vigor: la primera que examina 03 se adopta sola. "
            "Ejecuta antes 'retencion evaluate'."
        )
    return agreed


def put_in_force(
    run: str, given: dict[str, str], *, reason: str, approver: str
) -> tuple[Agreement, Terms]:
    """Adopt what a run of 03 proposed, or the terms in force with other values.

    Parameters
    ----------
    run : str
        Name of the run, or ``last``; empty where values are given.
    given : dict
        Values as text, by the names of 03's parameters.

    Returns
    -------
    Agreement
        Now in force.
    Terms
        Those that it replaces.
    """
    if run and given:
        raise ParameterError(
            f"--adopt {run} y --{next(iter(given)).replace('_', '-')} no van juntos: adopta lo que "
            "examinó una ejecución de 03, o di los valores."
        )
    cut = installed.finish(config.CAMPAIGNS)
    agreed = needed()
    before = agreed.terms
    if run:
        event = _examined(run)
        terms, by = Terms.from_facts(event.results["terms"]), event.run_id
    else:
        terms, by = changed(before, {n: value(n, text) for n, text in given.items()}), None
    if cut and terms == before and (cut.reason, cut.approver) == (reason, approver):
        return agreed, Terms.from_facts(cut.replaced or before.facts())  # this order, cut before
    return adopt(terms, reason=reason, approver=approver, proposed_by=by), before


def waiting(agreed: Agreement) -> tuple[str, Terms] | None:
    """The last run of 03 and its terms, where these are not in force and came after those."""
    ends = _ends()
    decided = [e.seq for e in ledger.mentioning('"event": "campaign"') if e.event == "campaign"]
    if not ends or ends[-1].seq < max(decided, default=0):
        return None
    terms = Terms.from_facts(ends[-1].results["terms"])
    return None if terms == agreed.terms else (str(ends[-1].run_id), terms)


def _ends() -> list[Event]:
    """Runs of 03 that ended well and say which terms they examined, oldest first."""
    return [
        e for e in ledger.mentioning(EVALUATE)
        if e.event == "run_finished" and e.notebook == EVALUATE and e.status == "ok"
        and "terms" in e.results
    ]  # fmt: skip


def _examined(run: str) -> Event:
    found = [e for e in _ends() if run in (LAST, e.run_id)]
    if found:
        return found[-1]
    known = [str(e.run_id) for e in _ends()]
    which = (
        f"Las últimas que lo hicieron: {', '.join(known[-3:])}"
        if known
        else "Ninguna lo ha hecho todavía"
    )
    raise ParameterError(
        f"adopt = '{run}': no es una ejecución de 03 terminada y sellada que diga con qué "
        f"condiciones examinó. {which}. Escribe --adopt last para la última, o ejecuta "
        "'retencion evaluate'; una hecha a mano se sella antes con 'retencion seal CUADERNO.ipynb'."
    )

"""A campaign's terms in words, from their stored form: what they are, how two differ, who adopted.

The stored form is that of `home.terms.Terms.facts`.
"""

from collections.abc import Mapping
from typing import Any

from retencion_lib.words import es, listed, pct, plural

WHY = '--reason "…" --approver "…"'
NAMES = {
    "customer_value": "margen", "offer_cost": "oferta", "contact_cost": "llamada",
    "accept_rate": "aceptación", "accept_trials": "ofertas en que se vio",
    "capacity": "capacidad", "value_col": "columna del margen",
    "value_factor": "factor del margen", "accept_col": "columna de la aceptación",
}  # fmt: skip
SHARES = ("accept_rate", "capacity")
AMOUNTS = ("customer_value", "offer_cost", "contact_cost")


def terms_words(terms: Mapping[str, Any]) -> str:
    """The terms in words."""
    value = (
        f"'{terms['value_col']}' por {es(terms['value_factor'], 2)}"
        if terms["value_col"]
        else f"{es(terms['customer_value'], 2)} EUR"
    )
    rate = (
        f"la que dice '{terms['accept_col']}'" if terms["accept_col"] else pct(terms["accept_rate"])
    )
    seen = (
        f" (vista en {plural(terms['accept_trials'], 'oferta', 'ofertas')})"
        if terms["accept_trials"]
        else ""
    )
    return (
        f"Retener a un cliente vale {value}; la oferta cuesta {es(terms['offer_cost'], 2)} EUR y "
        f"cada llamada {es(terms['contact_cost'], 2)} EUR. Aceptación supuesta: {rate}{seen}. El "
        f"equipo llega al {pct(terms['capacity'])} de los clientes."
    )


def differences(new: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    """In what some terms differ from others: ``capacidad 20,0 % (y no 10,0 %)``."""
    return listed(
        [
            f"{said} {said_value(name, new[name])} (y no {said_value(name, old[name])})"
            for name, said in NAMES.items()
            if new[name] != old[name]
        ],
        limit=len(NAMES),
    )


def changed_words(terms: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Values of some terms in what is not so in others: ``capacidad 20,0 %``."""
    names = [name for name in NAMES if name in terms and terms[name] != other.get(name)]
    said = [f"{NAMES[name]} {said_value(name, terms[name])}" for name in names if terms[name] != ""]
    return listed(said, limit=len(NAMES))


def said_value(name: str, value: object) -> str:
    """Value of one of the terms, for readers."""
    if name in SHARES:
        return pct(value)
    if name in AMOUNTS:
        return f"{es(value, 2)} EUR"
    if isinstance(value, str):
        return f"'{value}'" if value else "ninguna"
    return f"{value:g}".replace(".", ",")


def adopted_words(reason: str, approver: str) -> str:
    """Who put terms in force, and why; of homes of before anybody adopted them, that 03 did."""
    if not approver:
        return "puestas por 03 cuando aún no había que adoptarlas"
    return f"adoptadas por {approver} («{reason}»)"


def adopt_command(run: str = "last") -> str:
    """The command that adopts what a run of 03 proposed."""
    return f"retencion campaign --adopt {run} {WHY}"

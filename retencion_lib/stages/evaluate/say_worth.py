"""What 03 says of the money: what the list would have earned, against which other ways."""

from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from retencion_lib.maths import decision
from retencion_lib.show.campaign import adopt_command, differences
from retencion_lib.show.vocabulary import PLANS
from retencion_lib.stages.evaluate.proposal import Proposal
from retencion_lib.stages.evaluate.worth import LIST, NO_LIMIT, RANDOM, Worth
from retencion_lib.words import count, es, eur, eur_interval, listed, only, pct


def worth_headline(worth: Worth) -> str:
    """What the order is worth, and what of these earnings is what 04 speaks of."""
    own, chance = worth.plan(LIST), worth.plan(RANDOM)
    if own.contacted == 0:
        return (
            "Ningún cliente pasa de la puntuación desde la que compensa la llamada "
            f"({es(worth.cut.break_even, 3)})."
        )
    return (
        f"El orden vale {eur(chance.behind)} {eur_interval(chance.behind_low, chance.behind_high)}"
        f": es lo que la lista gana a llamar al azar. Por llamada se habrían ganado "
        f"{eur(own.profit / own.contacted)} y el modelo preveía {eur(own.foreseen / own.contacted)}"
        "; eso, lo previsto, es lo que 04 llama «se espera ganar», con los clientes de cada lote y "
        "sin saber aún quién se irá."
    )


def worth_answer(worth: Worth) -> str:
    """What the list would have earned, and how sure that is, for the top of the report."""
    own = worth.plan(LIST)
    if own.contacted == 0:
        return "Con estos importes no conviene llamar a nadie."
    sure = (
        "gana dinero en todo el intervalo"
        if own.low > 0
        else "el intervalo no descarta perder dinero"
    )
    rate = pct(worth.terms.money.accept_rate, 0)
    kept = (
        "con la aceptación de cada cliente"
        if worth.terms.accept_col
        else f"si la oferta retiene al {rate} de quienes se iban"
    )
    return (
        f"Llamando {only(own.contacted, 'al único', 'a los {}')} de la lista, y {kept}, se "
        "habrían ganado "
        f"**{eur(own.profit)}**, con un 95 % de confianza entre {eur(own.low)} y "
        f"{eur(own.high)}: {sure}."
    )


def proposal_sentence(offer: Proposal) -> str:
    """Whether 04 uses the terms that were examined; where not, which it uses, and what to type."""
    if offer.holds:
        first = offer.agreed.run_id == offer.run_id
        return (
            "Estas condiciones de campaña quedan en vigor: 04 las usa."
            if first
            else "Estas condiciones de campaña son las que están en vigor: 04 las usa."
        )
    gap = differences(offer.terms.facts(), offer.agreed.terms.facts())
    return (
        f"**Estas condiciones de campaña no están en vigor**: se ha examinado con {gap}, y 04 "
        "sigue con las que había. Para ponerlas en vigor: "
        f"`{adopt_command(offer.run_id)}`."
    )


def versus_sentence(worth: Worth) -> str:
    """Which ways earn more or less than the list beyond noise."""
    rest = [plan for plan in worth.plans if plan.plan != LIST]
    worse = [PLANS[plan.plan] for plan in rest if plan.behind_low > 0]
    better = [PLANS[plan.plan] for plan in rest if plan.behind_high < 0]
    said = []
    if worse:
        said.append(f"Más allá del azar, la lista gana más que {_quoted(worse)}.")
    if better:
        said.append(f"Ganaría más, si hubiera capacidad, {_quoted(better)}.")
    return " ".join(said) or "Ninguna otra forma se distingue de la lista más allá del azar."


def share_sentence(worth: Worth) -> str:
    """Whom it pays to call without a limit, and what the limit leaves unearned."""
    free, own = worth.plan(NO_LIMIT), worth.plan(LIST)
    said = f"Sin límite de llamadas convendría llamar al {pct(free.contacted / worth.n_rows)}"
    if free.contacted > own.contacted:
        more = free.profit - own.profit
        return f"{said}: la capacidad deja sin ganar {eur(more)}." if more > 0 else f"{said}."
    return f"{said}: la capacidad no es el límite."


def cut_sentence(worth: Worth) -> str:
    """The threshold in score and in money."""
    last = worth.cut.last_profit
    if last is None:
        return f"Una llamada compensa desde la puntuación {es(worth.cut.break_even, 3)}."
    return (
        f"Una llamada compensa desde la puntuación {es(worth.cut.break_even, 3)}; la última "
        f"de la lista tiene {es(worth.cut.last_score, 3)} y de ella se esperan {eur(last)}."
    )


def wrong_sentence(worth: Worth) -> str:
    """What knowing the acceptance beforehand would have been worth."""
    low, _, high = worth.wrong
    costs = [max(0.0, r.cost) for r in (low, high)]
    return (
        f"Saberlo de antemano habría valido {eur(costs[0])} y {eur(costs[1])}."
        if any(costs)
        else "Saberlo de antemano no habría cambiado a quién se llama."
    )


def measures_sentence(worth: Worth) -> str:
    """MPC and EMPC with the share they contact."""
    m = worth.measures
    return (
        f"MPC, lo más que se puede ganar: {_of_all(m.mpc, worth)} llamando al "
        f"{pct(m.mpc_share, 0)}; EMPC, lo mismo promediando lo que puede valer la "
        f"aceptación: {_of_all(m.empc, worth)} llamando al {pct(m.empc_share, 0)}."
    )


def _of_all(each: float | None, worth: Worth) -> str:
    """An amount per customer as that of all of them."""
    return "—" if each is None else eur(each * worth.n_rows)


def curve_sentence(worth: Worth) -> str:
    """What the curve shows; its alternative text."""
    curve = worth.earned
    best, end = decision.best_point(curve), curve.iloc[-1]
    return (
        f"Curva de beneficio con estos {count(worth.n_rows)} clientes: máximo de "
        f"{eur(best['profit'])} "
        f"{eur_interval(best['low'], best['high'])} al llamar al "
        f"{pct(best['share_contacted'], 0)}, y {eur(end['profit'])} al llamar a todos."
    )


def wrong_table(worth: Worth) -> pd.DataFrame:
    """Sensitivity with the acceptance as text."""
    table = pd.DataFrame([asdict(row) for row in worth.wrong])
    return table.assign(accept_rate=table["accept_rate"].map(pct))


def plans_table(worth: Worth) -> pd.DataFrame:
    """Ways to choose, with what the list earns above each."""
    return pd.DataFrame(
        [
            {
                "plan": PLANS[plan.plan],
                "contacted": round(plan.contacted),
                "foreseen": plan.foreseen,
                "profit": plan.profit,
                "interval": eur_interval(plan.low, plan.high),
                "behind": plan.behind,
            }
            for plan in worth.plans
        ]
    )


def _quoted(plans: Iterable[str]) -> str:
    return listed([f"«{plan}»" for plan in plans], limit=9)

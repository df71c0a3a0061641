"""What the campaign would have earned on customers whose outcome is known, in money and words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from retencion_lib.home.terms import Terms, save_terms
from retencion_lib.maths import decision, metrics
from retencion_lib.words import count, es, listed, pct, plural

LIST = "La lista, hasta la capacidad"
NO_LIMIT = "Todos los que salen a cuenta"
RANDOM = "Al azar, los mismos"
HALF = "Los que pasan de 0,5"
EVERYBODY = "A todos"
NOBODY = "A nadie"
Z95 = 1.96


def eur(amount: float) -> str:
    """Amount for readers: ``'1.234 EUR'``, with decimals below 100."""
    return f"{es(amount, 0 if abs(amount) >= 100 else 2)} EUR"


def eur_interval(low: float, high: float) -> str:
    """Interval of amounts for readers."""
    digits = 0 if max(abs(low), abs(high)) >= 100 or low == high == 0 else 2
    return f"[{es(low, digits)}; {es(high, digits)}]"


@dataclass(frozen=True)
class Worth:
    """A campaign on known customers: the list against the other ways, and how sure that is."""

    terms: Terms
    n_rows: int
    curve: pd.DataFrame  # decision.profit_curve
    plans: pd.DataFrame  # decision.strategies
    wrong: pd.DataFrame  # decision.sensitivity
    measures: dict[str, float | None]  # mpc, mpc_share, empc, empc_share
    cut: dict[str, float | None]  # score and EUR of the last on the list; break-even score
    leavers: dict[str, float]  # on the list: called, foreseen by the scores with sd, observed

    def plan(self, name: str) -> pd.Series:
        """Row of one way to choose."""
        return self.plans.set_index("plan").loc[name]

    def facts(self) -> dict:
        """JSON-able form for the test report's key ``campaign``."""
        best = decision.best_point(self.curve)
        return {
            "terms": self.terms.facts(),
            **self.measures,
            "threshold": self.cut,
            "list_leavers": self.leavers,
            "optimal_share": {"foreseen": float(self.plan(NO_LIMIT)["contacted"] / self.n_rows),
                              "observed": float(best["share_contacted"])},
            "strategies": self.plans.to_dict("records"),
            "sensitivity": self.wrong.to_dict("records"),
        }  # fmt: skip

    def settle(self, report: dict, *, run_id: str) -> None:
        """Put the terms in force, and what they are worth in the test report."""
        report["campaign"] = self.facts()
        save_terms(self.terms, run_id=run_id)

    def headline(self) -> str:
        """What the list earns, how sure that is, and against calling at random."""
        own, chance = self.plan(LIST), self.plan(RANDOM)
        if own["contacted"] == 0:
            return (
                "**No conviene llamar a nadie**: con estos importes ningún cliente pasa de la "
                f"puntuación que compensa la llamada ({es(self.cut['break_even'], 3)})."
            )
        return (
            f"Llamando a {plural(own['contacted'], 'cliente', 'clientes')} de "
            f"{count(self.n_rows)}, la campaña habría ganado **{eur(own['profit'])}** "
            f"{eur_interval(own['low'], own['high'])}, {eur(own['profit'] / own['contacted'])} por "
            f"llamada; el modelo preveía {eur(own['foreseen'])}. Llamando al azar a los mismos, "
            f"{eur(chance['profit'])}: el orden vale {eur(chance['behind'])} "
            f"{eur_interval(chance['behind_low'], chance['behind_high'])}."
        )

    def results(self) -> dict[str, object]:
        """What the list would have earned, for the report's first lines."""
        own = self.plan(LIST)
        return {"profit": own["profit"], "profit_ci": [own["low"], own["high"]]}

    def answer(self) -> str:
        """What the list would have earned, and how sure that is, for the top of the report."""
        own = self.plan(LIST)
        if own["contacted"] == 0:
            return "Con estos importes no conviene llamar a nadie."
        sure = (
            "gana dinero en todo el intervalo"
            if own["low"] > 0
            else "el intervalo no descarta perder dinero"
        )
        rate = pct(self.terms.money.accept_rate, 0)
        kept = (
            "con la aceptación de cada cliente"
            if self.terms.accept_col
            else f"si la oferta retiene al {rate} de quienes se iban"
        )
        return (
            f"Llamando a los {count(own['contacted'])} de la lista, y {kept}, se habrían ganado "
            f"**{eur(own['profit'])}**, con un 95 % de confianza entre {eur(own['low'])} y "
            f"{eur(own['high'])}: {sure}."
        )

    def versus_sentence(self) -> str:
        """Which ways earn more or less than the list beyond noise."""
        rest = self.plans[self.plans["plan"] != LIST]
        worse = rest.loc[rest["behind_low"] > 0, "plan"]
        better = rest.loc[rest["behind_high"] < 0, "plan"]
        said = []
        if len(worse):
            said.append(f"Más allá del azar, la lista gana más que {_quoted(worse)}.")
        if len(better):
            said.append(f"Ganaría más, si hubiera capacidad, {_quoted(better)}.")
        return " ".join(said) or "Ninguna otra forma se distingue de la lista más allá del azar."

    def share_sentence(self) -> str:
        """Whom it pays to call without a limit, and what the limit leaves unearned."""
        free, own = self.plan(NO_LIMIT), self.plan(LIST)
        best = decision.best_point(self.curve)
        said = (
            f"Sin límite de llamadas convendría llamar al {pct(free['contacted'] / self.n_rows)} "
            f"(en estos clientes, el máximo está en {pct(best['share_contacted'], 0)})"
        )
        if free["contacted"] > own["contacted"]:
            more = free["profit"] - own["profit"]
            return f"{said}: la capacidad deja sin ganar {eur(more)}." if more > 0 else f"{said}."
        return f"{said}: la capacidad no es el límite."

    def cut_sentence(self) -> str:
        """The threshold in score and in money."""
        last = self.cut["last_profit"]
        if last is None:
            return f"Una llamada compensa desde la puntuación {es(self.cut['break_even'], 3)}."
        return (
            f"Una llamada compensa desde la puntuación {es(self.cut['break_even'], 3)}; la última "
            f"de la lista tiene {es(self.cut['last_score'], 3)} y de ella se esperan {eur(last)}."
        )

    def wrong_sentence(self) -> str:
        """What a wrong acceptance costs."""
        low, _, high = self.wrong.to_dict("records")
        rates = [f"{pct(r['accept_rate'], 0)}" for r in (low, high)]
        costs = [max(0.0, r["cost"]) for r in (low, high)]
        known = (
            f"Saberlo de antemano habría valido {eur(costs[0])} y {eur(costs[1])}."
            if any(costs)
            else "Saberlo de antemano no habría cambiado a quién se llama."
        )
        return (
            f"Si aceptara el {rates[0]}, la misma lista daría {eur(low['profit'])}; si fuera el "
            f"{rates[1]}, {eur(high['profit'])}. {known}"
        )

    def measures_sentence(self) -> str:
        """MPC and EMPC with the share they contact."""
        m = self.measures
        return (
            f"MPC, lo más que se puede ganar: {es(m['mpc'], 2)} EUR por cliente llamando al "
            f"{pct(m['mpc_share'], 0)}; EMPC, lo mismo promediando lo que puede valer la "
            f"aceptación: {es(m['empc'], 2)} EUR llamando al "
            f"{pct(m['empc_share'], 0)}."
        )

    def curve_sentence(self) -> str:
        """What the curve shows; its alternative text."""
        best, end = decision.best_point(self.curve), self.curve.iloc[-1]
        return (
            f"Curva de beneficio por cada mil clientes: máximo de {eur(best['profit'])} "
            f"{eur_interval(best['low'], best['high'])} al llamar al "
            f"{pct(best['share_contacted'], 0)}, y {eur(end['profit'])} al llamar a todos."
        )

    def wrong_table(self) -> pd.DataFrame:
        """Sensitivity with the acceptance as text."""
        return self.wrong.assign(accept_rate=self.wrong["accept_rate"].map(pct))

    def plans_table(self) -> pd.DataFrame:
        """Ways to choose, with what the list earns above each."""
        shown = self.plans[["plan", "contacted", "foreseen", "profit"]].copy()
        shown["contacted"] = shown["contacted"].round().astype(int)
        spans = zip(self.plans["low"], self.plans["high"], strict=True)
        shown["interval"] = [eur_interval(*span) for span in spans]
        shown["behind"] = self.plans["behind"]
        return shown


def _quoted(plans: Iterable[str]) -> str:
    return listed([f"«{plan}»" for plan in plans], limit=9)


def judge(
    terms: Terms, y: np.ndarray, p: np.ndarray, given: dict[str, np.ndarray], *, seed: int
) -> Worth:
    """Judge a campaign on customers whose outcome is known.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and calibrated score.
    given : dict
        ``value`` and ``accept`` of each customer, from `Terms.amounts`.
    """
    y, p = np.asarray(y), np.asarray(p)
    money, n = terms.money, len(y)
    foreseen = decision.expected_profit(p, money, **given)
    places = metrics.k_of(n, money.capacity)
    contacted, _ = decision.choose(foreseen, places)
    taken = np.isin(np.arange(n), contacted)
    plans = {
        LIST: taken,
        RANDOM: np.full(n, len(contacted) / n),
        NO_LIMIT: foreseen > 0,
        HALF: p > 0.5,
        EVERYBODY: np.ones(n),
        NOBODY: np.zeros(n),
    }
    last = contacted[-1] if len(contacted) else None
    return Worth(
        terms=terms,
        n_rows=n,
        curve=decision.profit_curve(y, p, money, seed=seed, **given),
        plans=decision.strategies(y, p, plans, money, seed=seed, **given),
        wrong=decision.sensitivity(y, p, money, places, **given),
        measures=_paper_measures(money, y, p, given),
        leavers={
            "called": len(contacted),
            "foreseen": float(p[contacted].sum()),
            "sd": float(np.sqrt((p[contacted] * (1 - p[contacted])).sum())),
            "observed": int(y[contacted].sum()),
        },
        cut={
            "break_even": decision.break_even(money, **given),
            "last_score": None if last is None else float(p[last]),
            "last_profit": None if last is None else float(foreseen[last]),
        },
    )


def _paper_measures(
    money: decision.Campaign, y: np.ndarray, p: np.ndarray, given: dict[str, np.ndarray]
) -> dict[str, float | None]:
    """MPC and EMPC at the mean margin and acceptance; None where that margin is below the offer."""
    value = float(np.mean(given.get("value", money.customer_value)))
    accept = float(np.mean(given.get("accept", money.accept_rate)))
    names = ("mpc", "mpc_share", "empc", "empc_share")
    if value <= money.offer_cost or accept <= 0 or (accept == 1 and money.accept_trials):
        return dict.fromkeys(names)
    mean = replace(money, customer_value=value, accept_rate=accept)
    found = decision.maximum_profit(y, p, mean) + decision.expected_maximum_profit(y, p, mean)
    return dict(zip(names, found, strict=True))


def trust_sentence(report: dict, family: str, version: str) -> str:
    """What a list like this one promised and earned in that model's exam; empty if another's."""
    if (report["family"], report["version"]) != (family, version) or "campaign" not in report:
        return ""
    listed_leavers = report["campaign"]["list_leavers"]
    if not listed_leavers["called"]:
        return ""
    gap = listed_leavers["observed"] - listed_leavers["foreseen"]
    verdict = "se quedó corto" if gap > 0 else "**prometió de más**"
    if abs(gap) <= Z95 * listed_leavers["sd"]:
        verdict = "acertó, salvo el azar"
    return (
        f"En el examen, con resultado conocido, el modelo {verdict}: de los "
        f"{count(listed_leavers['called'])} de una lista así preveía que se irían "
        f"{count(listed_leavers['foreseen'])} y se fueron "
        f"{count(listed_leavers['observed'])}."
    )

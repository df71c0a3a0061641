"""Did the campaign keep customers? The churn of those contacted against those held out.

04 leaves some customers that it would contact without a call (`group` is ``control``), at
random, so the difference in churn is the campaign's doing and nothing else's. Its profit is
measured with the same model as it was promised (`decision.realised_profit`), with the churn and
the acceptance that were seen instead of those assumed.
"""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.home.terms import current_terms
from retencion_lib.maths import estimation
from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.estimation import Estimate
from retencion_lib.tables.outcomes import Outcomes
from retencion_lib.words import count, es, pct, plural

GROUPS = {"contact": "Contactados", "control": "Control"}


@dataclass(frozen=True)
class Effect:
    """Churn of the contacted and of the control group, and the churn that was avoided."""

    n: dict[str, int]
    left: dict[str, int]
    avoided: Estimate  # control less contacted: points of churn that the campaign took away
    promised: float  # profit (EUR) that 04 expected of the contacted; nan if it logged none
    money: Campaign | None  # the campaign's terms; None where 03 has left none

    @property
    def profit(self) -> Estimate | None:
        """Measured profit of contacting them, EUR: saved margins less gifts and contacts."""
        if self.money is None:
            return None
        m, n = self.money, self.n["contact"]
        stays = 1 - self.left["control"] / self.n["control"]
        cost = stays * m.offer_cost + m.contact_cost
        gains = (self.avoided.value, self.avoided.low, self.avoided.high)
        return Estimate(*(n * (g * (m.customer_value - m.offer_cost) - cost) for g in gains))

    @property
    def saved(self) -> Estimate:
        """Customers kept among those contacted."""
        n = self.n["contact"]
        return Estimate(*(n * v for v in (self.avoided.value, self.avoided.low, self.avoided.high)))

    def as_json(self) -> dict:
        """Figures for `drift_report.json`."""
        profit = asdict(self.profit) if self.profit else None
        return asdict(self) | {"saved": asdict(self.saved), "profit": profit}

    def table(self) -> pd.DataFrame:
        """One row a group."""
        rows = []
        for group, name in GROUPS.items():
            share = estimation.proportion(self.left[group], self.n[group])
            rows.append(
                {
                    "Grupo": name,
                    "Con resultado": self.n[group],
                    "Bajas": self.left[group],
                    "Se va": pct(share.value),
                    "Intervalo del 95 %": f"de {pct(share.low)} a {pct(share.high)}",
                }
            )
        return pd.DataFrame(rows)

    def sentence(self) -> str:
        """What the campaign did, and how sure that is."""
        a = self.avoided
        verdict = (
            "la campaña retiene" if a.low > 0
            else "la campaña hace que se vayan más" if a.high < 0
            else "todavía no se puede decir que la campaña retenga"
        )  # fmt: skip
        return (
            f"De los contactados se fue el {pct(self.left['contact'] / self.n['contact'])} y de "
            f"los apartados como control el {pct(self.left['control'] / self.n['control'])}: "
            f"{es(100 * a.value)} puntos de diferencia, entre {es(100 * a.low)} y "
            f"{es(100 * a.high)}. **{verdict[0].upper()}{verdict[1:]}**; son "
            f"{plural(round(self.saved.value), 'cliente', 'clientes')} de "
            f"{count(self.n['contact'])} (entre {count(self.saved.low)} y "
            f"{count(self.saved.high)}).{self._profit_words()}"
        )

    def _profit_words(self) -> str:
        if self.profit is None:
            return ""
        p = self.profit
        hoped = "" if np.isnan(self.promised) else f" (04 esperaba {count(self.promised)})"
        return f" En dinero, {count(p.value)} EUR{hoped}, entre {count(p.low)} y {count(p.high)}."


def measure(outcomes: Outcomes | None) -> Effect | None:
    """Effect over all batches with outcomes; None unless both groups have some."""
    if outcomes is None:
        return None
    known = outcomes.table[outcomes.table["y"].notna()]
    n = {g: int((known["group"] == g).sum()) for g in GROUPS}
    if not all(n.values()):
        return None
    left = {g: int(known.loc[known["group"] == g, "y"].sum()) for g in GROUPS}
    shares = {g: estimation.proportion(left[g], n[g]) for g in GROUPS}
    avoided = estimation.difference(shares["control"], shares["contact"])
    called = known.loc[known["group"] == "contact", "expected_profit"]
    has_terms = config.resolve(config.CAMPAIGNS).is_file()
    money = current_terms().money if has_terms else None
    return Effect(n, left, avoided, float(called.sum(min_count=1)), money)


def sentence(effect: Effect | None) -> str:
    """The effect in words, or why it cannot be known."""
    if effect is None:
        return (
            "El efecto de la campaña no se puede medir: hacen falta resultados de clientes "
            "contactados y de un grupo de control, y el registro no los tiene todavía."
        )
    return effect.sentence()

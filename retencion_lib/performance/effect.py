"""Did the campaign keep customers? The churn of those contacted against those held out.

04 leaves some customers that it would contact without a call (`group` is ``control``), at
random, so the difference in churn is the campaign's doing and nothing else's.
"""

from dataclasses import asdict, dataclass

import pandas as pd

from retencion_lib import estimation
from retencion_lib.estimation import Estimate
from retencion_lib.performance.labels import Outcomes
from retencion_lib.words import count, es, pct, plural

GROUPS = {"contact": "Contactados", "control": "Control"}


@dataclass(frozen=True)
class Effect:
    """Churn of the contacted and of the control group, and the churn that was avoided."""

    n: dict[str, int]
    left: dict[str, int]
    avoided: Estimate  # control less contacted: points of churn that the campaign took away

    @property
    def saved(self) -> Estimate:
        """Customers kept among those contacted."""
        n = self.n["contact"]
        return Estimate(*(n * v for v in (self.avoided.value, self.avoided.low, self.avoided.high)))

    def as_json(self) -> dict:
        """Figures for `drift_report.json`."""
        return asdict(self) | {"saved": asdict(self.saved)}

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
            f"{count(self.saved.high)})."
        )


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
    return Effect(n, left, estimation.difference(shares["control"], shares["contact"]))


def sentence(effect: Effect | None) -> str:
    """The effect in words, or why it cannot be known."""
    if effect is None:
        return (
            "El efecto de la campaña no se puede medir: hacen falta resultados de clientes "
            "contactados y de un grupo de control, y el registro no los tiene todavía."
        )
    return effect.sentence()

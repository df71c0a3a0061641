"""What happens in the simulated year: twelve batches of real customers and a written timeline.

Every customer of the demo is used once: some to train the first model, the others each in one
month, drawn at random. The new segment is put aside before anybody is dealt out, so that the
first customers and those of a quiet month are of one kind. Events change real rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib.tables.demo import demo_table

ID, TARGET = "CustomerID", "usuarioPerdido"
BATCH = 350  # customers a month
FIRST = 2800  # customers that the first model learns from
MONTHS = 12


@dataclass(frozen=True)
class Event:
    """One thing that happens: when, what it does, and which findings would show it."""

    name: str
    months: tuple[int, ...]
    apply: Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
    shown_by: tuple[tuple[str, str], ...]  # (code, column); an empty column is any


def price_rise(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Every monthly charge rises by 10 %."""
    return frame.assign(monthly_charges=(frame["monthly_charges"] * 1.10).round(2))


def contract_campaign(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Of the customers paying month to month, 35 % move to a one-year contract."""
    moves = (frame["contract"] == "Month-to-month") & (rng.random(len(frame)) < 0.35)
    return frame.assign(contract=frame["contract"].mask(moves, "One year"))


def nulls(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The extract loses a quarter of the tenures."""
    return frame.assign(tenure=frame["tenure"].mask(rng.random(len(frame)) < 0.25))


def renamed(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The extract calls a payment method by another name."""
    return frame.assign(
        payment_method=frame["payment_method"].replace("Electronic check", "E-check")
    )


def cents(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The extract gives total charges in cents."""
    return frame.assign(total_charges=frame["total_charges"] * 100)


def unchanged(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The customers of the month are other ones; their rows are real."""
    return frame


def loyal_leave(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A rival buys customers out: 35 % of those who were under contract leave."""
    tied = (frame["contract"] != "Month-to-month").to_numpy()
    leaves = tied & (rng.random(len(frame)) < 0.35)
    return frame.assign(**{TARGET: np.where(leaves, 1, frame[TARGET])})


EVENTS = (
    Event("Subida de precio del 10 %", (2,), price_rise,
          (("RET010", "monthly_charges"), ("RET005", "monthly_charges"))),
    Event("Campaña de contratos", (4,), contract_campaign, (("RET010", "contract"),)),
    Event("Extracto roto: nulos", (5,), nulls, (("RET004", "tenure"),)),
    Event("Extracto roto: categoría con otro nombre", (5,), renamed,
          (("RET006", "payment_method"),)),
    Event("Extracto roto: céntimos", (5,), cents,
          (("RET005", "total_charges"), ("RET010", "total_charges"))),
    Event("Segmento nuevo: mayores recién llegados con fibra", (6,), unchanged,
          (("RET010", "senior_citizen"), ("RET010", "tenure"), ("RET010", "internet_service"),
           ("RET011", ""))),
    Event("Cambio real de comportamiento", (7, 8, 9, 10, 11, 12), loyal_leave,
          (("RET041", ""), ("RET042", ""))),
)  # fmt: skip
REPAIRED = (5,)  # months whose extract comes broken
DELAY = 2  # months until outcomes arrive
RECENT = 3 * BATCH  # customers to learn from once outcomes have shown a fall
BROKEN = (nulls, renamed, cents)  # what a repaired extract undoes
QUIET = (1, 3)  # nothing happens
STILL = (7, 8)  # customers look as ever; how they behave has changed, and no outcome shows it yet
SEGMENT, CHANGE = 6, 7  # months of the new segment and of the change in behaviour


@dataclass(frozen=True)
class Year:
    """Customers of the first model, and the twelve batches as delivered and as they truly are."""

    first: pd.DataFrame
    delivered: dict[int, pd.DataFrame]
    repaired: dict[int, pd.DataFrame]


def draw_year(seed: int) -> Year:
    """Deal the customers out and apply the events."""
    rng = np.random.default_rng(seed)
    table = demo_table().sample(frac=1, random_state=seed, ignore_index=True)
    newcomer = (table["senior_citizen"] == 1) & (table["tenure"] <= 24)
    newcomer &= table["internet_service"] == "Fiber optic"
    segment = table[newcomer].sample(BATCH // 3, random_state=seed)
    others = table.drop(segment.index)
    first, rest = others.iloc[:FIRST], others.iloc[FIRST:]
    delivered, repaired = {}, {}
    for month in range(1, MONTHS + 1):
        batch = rest.iloc[:BATCH]
        if month == SEGMENT:
            batch = pd.concat([segment, batch.iloc[: BATCH - len(segment)]])
        rest = rest.drop(batch.index, errors="ignore")
        clean = batch.reset_index(drop=True)
        broken = clean
        for event in EVENTS:
            if month in event.months:
                broken = event.apply(broken, rng)
                if event.apply not in BROKEN:
                    clean = broken
        delivered[month], repaired[month] = broken, clean
    return Year(first.reset_index(drop=True), delivered, repaired)


def day(month: int) -> str:
    """Date of a month's run."""
    return f"2026-{month:02}-28"

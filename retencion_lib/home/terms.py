"""What the campaign costs and keeps: agreed in 03, read by 04, and never asked twice.

The terms are a list that only grows, `artifacts/campaigns.json`: the last ones are in force,
whichever model is in use.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import store
from retencion_lib.maths.decision import Campaign
from retencion_lib.tables import as_labels, need_columns, read_table
from retencion_lib.words import es, listed, pct, plural


@dataclass(frozen=True)
class Terms:
    """A campaign's money, and the columns that give it customer by customer."""

    money: Campaign
    value_col: str = ""  # margin of each customer is this column times value_factor
    value_factor: float = 1.0
    accept_col: str = ""  # acceptance of each customer, 0 to 1

    def __post_init__(self) -> None:
        if not 0 < self.value_factor < math.inf:
            raise ParameterError(
                f"value_factor = {self.value_factor}: debe ser un número mayor que 0; es lo que "
                "multiplica a value_col para dar el margen, por ejemplo los meses de margen que se "
                "conservan."
            )

    def facts(self) -> dict:
        """JSON-able form, which `from_facts` reads back."""
        columns = ("value_col", "value_factor", "accept_col")
        return asdict(self.money) | {name: getattr(self, name) for name in columns}

    @classmethod
    def from_facts(cls, facts: dict) -> "Terms":
        """Terms of a JSON-able form, other keys aside."""
        money = {name: facts[name] for name in Campaign.__slots__}
        return cls(Campaign(**money), facts["value_col"], facts["value_factor"],
                   facts["accept_col"])  # fmt: skip

    def sentence(self) -> str:
        """The terms in words."""
        money = self.money
        value = (
            f"'{self.value_col}' por {es(self.value_factor, 2)}"
            if self.value_col
            else f"{es(money.customer_value, 2)} EUR"
        )
        rate = f"la que dice '{self.accept_col}'" if self.accept_col else pct(money.accept_rate)
        seen = (
            f" (vista en {plural(money.accept_trials, 'oferta', 'ofertas')})"
            if money.accept_trials
            else ""
        )
        return (
            f"Retener a un cliente vale {value}; la oferta cuesta {es(money.offer_cost, 2)} EUR y "
            f"cada llamada {es(money.contact_cost, 2)} EUR. Aceptación supuesta: {rate}{seen}. El "
            f"equipo llega al {pct(money.capacity)} de los clientes."
        )

    def columns(self) -> list[str]:
        """Names of the columns that the terms need."""
        return [name for name in (self.value_col, self.accept_col) if name]

    def amounts(self, frame: pd.DataFrame, where: str) -> dict[str, np.ndarray]:
        """Margin and acceptance of each row, where a column gives them.

        Returns
        -------
        dict
            ``value`` (EUR) and ``accept`` where there is a column: keywords of
            `decision.expected_profit`.

        Raises
        ------
        DataError
            If a column is missing, not a number in every row, or out of range.
        """
        need_columns(frame.columns, self.columns(), where)
        given = {}
        if self.value_col:
            given["value"] = _numbers(frame, self.value_col, where) * self.value_factor
        if self.accept_col:
            given["accept"] = _numbers(frame, self.accept_col, where, most=1.0)
        return given


def _numbers(frame: pd.DataFrame, name: str, where: str, most: float = float("inf")) -> np.ndarray:
    numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~((numbers >= 0) & (numbers <= most) & np.isfinite(numbers)))
    if len(wrong):
        values = frame[name].iloc[wrong].drop_duplicates()
        limit = "entre 0 y 1" if most == 1 else "0 o más"
        raise DataError(
            f"{where}: '{name}' debe ser un número {limit} en cada fila, y no lo es en "
            f"{plural(len(wrong), 'fila', 'filas')} (líneas {listed(wrong + 2)}; valores "
            f"{listed(values, quote=True)}). Complétala, o usa el mismo importe para todos."
        )
    return numbers


def columns_beside(data: str, ids: Sequence[object], id_col: str) -> pd.DataFrame:
    """All columns of a table, in the order of `ids`; also those that no model reads."""
    frame = read_table(data)
    return frame.set_index(as_labels(frame[id_col])).loc[list(ids)].reset_index(drop=True)


def agreed_capacity() -> float:
    """Share of customers that the team can contact, as agreed in 03; a tenth before it has run."""
    known = config.resolve(config.CAMPAIGNS).is_file()
    return current_terms().money.capacity if known else 0.10


def save_terms(terms: Terms, *, run_id: str) -> None:
    """Put terms in force, unless they already are."""
    path = config.resolve(config.CAMPAIGNS)
    with store.locked(path):
        if not path.is_file() or current_terms() != terms:
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            store.append_json(path, [{"run_id": run_id, "created_at": stamp} | terms.facts()])


def current_terms(capacity: float = 0.0) -> Terms:
    """Terms in force: the last that 03 wrote, but for another capacity if one is given.

    Raises
    ------
    OrderError
        If 03 has not run yet.
    """
    history = store.read_json(config.resolve(config.CAMPAIGNS), made_by="evaluate")
    facts = history[-1] | ({"capacity": capacity} if capacity else {})
    return Terms.from_facts(facts)

"""What the campaign costs and keeps: agreed in 03, read by 04, and never asked twice.

The terms are a list that only grows, `artifacts/campaigns.json`: the last ones are in force,
whichever model is in use.
"""

import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.maths.decision import Campaign

COLUMNS = ("value_col", "value_factor", "accept_col")  # of a form, after the money


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

    def facts(self) -> dict[str, Any]:
        """JSON-able form, which `from_facts` reads back."""
        return asdict(self.money) | {name: getattr(self, name) for name in COLUMNS}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> "Terms":
        """Terms of a JSON-able form, other keys aside."""
        money = {name: facts[name] for name in Campaign.__slots__}
        return cls(Campaign(**money), **{name: facts[name] for name in COLUMNS})

    def columns(self) -> list[str]:
        """Names of the columns that the terms need."""
        return [name for name in (self.value_col, self.accept_col) if name]


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

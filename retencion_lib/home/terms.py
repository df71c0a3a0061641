"""What the campaign costs and keeps: proposed by 03, adopted by a person, read by 04.

The terms adopted are a list that only grows, `artifacts/campaigns.json`: the last ones are in
force, whichever model is in use. Each adoption is an event of the ledger. The first terms that
03 proposes are adopted by itself, and all of them where the project's settings say so.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from retencion_lib import config
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import disk, installed, ledger, staged, store
from retencion_lib.home.registry import AUTOMATIC
from retencion_lib.maths.decision import Campaign
from retencion_lib.words import day

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
    def from_facts(cls, facts: Mapping[str, Any]) -> "Terms":
        """Terms of a JSON-able form, other keys aside."""
        money = {name: facts[name] for name in Campaign.__slots__}
        return cls(Campaign(**money), **{name: facts[name] for name in COLUMNS})

    def columns(self) -> list[str]:
        """Names of the columns that the terms need."""
        return [name for name in (self.value_col, self.accept_col) if name]


@dataclass(frozen=True)
class Agreement:
    """Terms that were put in force: when, by whom, why, and by which run of 03."""

    terms: Terms
    created_at: str
    run_id: str | None  # of the 03 that proposed them; None where a person gave them
    reason: str = ""  # empty in homes of before anybody adopted them
    approver: str = ""

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Agreement":
        """One item of the list."""
        said = {name: facts.get(name, "") for name in ("reason", "approver")}
        return cls(Terms.from_facts(facts), facts["created_at"], facts["run_id"], **said)


def in_force() -> Agreement | None:
    """Terms adopted last; None before the first. An adoption that was cut short is finished."""
    installed.finish(config.CAMPAIGNS)
    path = config.resolve(config.CAMPAIGNS)
    if not path.is_file():
        return None
    return Agreement.from_facts(store.read_json(path, made_by="evaluate")[-1])


def agreed_capacity() -> float:
    """Share of customers that the team can contact, as in force; a tenth before 03 has run."""
    agreed = in_force()
    return agreed.terms.money.capacity if agreed else 0.10


def current_terms(capacity: float = 0.0) -> Terms:
    """Terms in force, but for another capacity if one is given.

    Raises
    ------
    OrderError
        If 03 has not run yet.
    """
    agreed = in_force()
    if agreed is None:
        store.need(config.resolve(config.CAMPAIGNS), made_by="evaluate")
    facts = agreed.terms.facts() | ({"capacity": capacity} if capacity else {})
    return Terms.from_facts(facts)


def propose(terms: Terms, *, run_id: str) -> None:
    """Adopt what a run of 03 proposes, where nothing is in force or the settings say so."""
    with store.locked(config.resolve(config.CAMPAIGNS)):
        if config.resolve(config.SETTINGS_FILE).is_file():
            store.record("input", config.resolve(config.SETTINGS_FILE))
        agreed, automatic = in_force(), config.settings()["campaign"]["automatic"]
        if agreed is None or (automatic and agreed.terms != terms):
            why = "ajuste campaign.automatic" if agreed else "primera campaña"
            _adopt(terms, why, AUTOMATIC, run_id=run_id, proposed_by=run_id)


def adopt(terms: Terms, *, reason: str, approver: str, proposed_by: str | None = None) -> Agreement:
    """Put terms in force; an event of the ledger says who, and why.

    Parameters
    ----------
    proposed_by : str, optional
        Run of 03 that proposed them.

    Raises
    ------
    ParameterError
        If reason or approver is empty.
    OrderError
        If they are in force already.
    """
    staged.need_why(reason, approver)
    with store.locked(config.resolve(config.CAMPAIGNS)):
        cut, agreed = installed.finish(config.CAMPAIGNS), in_force()
        if agreed and agreed.terms == terms:
            if cut and (cut.reason, cut.approver) == (reason, approver):
                return agreed
            raise OrderError(
                f"Esas condiciones ya están en vigor desde el {day(agreed.created_at)}: no hay "
                "nada que cambiar."
            )
        return _adopt(terms, reason, approver, run_id=None, proposed_by=proposed_by)


def _adopt(
    terms: Terms, reason: str, approver: str, *, run_id: str | None, proposed_by: str | None
) -> Agreement:
    """Write the list with new terms at its end; first the ledger's event."""
    path = config.resolve(config.CAMPAIGNS)
    before = json.loads(store.read_bytes(path)) if path.is_file() else []
    item = {
        "run_id": proposed_by, "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": reason, "approver": approver, **terms.facts(),
    }  # fmt: skip
    files = {config.CAMPAIGNS: disk.json_bytes([*before, item])}
    replaced = Terms.from_facts(before[-1]).facts() if before else None

    def decide() -> None:
        ledger.append(
            "campaign", run_id=run_id, actor=ledger.actor(), approver=approver, reason=reason,
            terms=terms.facts(), replaced=replaced, proposed_by=proposed_by,
            files={name: disk.digest(content) for name, content in files.items()},
        )  # fmt: skip

    installed.install(files, decide, rows=len(before) + 1)
    return Agreement.from_facts(item)

"""The data contract as a document: the rule of each column that a model reads.

It lies inside an artifact and in `artifacts/contract__vX.Y.json`, in the same plain form: what is
usual (numbers with a point, an outcome of 1 and 0) is left out.
"""

from dataclasses import asdict, dataclass, field
from math import nan
from typing import Any

from retencion_lib.home.document import typed
from retencion_lib.tables.labels import REFUSE, Classes

NUMERIC, CATEGORICAL = "numeric", "categorical"


@dataclass(frozen=True, eq=False)
class Rule:
    """What one column was in the training table."""

    null_rate: float = 0.0
    kind: str = NUMERIC
    min: float = nan  # of a number, as is its maximum
    max: float = nan
    categories: tuple[str, ...] = ()  # of a text
    decimal: str = ""  # mark of numbers that are not written with a point
    gaps: tuple[str, ...] = ()  # codes among numbers that mean no value

    def __eq__(self, other: object) -> bool:
        """Whether both are written alike: from Python 3.13 on, no field of nan is its own equal."""
        return isinstance(other, Rule) and _plain_rule(self) == _plain_rule(other)

    @property
    def numeric(self) -> bool:
        """True for a number, false for a category."""
        return self.kind == NUMERIC


@dataclass(frozen=True)
class Contract:
    """What the training table of a model was, and so what a batch must be."""

    id_col: str
    target: str = ""
    columns: dict[str, Rule] = field(default_factory=dict)  # in the order that the model reads
    dates: tuple[str, ...] = ()  # columns that no model reads and a batch may bring
    outcome: Classes | None = None  # its two labels, where they are not 1 and 0
    unlabelled: str = REFUSE  # what was done with rows of blank outcome

    def classes(self, positive: str) -> Classes:
        """The two labels that a model learnt; of an older one, what its positive implies."""
        return self.outcome or Classes(positive or "1", "0" if positive in ("", "1") else "")


def read_contract(plain: Any, where: str) -> Contract:
    """Contract from its plain form; `where` names the file if it has another form."""
    return typed(Contract, plain, where)


def plain_contract(contract: Contract) -> dict[str, Any]:
    """Contract as it is stored: nothing that is usual."""
    found = {
        "id_col": contract.id_col,
        "target": contract.target,
        "columns": {name: _plain_rule(rule) for name, rule in contract.columns.items()},
        "dates": list(contract.dates),
    }
    if contract.outcome:
        found |= {"outcome": asdict(contract.outcome)}
    if contract.unlabelled != REFUSE:
        found |= {"unlabelled": contract.unlabelled}
    return found


def _plain_rule(rule: Rule) -> dict[str, Any]:
    found = {"null_rate": rule.null_rate, "kind": rule.kind}
    if not rule.numeric:
        return found | {"categories": list(rule.categories)}
    found |= {"min": rule.min, "max": rule.max}
    if rule.decimal:
        found |= {"decimal": rule.decimal}
    if rule.gaps:
        found |= {"gaps": list(rule.gaps)}
    return found

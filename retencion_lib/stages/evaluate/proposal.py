"""Are the terms that a run of 03 examined those in force, which 04 uses?"""

from dataclasses import dataclass

from retencion_lib.home.terms import Agreement, Terms, in_force


@dataclass(frozen=True)
class Proposal:
    """The terms that a run of 03 examined, and those in force after it."""

    run_id: str
    terms: Terms
    agreed: Agreement

    @property
    def holds(self) -> bool:
        """Whether the terms examined are those in force."""
        return self.terms == self.agreed.terms

    def results(self) -> dict[str, object]:
        """The terms, and whether they are in force, as the ledger keeps them."""
        return {"terms": self.terms.facts(), "terms_in_force": self.holds}


def proposal(terms: Terms, run_id: str) -> Proposal:
    """Hold the terms that a run examined against those in force; `promote` comes before."""
    return Proposal(run_id, terms, in_force())

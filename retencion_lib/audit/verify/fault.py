"""What a check finds."""

from dataclasses import dataclass

from retencion_lib.words import printable


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree with the ledger."""

    code: str
    message: str  # one Spanish sentence
    run_id: str | None = None
    path: str | None = None

    def __str__(self) -> str:
        """The message, with the run that it concerns."""
        said = f"{self.message} [{self.run_id}]" if self.run_id else self.message
        return printable(said)

"""What a check finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree with the ledger."""

    code: str
    message: str  # one Spanish sentence
    run_id: str | None = None
    path: str | None = None

    def __str__(self) -> str:
        """The message, with the run that it concerns."""
        return f"{self.message} [{self.run_id}]" if self.run_id else self.message


UNDONE = ("failed", "abandoned", "refused")


@dataclass(frozen=True)
class Lives:
    """When each run ended in the ledger, and how."""

    started: frozenset[str]
    ended: dict[str, tuple[int, str]]  # run to number of its last line, and status

    @classmethod
    def of(cls, events: list[dict]) -> "Lives":
        """Read them from the events."""
        started = frozenset(e["run_id"] for e in events if e["event"] == "run_started")
        ended = {
            e["run_id"]: (e.get("seq", 0), e.get("status", ""))
            for e in events
            if e["event"] == "run_finished"
        }
        return cls(started, ended)

    def certain(self, run_id: str | None) -> bool:
        """Whether what a run announced was surely done: it ended well, or needs no end."""
        if run_id in self.ended:
            return self.ended[run_id][1] not in UNDONE
        return run_id not in self.started

    def over_by(self, run_id: str | None, announced: int) -> float:
        """Number of the line by which what a run announced was surely done or given up."""
        if run_id in self.ended:
            return self.ended[run_id][0]
        return float("inf") if run_id in self.started else announced

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
    kept: frozenset[tuple[str, str, str]]  # run, path and hash of what an unlucky run did write

    @classmethod
    def of(cls, events: list[dict]) -> "Lives":
        """Read them from the events."""
        started = frozenset(e["run_id"] for e in events if e["event"] == "run_started")
        ends = [e for e in events if e["event"] == "run_finished"]
        ended = {e["run_id"]: (e.get("seq", 0), e.get("status", "")) for e in ends}
        kept = frozenset(
            (e["run_id"], str(o.get("path")), str(o.get("sha256")))
            for e in ends
            if e.get("status") in UNDONE
            for o in e.get("outputs") or []
            if isinstance(o, dict)
        )
        return cls(started, ended, kept)

    def certain(self, run_id: str | None, path: str, sha256: str) -> bool:
        """Whether a run surely wrote what it announced: it ended well, or its end says so."""
        if run_id in self.ended:
            ok = self.ended[run_id][1] not in UNDONE
            return ok or (run_id, path, sha256) in self.kept
        return run_id not in self.started

    def over_by(self, run_id: str | None, announced: int) -> float:
        """Number of the line by which what a run announced was surely done or given up."""
        if run_id in self.ended:
            return self.ended[run_id][0]
        return float("inf") if run_id in self.started else announced

"""Who is writing in this process, and which files it has touched.

A kernel or an order works on one run at a time, so a process has one lineage. It is no context
variable: each cell of a notebook, and each thread of a pool, would see a new one. A run belongs
to the home where it began: in any other home nobody is under way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retencion_lib import config
from retencion_lib.home import ledger
from retencion_lib.home.event import Content


@dataclass(frozen=True)
class Touched:
    """One file that a run read or wrote, or the block that it appended."""

    role: str  # "input" or "output"
    path: str  # from the home
    sha256: str  # of the file; of the block where `offset` is given
    rows: int | None
    bytes: int
    offset: int | None = None  # where the block starts in a log that grows

    @property
    def content(self) -> Content:
        """The file or block alone, as a line of the ledger holds it."""
        return Content(self.path, self.sha256, self.bytes, self.rows, self.offset)


@dataclass
class Lineage:
    """A run under way, or nobody's work where `run_id` is None."""

    run_id: str | None = None
    unsaid: Mapping[str, Any] | None = (
        None  # facts of ``run_started`` that the ledger does not hold yet
    )
    touched: list[Touched] = field(default_factory=list)
    engine: Mapping[str, Any] | None = None  # that worked on blocks, and in how many parts
    home: Path = field(default_factory=config.home)

    def remember(self, touched: Touched) -> None:
        """Note a file; the same file and content is noted once."""
        if touched not in self.touched:
            self.touched.append(touched)

    def say_start(self) -> None:
        """Put the start of the run in the ledger, where nobody has."""
        if self.unsaid is not None:
            ledger.append("run_started", run_id=self.run_id, **self.unsaid)
            self.unsaid = None

    def announce(self, touched: Touched) -> None:
        """Say in the ledger what a run is about to write; nobody's work is not announced."""
        self.say_start()
        if self.run_id is not None:
            ledger.append("write", run_id=self.run_id, **touched.content.plain())


_of_this_process = Lineage()


def current() -> Lineage:
    """The run under way in this home; nobody's lineage where there is none."""
    if _of_this_process.home != config.home():
        end()
    return _of_this_process


def begin(run_id: str | None, start: Mapping[str, Any] | None = None) -> Lineage:
    """Start a run: forget earlier files, and announce in the ledger what is written.

    Parameters
    ----------
    start : mapping, optional
        Facts of ``run_started``, where nobody has put that line in the ledger: it is put there
        before the first write or kept content, so that a notebook that did nothing leaves no
        trace.
    """
    global _of_this_process
    _of_this_process = Lineage(run_id, start)
    return _of_this_process


def end() -> None:
    """Nobody is under way any more."""
    begin(None)

"""A line of the ledger as its readers know it: a field for each thing that anybody asks of it.

What a line may say is in `events`; whoever needs it to be so checks it there before. Here a field
that a line does not have is empty, and one that nobody asks for is left in the line.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from retencion_lib.home.document import from_plain


@dataclass(frozen=True, slots=True)
class Content:
    """What a line says of one file that a run read or wrote, or of the block that it appended."""

    path: str
    sha256: str
    bytes: int = 0
    rows: int | None = None
    offset: int | None = None  # where the block starts; a file that is written whole has none

    def plain(self) -> dict[str, Any]:
        """As a line holds it: without what is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Model:
    """A model that a change of champion puts in use, or takes out of it."""

    model: str = ""  # family and version
    name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What an erasure leaves of a block."""

    bytes: int
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger; of all its fields, each event has some."""

    event: str
    seq: int = 0
    at: str = ""
    prev: str = ""
    run_id: str | None = None
    host: str | None = None
    pid: int | None = None
    actor: str | None = None
    # run_started and run_finished
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    output: str | None = None
    source_sha256: str | None = None
    interactive: bool = False
    taken_in: bool = False
    status: str = ""
    error: str | None = None
    commit: str | None = None
    dirty: bool | None = None
    environment_sha256: str | None = None
    inputs: tuple[Content, ...] = ()
    outputs: tuple[Content, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # path to SHA-256
    # write and index
    path: str = ""
    sha256: str = ""
    bytes: int | None = None
    rows: int | None = None
    offset: int | None = None
    # promotion, campaign and erasure
    action: str = ""
    old: Model | None = None
    new: Model | None = None
    reason: str = ""
    approver: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)  # of the campaign, put in force
    replaced: Mapping[str, Any] | None = None  # those that were in force
    proposed_by: str | None = None  # run of 03 that proposed them
    blocks: Mapping[str, Mapping[str, Rewritten]] = field(default_factory=dict)  # by old offset
    objects: tuple[str, ...] = ()
    reports: int = 0  # pages and notebooks that an erasure changed
    # extract
    query: str = ""  # path of the file that holds it
    query_sha256: str = ""
    text: str = ""
    # fetch
    address: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)  # what the store calls each file's
    # signed, stamped and clock
    line: int = 0
    authority: str = ""  # host of whoever stamped
    token: str = ""  # what it answered, in base64
    lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Event":
        """Read it from the values of its line.

        Raises
        ------
        TypeError, AttributeError
            If a field holds something else than its class; `events.misfit` says so before.
        """
        return from_plain(cls, plain)

    @property
    def content(self) -> Content:
        """File or block that a ``write`` announces, or what an ``extract`` tells of."""
        return Content(self.path, self.sha256, self.bytes or 0, self.rows, self.offset)

    @property
    def brought(self) -> set[tuple[str, str]]:
        """Path and hash of each file that an ``extract`` or a ``fetch`` tells of."""
        return set(self.files.items()) if self.event == "fetch" else {(self.path, self.sha256)}

    @property
    def touched(self) -> tuple[Content, ...]:
        """All that a run read and wrote."""
        return (*self.inputs, *self.outputs)

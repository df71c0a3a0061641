"""What was signed, and how much of the ledger an anchor covers."""

import re
from dataclasses import dataclass

from retencion_lib import config
from retencion_lib.audit.verify.chain import Chain, check_anchor
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import events
from retencion_lib.home.event import Event

HEAD = re.compile(rb"(\d{1,15}):([0-9a-f]{64})\n?")


@dataclass(frozen=True)
class Cover:
    """What an anchor vouches for, and what has come after it."""

    kind: str  # "head" or "signature"
    line: int
    at: str  # time of that line
    since: int  # lines after it
    erasures: int
    promotions: int


def cover(kind: str, anchor: tuple[int, str], found: list[Event]) -> Cover:
    """How far an anchor reaches."""
    later = [e for e in found if e.seq > anchor[0]]
    last = max((e.seq for e in found), default=0)
    at = next((e.at for e in found if e.seq == anchor[0]), "")
    decisions = [e.event for e in later]
    return Cover(kind, anchor[0], at, max(0, last - anchor[0]),
                 decisions.count("erasure"), decisions.count("promotion"))  # fmt: skip


def check_heads(chain: Chain) -> list[Fault]:
    """The signed head is a line of this ledger, and the one that was signed last."""
    found = [
        Fault("anchor", f"La línea {e.seq} dice que se firmó la {e.line} con otra huella: el "
              "registro se ha rehecho.", path=events.SIGNS[0])
        for e in chain.events
        if e.event == "signed" and 0 < e.line <= len(chain.hashes)
        and chain.hashes[e.line - 1] != e.sha256
    ]  # fmt: skip
    file = config.resolve(events.SIGNS[0])
    if not file.is_file() or file.is_symlink():
        return found
    with file.open("rb") as handle:
        said = HEAD.fullmatch(handle.read(100))
    if said is None:
        return [*found, Fault("anchor", f"{events.SIGNS[0]} no es una cabeza: NÚMERO:HUELLA.",
                              path=events.SIGNS[0])]  # fmt: skip
    return [*found, *check_anchor(chain, (int(said[1]), said[2].decode()))]

"""What was signed or stamped, and how much of the ledger an anchor covers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retencion_lib import config
from retencion_lib.audit import stamp
from retencion_lib.audit.verify.chain import Chain, check_anchor
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import events, ledger
from retencion_lib.home.event import Event

HEAD = re.compile(rb"(\d{1,15}):([0-9a-f]{64})\n?")
NOTED = {"signature": "signed", "stamp": "stamped"}  # events of the anchors that the ledger knows


@dataclass(frozen=True)
class Cover:
    """What an anchor vouches for, and what has come after it."""

    kind: str  # "head", "signature" or "stamp"
    line: int
    at: str  # time of that line
    since: int  # lines after it
    erasures: int
    promotions: int
    campaigns: int
    checked: bool = True  # whether it was checked who made it
    witness: str = ""  # host of whoever stamped
    seen: str = ""  # time by the clock of whoever stamped


def objections(found: list[Event], authorities: str) -> dict[int, str | None]:
    """What speaks against each time stamp, by the line that holds it; None if nothing does.

    Parameters
    ----------
    found : list of Event
        The ledger.
    authorities : str
        File of certificates of trusted authorities; empty asks only whether it is a stamp of that
        hash, whoever made it.
    """
    stamps = [e for e in found if e.event == "stamped"]
    if authorities:
        return {e.seq: stamp.objection(e, authorities) for e in stamps}
    return {e.seq: None if stamp.time(e) else stamp.NO_STAMP for e in stamps}


def covers(
    anchors: Sequence[tuple[str, tuple[int, str]]], chain: Chain, stamps: dict[int, str | None],
    *, checked: bool,
) -> list[Cover]:  # fmt: skip
    """How far each anchor reaches: those given, and the last ones that the ledger knows."""
    made, given = [cover(kind, a, chain.events) for kind, a in anchors], {k for k, _ in anchors}
    for kind, name in NOTED.items():
        held = [
            e for e in chain.events
            if e.event == name and chain.has(e.line, e.sha256) and not stamps.get(e.seq)
        ]  # fmt: skip
        if held and kind not in given:
            last = cover(kind, (held[-1].line, held[-1].sha256), chain.events)
            known = _witness(held[-1]) if kind == "stamp" else {}
            made.append(replace(last, checked=checked and kind == "stamp", **known))
    return made


def _witness(event: Event) -> dict[str, str]:
    seen = stamp.time(event)
    return {"witness": event.authority, "seen": seen.isoformat() if seen else ""}


def cover(kind: str, anchor: tuple[int, str], found: list[Event]) -> Cover:
    """How far an anchor reaches."""
    later = [e for e in found if e.seq > anchor[0]]
    last = max((e.seq for e in found), default=0)
    at = next((e.at for e in found if e.seq == anchor[0]), "")
    decisions = [e.event for e in later]
    counts = (decisions.count(event) for event in ("erasure", "promotion", "campaign"))
    return Cover(kind, anchor[0], at, max(0, last - anchor[0]), *counts)


def check_heads(chain: Chain) -> list[Fault]:
    """The signed head is a line of this ledger, and the one that was signed last."""
    found = [
        Fault("anchor", f"La línea {e.seq} dice que se {done} la {e.line} con otra huella: el "
              "registro se ha rehecho.", path=path)
        for name, done, path in (("signed", "firmó", events.SIGNS[0]),
                                 ("stamped", "selló", ledger.LEDGER))
        for e in chain.events
        if e.event == name and 0 < e.line <= len(chain.hashes)
        and not chain.has(e.line, e.sha256)
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


def check_stamps(found: list[Event], stamps: dict[int, str | None]) -> list[Fault]:
    """Each time stamp is of the hash that its line says, and of an authority that is trusted."""
    return [
        Fault("stamp", f"{ledger.LEDGER}, línea {e.seq}: el sello de tiempo de {e.authority} sobre "
              f"la línea {e.line} no vale: {why}.", path=ledger.LEDGER)
        for e in found if (why := stamps.get(e.seq))
    ]  # fmt: skip

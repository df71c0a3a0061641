"""The lines of the ledger, one by one: linked, in our grammar, and in time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from retencion_lib.audit import stamp
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import events, ledger
from retencion_lib.home.event import Event
from retencion_lib.words import count, plural

# Seconds that a clock may step back: one machine's, when it is set right; and between two.
ONE_CLOCK, TWO_CLOCKS = 2, 120


@dataclass
class Chain:
    """The ledger as read: hashes of all lines, events of the sound ones, faults of the others."""

    hashes: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def has(self, number: int, sha256: str) -> bool:
        """Whether a line is there with that hash."""
        return 0 < number <= len(self.hashes) and self.hashes[number - 1] == sha256

    def blame(self, number: int, code: str, what: str) -> None:
        """Note what is wrong with a line."""
        where = f"{ledger.LEDGER}, línea {number}"
        self.faults.append(Fault(code, f"{where}: {what}", path=ledger.LEDGER))


def read() -> Chain:
    """Read the ledger, one line at a time."""
    chain, before = Chain(), ledger.FIRST
    for number, line in enumerate(ledger.scan(), 1):
        chain.hashes.append(line.sha256)
        plain = ledger.parsed(line.content) if line.content is not None else None
        if line.content is None:
            chain.blame(number, "chain", f"pasa de {count(ledger.LONGEST)} bytes: no es nuestra.")
        elif plain is None:
            chain.blame(number, "chain", "no es una anotación.")
        else:
            _check_line(chain, number, line.content, plain, before)
        before = line.sha256
    half = ledger.half_line()
    if half:
        said = (
            f"{ledger.LEDGER}: acaba en {plural(half, 'byte', 'bytes')} de una anotación a medias; "
            "la siguiente la corta y lo dice."
        )
        chain.faults.append(Fault("half_line", said, path=ledger.LEDGER))
    return chain


def _check_line(
    chain: Chain, number: int, raw: bytes, plain: Mapping[str, Any], before: str
) -> None:
    seq = plain.get("seq")
    if seq != number or isinstance(seq, bool):
        chain.blame(number, "chain", f"lleva el número {str(seq)[:20]}: falta o sobra alguna.")
    if plain.get("prev") != before:
        chain.blame(number, "chain", "la cadena está rota; la línea anterior ha cambiado.")
    wrong = events.objection(raw, plain)
    if wrong:
        chain.blame(number, "grammar", f"'{wrong}' no es como lo escribe esta biblioteca.")
    else:
        chain.events.append(Event.of(plain))


def check_anchor(chain: Chain, anchor: tuple[int, str]) -> list[Fault]:
    """The line that was written down elsewhere is still there, as it was."""
    seq, sha256 = anchor
    last = len(chain.hashes)
    if not 0 < seq <= last:
        said = (
            f"El ancla es de la línea {seq} y {ledger.LEDGER} acaba en la {last}: se ha cortado "
            "el final."
            if seq
            else "El ancla es de la línea 0, que no existe: no ancla nada."
        )
        return [Fault("anchor", said, path=ledger.LEDGER)]
    found = chain.hashes[seq - 1]
    if found == sha256:
        return []
    said = (
        f"{ledger.LEDGER}, línea {seq}: su SHA-256 es {found[:12]}… y el ancla dice "
        f"{sha256[:12]}…: el registro se ha rehecho."
    )
    return [Fault("anchor", said, path=ledger.LEDGER)]


def check_times(chain: Chain) -> list[Fault]:
    """No clock goes where clocks do not go, but where somebody has said that he knows."""
    known, seal = acknowledged(chain.events), "'retencion seal' lo da por sabido."
    found = [
        (seq, f"el reloj vuelve atrás {count(back)} s ({at} tras {before}). {seal}")
        for seq, back, at, before in steps_back(chain.events)
    ] + [
        (seq, f"dice {at}, y quien selló la hora la vio {count(ahead)} s antes. {seal}")
        for seq, ahead, at in steps_ahead(chain.events)
    ]
    return [Fault("time", f"{ledger.LEDGER}, línea {seq}: {said}", path=ledger.LEDGER)
            for seq, said in found if seq not in known]  # fmt: skip


def acknowledged(found: list[Event]) -> set[int]:
    """Lines whose step back in time a later one says that is known."""
    return {n for e in found if e.event == "clock" for n in e.lines if n < e.seq}


def steps_back(found: list[Event]) -> list[tuple[int, int, str, str]]:
    """Lines much earlier than the one before: number, seconds, and both times."""
    hosts = {e.run_id: e.host for e in found if e.event == "run_started"}
    steps, last, there = [], "", None
    for event in found:
        at, here = event.at, event.host or hosts.get(event.run_id)
        if at < last:
            back = (datetime.fromisoformat(last) - datetime.fromisoformat(at)).total_seconds()
            if back > (ONE_CLOCK if here == there else TWO_CLOCKS):
                steps.append((event.seq, round(back), at, last))
        last, there = at, here
    return steps


def steps_ahead(found: list[Event]) -> list[tuple[int, int, str]]:
    """Lines later than an authority outside says that they were there: number, seconds, time."""
    times, steps = {e.seq: e.at for e in found}, {}
    for event in found:
        seen = stamp.time(event) if event.event == "stamped" else None
        at = times.get(event.line)
        if seen and at:
            ahead = (datetime.fromisoformat(at) - seen).total_seconds()
            if ahead > TWO_CLOCKS:
                steps[event.line] = (event.line, round(ahead), at)
    return list(steps.values())

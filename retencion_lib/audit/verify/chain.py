"""The chain of the ledger and the life of each run."""

import json
from collections import Counter

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger
from retencion_lib.home.disk import digest
from retencion_lib.words import count

LONE = (
    "Empezó y no consta que terminara: se cortó, o sigue en marcha. "
    "'retencion seal' la da por abandonada."
)
LONE_BY_HAND = (
    "Se ejecutó a mano, como en JupyterLab, y no está sellada: 'retencion seal CUADERNO.ipynb' "
    "la sella, y 'retencion seal' la da por abandonada cuando se cierra su núcleo."
)


def check_chain(raw: list[bytes], half: int = 0) -> list[Fault]:
    """Each line numbered, linked to the one before, and not earlier than it."""
    found, before, at = [], ledger.FIRST, ""
    for number, line in enumerate(raw, 1):
        where = f"{ledger.LEDGER}, línea {number}"
        try:
            event = json.loads(line)
            seq, prev, when = event["seq"], event["prev"], str(event["at"])
        except (ValueError, KeyError, TypeError):
            found.append(_fault("chain", f"{where}: no es una anotación."))
            before = digest(line)
            continue
        if seq != number:
            found.append(_fault("chain", f"{where}: lleva el número {seq}: falta o sobra alguna."))
        if prev != before:
            found.append(
                _fault("chain", f"{where}: la cadena está rota; la línea anterior ha cambiado.")
            )
        if when < at:
            found.append(_fault("time", f"{where}: el tiempo va hacia atrás ({when} tras {at})."))
        before, at = digest(line), when
    if half:
        found.append(
            _fault("half_line", f"{ledger.LEDGER}: los {count(half)} bytes del final son una "
                   "anotación a medias; la siguiente la corta y lo dice.")
        )  # fmt: skip
    return found


def check_anchor(raw: list[bytes], anchor: tuple[int, str]) -> list[Fault]:
    """The line that was written down elsewhere is still there, as it was."""
    seq, sha256 = anchor
    if seq > len(raw):
        return [_fault("anchor", f"El ancla es de la línea {seq} y {ledger.LEDGER} acaba en la "
                       f"{len(raw)}: se ha cortado el final.")]  # fmt: skip
    found = digest(raw[seq - 1]) if seq else ledger.FIRST
    if found == sha256:
        return []
    return [_fault("anchor", f"{ledger.LEDGER}, línea {seq}: su SHA-256 es {found[:12]}… y el "
                   f"ancla dice {sha256[:12]}…: el registro se ha rehecho.")]  # fmt: skip


def check_runs(events: list[dict]) -> list[Fault]:
    """Every run starts once and ends once; whoever decides says why."""
    started = Counter(e["run_id"] for e in events if e["event"] == "run_started")
    ended = Counter(e["run_id"] for e in events if e["event"] == "run_finished")
    by_hand = {e["run_id"] for e in events if e.get("interactive")}
    found = [
        Fault("lone_start", LONE_BY_HAND if run in by_hand else LONE, run)
        for run in started
        if run not in ended
    ]
    found += [
        Fault("lone_end", "Consta que terminó y no que empezara.", run)
        for run in ended if run not in started
    ]  # fmt: skip
    found += [
        Fault("repeated", "Consta dos veces en el registro.", run)
        for run in started.keys() | ended.keys() if started[run] > 1 or ended[run] > 1
    ]  # fmt: skip
    for event in events:
        if event["event"] in ("promotion", "erasure"):
            found += _unexplained(event)
    return found


def _unexplained(event: dict) -> list[Fault]:
    said = {"promotion": "El cambio de campeón", "erasure": "El borrado"}[event["event"]]
    missing = [
        name for key, name in (("reason", "el motivo"), ("approver", "quién lo aprobó"))
        if not str(event.get(key) or "").strip()
    ]  # fmt: skip
    where = f"{ledger.LEDGER}, línea {event.get('seq')}"
    run = event.get("run_id")
    return [Fault("no_reason", f"{where}: {said} no dice {name}.", run) for name in missing]


def _fault(code: str, message: str) -> Fault:
    return Fault(code, message, path=ledger.LEDGER)

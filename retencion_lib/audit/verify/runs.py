"""The life of each run: it starts once and ends once; whoever decides says why."""

from collections import Counter

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger
from retencion_lib.home.event import Event

LONE = (
    "Empezó y no consta que terminara: se cortó, o sigue en marcha. "
    "'retencion seal' la da por abandonada."
)
LONE_BY_HAND = (
    "Se ejecutó a mano, como en JupyterLab, y no está sellada: 'retencion seal CUADERNO.ipynb' "
    "la sella, y 'retencion seal' la da por abandonada cuando se cierra su núcleo."
)
DECISIONS = {"promotion": "El cambio de campeón", "erasure": "El borrado"}


def check_runs(events: list[Event]) -> list[Fault]:
    """Starts without an end, ends without a start, either of them twice, decisions unexplained."""
    started = Counter(e.run_id for e in events if e.event == "run_started")
    ended = Counter(e.run_id for e in events if e.event == "run_finished")
    by_hand = {e.run_id for e in events if e.interactive}
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
    return found + [f for e in events if e.event in DECISIONS for f in _unexplained(e)]


def _unexplained(event: Event) -> list[Fault]:
    missing = [
        name for said, name in ((event.reason, "el motivo"), (event.approver, "quién lo aprobó"))
        if not said.strip()
    ]  # fmt: skip
    where, said = f"{ledger.LEDGER}, línea {event.seq}", DECISIONS[event.event]
    run = event.run_id
    return [Fault("no_reason", f"{where}: {said} no dice {name}.", run) for name in missing]

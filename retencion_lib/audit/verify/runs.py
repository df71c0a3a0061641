"""The life of each run: it starts once and ends once; whoever decides says why."""

from collections import Counter

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger
from retencion_lib.home.event import Event

LONE = (
    "Empezó y no consta que terminara: se cortó, o sigue en marcha. "
    "'retencion seal' la da por abandonada."
)
BY_HAND = (
    "Sin sellar: se ejecutó a mano, como en JupyterLab, y nadie ha usado lo que escribió. "
    "'retencion seal CUADERNO.ipynb' la sella; 'retencion seal' la da por abandonada cuando se "
    "cierra su núcleo."
)
BY_HAND_USED = (
    "Se ejecutó a mano, como en JupyterLab, no está sellada, y {reader} usó {path}, que escribió "
    "ella: séllala con 'retencion seal CUADERNO.ipynb'."
)
DECISIONS = {"promotion": "El cambio de campeón", "campaign": "El cambio de campaña",
             "erasure": "El borrado"}  # fmt: skip


def check_runs(events: list[Event]) -> list[Fault]:
    """Starts without an end, ends without a start, either of them twice, decisions unexplained."""
    started = Counter(e.run_id for e in events if e.event == "run_started")
    ended = Counter(e.run_id for e in events if e.event == "run_finished")
    by_hand, read = _by_hand(events), _used(events)
    found = [
        Fault("lone_start", LONE, run)
        for run in started if run not in ended and run not in by_hand
    ]  # fmt: skip
    found += [
        Fault("lone_start", BY_HAND_USED.format(reader=read[run][0], path=read[run][1]), run,
              read[run][1])
        for run in by_hand if run in read
    ]  # fmt: skip
    found += [
        Fault("lone_end", "Consta que terminó y no que empezara.", run)
        for run in ended if run not in started
    ]  # fmt: skip
    found += [
        Fault("repeated", "Consta dos veces en el registro.", run)
        for run in started.keys() | ended.keys() if started[run] > 1 or ended[run] > 1
    ]  # fmt: skip
    return found + [f for e in events if e.event in DECISIONS for f in _unexplained(e)]


def unsealed(events: list[Event]) -> list[Fault]:
    """Runs by hand that nobody has sealed and of which nothing was used: no fault, but a note."""
    read = _used(events)
    return [Fault("unsealed", BY_HAND, run) for run in _by_hand(events) if run not in read]


def _by_hand(events: list[Event]) -> list[str]:
    """Runs without an engine that have no end, in order."""
    ended = {e.run_id for e in events if e.event == "run_finished"}
    return [
        str(e.run_id)
        for e in events
        if e.event == "run_started" and e.interactive and e.run_id not in ended
    ]


def _used(events: list[Event]) -> dict[str, tuple[str, str]]:
    """Runs of which another one that ended read something, with that one and the first path.

    A file is of the run that last announced that content; of a log, every run that appended to
    it counts.
    """
    writers: dict[tuple[str, str], set[str]] = {}
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.event == "write" and event.offset is None:
            writers[event.path, event.sha256] = {str(event.run_id)}
        elif event.event == "write":
            writers.setdefault((event.path, ""), set()).add(str(event.run_id))
        for read in event.inputs if event.event == "run_finished" else ():
            whole = writers.get((read.path, read.sha256), set())
            for run in whole | writers.get((read.path, ""), set()):
                if run != event.run_id:
                    found.setdefault(run, (str(event.run_id), read.path))
    return found


def _unexplained(event: Event) -> list[Fault]:
    missing = [
        name for said, name in ((event.reason, "el motivo"), (event.approver, "quién lo aprobó"))
        if not said.strip()
    ]  # fmt: skip
    where, said = f"{ledger.LEDGER}, línea {event.seq}", DECISIONS[event.event]
    run = event.run_id
    return [Fault("no_reason", f"{where}: {said} no dice {name}.", run) for name in missing]

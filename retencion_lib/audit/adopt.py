"""Take into the ledger what it does not hold yet: notebooks executed elsewhere, runs cut short."""

import json
import platform
import re
import shutil
from pathlib import Path
from typing import Any

from retencion_lib import config
from retencion_lib.audit.erase import finish_cut
from retencion_lib.audit.verify.chain import acknowledged, steps_ahead, steps_back
from retencion_lib.audit.verify.tree import FOLDERS, used
from retencion_lib.errors import AuditError, DataError
from retencion_lib.home import disk, door, installed, ledger, store
from retencion_lib.home.blocks import Lives
from retencion_lib.home.event import Event
from retencion_lib.home.events import INDEX
from retencion_lib.home.versions import Book
from retencion_lib.runs import index, record, seal


def take_in(path: str) -> str:
    """Seal an executed notebook made elsewhere, where it lies in `runs` or copied there.

    Returns
    -------
    str
        The report, from the home.

    Raises
    ------
    DataError
        If it is no notebook, or was never executed.
    AuditError
        If the ledger holds it already.
    """
    source = Path(path).expanduser().resolve()
    notebook = _executed(source)
    sha256 = disk.sha256(source)
    if any(sha256 in e.files.values() and not _cut(e) for e in ledger.mentioning(sha256)):
        raise AuditError(f"{path}: ya está en el registro. No hay nada que sellar.")
    found = record.find(notebook) or record.Record()
    name = found.notebook or re.sub(r"\W+", "_", source.stem)
    run_id = found.run_id
    lines = [e for e in ledger.mentioning(run_id) if e.run_id == run_id] if run_id else []
    begun = any(e.event == "run_started" for e in lines)
    # Only a run begun without an engine and not yet closed is the one that this notebook ends.
    ours = all(e.interactive or e.event == "write" for e in lines)
    if not run_id or not ours:
        run_id, begun = record.new_run_id(name), False
    output = _place(source, name, run_id, config.run_date(found.date))
    params = found.parameters or notebook["metadata"].get("papermill", {}).get("parameters", {})
    if not begun:
        start = record.start(name, params, output=config.relative(output))
        ledger.append("run_started", run_id=run_id, **start, taken_in=True)
    disk.write(output, source.read_bytes())  # after the start, which names it: no stranger if cut
    failed = any(o["output_type"] == "error" for c in notebook["cells"]
                 for o in c.get("outputs", []))  # fmt: skip
    seal.end(run_id, name, output, error=None, params=record.masked(params), source_sha256=None,
             seconds=None, status="failed" if failed else "ok")  # fmt: skip
    return config.relative(output.with_suffix(".html"))


def _executed(source: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(source.read_bytes())
        executed = any(c.get("execution_count") for c in notebook["cells"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{source}: no se puede leer como cuaderno ({type(error).__name__}). "
            "Indica un .ipynb ejecutado."
        ) from None
    if not executed:
        raise DataError(f"{source}: no está ejecutado. Ejecútalo antes de sellarlo.")
    return notebook


def _cut(event: Event) -> bool:
    """Whether a run was closed as abandoned while it was being taken in."""
    starts = ledger.mentioning(event.run_id) if event.status == "abandoned" else []
    return any(e.taken_in and e.run_id == event.run_id for e in starts)


def _place(source: Path, name: str, run_id: str, date: str) -> Path:
    if source.is_relative_to(config.resolve("runs").resolve()):
        return config.home() / source.relative_to(config.home().resolve())
    return config.resolve("runs") / date / run_id / f"{name}.ipynb"


def abandon(run_id: str = "") -> list[str]:
    """Close the runs that were cut short, and cut off what they left half written.

    Parameters
    ----------
    run_id : str
        Close this one whatever its process does; empty closes those of this machine whose
        process is gone, or has gone on to another run.

    Returns
    -------
    list of str
        The runs that were closed.

    Raises
    ------
    AuditError
        If `run_id` has not started, or has ended.
    """
    events = ledger.read()
    ended = Lives.of(events).ended
    lone = [e for e in events if e.event == "run_started" and e.run_id not in ended]
    starts = [e for e in events if e.event == "run_started"]
    chosen = [e for e in lone if (e.run_id == run_id if run_id else _gone(e, starts))]
    if run_id and not chosen:
        raise AuditError(f"{run_id}: no consta como empezada y sin terminar. No hay qué cerrar.")
    for document in installed.DOCUMENTS:
        installed.finish(document)
    finish_cut()
    _sweep()
    for event in chosen:
        seal.end(
            event.run_id, event.notebook, config.resolve(event.output or "runs/-"),
            error=None, params=event.parameters, seconds=None, status="abandoned",
            source_sha256=event.source_sha256,
        )  # fmt: skip
    if len(chosen) == len(lone):
        _forget_unused()
    _refresh_index()
    return [e.run_id for e in chosen]


def _sweep() -> None:
    """Take away what killed processes left half written."""
    for note in sorted(config.resolve("logs").glob(".*.pending")):
        log = note.with_name(note.name.removeprefix(".").removesuffix(".pending"))
        with disk.locked(log):
            door.mend(log)
    for folder in (*FOLDERS, "data"):
        for path in config.resolve(folder).rglob(".*.tmp"):
            if path.is_symlink() or not disk.abandoned(path):
                continue
            if path.is_file():
                path.unlink(missing_ok=True)
            elif disk.TEMPORARY.fullmatch(path.name):  # copies of an object store, half there
                shutil.rmtree(path, ignore_errors=True)


def _forget_unused() -> None:
    """Take away contents that a cut run kept and never named; only while none is running."""
    named = used(ledger.read())
    for path in config.resolve(store.OBJECTS).glob("*/*"):
        whole = path.is_file() and not path.is_symlink() and disk.sha256(path) == path.name
        if whole and path.name not in named:
            path.unlink(missing_ok=True)


def _refresh_index() -> None:
    """Write the list of runs again if whoever should have was cut short."""
    events = ledger.read()
    said = Book.of(events).versions.get(INDEX)
    page = config.resolve(INDEX)
    late = [e for e in events if said and e.event == "run_finished" and e.seq > said[-1].seq]
    written = said and page.is_file() and disk.sha256(page) == said[-1].sha256
    if late or ledger.half_line() or (said and not written):
        index.write()


def acknowledge_clocks() -> list[int]:
    """Say in the ledger that it is known that clocks were wrong; give back at which lines."""
    events = ledger.read()
    known = acknowledged(events)
    wrong = [*steps_back(events), *steps_ahead(events)]
    new = [seq for seq, *_ in wrong if seq not in known]
    if new:
        ledger.append("clock", lines=new, actor=ledger.actor())
    return new


def _gone(event: Event, starts: list[Event]) -> bool:
    """Whether the process that started a run ran here and is no longer at it."""
    if event.host != platform.node():
        return False
    if event.interactive and any(
        e.seq > event.seq and (e.host, e.pid) == (event.host, event.pid) for e in starts
    ):
        return True  # the notebook was opened again in the same kernel
    return isinstance(event.pid, int) and not disk.alive(event.pid)

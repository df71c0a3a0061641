"""Two runs side by side: which parameters, files, figures and code differ between them.

All of it comes from the ledger; no report is opened, and nothing is written into the home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from retencion_lib.errors import AuditError
from retencion_lib.home import ledger
from retencion_lib.home.event import Content, Event
from retencion_lib.runs import headline


class Part(Enum):
    """What of a run is compared."""

    PARAMETERS = "parameters"
    READ = "read"
    FIGURES = "figures"
    WRITTEN = "written"
    CODE = "code"


@dataclass(frozen=True)
class Difference:
    """One thing that two runs do not share; a text is empty where a run has none."""

    part: Part
    name: str
    old: str
    new: str


def ended(name: str) -> Event:
    """The event that ended a run, by its name or by an end of it that no other run has.

    Raises
    ------
    AuditError
        If no run that ended has that name, or several have.
    """
    ends = [e for e in ledger.mentioning(name) if e.event == "run_finished" and e.run_id]
    found = [e for e in ends if e.run_id == name] or [e for e in ends if e.run_id.endswith(name)]
    if len({e.run_id for e in found}) > 1:
        raise AuditError(f"'{name}' es el final de varias ejecuciones: escribe el nombre entero.")
    if not name or not found:
        raise AuditError(
            f"{name or 'compare'}: no consta ninguna ejecución terminada con ese nombre. Están en "
            "runs/index.html y en las carpetas de runs."
        )
    return found[-1]


def differences(old: Event, new: Event) -> list[Difference]:
    """What differs, in the order of `Part`; names and times of the runs themselves do not count."""
    return [
        *_differ(Part.PARAMETERS, old.parameters, new.parameters),
        *_differ(Part.READ, _contents(old.inputs), _contents(new.inputs)),
        *_differ(Part.FIGURES, _figures(old), _figures(new)),
        *_differ(Part.WRITTEN, _contents(old.outputs), _contents(new.outputs)),
        *_differ(Part.CODE, _code(old), _code(new)),
    ]


def _differ(part: Part, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(part, name, _text(old.get(name)), _text(new.get(name)))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()  # as it is typed
    return "" if value is None else str(value)


def _contents(files: Iterable[Content]) -> dict[str, str]:
    """Path of each file to the start of its hash."""
    return {f.path: f.sha256[:12] for f in files}


def _figures(event: Event) -> dict[str, str]:
    return {
        f.label: f"{f.value} ({f.note})" if f.note else f.value
        for f in headline.figures(event.results)
    }


def _code(event: Event) -> dict[str, object]:
    environment = (event.environment_sha256 or "")[:12]
    return {
        "notebook": event.notebook, "status": event.status, "commit": event.commit,
        "dirty": event.dirty, "environment": environment,
    }  # fmt: skip

"""The batches of a home: what 04 decided of each, what 05 saw in it, what its outcomes showed.

Everything comes from the ends of runs in the ledger. A batch is a file on a date: the same file
scored again on that date, such as a repaired extract, takes the place of the one before, and what
had been seen of that one is not said of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from retencion_lib import config
from retencion_lib.home.event import Event
from retencion_lib.home.events import SCORED

SCORES, WATCHES = config.NOTEBOOKS["infer"], config.NOTEBOOKS["monitor"]
LIST = re.compile(r"data/call_list_[^/]+\.(csv|xlsx)")


@dataclass(frozen=True)
class Batch:
    """One batch; a run that there was not is None."""

    day: str  # ISO, the date of the run: the period
    file: str  # as it was given
    scored: Event | None = None  # end of the run of 04
    watched: Event | None = None  # end of the last run of 05 that looked at it
    measures: Mapping[str, Any] = field(default_factory=dict)  # what its outcomes showed last
    measured: Event | None = None  # end of the run of 05 that found that
    together: bool = False  # those outcomes are of all the batches of the day
    changed: tuple[str, ...] = ()  # since the batch before: model, campaign

    @property
    def name(self) -> str:
        """Name of the file, without its folder."""
        return self.file.rstrip("/").rpartition("/")[2]

    @property
    def status(self) -> str:
        """How the run that made it ended: ``ok``, ``failed``, ``refused`` or ``abandoned``."""
        run = self.scored or self.watched
        return run.status if run else ""

    @property
    def decided(self) -> Mapping[str, Any]:
        """Results of 04; empty where it did not end well."""
        return self.scored.results if self.scored and self.scored.status == "ok" else {}

    @property
    def seen(self) -> Mapping[str, Any]:
        """Results of 05, or of 04 where nobody has watched it: they hold the answers."""
        return self.watched.results if self.watched else self.decided

    @property
    def lists(self) -> list[str]:
        """Files of the call list."""
        touched = self.scored.touched if self.decided else ()
        return sorted({t.path for t in touched if LIST.fullmatch(t.path)})


def batches(events: Iterable[Event]) -> list[Batch]:
    """Batches by date, and those of a date as they were scored; oldest first."""
    found: dict[tuple[str, str], Batch] = {}
    where: dict[str, tuple[str, str]] = {}  # scored table to its batch
    for event in events:
        if event.event != "run_finished":
            continue
        if event.notebook == SCORES:
            _add_scored(found, where, event)
        elif event.notebook == WATCHES and event.status == "ok":
            _add_watched(found, where, event)
    return _with_changes(sorted(found.values(), key=lambda b: b.day))


def _add_scored(found: dict, where: dict, event: Event) -> None:
    given = event.parameters
    asked = given.get("data" if given.get("sample") else "input")
    key = _day(event), str(asked or "")
    before = found.get(key)
    if event.status != "ok" and before and before.status == "ok":
        return  # its list is still there
    found.pop(key, None)  # the newest of a day comes last
    found[key] = Batch(*key, scored=event)
    if event.status == "ok":
        where |= {t.path: key for t in event.touched if SCORED in t.path}


def _day(event: Event) -> str:
    """Date of a run: the one that it was given, unless it was refused for it."""
    try:
        return date.fromisoformat(event.parameters.get("date") or "").isoformat()
    except (TypeError, ValueError):
        return event.at[:10]


def _add_watched(found: dict, where: dict, event: Event) -> None:
    table = str(event.parameters.get("current") or "")
    key = where.get(table, (_day(event), table))
    found[key] = replace(found.get(key) or Batch(*key), watched=event)
    for row in event.results.get("measures", ()):
        of_day = [k for k in found if k[0] == row["on"] and found[k].status == "ok"]
        for own in [key] if not row["on"] else of_day:
            found[own] = replace(
                found[own], measures=row, measured=event, together=len(of_day) > 1
            )  # fmt: skip


def _with_changes(found: list[Batch]) -> list[Batch]:
    """Each batch with what is not as it was for the last one that was scored before."""
    made, before = [], None
    for batch in found:
        now = _terms(batch)
        names = [name for name in now if before and before[name] != now[name]]
        made.append(replace(batch, changed=tuple(names)))
        before = now or before
    return made


def _terms(batch: Batch) -> dict[str, object]:
    """Model and campaign that decided about a batch; empty where nothing was decided."""
    if not batch.decided:
        return {}
    agreed = next((t.sha256 for t in batch.scored.inputs if t.path == config.CAMPAIGNS), "")
    given = batch.scored.parameters
    campaign = agreed, given.get("campaign"), given.get("capacity")
    return {"model": batch.decided.get("champion"), "campaign": campaign}

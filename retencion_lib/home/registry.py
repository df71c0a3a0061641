"""Which models exist, which one is in use, and why: the registry.

03 proposes a model; it is put in use by 03 itself where the project's settings allow it, else by
`promote`, and `rollback` goes back to the one before. Each of the three is an event of the ledger.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retencion_lib import config
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import disk, installed, ledger, staged, store
from retencion_lib.home.document import typed
from retencion_lib.home.event import Event
from retencion_lib.home.exam import Threshold
from retencion_lib.home.experiments import Refit

AUTOMATIC = "regla automática"  # approver where 03 promotes by itself
MANUAL = "decisión de una persona"  # rule of a model that 03 never proposed by one
CHAMPION, CHALLENGER, ARCHIVED = "champion", "challenger", "archived"
# What follows the champion: name of a version's own file, and of the one in use.
IN_USE = {
    "artifacts/{name}__test.json": config.TEST_REPORT,
    "monitoring/{name}__reference.csv": config.REFERENCE,
}


@dataclass(frozen=True)
class Entry:
    """One model that 03 has examined."""

    family: str
    version: str
    sha256: str  # of the artifact
    artifact: str  # from the home
    threshold: Threshold
    name: str = ""  # for readers, as it was examined
    valid: dict[str, float] = field(default_factory=dict)
    test: dict[str, float] = field(default_factory=dict)
    created_at: str = ""
    why: str = ""
    positive: str = ""  # label of the class that left
    leaks: list[str] = field(default_factory=list)  # columns that certainly know the outcome
    accepted: str = ""  # why it learns from these all the same
    stage: str = CHALLENGER
    run_id: str = ""
    proposed: bool = False  # waits for `promote`
    promoted_at: str | None = None
    refit: Refit | None = None  # what scores in its place; this model's exam covers its recipe

    @property
    def scores(self) -> tuple[str, str]:
        """Version and artifact of what scores where this model is in use."""
        made = self.refit
        return (made.version, made.artifact.path) if made else (self.version, self.artifact)

    @property
    def label(self) -> str:
        """Family and version, as events name a model."""
        return f"{self.family} v{self.version}"

    @property
    def said(self) -> str:
        """The model for readers."""
        return self.name or self.label

    def file(self, pattern: str) -> Path:
        """The version's own file, such as ``artifacts/{name}__test.json``."""
        return version_file(pattern, self.family, self.version)


@dataclass(frozen=True)
class Change:
    """One change of the model in use."""

    at: str
    model: str  # label of the one that came
    previous: str | None = None
    action: str = ""  # automatic, promote or rollback
    run_id: str | None = None
    stage: str = CHAMPION
    rule: str = ""
    why: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Registry:
    """Models examined, and every change of the one in use, oldest first."""

    models: list[Entry] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
    format: int = 1

    @property
    def champion(self) -> Entry | None:
        """The model in use, if there is one."""
        return next((m for m in self.models if m.stage == CHAMPION), None)

    def of(self, sha256: str) -> Entry | None:
        """The model whose artifact has those bytes."""
        return next((m for m in self.models if m.sha256 == sha256), None)


@dataclass(frozen=True)
class Why:
    """Why a model is put in use: the rule, among whom, what decided, and in which run."""

    rule: str
    reason: str
    candidates: list[Any]
    run_id: str | None = None


def read() -> Registry:
    """Registry of models, empty before the first promotion; a change cut short is finished."""
    installed.finish()
    if not (path := config.resolve(config.REGISTRY)).is_file():
        return Registry()
    return typed(Registry, store.read_json(path, made_by="evaluate"), config.REGISTRY)


def version_file(pattern: str, family: str, version: str) -> Path:
    """A version's own file, such as ``artifacts/{name}__test.json``."""
    return config.resolve(pattern.format(name=f"{family}__v{version}"))


def propose(entry: Entry, why: Why, *, wins: bool) -> Entry:
    """Register a model that 03 has judged, and put it in use if it wins and may.

    Parameters
    ----------
    entry : Entry
        The model; its stage is decided here.
    wins : bool
        Whether the rule prefers it to the model in use.

    Returns
    -------
    Entry
        With its stage; ``proposed`` says that it waits for `promote`.
    """
    with store.locked(config.resolve(config.REGISTRY)):
        if config.resolve(config.SETTINGS_FILE).is_file():
            store.record("input", config.resolve(config.SETTINGS_FILE))
        # A model that learns from what certainly knows the outcome waits for a person.
        automatic = config.settings()["promotion"]["automatic"] and not entry.leaks
        book = read()
        standing = book.champion
        same = standing is not None and standing.sha256 == entry.sha256
        entry = replace(
            entry,
            stage=CHAMPION if same else CHALLENGER,
            run_id=why.run_id or "",
            proposed=wins and not automatic and not same,
            promoted_at=standing.promoted_at if same else None,
        )
        book = replace(book, models=[*_others(book.models, entry), entry])
        if wins and automatic:
            return _install(book, entry, why, action="automatic", approver=AUTOMATIC)
        store.write_json(config.resolve(config.REGISTRY), asdict(book))
        return entry


def promote(version: str, *, reason: str, approver: str, action: str = "promote") -> Entry:
    """Put a registered model in use; an event of the ledger says who, and why.

    Parameters
    ----------
    version : str
        As ``0.2``, or with its family as ``xgb v0.2`` or ``xgb__v0.2``.

    Raises
    ------
    ParameterError
        If reason or approver is empty, or no single registered model has that version.
    OrderError
        If that model is in use already.
    """
    staged.need_why(reason, approver)
    with store.locked(config.resolve(config.REGISTRY)):
        cut, book = installed.finish(), read()
        entry = _named(book, version)
        if entry.stage == CHAMPION and _ordered(cut, action, reason, approver):
            return entry
        if entry.stage == CHAMPION:
            raise OrderError(f"{entry.said} ya es el campeón: no hay nada que cambiar.")
        before = [change.rule for change in book.history if change.model == entry.label]
        rule = before[-1] if before else MANUAL
        why = Why(rule, reason, [m.label for m in book.models])
        return _install(book, entry, why, action=action, approver=approver)


def rollback(version: str = "", *, reason: str, approver: str) -> Entry:
    """Put back in use a model that was in use before.

    Parameters
    ----------
    version : str
        Which; empty for the one before the present one, unless the last change was already a
        return: then it must be named, or an order given twice would undo itself.

    Raises
    ------
    OrderError
        If there was none, or the last change was already a return.
    ParameterError
        If that model was never in use.
    """
    with store.locked(config.resolve(config.REGISTRY)):
        cut, book = installed.finish(), read()
        if _ordered(cut, "rollback", reason, approver) and not version and book.champion:
            return book.champion
        target = _named(book, version).label if version else _before(book)
        if target not in {c.model for c in book.history}:
            raise ParameterError(
                f"version = '{version}': {target} nunca ha estado en uso, y no se puede volver a "
                f"él. Ponlo con 'retencion promote {target.rpartition(' v')[2]}'."
            )
        return promote(target, reason=reason, approver=approver, action="rollback")


def _before(book: Registry) -> str:
    """The model that was in use before the present one."""
    now = book.champion.label if book.champion else None
    before = [c.previous for c in book.history if c.model == now and c.previous]
    if not before:
        raise OrderError("No hay ningún campeón anterior al que volver.")
    if book.history[-1].action == "rollback":
        raise OrderError(
            f"El último cambio ya fue volver a {now} ({book.history[-1].at}): no se cambia nada. "
            "Para volver a otro, di a cuál: 'retencion rollback VERSIÓN …'."
        )
    return before[-1]


def _ordered(cut: Event | None, action: str, reason: str, approver: str) -> bool:
    """Whether a change that was just finished is the very one that is ordered again."""
    said = cut and (cut.action, cut.reason, cut.approver)
    return said == (action, reason, approver)


def _others(models: Sequence[Entry], entry: Entry) -> list[Entry]:
    return [m for m in models if m.sha256 != entry.sha256]


def _named(book: Registry, version: str) -> Entry:
    family, _, number = re.sub(r"(__v| v|^v)", " ", version).strip().rpartition(" ")
    found = [m for m in book.models if m.version == number and family.strip() in ("", m.family)]
    if len(found) != 1:
        known = ", ".join(f"'{m.label}'" for m in book.models) or "ninguno todavía"
        raise ParameterError(
            f"version = '{version}': {'hay varios modelos' if found else 'no hay ningún modelo'} "
            f"con ese nombre en {config.REGISTRY}. Examinados por 03: {known}."
        )
    return found[0]


def _named_so(entry: Entry | None) -> dict[str, str] | None:
    """A model as an event names it: for commands, for readers, and by its bytes."""
    return entry and {"model": entry.label, "name": entry.said, "sha256": entry.sha256}


def _install(book: Registry, entry: Entry, why: Why, *, action: str, approver: str) -> Entry:
    """Write the registry with a new champion, and what follows it; first the ledger's event."""
    old = book.champion
    at = datetime.now(UTC).isoformat(timespec="seconds")
    new = replace(entry, stage=CHAMPION, promoted_at=at, proposed=False)
    others = [
        replace(m, stage=ARCHIVED) if m.stage == CHAMPION else m
        for m in _others(book.models, entry)
    ]
    again = old is not None and old.sha256 == new.sha256  # examined once more: the same is in use
    previous = old.label if old and not again else None
    change = Change(at, new.label, previous, action, why.run_id, CHAMPION, why.rule, why.reason,
                    approver)  # fmt: skip
    files = {config.REGISTRY: disk.json_bytes(
        asdict(Registry([*others, new], [*book.history, *([] if again else [change])]))
    )}  # fmt: skip
    for pattern, name in IN_USE.items():
        if new.file(pattern).is_file():
            files[name] = new.file(pattern).read_bytes()

    def decide() -> None:
        ledger.append(
            "promotion", action=action, run_id=why.run_id, actor=ledger.actor(),
            approver=approver, old=_named_so(old), new=_named_so(new), rollback_to=previous,
            rule=why.rule, candidates=why.candidates, reason=why.reason,
            files={name: disk.digest(content) for name, content in files.items()},
        )  # fmt: skip

    installed.install(files, decide)
    store.keep(files[config.REGISTRY])
    return new

"""Which models exist, which one is in use, and why: the registry, and the only way to open a model.

03 proposes a model; it is put in use by 03 itself where the project's settings allow it, else by
`promote`, and `rollback` goes back to the one before. Each of the three is an event of the
ledger. An artifact is opened only if its bytes are those that a training run logged: unpickling
a foreign file would run whatever its author wanted (docs/decisions/0002).
"""

import re
from datetime import UTC, datetime
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import ArtifactError, OldModelError, OrderError, ParameterError
from retencion_lib.home import disk, ledger, store
from retencion_lib.models import FittedModel, family_label, from_bytes

AUTOMATIC = "regla automática"  # approver where 03 promotes by itself
# What follows the champion: name of a version's own file, and of the one in use.
IN_USE = {
    "artifacts/{name}__test.json": config.TEST_REPORT,
    "monitoring/{name}__reference.csv": config.REFERENCE,
}


def experiments() -> list[dict]:
    """Experiment log, oldest first."""
    log = store.read_json(config.resolve(config.EXPERIMENTS), made_by="train")
    if not log:
        raise OrderError(f"{config.EXPERIMENTS} está vacío. Ejecuta antes 'retencion train'.")
    return log


def load_known(path: str, log: list[dict]) -> FittedModel:
    """Model of an artifact, only if its bytes are those that a training run logged.

    The experiment log and the ledger must both know the bytes that are read; they are hashed
    once, and those very bytes are opened.

    Raises
    ------
    ArtifactError
        If the file is missing, foreign or changed; nothing in it is executed.
    OldModelError
        If it is one of ours, and needs code that is no longer here.
    """
    file = config.resolve(path)
    if not file.is_file():
        known = sorted({e["artifact"]["path"] for e in log})
        raise ArtifactError(
            f"No existe el modelo {config.relative(file)}. Hay: {', '.join(known)}."
        )
    content = file.read_bytes()
    sha256 = disk.digest(content)
    unknown_to = [
        name
        for name, known in (
            (config.EXPERIMENTS, sha256 in {e["artifact"]["sha256"] for e in log}),
            (ledger.LEDGER, any(e.get("sha256") == sha256 for e in ledger.mentioning(sha256))),
        )
        if not known
    ]
    if unknown_to:
        raise ArtifactError(
            f"{config.relative(file)}: su SHA-256 ({sha256[:12]}…) no es el de ningún modelo "
            f"entrenado aquí ({' ni '.join(unknown_to)}). No se abre: un archivo ajeno puede "
            "ejecutar código. Entrena de nuevo con 'retencion train', o recupera el original."
        )
    store.record("input", file)
    try:
        return from_bytes(content)
    except (AttributeError, ImportError) as gone:
        quoted = re.findall(r"'[\w.]+'", str(gone))  # Python says the name first
        run = next(e["run_id"] for e in log if e["artifact"]["sha256"] == sha256)
        raise OldModelError(
            f"{config.relative(file)}: lo guardó otra versión del código, y esta no lo puede abrir "
            f"(falta {quoted[0] if quoted else gone}). Entrena y evalúa de nuevo con 'retencion "
            "train' y 'retencion evaluate', o usa el código de entonces: el informe de la "
            f"ejecución {run} dice cuál era."
        ) from gone


def read() -> dict:
    """Registry of models, empty before the first promotion."""
    path = config.resolve(config.REGISTRY)
    if not path.is_file():
        return {"models": [], "history": []}
    return store.read_json(path, made_by="evaluate")


def standing_champion(book: dict) -> dict | None:
    """Entry of the model in use, if there is one."""
    return next((m for m in book["models"] if m["stage"] == "champion"), None)


def version_file(pattern: str, entry: dict) -> Path:
    """A version's own file, such as ``artifacts/{name}__test.json``."""
    return config.resolve(pattern.format(name=f"{entry['family']}__v{entry['version']}"))


def label(entry: dict | None) -> str | None:
    """Family and version, as events name a model."""
    return f"{entry['family']} v{entry['version']}" if entry else None


def full_name(entry: dict) -> str:
    """Family and version of a model, for readers."""
    return f"{family_label(entry['family'])} v{entry['version']}"


def propose(
    entry: dict, *, wins: bool, rule: str, candidates: list[dict], reason: str, run_id: str
) -> dict:
    """Register a model that 03 has judged, and put it in use if it wins and may.

    Parameters
    ----------
    entry : dict
        Family, version, artifact, sha256, threshold, valid, test, why, created_at.
    wins : bool
        Whether the rule prefers it to the model in use.
    rule, candidates, reason
        How it was chosen, among which, and what decided, in words.

    Returns
    -------
    dict
        The entry with its ``stage``; ``proposed`` says that it waits for `promote`.
    """
    with store.locked(config.resolve(config.REGISTRY)):
        if config.resolve(config.SETTINGS_FILE).is_file():
            store.record("input", config.resolve(config.SETTINGS_FILE))
        automatic = config.settings()["promotion"]["automatic"]
        book = read()
        standing = standing_champion(book)
        same = standing is not None and standing["sha256"] == entry["sha256"]
        stage = "champion" if same else "challenger"
        entry = entry | {
            "stage": stage,
            "run_id": run_id,
            "proposed": wins and not automatic and not same,
            "promoted_at": standing["promoted_at"] if same else None,
        }
        book["models"] = [m for m in book["models"] if m["sha256"] != entry["sha256"]] + [entry]
        facts = {"rule": rule, "candidates": candidates, "reason": reason, "run_id": run_id}
        if wins and automatic:
            return _install(book, entry, action="automatic", approver=AUTOMATIC, **facts)
        store.write_json(config.resolve(config.REGISTRY), book)
        return entry


def promote(version: str, *, reason: str, approver: str, action: str = "promote") -> dict:
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
    for name, value in (("reason", reason), ("approver", approver)):
        if not value.strip():
            raise ParameterError(f"{name} = '': di {'por qué' if name == 'reason' else 'quién'}.")
    with store.locked(config.resolve(config.REGISTRY)):
        book = read()
        entry = _named(book, version)
        if entry["stage"] == "champion":
            raise OrderError(f"{label(entry)} ya es el campeón: no hay nada que cambiar.")
        proposed = [e for e in book["history"] if e["model"] == label(entry)]
        rule = proposed[-1]["rule"] if proposed else "decisión de una persona"
        return _install(
            book, entry, action=action, approver=approver, rule=rule, reason=reason,
            candidates=[label(m) for m in book["models"]], run_id=None,
        )  # fmt: skip


def rollback(*, reason: str, approver: str) -> dict:
    """Put back in use the model that was in use before the present one.

    Raises
    ------
    OrderError
        If there was none.
    """
    with store.locked(config.resolve(config.REGISTRY)):
        book = read()
        now = label(standing_champion(book))
        before = [e["previous"] for e in book["history"] if e["model"] == now and e["previous"]]
        if not before:
            raise OrderError("No hay ningún campeón anterior al que volver.")
        return promote(before[-1], reason=reason, approver=approver, action="rollback")


def _named(book: dict, version: str) -> dict:
    family, _, number = re.sub(r"(__v| v|^v)", " ", version).strip().rpartition(" ")
    found = [
        m for m in book["models"] if m["version"] == number and family.strip() in ("", m["family"])
    ]
    if len(found) != 1:
        known = ", ".join(f"'{label(m)}'" for m in book["models"]) or "ninguno todavía"
        raise ParameterError(
            f"version = '{version}': {'hay varios modelos' if found else 'no hay ningún modelo'} "
            f"con ese nombre en {config.REGISTRY}. Examinados por 03: {known}."
        )
    return found[0]


def _named_so(entry: dict) -> dict[str, str]:
    """A model as an event names it: for commands, for readers, and by its bytes."""
    return {"model": label(entry), "name": full_name(entry), "sha256": entry["sha256"]}


def _install(
    book: dict, entry: dict, *, action: str, approver: str, rule: str, candidates: list,
    reason: str, run_id: str | None,
) -> dict:  # fmt: skip
    """Write the registry with a new champion, and what follows it; first the ledger's event."""
    old = standing_champion(book)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    new = entry | {"stage": "champion", "promoted_at": at, "proposed": False}
    others = [
        m | {"stage": "archived"} if m["stage"] == "champion" else m
        for m in book["models"]
        if m["sha256"] != entry["sha256"]
    ]
    previous = label(old) if old and old["sha256"] != new["sha256"] else None
    event = {
        "at": at, "action": action, "run_id": run_id, "stage": "champion", "rule": rule,
        "model": label(new), "previous": previous, "why": reason, "approver": approver,
    }  # fmt: skip
    book = {"models": [*others, new], "history": [*book["history"], event]}
    files = {config.REGISTRY: disk.json_bytes(book)}
    for pattern, name in IN_USE.items():
        if version_file(pattern, new).is_file():
            files[name] = version_file(pattern, new).read_bytes()
    ledger.append(
        "promotion", action=action, run_id=run_id, actor=ledger.actor(), approver=approver,
        old=_named_so(old) if old else None, new=_named_so(new), rollback_to=previous,
        rule=rule, candidates=candidates, reason=reason,
        files={name: disk.digest(content) for name, content in files.items()},
    )  # fmt: skip
    for name, content in files.items():
        store.write_bytes(config.resolve(name), content)
    store.keep(files[config.REGISTRY])
    return new

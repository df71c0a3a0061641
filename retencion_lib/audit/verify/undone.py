"""Lines that take back what an earlier one sealed, and lines that are no event of ours.

An anchor shows that the lines before it are the same; these checks see to it that a line after
it cannot give a sealed file, a model's version or a finished run's rows another content.
"""

import re
from collections.abc import Iterator

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import ledger
from retencion_lib.home.blocks import Block, Lives, rewritten

# What each event must hold for the other checks to read it.
SHAPES = {
    "run_started": {"run_id": str},
    "run_finished": {"run_id": str},
    "write": {"path": str, "sha256": str},
}
OPTIONAL = {"files": dict, "inputs": list, "outputs": list, "blocks": dict,
            "offset": int, "bytes": int, "rows": int, "seq": int}  # fmt: skip
VERSION = re.compile(r"artifacts/[^/]+__v\d+\.\d+\.pkl")


def well_shaped(events: list[dict]) -> tuple[list[dict], list[Fault]]:
    """Events that the other checks can read, and a fault for each of the others."""
    good, found = [], []
    for event in events:
        wrong = [k for k, kind in SHAPES.get(event["event"], {}).items()
                 if not isinstance(event.get(k), kind)]  # fmt: skip
        wrong += [k for k, kind in OPTIONAL.items()
                  if event.get(k) is not None and not isinstance(event[k], kind)]  # fmt: skip
        if "offset" in event and not isinstance(event.get("bytes"), int):
            wrong.append("bytes")
        wrong += [k for k in ("path", "files", "blocks") if _outside(event.get(k))]
        if wrong:
            where = f"{ledger.LEDGER}, línea {event.get('seq')}"
            said = f"{where}: '{wrong[0]}' no es como lo escribe esta biblioteca."
            found.append(Fault("chain", said, path=ledger.LEDGER))
        else:
            good.append(event)
    return good, found


def _outside(paths: object) -> bool:
    """Whether a path climbs out of the home: ours never do, and no file out there is read."""
    named = paths if isinstance(paths, dict) else [paths]
    return any(isinstance(p, str) and ".." in p.split("/") for p in named)


def check_undone(events: list[dict]) -> list[Fault]:
    """Writes that come after what they would change was sealed."""
    lives, found = Lives.of(events), []
    ended: set[str] = set()
    sealed: set[str] = set()
    models: dict[str, tuple[str, str | None]] = {}
    logs: dict[str, list[Block]] = {}
    for event in events:
        kind = event["event"]
        if kind == "run_finished":
            ended.add(event["run_id"])
            sealed |= set(event.get("files") or {})
        elif kind == "erasure":
            for path, changed in (event.get("blocks") or {}).items():
                logs[path] = rewritten(logs.get(path, []), changed)
        elif kind == "write":
            path, run = event["path"], event.get("run_id")
            said = list(_objections(event, ended, sealed, models, logs.get(path, []), lives))
            found += [Fault("undone", f"{ledger.LEDGER}, línea {event.get('seq')}: {what}",
                            run, path) for what in said[:1]]  # fmt: skip
            if "offset" in event:
                kept = [b for b in logs.get(path, []) if b.offset < event["offset"]]
                logs[path] = [*kept, Block.of(event)]
            elif VERSION.fullmatch(path):
                models.setdefault(path, (event["sha256"], run))
    return found


def _objections(
    event: dict, ended: set[str], sealed: set[str], models: dict, blocks: list[Block], lives: Lives
) -> Iterator[str]:
    path, run = event["path"], event.get("run_id")
    if run is None:
        yield f"anota una escritura de {path} sin decir qué ejecución la hizo."
    if run in ended:
        yield f"anota una escritura de {path} por una ejecución que ya había terminado."
    if path in sealed:
        yield f"cambia {path}, que otra ejecución había sellado."
    if "offset" in event:
        if any(b.end > event["offset"] and b.certain(lives) for b in blocks):
            yield f"escribe en {path} encima de filas ya anotadas."
    elif path in models and models[path][0] != event["sha256"]:
        first, made_by = models[path]
        if lives.certain(made_by, path, first):
            yield f"da otro contenido a {path}: una versión no se sobrescribe."
    if run is not None and run not in lives.started:
        yield f"anota una escritura de {path} por una ejecución que no consta que empezara."

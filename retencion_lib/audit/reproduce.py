"""Execute a sealed run again, in a home of its own, and compare what comes out.

The notebook is the sealed one, the parameters and inputs those of the ledger, found by hash;
the code is that of the recorded commit where git has it. No database is asked: what a query gave
is an input, whichever run asked it.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from retencion_lib import config
from retencion_lib.audit import compare, recover
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, events, extracts, ledger
from retencion_lib.home.blocks import layouts
from retencion_lib.home.event import Content, Event
from retencion_lib.runs import record
from retencion_lib.words import listed

# What a line that tells of an extract holds of how it was asked for.
ASKED = {"extract": ("query", "query_sha256", "text"),
         "fetch": ("address", "files", "versions")}  # fmt: skip
OUTPUT = "output_table"  # of 04; what is repeated to be compared is not delivered again


@dataclass
class Reproduction:
    """What was executed again, and how each output compares."""

    run_id: str
    rows: list[tuple[str, str, bool]] = field(default_factory=list)  # what, how, whether it holds
    notes: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether everything came out the same."""
        return all(holds for _, _, holds in self.rows)


def reproduce(run_id: str) -> Reproduction:
    """Execute a run again and compare its outputs and results.

    Raises
    ------
    AuditError
        If the run is not sealed as ok, its notebook changed, an input is nowhere to be found,
        or the notebook fails this time.
    """
    event = sealed(run_id)
    with tempfile.TemporaryDirectory(prefix="retencion-") as folder:
        done = Reproduction(run_id)
        new = _execute(event, Path(folder), done)
        _compare(event, new, Path(folder) / "home", done)
    return done


def sealed(run_id: str) -> Event:
    """Event that closed a run well."""
    ends = [e for e in ledger.mentioning(run_id)
            if e.event == "run_finished" and e.run_id == run_id]  # fmt: skip
    if not ends:
        raise AuditError(f"{run_id}: no consta ninguna ejecución terminada con ese nombre.")
    if ends[-1].status != "ok":
        raise AuditError(f"{run_id}: no terminó bien; no hay qué reproducir.")
    return ends[-1]


def _execute(event: Event, folder: Path, done: Reproduction) -> Event:
    """Execute a run in `folder`/home; give back the event that closes it there."""
    home = folder / "home"
    source = _source(event, folder)
    _place_inputs(event, home, folder)
    output = home / "runs/again" / f"{event.notebook}.ipynb"
    output.parent.mkdir(parents=True)
    params = _parameters(event, done)
    (folder / "params.yaml").write_text(json.dumps(params), encoding="utf-8")
    environment = os.environ | _code(event, folder, done) | {
        config.HOME_VARIABLE: str(home), extracts.AGAIN_VARIABLE: event.run_id
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "papermill", str(source), str(output), "-k", "python3", "-f",
         str(folder / "params.yaml"), "--no-progress-bar"],
        env=environment, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise AuditError(f"{event.run_id}: esta vez falla: {said[-1] if said else 'sin error'}")
    raw = (home / ledger.LEDGER).read_bytes().splitlines()
    return [e for e in ledger.parse(raw) if e.event == "run_finished"][-1]


def _source(event: Event, folder: Path) -> Path:
    """The sealed notebook without its outputs, once its hash holds."""
    path = next((f for f in event.files if f.endswith(".ipynb")), None)
    file = config.resolve(path) if path else None
    if file is None or not file.is_file() or disk.sha256(file) not in _hashes(path):
        raise AuditError(f"{event.run_id}: falta su cuaderno sellado, o ha cambiado ({path}).")
    notebook = nbformat.read(file, 4)
    notebook.cells = [
        c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])
    ]
    source = folder / f"{event.notebook}.ipynb"
    nbformat.write(notebook, source)
    return source


def _hashes(path: str) -> set[str]:
    """Hashes that the ledger gives a report: one, or another after an erasure."""
    return {e.files[path] for e in ledger.mentioning(path) if path in e.files}


def _parameters(event: Event, done: Reproduction) -> dict[str, Any]:
    """Effective parameters; paths into the home become relative, secrets keep their default."""
    inside = f"{config.home()}{os.sep}"
    hidden = [n for n, v in event.parameters.items() if v == record.MASK]
    if hidden:
        done.notes.append(f"Parámetros secretos, con su valor por defecto: {', '.join(hidden)}.")
    if event.parameters.get(OUTPUT):
        hidden.append(OUTPUT)
        done.notes.append("No se escribe nada en la base de datos.")
    return {
        name: value.removeprefix(inside) if isinstance(value, str) else value
        for name, value in event.parameters.items()
        if name not in hidden
    }


def _code(event: Event, folder: Path, done: Reproduction) -> dict[str, str]:
    """Environment that runs the recorded commit; the present code where git does not have it."""
    if event.environment_sha256 != record.environment_sha256():
        done.notes.append("El entorno no es el de entonces: hay otras versiones instaladas.")
    state = record.git_state()
    if event.dirty:
        done.notes.append("El código tenía cambios sin guardar: se usa el de ahora.")
    elif event.commit and (event.commit != state.commit or state.dirty):
        archive = subprocess.run(
            ["git", "archive", event.commit], cwd=config.clone(), capture_output=True
        )
        if archive.returncode == 0:
            code = folder / "code"
            code.mkdir()
            subprocess.run(["tar", "-x"], cwd=code, input=archive.stdout, check=True)
            return {"PYTHONPATH": str(code)}
        done.notes.append(f"git no tiene el commit {event.commit[:12]}: se usa el de ahora.")
    return {}


def _place_inputs(event: Event, home: Path, folder: Path) -> None:
    """Put each input where the run read it; models are known to the new home's ledger too."""
    asked = extracts.of_files({(i.path, i.sha256) for i in event.inputs})
    own = {(o.path, o.sha256) for o in event.outputs}.difference(*(e.brought for e in asked))
    placed: set[str] = set()
    known: dict[str, bytes] = {}
    for e in asked:
        # As it was then: its file may say something else now.
        if e.query and not Path(e.query).is_absolute():
            known[e.query] = e.text.encode()
            placed.add(e.query)
    for touched in event.inputs:
        path = touched.path
        if path in placed or (path, touched.sha256) in own:
            continue
        placed.add(path)
        content = recover.find(path, touched.sha256, touched.bytes, touched.rows)
        if content is None:
            content = _recompute(event, touched, folder)
        if not Path(path).is_absolute():
            known[path] = content
    known |= recover.logs_before(event)
    for path, content in known.items():
        disk.write(home / path, content)
    _announce(home, known, asked)


def _recompute(event: Event, touched: Content, folder: Path) -> bytes:
    """An input that is nowhere any more, from executing again the run that wrote it."""
    makers = [
        e for e in ledger.mentioning(touched.sha256)
        if e.event == "run_finished" and e.run_id != event.run_id
        and e.status == "ok" and touched.sha256 in {o.sha256 for o in e.outputs}
    ]  # fmt: skip
    if makers:
        inner = Path(tempfile.mkdtemp(dir=folder))
        _execute(makers[-1], inner, Reproduction(makers[-1].run_id))
        again = inner / "home" / touched.path
        if again.is_file() and disk.sha256(again) == touched.sha256:
            return again.read_bytes()
    raise AuditError(
        f"{event.run_id}: su entrada {touched.path} (SHA-256 {touched.sha256[:16]}…) ya "
        "no está en ninguna parte y no se puede rehacer. Recupérala de una copia."
    )


def _announce(home: Path, known: dict[str, bytes], asked: list[Event]) -> None:
    """Tell the new home's ledger the files that this ledger vouches for, by who writes each."""
    lines: list[bytes] = []
    for path, content in known.items():
        notebook = events.owner(path)
        if notebook is None:
            continue  # from outside: there too nobody vouches for it
        start = 0 if path == config.PREDICTIONS else None
        said = Content(path, disk.digest(content), len(content), offset=start).plain()
        run_id = f"original-{len(lines)}"
        _chain(lines, "run_started", run_id=run_id, notebook=notebook, parameters={})
        _chain(lines, "write", run_id=run_id, **said)
        _chain(lines, "run_finished", run_id=run_id, notebook=notebook, status="ok",
               parameters={}, inputs=[], outputs=[said], results={}, files={})  # fmt: skip
    for e in asked:
        for path, sha256 in sorted(e.brought):
            said = Content(path, sha256, len(known[path])).plain()
            _chain(lines, "write", run_id=e.run_id, **said)
        said = e.content.plain() | {"run_id": e.run_id, "seconds": 0.0}
        own = ASKED[e.event]
        _chain(lines, e.event, **said, **{name: getattr(e, name) for name in own})
    if lines:
        disk.write(home / ledger.LEDGER, b"\n".join(lines) + b"\n")


def _chain(lines: list[bytes], event: str, **facts: object) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    before = disk.digest(lines[-1]) if lines else ledger.FIRST
    line = {"seq": len(lines) + 1, "at": at, "prev": before, "event": event, **facts}
    lines.append(ledger.encoded(line))


def _compare(event: Event, new: Event, home: Path, done: Reproduction) -> None:
    asked = [i.path for i in event.inputs if events.EXTRACT.fullmatch(i.path)]
    queries = [path for path in asked if path.count("/") == 2]
    copies = [path for path in asked if path not in queries]
    if queries:
        done.notes.append(f"No se ha preguntado a la base de datos: se lee {listed(queries)}.")
    if copies:
        done.notes.append(f"No se ha vuelto al almacén: se lee {listed(copies)}.")
    written = {o.sha256: o.path for o in new.outputs}
    for output in event.outputs:
        if output.path not in asked:
            done.rows.append(_compare_output(output, home, written))
    wrong = compare.values_differ(event.results, new.results)
    said = f"distintos: {', '.join(wrong)}" if wrong else "iguales"
    done.rows.append(("resultados principales", said, not wrong))


def _compare_output(output: Content, home: Path, written: dict[str, str]) -> tuple[str, str, bool]:
    """How an output compares; `written` are the paths of this time, by hash."""
    path = output.path
    file = home / path
    if not file.is_file():
        # A list takes another name where one of its date lies already; here none does.
        named = written.get(output.sha256)
        if named:
            return path, f"idéntico, byte a byte; esta vez se llama {named}", True
        return path, "esta vez no se escribió", False
    whole = file.read_bytes()
    content = whole[output.offset :]
    if disk.digest(content) == output.sha256:
        return path, "idéntico, byte a byte", True
    old = _old(output)
    if old is None:
        return path, "lo de entonces ya no está: no se puede comparar", False
    # The rows of a later block carry no header of their own.
    header = whole.partition(b"\n")[0] + b"\n" if output.offset else b""
    wrong = compare.differences(path, header + old, header + content)
    if wrong:
        return path, f"distinto: {', '.join(wrong[:5])}", False
    return path, "iguales los valores; cambian la hora y el nombre de la ejecución", True


def _old(output: Content) -> bytes | None:
    if output.offset is None:
        return recover.find(output.path, output.sha256, output.bytes, output.rows)
    for block in layouts(ledger.read()).get(output.path, []):
        if block.sha256 == output.sha256:
            return config.resolve(output.path).read_bytes()[block.offset : block.end]
    return None

"""What each line may do to what the lines before it said.

An anchor shows that the lines up to it are the same; these checks see to it that a line after it
names only the files that its kind may name, and cannot give a sealed file, a model's version or a
finished run's rows another content.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home import disk, events, ledger
from retencion_lib.home.blocks import Lives
from retencion_lib.home.event import Event
from retencion_lib.home.versions import Book

Objections = Iterator[tuple[str, str, str | None]]  # code, sentence, file
NOT_BEGUN = Event("run_started")  # of a run that no line starts


@dataclass
class Past:
    """What the lines so far have said."""

    lives: Lives  # of the whole ledger: what turned out to be certain
    book: Book = field(default_factory=Book)
    starts: dict[str, Event] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)  # path to run
    wrote: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    terms: Mapping[str, Any] | None = None  # of the campaign, as adopted last
    # Models that may be in use: the one put in use last, and the one before where the run that
    # was changing it was cut short and may not have come to it.
    champions: set[str | None] = field(default_factory=lambda: {None})

    def add(self, event: Event) -> None:
        """Take in one more line."""
        kind, run = event.event, event.run_id
        self.book.add(event)
        if kind == "run_started":
            self.starts.setdefault(run, event)
        elif kind == "write":
            self.wrote.setdefault(run, set()).add((event.path, event.sha256))
        elif kind == "run_finished":
            self.sealed |= dict.fromkeys(event.files, run)
        elif kind == "campaign":
            self.terms = event.terms
        elif kind == "promotion":
            said = event.files.get(events.REGISTRY, "")
            done = self.lives.certain(run, events.REGISTRY, said)
            self.champions = {event.new.sha256} | (set() if done else self.champions)

    def known(self, path: str) -> set[str]:
        """Contents that the lines so far give a file."""
        return {v.sha256 for v in self.book.versions.get(path, [])}


def check_past(found: list[Event]) -> list[Fault]:
    """Lines that do what their kind may not."""
    past, faults = Past(Lives.of(found)), []
    for event in found:
        where = f"{ledger.LEDGER}, línea {event.seq}"
        first = next(RULES.get(event.event, _no_rule)(event, past), None)
        if first:
            code, said, path = first
            faults.append(Fault(code, f"{where}: {said}", event.run_id, path))
        past.add(event)
    return faults


def _no_rule(event: Event, past: Past) -> Objections:
    yield from ()


def _write(event: Event, past: Past) -> Objections:
    path, run = event.path, event.run_id
    start = past.starts.get(run)
    said = f"anota una escritura de {path}"
    if path in past.sealed:
        yield "undone", f"cambia {path}, que otra ejecución había sellado.", path
    if run in past.book.lives.ended:
        yield "undone", f"{said} por una ejecución que ya había terminado.", path
    yield from _over(event, past)
    if start is None:
        yield "undone", f"{said} por una ejecución que no consta que empezara.", path
    elif start.taken_in:
        yield "unlawful", f"{said} por una ejecución hecha en otro sitio.", path
    elif not events.may_write(start.notebook, path):
        whose = events.owner(path)
        theirs = f": solo la hace {whose}" if whose else ""
        yield "unlawful", f"{said} por {start.notebook}, que no escribe ahí{theirs}.", path


def _over(event: Event, past: Past) -> Objections:
    """A block over earlier rows, a log written whole, a version with another content."""
    path = event.path
    if event.offset is not None:
        blocks = past.book.logs.get(path, [])
        if any(b.end > event.offset and b.certain(past.lives) for b in blocks):
            yield "undone", f"escribe en {path} encima de filas ya anotadas.", path
    elif _made_once(path):
        before = [v for v in past.book.versions.get(path, []) if v.event == "write"]
        other = [v for v in before if v.sha256 != event.sha256]
        if any(past.lives.certain(v.run_id, path, v.sha256) for v in other):
            yield "undone", f"da otro contenido a {path}: una versión no se sobrescribe.", path
    by_blocks = path.startswith("logs/") and not events.PART.fullmatch(path)
    if (event.offset is not None) != by_blocks:
        yield "unlawful", f"los bloques son de los registros, y {path} no se escribe así.", path


def _made_once(path: str) -> bool:
    return any(kind.fullmatch(path) for kind in (events.MODEL, events.EXTRACT, events.PART))


def _extract(event: Event, past: Past) -> Objections:
    path, run = event.path, event.run_id
    said = f"da {path} por extracto de {event.query}"
    if run not in past.starts or run in past.book.lives.ended:
        yield "undone", f"{said}, y esa ejecución no está en marcha.", path
    elif past.starts[run].taken_in:
        yield "unlawful", f"{said} por una ejecución hecha en otro sitio.", path
    elif not events.EXTRACT.fullmatch(path) or event.sha256 not in past.known(path):
        yield "unlawful", f"{said}, con un contenido que nadie anotó.", path
    elif disk.digest(event.text.encode()) != event.query_sha256:
        yield "unlawful", f"{said}, y la huella de la consulta no es la de su texto.", path


def _fetch(event: Event, past: Past) -> Objections:
    run = event.run_id
    said = f"da {event.path} por copia de {event.address}"
    if run not in past.starts or run in past.book.lives.ended:
        yield "undone", f"{said}, y esa ejecución no está en marcha.", event.path
    elif past.starts[run].taken_in:
        yield "unlawful", f"{said} por una ejecución hecha en otro sitio.", event.path
    for path, sha256 in event.files.items():
        if not f"{path}/".startswith(f"{event.path}/"):
            yield "unlawful", f"{said}, y {path} no está ahí.", event.path
        if not events.EXTRACT.fullmatch(path) or sha256 not in past.known(path):
            yield "unlawful", f"{said}, con un contenido que nadie anotó.", path


def _run_finished(event: Event, past: Past) -> Objections:
    run, start = event.run_id, past.starts.get(event.run_id, NOT_BEGUN)
    output = start.output or next((f for f in event.files if f.endswith(".ipynb")), "")
    own = {output, output.removesuffix(".ipynb") + ".html"} if events.RUNS.fullmatch(output) else ()
    for path in event.files:
        if path not in own:
            yield "unlawful", f"sella {path}, que no es de esta ejecución.", path
        elif past.sealed.get(path, run) != run:
            yield "undone", f"cambia {path}, que otra ejecución había sellado.", path
    if start is not NOT_BEGUN and start.notebook != event.notebook:
        yield "unlawful", f"empezó como {start.notebook} y acaba como {event.notebook}.", None
    if not start.taken_in:
        yield from _touched(event, start, past)


def _touched(event: Event, start: Event, past: Past) -> Objections:
    """Inputs are versions known by then; outputs were announced."""
    wrote = past.wrote.get(event.run_id, set())
    for output in event.outputs:
        path = output.path
        if (path, output.sha256) not in wrote:
            yield "unlawful", f"dice que escribió {path} y no lo anunció.", path
        if path == events.CAMPAIGNS and past.terms is not None:
            adopted = {v.sha256 for v in past.book.versions[path] if v.event == "campaign"}
            if output.sha256 not in adopted:
                yield "unlawful", f"cambia {path} sin que conste quién lo adoptó.", path
    for touched in event.inputs:
        path = touched.path
        if path in past.book.logs:
            continue  # a log is known by its blocks
        versions = past.book.versions.get(path, [])
        ours = events.owner(path) or any(v.seq < start.seq for v in versions)
        if ours and touched.sha256 not in {v.sha256 for v in versions}:
            yield "laundered", f"leyó {path} con un contenido que nadie había anotado.", path


def _promotion(event: Event, past: Past) -> Objections:
    name = event.new.model.replace(" v", "__v")
    model = f"artifacts/{name}.pkl"
    if event.new.sha256 not in past.known(model):
        yield "unlawful", f"pone en uso {model} con una huella que nadie anotó al entrenar.", model
    if (event.old.sha256 if event.old else None) not in past.champions:
        yield "unlawful", "el modelo que dice sustituir no es el que estaba en uso.", None
    if events.REGISTRY not in event.files:
        yield "unlawful", f"no dice cómo queda {events.REGISTRY}.", events.REGISTRY
    for path, sha256 in event.files.items():
        source = events.PROMOTES.get(path)
        if source is None:
            yield "unlawful", f"cambia {path}, que un cambio de campeón no toca.", path
        elif source and sha256 not in past.known(source.format(name=name)):
            made = source.format(name=name)
            yield "unlawful", f"da a {path} un contenido que no es el de {made}.", path
    run = event.run_id
    if event.action == "automatic" and (run is None or run in past.book.lives.ended):
        yield "unlawful", "un cambio automático solo lo hace una ejecución en marcha.", None


def _campaign(event: Event, past: Past) -> Objections:
    for path in event.files.keys() ^ {events.CAMPAIGNS}:
        yield "unlawful", f"un cambio de campaña cambia {events.CAMPAIGNS}, y no {path}.", path
    if past.terms is not None and event.replaced != past.terms:
        yield (
            "unlawful",
            "la campaña que dice sustituir no es la que estaba en vigor.",
            None,
        )
    run, start = event.run_id, past.starts.get(event.run_id, NOT_BEGUN)
    running = start.notebook == "03_champion_eval" and run not in past.book.lives.ended
    if run is not None and not running:
        yield "unlawful", "una campaña solo la adopta sola una ejecución de 03 en marcha.", None


def _erasure(event: Event, past: Past) -> Objections:
    for path in event.files:
        if events.NEVER_ERASED.fullmatch(path):
            yield "undone", f"cambia {path}, que un borrado no toca.", path
        elif path not in past.book.versions:
            yield "unlawful", f"borra en {path}, que nadie había escrito.", path
    for path, changed in event.blocks.items():
        blocks = {str(b.offset): b for b in past.book.logs.get(path, [])}
        for offset, new in changed.items():
            old = blocks.get(offset)
            if old is None:
                yield "unlawful", f"borra en {path} filas que no constan.", path
            elif new.bytes >= old.bytes or new.rows > old.rows:
                yield "undone", f"cambia filas de {path}: un borrado solo quita.", path


def _index(event: Event, past: Past) -> Objections:
    if event.path != events.INDEX:
        yield (
            "unlawful",
            f"cambia {event.path}, que no es la lista de ejecuciones.",
            event.path,
        )


def _signed(event: Event, past: Past) -> Objections:
    for path in event.files:
        if path not in events.SIGNS:
            yield "unlawful", f"cambia {path}, que una firma no toca.", path
    yield from _of_an_earlier_line(event, past)


def _of_an_earlier_line(event: Event, past: Past) -> Objections:
    if not 0 < event.line < event.seq:
        done = "firmó" if event.event == "signed" else "selló"
        yield "unlawful", f"dice que se {done} la línea {event.line}, que no es anterior.", None


RULES = {"write": _write, "extract": _extract, "fetch": _fetch, "run_finished": _run_finished,
         "index": _index, "promotion": _promotion, "campaign": _campaign, "erasure": _erasure,
         "signed": _signed,
         "stamped": _of_an_earlier_line}  # fmt: skip

"""Orders of the command line that are no stage: data, and everything an auditor asks."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from retencion_lib import config
from retencion_lib.audit.terms.orders import campaign, whatif
from retencion_lib.errors import AuditError, ParameterError
from retencion_lib.home import disk, ledger, registry
from retencion_lib.runs.parameters import flag, options, refuse_unknown
from retencion_lib.show.campaign import NAMES
from retencion_lib.words import plural, shown

if TYPE_CHECKING:
    from retencion_lib.audit.verify import Report


@dataclass(frozen=True)
class Command:
    """One order: what it does, what it takes, and the function that does it."""

    said: str
    action: Callable[..., None]
    place: str = ""  # names of the words that may come first, without --
    names: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def run(self, words: list[str]) -> None:
        """Read the words and act.

        Raises
        ------
        ParameterError
            If a word is not one that this order takes.
        """
        name = self.action.__name__.rstrip("_")
        if words[:1] in (["-h"], ["--help"]):
            print(self.usage(name))
            return
        given = takewhile(lambda word: word[:2] != "--", words)
        first = dict(zip(self.place.split(), given, strict=False))
        given = options(words[len(first) :], self.flags)
        refuse_unknown(f"retencion {name}", list(given), (*self.names, *self.flags))
        given |= {word: flag(word, given[word]) for word in self.flags if word in given}
        self.action(**first, **given)

    def usage(self, name: str) -> str:
        """How the order is written."""
        words = [f"[{place.upper()}]" for place in self.place.split()]
        words += [f"[--{n.replace('_', '-')} …]" for n in self.names]
        words += [f"[--{n}]" for n in self.flags]
        return f"retencion {name} {' '.join(words)}\n  {self.said}"


def names(data: str = config.RAW_DATA, **given: str) -> None:
    """Write a draft of how the columns of a table are said, and say for which."""
    from retencion_lib.tables.naming import write_template

    asked = {"id_col": config.ID_COL, "target": config.TARGET, "output": config.NAMES} | given
    without = [asked["id_col"], asked["target"]]
    path, new = write_template(data, asked["output"], without=[n for n in without if n])
    if not new:
        print(f"{config.relative(path)} ya tiene todas las columnas de {data}: no se cambia.")
        return
    print(
        f"Escrito: {path}, con {plural(len(new), 'columna nueva', 'columnas nuevas')}. Cambia los "
        "textos por los tuyos: {} es el valor. Los usan los cinco cuadernos, en names."
    )


def data() -> None:
    """Write the demo data and say where."""
    from retencion_lib.tables import write_demo

    for path in write_demo():
        print(f"Escrito: {path}")


def notebooks(folder: str = "") -> None:
    """Copy the notebooks out, for papermill or JupyterLab."""
    from retencion_lib.runs.copies import copy_notebooks

    for path in copy_notebooks(folder):
        print(f"Escrito: {path}")


def verify(
    head: str = "", signature: str = "", identity: str = "", authority: str = "", **flags: bool
) -> None:
    """Check everything against the ledger; an error with every fault if there is one."""
    from retencion_lib.audit import signature as signing
    from retencion_lib.audit import stamp as stamping
    from retencion_lib.audit.verify import report

    if bool(signature) != bool(identity):
        raise ParameterError(
            "--signature FIRMANTES e --identity QUIÉN van juntos: el archivo de quienes pueden "
            "firmar, y quién debe haber firmado."
        )
    anchors = [("head", signing.parsed(head))] if head else []
    if signature:
        anchors.append(("signature", signing.signed_head(signature, identity)))
    trusted = stamping.trusted(authority) if authority else ""
    _say_report(report(anchors, trusted), as_json=flags.get("json", False))


def _say_report(found: "Report", *, as_json: bool) -> None:
    from retencion_lib.audit.verify import say

    broken = any(f.code == "ledger" for f in found.faults)
    seq, sha256 = (0, ledger.FIRST) if broken else ledger.head()
    if as_json:
        value = {"head": {"seq": seq, "sha256": sha256},
                 "faults": [asdict(f) for f in found.faults],
                 "notes": [asdict(n) for n in found.notes],
                 "anchors": [asdict(c) for c in found.covers]}  # fmt: skip
        print(json.dumps(value, indent=2))
    else:
        for cover in found.covers:
            print(say.covered(cover))
        for note in found.notes:
            print(f"Nota: {note}")
    if found.faults:
        lines = [] if as_json else [str(f) for f in found.faults]
        raise AuditError("\n".join([*lines, f"{plural(len(found.faults), 'fallo', 'fallos')}."]))
    if not as_json:
        print(say.clean(seq, sha256, str(config.home())))


def head() -> None:
    """Print the ledger's head, to be kept elsewhere."""
    print(":".join(map(str, ledger.head())))


def sign(key: str = "") -> None:
    """Sign the head with an SSH key."""
    from retencion_lib.audit import signature

    if not key:
        raise ParameterError("Falta --key: el archivo de tu clave privada SSH.")
    seq, sha256 = signature.sign(key)
    print(f"Firmada {seq}:{sha256} en {signature.HEAD} y {signature.SIGNATURE}.")


def stamp(tsa: str = "") -> None:
    """Have the head stamped by an authority outside."""
    from retencion_lib.audit import stamp as stamping

    if not tsa:
        raise ParameterError(
            "Falta --tsa: la dirección de una autoridad de sellado de tiempo (RFC 3161), como "
            "https://freetsa.org/tsr. Solo se le manda una huella."
        )
    seq, sha256, at = stamping.stamp(tsa)
    print(f"Sellada {seq}:{sha256} a las {at:%Y-%m-%d %H:%M:%S} UTC, hora de la autoridad.")


def seal(what: str = "") -> None:
    """Take in a notebook executed elsewhere, or close runs that were cut short."""
    from retencion_lib.audit import adopt

    if what.endswith(".ipynb"):
        print(f"Sellado: {adopt.take_in(what)}")
        return
    closed = adopt.abandon(what)
    for run_id in closed:
        print(f"Abandonada: {run_id}")
    print(f"{plural(len(closed), 'ejecución cerrada', 'ejecuciones cerradas')}.")
    for line in adopt.acknowledge_clocks():
        print(f"Anotado que se sabe que el reloj de la línea {line} no iba bien.")


def promote(version: str = "", reason: str = "", approver: str = "") -> None:
    """Put a version in use."""
    entry = registry.promote(version, reason=reason, approver=approver)
    print(f"En uso: {entry.said}.")


def rollback(version: str = "", reason: str = "", approver: str = "") -> None:
    """Go back to a model that was in use before."""
    entry = registry.rollback(version, reason=reason, approver=approver)
    print(f"En uso otra vez: {entry.said}.")


def trace(customer: str = "", event: str = "") -> None:
    """Print the chain behind each prediction of a customer, or behind one event."""
    from retencion_lib.audit import trace as tracing

    if bool(customer) == bool(event):
        raise ParameterError("Indica --customer ID o --event ID, uno de los dos.")
    for chain in tracing.trace(customer=customer, event=event):
        print(shown("\n".join(tracing.sentences(chain))))


def reproduce(run: str = "") -> None:
    """Execute a sealed run again and say what comes out the same."""
    if not run:
        raise ParameterError("Indica la ejecución: retencion reproduce EJECUCIÓN.")
    from retencion_lib.audit.reproduce import reproduce as again

    done = again(run)
    for what, how, holds in done.rows:
        print(shown(f"{'=' if holds else '≠'} {what}: {how}"))
    for note in done.notes:
        print(shown(f"  Nota: {note}"))
    if not done.same:
        raise AuditError(f"{run}: no sale lo mismo.")
    print(f"{run}: sale lo mismo.")


def compare(run: str = "", other: str = "", html: str = "") -> None:
    """Say what differs between two runs; as a page too, where a file is named for it."""
    if not run or not other:
        raise ParameterError("Indica las dos ejecuciones: retencion compare UNA OTRA.")
    from retencion_lib.audit import beside, say_beside

    place = _new_page(html) if html else None
    old, new = beside.ended(run), beside.ended(other)
    found = beside.differences(old, new)
    print(f"{old.run_id} → {new.run_id}", *say_beside.lines(found), sep="\n")
    if place:
        disk.write(place, say_beside.to_html(old, new, found).encode())
        print(f"Página: {place}")


def _new_page(html: str) -> Path:
    from retencion_lib.audit.terms.whatif import check_place

    place = check_place(html)
    if place.exists():
        raise ParameterError(f"html = '{html}': ya existe. Da otro nombre.")
    return place


def erase(customer: str = "", reason: str = "", approver: str = "") -> None:
    """Delete a customer's data from what runs wrote, leaving a tombstone."""
    from retencion_lib.audit import erase as erasing
    from retencion_lib.audit.erase import say
    from retencion_lib.audit.erase.learnt import learners

    done = erasing.erase(customer, reason=reason, approver=approver)
    print(shown(say.sentence(done, erasing.left_alone(customer), learners(done.first))))


WHY = ("reason", "approver")
COMMANDS = {
    "data": Command("crea los datos de ejemplo", data),
    "names": Command(
        "escribe un borrador de cómo se dicen las columnas de una tabla", names,
        names=("data", "id_col", "target", "output"),
    ),
    "notebooks": Command("copia los cuadernos a una carpeta", notebooks, "folder"),
    "verify": Command(
        "comprueba todo contra el registro", verify,
        names=("head", "signature", "identity", "authority"), flags=("json",),
    ),
    "head": Command("escribe el ancla del registro, para guardarla en otro sitio", head),
    "sign": Command("firma el ancla con una clave SSH", sign, names=("key",)),
    "stamp": Command("pide un sello de tiempo para el ancla", stamp, names=("tsa",)),
    "seal": Command("sella un cuaderno ejecutado fuera, o cierra lo que se cortó", seal, "what"),
    "promote": Command("pone un modelo en uso", promote, "version", WHY),
    "rollback": Command("vuelve al modelo anterior, o al que se diga", rollback, "version", WHY),
    "campaign": Command(
        "dice qué campaña está en vigor, o adopta otra", campaign,
        names=("adopt", *NAMES, *WHY),
    ),
    "whatif": Command(
        "dice qué ganarían otras condiciones de campaña, sin cambiar nada", whatif,
        names=(*(n for n in NAMES if not n.endswith("_col")), "html"),
    ),
    "trace": Command("sigue una predicción hasta su origen", trace, names=("customer", "event")),
    "reproduce": Command("repite una ejecución sellada y compara", reproduce, "run"),
    "compare": Command(
        "dice en qué se distinguen dos ejecuciones", compare, "run other", names=("html",)
    ),
    "erase": Command("borra los datos de un cliente", erase, names=("customer", *WHY)),
}  # fmt: skip

"""Orders of the command line that are no stage: data, and everything an auditor asks."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

from retencion_lib import config
from retencion_lib.errors import AuditError, ParameterError
from retencion_lib.home import ledger, registry
from retencion_lib.runs.parameters import options, refuse_unknown
from retencion_lib.words import plural


@dataclass(frozen=True)
class Command:
    """One order: what it does, what it takes, and the function that does it."""

    said: str
    action: Callable[..., None]
    place: str = ""  # name of the word that may come first, without --
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
        first = {self.place: words[0]} if self.place and words and words[0][:2] != "--" else {}
        given = options(words[len(first) :], self.flags)
        refuse_unknown(f"retencion {name}", list(given), (*self.names, *self.flags))
        self.action(**first, **given)

    def usage(self, name: str) -> str:
        """How the order is written."""
        words = [f"[{self.place.upper()}]"] if self.place else []
        words += [f"[--{n.replace('_', '-')} …]" for n in self.names]
        words += [f"[--{n}]" for n in self.flags]
        return f"retencion {name} {' '.join(words)}\n  {self.said}"


def data() -> None:
    """Write the demo data and say where."""
    from retencion_lib.tables import write_demo

    for path in write_demo():
        print(f"Escrito: {path}")


def verify(head: str = "", signature: str = "", identity: str = "", **flags: str) -> None:
    """Check everything against the ledger; an error with every fault if there is one."""
    from retencion_lib.audit import signature as signing
    from retencion_lib.audit.verify import faults

    if signature and not identity:
        raise ParameterError("Con --signature hace falta --identity: quién debe haber firmado.")
    signed = signing.signed_head(signature, identity) if signature else None
    anchors = ([_anchor(head)] if head else []) + ([signed] if signed else [])
    _say_faults(faults(anchors), as_json="json" in flags)


def _anchor(head: str) -> tuple[int, str]:
    if not re.fullmatch(r"\d+:[0-9a-f]{64}", head):
        raise ParameterError(
            f"head = '{head}': debe ser NÚMERO:SHA256, como lo escribe 'retencion head'."
        )
    seq, _, sha256 = head.partition(":")
    return int(seq), sha256


def _say_faults(found: list, *, as_json: bool) -> None:
    seq, sha256 = ledger.head()
    if as_json:
        value = {"head": {"seq": seq, "sha256": sha256}, "faults": [asdict(f) for f in found]}
        print(json.dumps(value, ensure_ascii=False, indent=2))
    if found:
        lines = [] if as_json else [str(f) for f in found]
        raise AuditError("\n".join([*lines, f"{plural(len(found), 'fallo', 'fallos')}."]))
    if not as_json and not seq:
        print(f"El registro de {config.home()} está vacío: todavía no hay nada que comprobar.")
    elif not as_json:
        said = plural(seq, "anotación", "anotaciones")
        print(f"{said} en el registro, sin fallos. Última: {seq}:{sha256}")


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


def promote(version: str = "", reason: str = "", approver: str = "") -> None:
    """Put a version in use."""
    entry = registry.promote(version, reason=reason, approver=approver)
    print(f"En uso: {entry.label}.")


def rollback(reason: str = "", approver: str = "") -> None:
    """Go back to the model that was in use before."""
    entry = registry.rollback(reason=reason, approver=approver)
    print(f"En uso otra vez: {entry.label}.")


def trace(customer: str = "", event: str = "") -> None:
    """Print the chain behind each prediction of a customer, or behind one event."""
    from retencion_lib.audit import trace as tracing

    if bool(customer) == bool(event):
        raise ParameterError("Indica --customer ID o --event ID, uno de los dos.")
    for chain in tracing.trace(customer=customer, event=event):
        print("\n".join(tracing.sentences(chain)))


def reproduce(run: str = "") -> None:
    """Execute a sealed run again and say what comes out the same."""
    from retencion_lib.audit.reproduce import reproduce as again

    if not run:
        raise ParameterError("Indica la ejecución: retencion reproduce EJECUCIÓN.")
    done = again(run)
    for what, how, holds in done.rows:
        print(f"{'=' if holds else '≠'} {what}: {how}")
    for note in done.notes:
        print(f"  Nota: {note}")
    if not done.same:
        raise AuditError(f"{run}: no sale lo mismo.")
    print(f"{run}: sale lo mismo.")


def erase(customer: str = "", reason: str = "", approver: str = "") -> None:
    """Delete a customer's data from what runs wrote, leaving a tombstone."""
    from retencion_lib.audit import erase as erasing

    found = erasing.erase(customer, reason=reason, approver=approver)
    print(erasing.sentence(found, erasing.left_alone(customer)))


WHY = ("reason", "approver")
COMMANDS = {
    "data": Command("crea los datos de ejemplo", data),
    "verify": Command(
        "comprueba todo contra el registro", verify,
        names=("head", "signature", "identity"), flags=("json",),
    ),
    "head": Command("escribe el ancla del registro, para guardarla en otro sitio", head),
    "sign": Command("firma el ancla con una clave SSH", sign, names=("key",)),
    "seal": Command("sella un cuaderno ejecutado fuera, o cierra lo que se cortó", seal, "what"),
    "promote": Command("pone un modelo en uso", promote, "version", WHY),
    "rollback": Command("vuelve al modelo anterior", rollback, names=WHY),
    "trace": Command("sigue una predicción hasta su origen", trace, names=("customer", "event")),
    "reproduce": Command("repite una ejecución sellada y compara", reproduce, "run"),
    "erase": Command("borra los datos de un cliente", erase, names=("customer", *WHY)),
}  # fmt: skip

"""Does everything still agree with the ledger? Every fault is named by its run and its file.

Whatever a line or a file holds, it becomes a fault with a name, and the rest is still checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retencion_lib.audit.verify import chain as chains
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.audit.verify.files import check_files
from retencion_lib.audit.verify.heads import Cover, check_heads, check_stamps, covers, objections
from retencion_lib.audit.verify.inputs import check_logs_read
from retencion_lib.audit.verify.past import check_past
from retencion_lib.audit.verify.runs import check_runs, unsealed
from retencion_lib.audit.verify.tree import check_objects, check_tree
from retencion_lib.errors import AuditError
from retencion_lib.home import ledger
from retencion_lib.home.versions import Book

__all__ = ["Fault", "Report", "faults", "report"]


@dataclass(frozen=True)
class Report:
    """What `verify` found, and how far each anchor that it was given reaches."""

    faults: list[Fault]
    covers: list[Cover]
    notes: list[Fault]  # what is no fault, and yet to be known


def faults(anchors: Sequence[tuple[int, str]] = ()) -> list[Fault]:
    """All that does not agree with the ledger, in the order: lines, runs, files.

    Parameters
    ----------
    anchors : sequence of (int, str)
        Number and SHA-256 of lines, kept elsewhere: only with one does a cut tail, an edited
        last line or a chain computed again show.
    """
    return report([("head", anchor) for anchor in anchors]).faults


def report(anchors: Sequence[tuple[str, tuple[int, str]]] = (), authorities: str = "") -> Report:
    """The same, with how far each anchor reaches; each comes with its kind, head or signature.

    Parameters
    ----------
    anchors : sequence of (str, (int, str))
        Kind, and number and SHA-256 of its line.
    authorities : str
        File of certificates with which time stamps are checked; without one, it is only said
        what they claim.
    """
    try:
        chain = chains.read()
    except (AuditError, OSError) as error:
        chain = chains.Chain(faults=[Fault("ledger", str(error), path=ledger.LEDGER)])
    found, book = chain.events, Book.of(chain.events)
    stamps = objections(found, authorities)
    checks: dict[str, Callable[[], list[Fault]]] = {
        "las anclas": lambda: [f for _, a in anchors for f in chains.check_anchor(chain, a)],
        "las firmas": lambda: check_heads(chain),
        "los sellos de tiempo": lambda: check_stamps(found, stamps),
        "las horas": lambda: chains.check_times(chain),
        "las ejecuciones": lambda: check_runs(found),
        "lo que hace cada línea": lambda: check_past(found),
        "los archivos": lambda: check_files(book),
        "lo que leyó cada ejecución": lambda: check_logs_read(found, book),
        "las carpetas": lambda: check_tree(found, book),
        "las copias": lambda: check_objects(found),
    }
    found_out = [f for what, check in checks.items() for f in _guarded(what, check)]
    reached = covers(anchors, chain, stamps, checked=bool(authorities))
    return Report([*chain.faults, *found_out], reached, unsealed(found))


def _guarded(what: str, check: Callable[[], list[Fault]]) -> list[Fault]:
    """A check, or a fault that says why it could not be made: never silence, never a traceback."""
    try:
        return check()
    except Exception as error:
        said = f"No se pudieron comprobar {what} ({type(error).__name__}: {error})."
        return [Fault("unchecked", said)]

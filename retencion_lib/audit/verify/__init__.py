"""Does everything still agree with the ledger? Every fault is named by its run and its file."""

from collections.abc import Sequence

from retencion_lib.audit.verify.chain import check_anchor, check_chain, check_runs
from retencion_lib.audit.verify.fault import Fault
from retencion_lib.audit.verify.files import check_files
from retencion_lib.audit.verify.logs import check_log
from retencion_lib.audit.verify.undone import check_undone, well_shaped
from retencion_lib.home import ledger
from retencion_lib.home.versions import Book

__all__ = ["Fault", "faults"]


def faults(anchors: Sequence[tuple[int, str]] = ()) -> list[Fault]:
    """All that does not agree with the ledger, in the order: chain, runs, files, logs.

    Parameters
    ----------
    anchors : sequence of (int, str)
        Number and SHA-256 of lines, kept elsewhere: only with one does a cut tail, an edited
        last line or a chain computed again show.
    """
    raw = ledger.lines()
    events, misshapen = well_shaped(list(ledger.parse(raw)))
    book = Book.of(events)
    return [
        *check_chain(raw, ledger.half_line()),
        *(fault for anchor in anchors for fault in check_anchor(raw, anchor)),
        *misshapen,
        *check_runs(events),
        *check_undone(events),
        *check_files(events),
        *(fault for path in book.logs for fault in check_log(path, book)),
    ]

"""Models that learnt from a customer: which, and which of them keep the customer's row itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from retencion_lib import config
from retencion_lib.errors import UserError
from retencion_lib.home import disk
from retencion_lib.home.experiments import Experiment, experiments
from retencion_lib.models.stored import load_known


@dataclass(frozen=True)
class Learner:
    """A model that learnt from a table with the customer."""

    label: str
    keeps_row: bool | None  # its file holds the customer's row; None where it cannot be told


def learners(first: Mapping[str, int]) -> list[Learner]:
    """Models that learnt from the customer, by the out-of-fold tables that the erasure changed.

    Parameters
    ----------
    first : mapping of str to int
        Where the customer's row stood in each table that changed; -1 if nobody knows any more.
    """
    if not any(path.startswith("artifacts/oof__") for path in first):
        return []
    log = experiments()
    found = [
        Learner(e.label, _keeps(e, log, first[e.oof.path])) for e in log if e.oof.path in first
    ]
    # A refit keeps the rows that its model keeps, and no others.
    again = [e for e in log if e.refit and e.refit.oof.path in first]
    kept = {learner.label: learner.keeps_row for learner in found}
    more = [Learner(f"{e.family} v{e.refit.version}", kept.get(e.label, False)) for e in again]
    return found + more


def _keeps(model: Experiment, log: list[Experiment], place: int) -> bool | None:
    """Whether a model's background, the first rows learnt from, holds the row at a place.

    Earlier erasures move rows up in the table and not in the model: rows that could have stood
    further down then are told too.
    """
    file = config.resolve(model.artifact.path)
    if place < 0 or not file.is_file() or disk.sha256(file) != model.artifact.sha256:
        return None
    try:
        return place < len(load_known(model.artifact.path, log).background)
    except UserError:
        return None

"""May the list be used? Asked of a scored batch before anybody is recommended.

The checks are those of 05 that need neither outcomes nor history: hard rules, freshness, and each
column and the score against the profile of the reference. What they forbid, 05 forbids too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retencion_lib import config
from retencion_lib.home import registry, store
from retencion_lib.home.watch_report import LEVELS, SCORE, Alert, worst
from retencion_lib.models import FittedModel
from retencion_lib.stages import checks
from retencion_lib.stages.checks.answers import Usable, answer
from retencion_lib.stages.checks.findings import Code
from retencion_lib.stages.infer.scoring import Batch, Scorer


@dataclass(frozen=True)
class Asked:
    """What the checks found in a batch, and what follows for its list."""

    n_rows: int
    usable: Usable
    alerts: Sequence[Alert] = ()  # the worst first
    compared: bool = True  # False where no reference is there to compare with

    @property
    def stopped(self) -> bool:
        """True if nobody should be called before somebody has looked."""
        return self.usable is Usable.NO

    @property
    def answers(self) -> dict[str, str]:
        """The answer as a run stores it."""
        return {"list_usable": str(self.usable)}

    def results(self) -> dict[str, object]:
        """The answer, and how much was found, for the report's first lines."""
        status = worst(a.level for a in self.alerts)
        return {**self.answers, "status": status, "alerts": len(self.alerts)}


def ask(batch: Batch, scorer: Scorer, *, date: str, max_age_days: int) -> Asked:
    """Look at a scored batch beside the reference of the model that scored it.

    Parameters
    ----------
    date : str
        The run's, ISO.
    max_age_days : int
        Days that the newest date of the batch may be old.
    """
    n, contract = len(batch.frame), scorer.model.contract
    reference, its_own = _reference(scorer.model)
    if not config.resolve(reference).is_file():
        return Asked(n, Usable.CARE, compared=False)
    tables, _ = checks.load(
        reference, config.relative(batch.output), id_col=batch.id_col, score_col=SCORE,
        target=contract.target, date=date, max_age_days=max_age_days,
        reference_id=contract.id_col, own=True,
    )  # fmt: skip
    store.record("input", config.resolve(reference))  # its profile was read in its place
    moved = checks.shift_alerts(checks.shifts(tables))
    found = [*checks.hard_findings(tables),
             *(a for a in moved if its_own or a.code != Code.SCORE_MOVED)]  # fmt: skip
    found.sort(key=lambda a: -LEVELS.index(a.level))
    return Asked(n, answer(found).usable, found)


def _reference(model: FittedModel) -> tuple[str, bool]:
    """Reference to compare with, from the home, and whether its scores are of this model.

    The one in use serves for the champion, and for the customers of a model that has none of its
    own: 03 leaves one only for those that it examines.
    """
    champion = registry.read().champion
    own = registry.version_file("monitoring/{name}__reference.csv", model.family, model.version)
    versions = (champion.version, champion.scores[0]) if champion else ()
    if model.version in versions and champion.family == model.family:
        return config.REFERENCE, True
    return (config.relative(own), True) if own.is_file() else (config.REFERENCE, False)

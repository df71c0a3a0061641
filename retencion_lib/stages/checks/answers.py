"""May this list be used, and must the model be retrained? Answered once, from the findings.

A list is stopped only by what is known before it is written: a broken extract, and a column or
the score that has moved so much that nobody should decide without its cause. Whatever else is
found asks for care. So 04, which asks before outcomes and history are looked at, never says yes
to a list that 05 forbids.

A broken extract comes before retraining: a model must not learn from it. Outcomes that show a
fall are enough on their own. Without them the signs of a change, however many, only say what to
wait for: a model cannot learn customers whose outcomes are not there yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retencion_lib.stages.checks.findings import Alert, Code, Group, of_group


class Usable(StrEnum):
    """May this list be used?"""

    YES = "yes"
    CARE = "care"
    NO = "no"


class Retrain(StrEnum):
    """Must the model be retrained?"""

    NO = "no"
    WAIT = "wait"
    YES = "yes"


class Until(StrEnum):
    """What to wait for before retraining."""

    EXTRACT = "extract"  # that is repaired
    CAUSE = "cause"  # of the change, that somebody finds it
    OUTCOMES = "outcomes"  # of this batch
    NEXT = "next_batch"


@dataclass(frozen=True)
class Answers:
    """Both answers; `until` and `on`, its ISO day where that is known, are of one that waits."""

    usable: Usable
    retrain: Retrain
    until: Until | None = None
    on: str = ""

    def facts(self) -> dict[str, str]:
        """As reports, runs and the history store them."""
        return {"list_usable": str(self.usable), "retrain": str(self.retrain),
                "retrain_until": str(self.until or ""), "retrain_on": self.on}  # fmt: skip


STOPS = {code for code in Code if code.group is Group.BROKEN} | {
    Code.COLUMN_MOVED,
    Code.SCORE_MOVED,
}


def stopping(alerts: Iterable[Alert]) -> list[Alert]:
    """Findings for which a list must not be used, in their order."""
    return [a for a in alerts if a.level == "alert" and a.code in STOPS]


def broken(alerts: Iterable[Alert]) -> list[Alert]:
    """Findings of an extract that must be repaired first, in their order."""
    return of_group(stopping(alerts), Group.BROKEN)


def answer(alerts: Sequence[Alert], *, learnable: bool = False, due: str = "") -> Answers:
    """Answer both questions.

    Parameters
    ----------
    alerts : sequence of Alert
        All findings of a batch.
    learnable : bool
        Enough outcomes of the batch are there for a model to learn from.
    due : str
        ISO day on which the others are expected; empty where nobody knows.
    """
    stopped = stopping(alerts)
    usable = Usable.NO if stopped else Usable.CARE if alerts else Usable.YES
    proof, signs = reasons(alerts, Group.PROOF), reasons(alerts, Group.SIGN)
    if broken(alerts):
        return Answers(usable, Retrain.WAIT, Until.EXTRACT)
    if proof or (len(signs) > 1 and learnable):
        return Answers(usable, Retrain.YES)
    if signs and learnable:
        return Answers(usable, Retrain.WAIT, Until.NEXT)
    if signs:
        return Answers(usable, Retrain.WAIT, Until.OUTCOMES, due)
    if stopped:
        return Answers(usable, Retrain.WAIT, Until.CAUSE)
    return Answers(usable, Retrain.NO)


def reasons(alerts: Iterable[Alert], group: Group) -> list[Code]:
    """Codes of a group that were found, each once, in the catalogue's order."""
    return sorted({Code(a.code) for a in of_group(alerts, group)})

"""Every finding that 05 can give, once: its code, what kind of news it is, where it is explained.

The words of each are in `say_findings`.
"""

from collections.abc import Iterable
from enum import Enum, StrEnum, auto

from retencion_lib.home.watch_report import LEVELS, Alert

__all__ = ["LEVELS", "Alert", "Code", "Group", "of_group"]

COMPARED, OUTCOMES = "docs/monitoreo.md", "docs/resultados.md"
EITHER = ("warning", "alert")


class Group(Enum):
    """What kind of news a finding is."""

    SMALL = auto()  # too few customers to tell
    BROKEN = auto()  # the extract is wrong: to be repaired before anything else
    SHIFT = auto()  # customers are others, which a model may well stand
    SIGN = auto()  # the model may do worse
    PROOF = auto()  # outcomes show that it does


class Code(StrEnum):
    """A check's code, with its group, the levels that it gives and its page."""

    FEW_CUSTOMERS = "RET001", Group.SMALL, ("warning",)
    MISSING_COLUMN = "RET002", Group.BROKEN, ("alert",)
    TEXTS = "RET003", Group.BROKEN, ("alert",)
    NULLS = "RET004", Group.BROKEN
    RANGE = "RET005", Group.BROKEN
    CATEGORIES = "RET006", Group.BROKEN
    REPEATED = "RET007", Group.BROKEN, ("alert",)
    CONSTANT = "RET008", Group.BROKEN, ("alert",)
    DATES = "RET009", Group.BROKEN, ("alert",)
    COLUMN_MOVED = "RET010", Group.SHIFT
    SCORE_MOVED = "RET011", Group.SIGN
    ALL_TOGETHER = "RET012", Group.SHIFT
    SEGMENT_MOVED = "RET013", Group.SHIFT
    EXPECTED_FALL = "RET040", Group.SIGN, ("warning",), OUTCOMES
    REALISED_FALL = "RET041", Group.PROOF, ("alert",), OUTCOMES
    MISCALIBRATED = "RET042", Group.PROOF, EITHER, OUTCOMES
    FLAGS_OTHERS = "RET043", Group.SIGN, EITHER, OUTCOMES
    PERSISTS = "RET050", Group.SIGN, ("alert",), OUTCOMES

    def __new__(
        cls, code: str, group: Group, levels: tuple[str, ...] = EITHER, page: str = COMPARED
    ) -> "Code":
        """A member that is its code as text."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.group, member.levels, member.page = group, levels, page
        return member


GROUPS = {code: code.group for code in Code}


def of_group(alerts: Iterable[Alert], *groups: Group) -> list[Alert]:
    """Findings of these groups, in their order."""
    return [a for a in alerts if GROUPS.get(a.code) in groups]

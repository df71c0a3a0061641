"""All that 05 says of performance, in one look: expected, realised, and the campaign's effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from retencion_lib.home.terms import agreed_capacity
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.monitor.performance import effect, expected, realised
from retencion_lib.stages.monitor.performance.effect import Effect
from retencion_lib.stages.monitor.performance.expected import Expected
from retencion_lib.stages.monitor.performance.realised import Realised
from retencion_lib.stages.monitor.rules import Alert
from retencion_lib.tables.outcomes import Outcomes, collect
from retencion_lib.tables.scored import read_scored


@dataclass(frozen=True)
class Performance:
    """Performance of the batch and of the earlier ones whose outcomes have arrived."""

    expected: Expected
    outcomes: Outcomes | None  # None without a file of outcomes
    realised: list[Realised]
    effect: Effect | None
    test: dict[str, Estimate]  # the exam of 03; empty before it
    capacity: float  # share of customers that the team can contact: K of the measures

    @property
    def alerts(self) -> list[Alert]:
        """RET040 to RET042."""
        return [
            *expected.alerts(self.expected, self.test),
            *realised.alerts(self.realised, self.test),
        ]

    @property
    def sections(self) -> dict:
        """Keys of `drift_report.json`."""
        return {
            "capacity": self.capacity,
            "expected": self.expected.as_json(),
            "outcomes": self.outcomes.counts() if self.outcomes else None,
            "realised": [r.as_json() for r in self.realised],
            "campaign_effect": self.effect.as_json() if self.effect else None,
        }


def watch(
    current: str,
    reference: str,
    labels: str = "",
    *,
    id_col: str,
    score_col: str,
    target: str,
    moved: Sequence[str] = (),
) -> Performance:
    """Look at the performance of a scored batch, for as many calls as the campaign agreed on.

    Parameters
    ----------
    current, reference : str
        Scored batch, and scored customers that the model learnt from.
    labels : str
        File of ids and outcomes; empty while there are none.
    moved : sequence of str
        Columns that the drift checks found to have moved.
    """
    capacity = agreed_capacity()
    given = {"id_col": id_col, "score_col": score_col}
    batch, known = (read_scored(path, **given) for path in (current, reference))
    hoped = expected.estimate(batch, known, moved=list(moved), capacity=capacity)
    outcomes = collect(batch, labels, target=target)
    found = realised.measure(outcomes, capacity=capacity, curve=hoped.curve)
    return Performance(hoped, outcomes, found, effect.measure(outcomes), realised.exam(), capacity)

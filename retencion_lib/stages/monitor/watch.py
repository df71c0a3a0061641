"""All that 05 says of performance, in one look: expected, realised, what moves it, the campaign's.

The documents of earlier stages and the two tables are read here, once; what computes is handed
what it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retencion_lib.home.experiments import Learnt
from retencion_lib.home.history import History
from retencion_lib.home.watch_report import CallResults, Effect, Expected, Realised
from retencion_lib.maths.drift import Shift
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Alert
from retencion_lib.stages.monitor.causes import Causes, attribute_shift
from retencion_lib.stages.monitor.documents import (
    Documents,
    measures_of,
    read_documents,
    reference_outcomes,
)
from retencion_lib.stages.monitor.performance.effect import campaign_effect
from retencion_lib.stages.monitor.performance.expected import estimate, expected_alerts
from retencion_lib.stages.monitor.performance.realised import (
    Yardstick,
    measure_batches,
    realised_alerts,
)
from retencion_lib.stages.monitor.performance.returned import call_results
from retencion_lib.tables.history import ask_again, clock_of, row_days
from retencion_lib.tables.labels import USUAL
from retencion_lib.tables.outcomes import Outcomes, collect, logged, predicted
from retencion_lib.tables.scored import Scored, read_scored


@dataclass(frozen=True)
class Performance:
    """Performance of the batch and of the earlier ones whose outcomes have arrived."""

    expected: Expected
    outcomes: Outcomes | None  # None without a file of outcomes
    realised: list[Realised]
    effect: Effect | None
    causes: Causes
    exam: dict[str, Estimate]  # of the model in use; empty before 03
    capacity: float  # share of customers that the team can contact: K of the measures
    history: History | None = None  # with a history: its column, horizon, and day of the outcomes
    snapshot: str = ""  # with a history: ISO day of the batch
    reference_snapshots: tuple[str, ...] = ()  # with a history: ISO days of the reference
    table: Learnt | None = None  # what the model in use learnt from
    calls: CallResults | None = None  # how they went, where the list came back

    @property
    def alerts(self) -> list[Alert]:
        """RET040 to RET043."""
        return [
            *expected_alerts(self.expected, self.exam),
            *realised_alerts(self.realised, self.exam),
            *self.causes.alerts,
        ]


def open_tables(t: Tables) -> tuple[Scored, Scored]:
    """The batch and the reference, each opened once for all that looks at single customers."""
    given = {"id_col": t.id_col, "score_col": t.score_col}
    reference, current = t.paths
    return read_scored(current, **given), read_scored(reference, **given)


def watch(
    t: Tables,
    shifts: Sequence[Shift] = (),
    labels: str = "",
    calls: str = "",
    **time: str,
) -> Performance:
    """Look at the performance of a scored batch, for as many calls as the campaign agreed on.

    Parameters
    ----------
    t : Tables
        The scored batch, and the scored customers that the model learnt from.
    shifts : sequence of Shift
        What the drift checks found.
    labels : str
        File of ids and outcomes; empty while there are none.
    calls : str
        A call list of 04 that came back filled in; empty while there is none.
    **time
        What is asked of time, as `tables.history.ask_again`; ``as_of`` is the day of the outcomes,
        empty the run's.

    Raises
    ------
    ParameterError
        If the model in use learnt with another horizon or gap, or without any.
    """
    known = read_documents()
    history = _dated(ask_again(known.history, date=t.date, **time), t.date)
    snapshot_col = history.snapshot_col if history else None
    batch, reference = open_tables(t)
    given = {"threshold": known.threshold, "capacity": known.capacity}
    causes = attribute_shift(batch, reference, known.model, **given)
    # Without outcomes nobody is asked for but the first: the whole batch has its threshold and day.
    who = batch if labels else batch.head(1)
    _days_of(batch, history)  # a row without one is refused, whoever is asked for
    log = logged(t.id_col, None if labels or calls else set(who.ids))
    people = predicted(who, log, threshold=known.threshold, snapshot_col=snapshot_col)
    hoped, curve = estimate(
        batch.scores, reference.scores, reference_outcomes(known.learnt, reference),
        threshold=float(people.threshold.iloc[0]), capacity=known.capacity,
        moved=[s.name for s in shifts if s.status != "ok"],
    )  # fmt: skip
    model = known.model
    classes = model.contract.classes(model.positive) if model else USUAL
    outcomes = collect(
        batch, people, labels, target=t.target, classes=classes,
        clock=history and clock_of(history), snapshot_col=snapshot_col or "",
    )  # fmt: skip
    money = known.terms.money if known.terms else None
    by = Yardstick(known.capacity, curve, _retired(outcomes, known), money)
    return Performance(
        hoped, outcomes, measure_batches(outcomes, by),
        campaign_effect(outcomes, money),
        causes, known.exam, known.capacity, history, people.snapshot.iloc[0] if history else "",
        _days_of(reference, known.history), known.table,
        call_results(calls, log, id_col=t.id_col),
    )  # fmt: skip


def _days_of(reference: Scored, history: History | None) -> tuple[str, ...]:
    """Days of the reference's rows, oldest first; empty where it has none."""
    column = reference.column(history.snapshot_col) if history else None
    if column is None:
        return ()
    days = row_days(column, reference.path)
    return tuple(np.unique(days).astype(str))


def _dated(history: History | None, date: str) -> History | None:
    """The same with the day of the outcomes: the run's where nobody says another."""
    return history and replace(history, as_of=history.as_of or date)


def _retired(outcomes: Outcomes | None, known: Documents) -> dict[str, dict[str, Estimate]]:
    """Exams of the models that scored some outcome and are not in use any more."""
    if outcomes is None or known.champion is None:
        return {}
    names = set(outcomes.table.model) - {"", known.champion.name}
    # The exam of a model covers its refit, whose version ends in r.
    exams = {name: f"artifacts/{name.removesuffix('r')}__test.json" for name in sorted(names)}
    return {name: measures_of(path) for name, path in exams.items()}

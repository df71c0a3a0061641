"""Stage 05: does today's batch still look like the customers that the model learnt from?

Two kinds of finding. Hard rules are facts of the batch at any size. A shift is said only when
it is significant, all tests counted together, and large enough. Whatever is found goes to
`drift_report.json` and to the first lines of the notebook.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from retencion_lib.home import registry, watch_report
from retencion_lib.home.watch_report import (
    CURRENT,
    LEVELS,
    PartShift,
    Realised,
    Season,
    Side,
    WatchReport,
    worst,
)
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.drift.classifier import Told
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Alert, Group, of_group
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.monitor import advice
from retencion_lib.stages.monitor.watch import Performance


def write_report(
    t: Tables,
    shifts: Sequence[Shift],
    found: Sequence[Alert],
    rules: Settings | None = None,
    *,
    told: Told | None = None,
    groups: Sequence[PartShift] = (),
    seen: Performance | None = None,
    season: Season | None = None,
) -> WatchReport:
    """Write `drift_report.json` and give it back.

    Parameters
    ----------
    t : Tables
        What was compared.
    shifts : sequence of Shift
        Of every feature and, last, of the score.
    found : sequence of Alert
        All findings: they get their words here, and decide the status and both answers.
    rules : Settings, optional
        When a shift is said; they are written down.
    told, groups, seen, season
        What else was looked at.
    """
    said = sorted(map(worded, found), key=lambda a: -LEVELS.index(a.level))
    *features, score = shifts
    sides = zip(t.paths, t.sha256, (t.reference.n_rows, t.current.n_rows), strict=True)
    reference, current = (Side(*side) for side in sides)
    report = WatchReport(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        status=worst(a.level for a in said),
        reference=reference, current=current, customers=t.customers,
        settings=rules or Settings(), features=features, score=score,
        quality=of_group(map(worded, found), Group.SMALL, Group.BROKEN), alerts=said,
        multivariate=told, segments=list(groups), season=season, format=watch_report.FORMAT,
        **_performance(seen),
    )  # fmt: skip
    report = replace(report, **advice.answers(report, date=t.date).facts())
    watch_report.write(report)
    return report


def measured(report: WatchReport) -> dict[str, object]:
    """What was estimated of the batch and measured of those whose outcomes have come, for the list.

    ``measures`` has a row a batch with outcomes: the day on which it was scored (empty for the one
    of the report), its ROC-AUC, and customers and money (EUR) that the campaign kept in it.
    """
    found = _estimate("expected_roc_auc", report.expected and report.expected.estimates["roc_auc"])
    if report.realised:
        found["measures"] = list(map(_measures, report.realised))
    return found | _newest(report)


def _newest(report: WatchReport) -> dict[str, object]:
    """ROC-AUC of the newest batch whose outcomes have come, of the model in use; empty if none.

    ``measured_on`` is the day on which that batch was scored; empty for the one of the report.
    """
    own = [r for r in report.realised if not r.retired and not r.one_class]
    if not own:
        return {}
    newest = max(own, key=lambda r: (r.batch == CURRENT, r.batch))
    champion = registry.read().champion
    return _estimate("measured_roc_auc", newest.measured["roc_auc"]) | {
        "measured_on": _day(newest),
        "measured_model": champion.said if champion else "",
    }


def _measures(r: Realised) -> dict[str, object]:
    found = {"on": _day(r), "n_labelled": r.n_labelled, "n_missing": r.n_missing}
    found |= _estimate("roc_auc", r.measured["roc_auc"])
    if r.effect:
        found |= {"n_contact": r.effect.n.contact, "n_control": r.effect.n.control}
        found |= _estimate("saved", r.effect.saved) | _estimate("profit", r.effect.profit)
    return found


def _day(r: Realised) -> str:
    return "" if r.batch == CURRENT else r.batch


def _estimate(name: str, found: Estimate | None) -> dict[str, object]:
    return {} if found is None else {name: found.value, f"{name}_ci": [found.low, found.high]}


def _performance(seen: Performance | None) -> dict[str, object]:
    if seen is None:
        return {}
    return {
        "causes": list(seen.causes.rows),
        "capacity": seen.capacity,
        "expected": seen.expected,
        "outcomes": seen.outcomes.counts() if seen.outcomes else None,
        "snapshot": seen.snapshot or None,
        "reference_snapshots": list(seen.reference_snapshots),
        "immature_outcomes": seen.outcomes.immature if seen.outcomes else 0,
        "mature_on": (seen.outcomes.mature_on or None) if seen.outcomes else None,
        "realised": seen.realised,
        "campaign_effect": seen.effect,
        "calls": seen.calls,
    }

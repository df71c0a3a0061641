"""Stage 05, the watch: load, compare, look beyond one column, and report."""

from retencion_lib.stages.checks.load import load
from retencion_lib.stages.checks.rules import hard_findings
from retencion_lib.stages.checks.shifts import (
    columns_of,
    settings,
    shift_alerts,
    shifts,
    with_rules,
)
from retencion_lib.stages.monitor.beyond import (
    by_segment,
    segment_alerts,
    together,
    together_alerts,
)
from retencion_lib.stages.monitor.report import measured, write_report
from retencion_lib.stages.monitor.season import last_year
from retencion_lib.stages.monitor.watch import watch

__all__ = [
    "by_segment",
    "columns_of",
    "hard_findings",
    "last_year",
    "load",
    "measured",
    "segment_alerts",
    "settings",
    "shift_alerts",
    "shifts",
    "together",
    "together_alerts",
    "watch",
    "with_rules",
    "write_report",
]

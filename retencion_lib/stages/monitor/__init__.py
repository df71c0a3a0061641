"""Stage 05, the watch: load, compare, look beyond one column, and report."""

from retencion_lib.stages.monitor.beyond import (
    by_segment,
    segment_alerts,
    segment_sentence,
    together,
    together_alerts,
    together_sentence,
)
from retencion_lib.stages.monitor.load import load, make_reference, read_reference, write_profile
from retencion_lib.stages.monitor.report import (
    action_sentence,
    alert_sentences,
    answer,
    headline,
    moved_sentence,
    write_report,
)
from retencion_lib.stages.monitor.shifts import (
    columns_of,
    details_table,
    settings,
    shift_alerts,
    shifts,
    shifts_table,
    visible_sentence,
    with_rules,
)

__all__ = [
    "action_sentence",
    "alert_sentences",
    "answer",
    "by_segment",
    "columns_of",
    "details_table",
    "headline",
    "load",
    "make_reference",
    "moved_sentence",
    "read_reference",
    "segment_alerts",
    "segment_sentence",
    "settings",
    "shift_alerts",
    "shifts",
    "shifts_table",
    "together",
    "together_alerts",
    "together_sentence",
    "visible_sentence",
    "with_rules",
    "write_profile",
    "write_report",
]

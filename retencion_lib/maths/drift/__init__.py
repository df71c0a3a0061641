"""Has a column moved? Pure maths on summaries of columns: no files, no clock."""

from retencion_lib.maths.drift.compare import Settings, Shift, compare, judge, steps
from retencion_lib.maths.drift.profile import (
    Column,
    LabelPlan,
    Labels,
    NumberPlan,
    Numbers,
    count_labels,
    count_numbers,
    empty,
    plan_labels,
    plan_numbers,
)

__all__ = [
    "Column",
    "LabelPlan",
    "Labels",
    "NumberPlan",
    "Numbers",
    "Settings",
    "Shift",
    "compare",
    "count_labels",
    "count_numbers",
    "empty",
    "judge",
    "plan_labels",
    "plan_numbers",
    "steps",
]

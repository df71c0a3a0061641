"""The campaign of a project: its terms, what it is worth, and the list of whom to call."""

from retencion_lib.home.terms import (
    Terms,
    agreed_capacity,
    columns_beside,
    current_terms,
    save_terms,
)
from retencion_lib.stages.evaluate.worth import Worth, judge, trust_sentence
from retencion_lib.stages.infer.calls import (
    CallList,
    check_control,
    control_group,
    make_calls,
    safe_cell,
    write_calls,
    written_sentence,
)

__all__ = [
    "CallList",
    "Terms",
    "Worth",
    "agreed_capacity",
    "check_control",
    "columns_beside",
    "control_group",
    "current_terms",
    "judge",
    "make_calls",
    "safe_cell",
    "save_terms",
    "trust_sentence",
    "write_calls",
    "written_sentence",
]

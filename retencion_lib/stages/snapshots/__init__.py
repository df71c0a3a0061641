"""Stage 00: from a log of what customers did to a panel that 01 to 05 can read."""

from retencion_lib.stages.snapshots.returns import Returns, returns
from retencion_lib.stages.snapshots.say import (
    answer,
    definition_sentence,
    doubts,
    features_sentence,
    log_sentence,
    people_sentence,
    returns_sentence,
    snapshots_sentence,
    snapshots_table,
    whole_answer,
)
from retencion_lib.stages.snapshots.say_names import features_table, write_names

__all__ = [
    "Returns",
    "answer",
    "definition_sentence",
    "doubts",
    "features_sentence",
    "features_table",
    "log_sentence",
    "people_sentence",
    "returns",
    "returns_sentence",
    "snapshots_sentence",
    "snapshots_table",
    "whole_answer",
    "write_names",
]

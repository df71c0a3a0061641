"""Stage 04: score a batch, decide whom to call and who is left as control, and log it."""

from retencion_lib.home.names import load_names
from retencion_lib.home.terms import current_terms, in_force
from retencion_lib.stages.infer.ask import Asked, ask
from retencion_lib.stages.infer.calls import CallList, check_control, control_group, make_calls
from retencion_lib.stages.infer.deliver import check_table, deliver
from retencion_lib.stages.infer.figures import describe_scores, plot_scores
from retencion_lib.stages.infer.report import predictions, write_calls
from retencion_lib.stages.infer.say import (
    calls_headline,
    calls_table,
    control_sentence,
    delivered_sentence,
    label_of,
    logged_sentence,
    reasons_sentence,
    time_sentence,
    trust_sentence,
    written_sentence,
)
from retencion_lib.stages.infer.say_list import (
    agreed_sentence,
    alert_sentences,
    elsewhere_sentence,
    first_lines,
    usable_sentence,
    why_sentence,
)
from retencion_lib.stages.infer.scoring import Batch, Scorer, load_batch, load_scorer, score
from retencion_lib.stages.infer.wanted import Wanted, list_wanted
from retencion_lib.stages.say import terms_sentence
from retencion_lib.tables.say import odd_sentences

__all__ = [
    "Asked", "Batch", "CallList", "Scorer", "Wanted", "agreed_sentence", "alert_sentences", "ask",
    "calls_headline", "calls_table", "check_control", "check_table", "control_group",
    "control_sentence", "current_terms", "deliver", "delivered_sentence", "describe_scores",
    "elsewhere_sentence", "first_lines", "in_force", "label_of", "list_wanted",
    "load_batch", "load_names", "load_scorer", "logged_sentence", "make_calls", "odd_sentences",
    "plot_scores", "predictions", "reasons_sentence", "score", "terms_sentence",
    "time_sentence", "trust_sentence", "usable_sentence", "why_sentence", "write_calls",
    "written_sentence",
]  # fmt: skip

"""Stage 03: judge the chosen model once, say what it is worth, decide whether it is used."""

from retencion_lib.stages.evaluate.challenge import Challenge, challenge
from retencion_lib.stages.evaluate.cutoffs import backtest, widened
from retencion_lib.stages.evaluate.examine import Examined, Opening, examine, opening
from retencion_lib.stages.evaluate.proposal import proposal
from retencion_lib.stages.evaluate.report import in_use, leaks_result, promote, write_reference
from retencion_lib.stages.evaluate.say import (
    exam_answer,
    exam_table,
    groups_caption,
    groups_sentences,
    groups_table,
    no_groups_sentence,
    reference_sentence,
    threshold_sentence,
    threshold_table,
    verdict_sentence,
    verdict_table,
    waiting_sentence,
)
from retencion_lib.stages.evaluate.say_backtest import (
    backtest_cost,
    backtest_headline,
    backtest_sentence,
    backtest_table,
    nothing_before,
    refit_sentence,
)
from retencion_lib.stages.evaluate.say_worth import (
    curve_sentence,
    cut_sentence,
    measures_sentence,
    plans_table,
    proposal_sentence,
    share_sentence,
    versus_sentence,
    worth_headline,
    wrong_sentence,
    wrong_table,
)
from retencion_lib.stages.evaluate.segments import compare, grouping_columns
from retencion_lib.stages.evaluate.worth import Worth, judge
from retencion_lib.stages.say import choice_sentence, choice_table, full_name, terms_sentence

__all__ = [
    "Challenge",
    "Examined",
    "Opening",
    "Worth",
    "backtest",
    "backtest_cost",
    "backtest_headline",
    "backtest_sentence",
    "backtest_table",
    "challenge",
    "choice_sentence",
    "choice_table",
    "compare",
    "curve_sentence",
    "cut_sentence",
    "exam_answer",
    "exam_table",
    "examine",
    "full_name",
    "grouping_columns",
    "groups_caption",
    "groups_sentences",
    "groups_table",
    "in_use",
    "judge",
    "leaks_result",
    "measures_sentence",
    "no_groups_sentence",
    "nothing_before",
    "opening",
    "plans_table",
    "promote",
    "proposal",
    "proposal_sentence",
    "reference_sentence",
    "refit_sentence",
    "share_sentence",
    "terms_sentence",
    "threshold_sentence",
    "threshold_table",
    "verdict_sentence",
    "verdict_table",
    "versus_sentence",
    "waiting_sentence",
    "widened",
    "worth_headline",
    "write_reference",
    "wrong_sentence",
    "wrong_table",
]  # fmt: skip

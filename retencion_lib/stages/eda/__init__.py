"""Stage 01: can we trust this table? Kinds, gaps, balance, association, leakage, initial drift."""

from retencion_lib.stages.eda.describe import (
    correlations,
    numbers_table,
    shares_table,
    widest_numbers,
)
from retencion_lib.stages.eda.report import Found, look, write_summary
from retencion_lib.stages.eda.say import (
    balance_sentence,
    columns_table,
    correlation_sentence,
    drift_sentence,
    duplicates_sentence,
    leakage_sentences,
    looked_at_sentence,
    nulls_sentence,
    numbers_sentence,
    usable,
    verdict,
    whole_answer,
)
from retencion_lib.stages.say import columns_sentence, sample_results
from retencion_lib.tables.count import counted

__all__ = [
    "Found", "balance_sentence", "columns_sentence", "columns_table", "correlation_sentence",
    "correlations", "counted", "drift_sentence", "duplicates_sentence", "leakage_sentences", "look",
    "looked_at_sentence", "nulls_sentence", "numbers_sentence", "numbers_table", "sample_results",
    "shares_table", "usable", "verdict", "whole_answer", "widest_numbers",
    "write_summary",
]  # fmt: skip

"""Stage 01: can we trust this table? Kinds, gaps, balance, association, leakage, initial drift."""

from retencion_lib.stages.eda.describe import (
    association,
    association_sentence,
    balance_sentence,
    columns_sentence,
    columns_table,
    correlation_sentence,
    correlations,
    nulls_sentence,
    numbers_sentence,
    numbers_table,
    widest_numbers,
)
from retencion_lib.stages.eda.summary import summary, verdict
from retencion_lib.stages.eda.suspect import (
    drift_sentence,
    duplicates,
    duplicates_sentence,
    initial_drift,
    leakage,
    leakage_sentences,
)

__all__ = [
    "association",
    "association_sentence",
    "balance_sentence",
    "columns_sentence",
    "columns_table",
    "correlation_sentence",
    "correlations",
    "drift_sentence",
    "duplicates",
    "duplicates_sentence",
    "initial_drift",
    "leakage",
    "leakage_sentences",
    "nulls_sentence",
    "numbers_sentence",
    "numbers_table",
    "summary",
    "verdict",
    "widest_numbers",
]

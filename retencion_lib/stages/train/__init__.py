"""Stage 02: train every family, compare them out of fold, and keep versioned artifacts."""

from retencion_lib.stages.say import (
    candidates_sentence,
    choice_results,
    columns_sentence,
    partition_sentence,
    sample_results,
    sample_sentence,
)
from retencion_lib.stages.train.refit import check_mode, relearn
from retencion_lib.stages.train.save import save_all
from retencion_lib.stages.train.say import (
    calibration_sentence,
    calibration_table,
    comparison_sentence,
    derived_sentence,
    leaks_sentence,
    refit_sentence,
    truth_sentence,
)
from retencion_lib.stages.train.train import (
    Trained,
    calibration,
    compare,
    fitted_models,
    leaks_result,
    look_for_leaks,
    next_version,
    train,
)
from retencion_lib.tables.say import odd_sentences

__all__ = [
    "Trained", "calibration", "calibration_sentence", "calibration_table", "candidates_sentence",
    "check_mode", "choice_results", "columns_sentence", "compare", "comparison_sentence",
    "derived_sentence",
    "fitted_models", "leaks_result", "leaks_sentence", "look_for_leaks", "next_version",
    "odd_sentences", "partition_sentence", "refit_sentence", "relearn", "sample_results",
    "sample_sentence", "save_all",
    "train", "truth_sentence",
]  # fmt: skip

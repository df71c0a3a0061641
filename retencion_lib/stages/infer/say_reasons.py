"""Reasons in words: how a team calls its columns and their values, and what it offers for each."""

from collections.abc import Sequence

from retencion_lib.home.names import Names
from retencion_lib.stages.infer.reasons import HIGH, LOW, Reason
from retencion_lib.words import es

NO_VALUE = "sin dato"


LEVELS = {LOW: " (valor bajo)", HIGH: " (valor alto)"}


def say_reason(reason: Reason, names: Names) -> str:
    """One value in words: ``'contract: One year'``, ``'tenure: 2 (valor bajo)'``, or as named."""
    column, text = reason.column, _text(reason.value)
    level = LEVELS.get(reason.level, "")
    said = names.get(column, column)
    if isinstance(said, dict):
        if text in said:
            return said[text].replace("{}", text) + level
        said = said.get("", column)
    if text == NO_VALUE:
        return f"{column if '{}' in said else said}: {text}"
    if "{}" in said:
        return said.replace("{}", text) + level
    return f"{said}: {text}{level}"


def say_offer(own: Sequence[Reason], offers: Names) -> str:
    """What to offer to whom has these reasons: that of the first that has one; else empty."""
    for reason in own:
        said = offers.get(reason.column, "")
        if isinstance(said, dict):
            said = said.get(_text(reason.value), said.get("", ""))
        if said:
            return said
    return ""


def _text(value: object) -> str:
    if value is None or value != value:
        return NO_VALUE
    if isinstance(value, float | int):
        return es(value, 0 if float(value).is_integer() else 2)
    return str(value)

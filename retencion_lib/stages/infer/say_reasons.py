"""Reasons in words: how a team calls its columns and their values."""

from retencion_lib.home.names import Names
from retencion_lib.stages.infer.reasons import HIGH, LOW, Reason
from retencion_lib.words import es

NO_VALUE = "sin dato"


LEVELS = {LOW: " (bajo)", HIGH: " (alto)"}


def say_reason(reason: Reason, names: Names) -> str:
    """One value in words: ``'contract: Month-to-month'``, ``'tenure: 2 (bajo)'``, or as named."""
    column, value = reason.column, reason.value
    text = NO_VALUE if value is None or value != value else _text(value)
    said = names.get(column, column)
    if isinstance(said, dict):
        if text in said:
            return said[text].replace("{}", text)
        said = said.get("", column)
    if text == NO_VALUE:
        return f"{column if '{}' in said else said}: {text}"
    if "{}" in said:
        return said.replace("{}", text)
    return f"{said}: {text}{LEVELS.get(reason.level, '')}"


def _text(value: object) -> str:
    if isinstance(value, float | int):
        return es(value, 0 if float(value).is_integer() else 2)
    return str(value)

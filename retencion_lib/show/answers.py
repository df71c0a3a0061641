"""The two answers about a batch in words, the same wherever they are shown.

They are stored as codes: ``list_usable`` (yes, care, no), ``retrain`` (no, wait, yes) and, of one
that waits, ``retrain_until`` and ``retrain_on``, the ISO day where that is known. A third one,
``terms_in_force``, is asked of 03 and said only where the answer is no.
"""

from collections.abc import Mapping
from typing import Any

from retencion_lib.words import day

LIST, RETRAIN = "¿Se puede usar esta lista?", "¿Hay que reentrenar?"
TERMS = "¿Está en vigor esta campaña?"
USABLE = {"yes": "Sí", "care": "Sí, con cuidado", "no": "No"}
NOT_IN_FORCE = "No: 04 sigue con la de antes ('retencion campaign')"
UNTIL = {
    "extract": "que el extracto esté corregido",
    "cause": "saber la causa del cambio",
    "outcomes": "que lleguen los resultados",
    "next_batch": "ver el próximo lote",
}


def answers(results: Mapping[str, Any]) -> dict[str, str]:
    """Each question that is answered, with its answer; a question that is not is left out."""
    said = {LIST: USABLE.get(results.get("list_usable"), ""), RETRAIN: _retrain(results),
            TERMS: "" if results.get("terms_in_force", True) else NOT_IN_FORCE}  # fmt: skip
    return {question: answer for question, answer in said.items() if answer}


def _retrain(results: Mapping[str, Any]) -> str:
    code = results.get("retrain")
    if code != "wait":
        return {"yes": "Sí", "no": "No"}.get(code, "")
    on = results.get("retrain_on")
    return f"Esperar hasta {f'el {day(on)}' if on else UNTIL[results['retrain_until']]}"


def asked(results: Mapping[str, Any], question: str) -> str:
    """One question and its answer in one go, as a report starts."""
    return f"{question} {answers(results)[question]}"

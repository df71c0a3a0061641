"""Headline figures of a run, in words: what its report and the index show first.

A notebook hands over what it wants seen (`close_run(run, roc_auc=…)`); whatever it leaves
out is left out here too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from retencion_lib.show.answers import answers
from retencion_lib.show.vocabulary import STATUSES, WORDS
from retencion_lib.words import count, es, interval, pct, plural


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, its value, and what to know beside it."""

    label: str
    value: str
    note: str = ""


def figures(results: Mapping[str, Any]) -> list[Figure]:
    """Figures that the results of a run hold, in reading order."""
    made = [
        *(Figure(question, answer) for question, answer in answers(results).items()),
        _model(results),
        _text("Fugas aceptadas", results.get("accepted_leaks")),
        _text("El que mejor ordena", results.get("best")),
        _number("ROC-AUC de validación", results.get("valid_roc_auc"), lambda v: es(v, 3)),
        _text("Versión entrenada", results.get("version")),
        _auc(results),
        _auc(results, "measured_roc_auc", "ROC-AUC con resultados"),
        _number("Bajas en la lista", results.get("lift_at_k"),
                lambda v: f"{es(v)} veces", "las de la media"),
        _number("La lista habría ganado", *_money(results, "profit")),
        _number("A llamar", results.get("rows_to_call"), count),
        _number("Por revisar", results.get("rows_to_review"), count),
        _number("Se espera ganar", *_money(results, "expected_profit")),
        _number("Clientes puntuados", results.get("rows_scored"), count),
        _watch(results),
        _number("Fotos", results.get("snapshots"), count),
        _number("Clientes", results.get("customers", results.get("rows")), count),
        # Scoring says how many it flags; the analysis of a table, how many left.
        _number("Con aviso" if "rows_scored" in results else "Se fue",
                results.get("positive_rate"), pct),
    ]  # fmt: skip
    return [figure for figure in made if figure]


@dataclass(frozen=True)
class Outcome:
    """What came of a run: a code, which is also its colour, and a word for readers."""

    code: str
    said: str


USABLE = {"yes": Outcome("usable", "usable"), "care": Outcome("review", "revisar"),
          "no": Outcome("unusable", "no usar")}  # fmt: skip
ENDED = {"ok": Outcome("done", "terminada"), "failed": Outcome("failed", "falló"),
         "refused": Outcome("refused", "rechazada"),
         "abandoned": Outcome("abandoned", "abandonada"),
         "open": Outcome("open", "sin terminar")}  # fmt: skip
OUTCOMES = (*USABLE.values(), *ENDED.values())


def outcome(status: str, results: Mapping[str, Any]) -> Outcome:
    """What came of a run: whether its list or table can be used; else only how it ended.

    Parameters
    ----------
    status : str
        How the run ended, as the ledger has it, or ``open`` if it did not.
    """
    judged = results.get("list_usable") or results.get("table_usable")
    return USABLE[judged] if status == "ok" and judged in USABLE else ENDED[status]


def examined(results: Mapping[str, Any]) -> str:
    """Model that the figures of a run speak of; empty where it says none."""
    return str(results.get("examined") or results.get("champion") or "")


def auc(results: Mapping[str, Any], key: str = "roc_auc") -> tuple[str, str]:
    """ROC-AUC of a result and its 95 % interval in words; empty where there is none."""
    value, limits = results.get(key), results.get(f"{key}_ci")
    return ("" if value is None else es(value, 3), interval(*limits) if limits else "")


def alerts(results: Mapping[str, Any]) -> int | None:
    """Number of alerts, whether the results hold them or only count them."""
    given = results.get("alerts")
    return len(given) if isinstance(given, list) else given


def level(results: Mapping[str, Any]) -> str | None:
    """What monitoring concluded (ok, warning, alert), if it did."""
    return state if (state := results.get("status")) in STATUSES else None


def worst_level(runs: Iterable[Mapping[str, Any]], limit: str) -> str:
    """Worst level that some runs found, for readers; empty if none reaches `limit`.

    Parameters
    ----------
    runs : iterable of mapping
        Results of each run.
    limit : str
        ``warning`` or ``alert``; empty is none.
    """
    found = [STATUSES.index(state) for results in runs if (state := level(results))]
    if not limit or max(found, default=0) < STATUSES.index(limit):
        return ""
    return WORDS[STATUSES[max(found)]]


def _model(results: Mapping[str, Any]) -> Figure | None:
    """The model that the other figures speak of, and the one in use where it is another."""
    champion, own = results.get("champion"), examined(results)
    note = f"sigue en uso {champion}" if champion and champion != own else ""
    return Figure("Modelo", own, note) if own else None


def _auc(results: Mapping[str, Any], key: str = "roc_auc", label: str = "ROC-AUC") -> Figure | None:
    value, limits = auc(results, key)
    return Figure(label, value, f"{limits}, al 95 %" if limits else "") if value else None


def _watch(results: Mapping[str, Any]) -> Figure | None:
    found, state = alerts(results), level(results)
    if found is None and state is None:
        return None
    said = "" if found is None else plural(found, "hallazgo", "hallazgos")
    return Figure("Hallazgos", WORDS[state] if state else said, said if state else "")


def _text(label: str, value: object) -> Figure | None:
    return Figure(label, str(value)) if value else None


def _money(results: Mapping[str, Any], key: str) -> tuple:
    """Amount of a result, how to write it, and its 95 % interval."""
    limits = results.get(f"{key}_ci")
    said = f"{interval(*limits, 0)}, al 95 %" if limits else ""
    return results.get(key), lambda value: f"{count(value)} EUR", said


def _number(label: str, value: object, words, note: str = "") -> Figure | None:
    return None if value is None else Figure(label, words(value), note)

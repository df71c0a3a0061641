"""What other terms of the campaign would earn on the customers of the champion's exam.

The figures are those that 03 would give: the same customers, the same functions. Nothing is
written in the home.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from retencion_lib import config
from retencion_lib.audit.terms.campaign import changed, needed, value
from retencion_lib.errors import OrderError, ParameterError
from retencion_lib.home import disk, registry
from retencion_lib.home.exam_scores import ExamScores, read_scores
from retencion_lib.home.registry import Entry
from retencion_lib.home.terms import Agreement, Terms
from retencion_lib.maths import decision, metrics

MOST = 500  # combinations that a reader may want to see
REPLACED = {"customer_value": "value_col", "accept_rate": "accept_col"}  # by a column


@dataclass(frozen=True)
class Earned:
    """What one combination would have earned (EUR), with its 95 % interval."""

    values: dict[str, Any]  # what was asked, by the names of 03's parameters
    called: int
    foreseen: float
    profit: float
    low: float
    high: float


@dataclass(frozen=True)
class Asked:
    """The model in use with the customers of its exam, and the terms in force."""

    entry: Entry
    scores: ExamScores
    agreed: Agreement


def asked() -> Asked:
    """What a question starts from.

    Raises
    ------
    OrderError
        If there is no model in use, no terms, or its exam's customers were not kept.
    """
    agreed, champion = needed(), registry.read().champion
    if champion is None:
        raise OrderError(
            "No hay ningún modelo en uso del que calcular. Pon uno con 'retencion promote VERSIÓN'."
        )
    return Asked(champion, read_scores(champion), agreed)


def combinations(agreed: Terms, given: dict[str, str]) -> list[dict[str, Any]]:
    """Each combination of the values asked, the last name changing first.

    Parameters
    ----------
    given : dict
        Values with commas between them, as text, by the names of 03's parameters.

    Raises
    ------
    ParameterError
        If a value is none, or would change nothing; or they are too many.
    """
    for name in given:
        column = getattr(agreed, REPLACED.get(name, ""), "") if name in REPLACED else ""
        if column:
            remedy = "; prueba --value-factor" if name == "customer_value" else ""
            raise ParameterError(
                f"{name}: la campaña en vigor lo toma de la columna '{column}', y otro valor no "
                f"cambiaría nada{remedy}."
            )
    lists = {name: _values(name, text) for name, text in given.items()}
    total = int(np.prod([len(found) for found in lists.values()]))
    if total > MOST:
        raise ParameterError(
            f"Son {total} combinaciones y caben {MOST}. Da menos valores de "
            f"{max(lists, key=lambda name: len(lists[name]))}."
        )
    return [dict(zip(lists, found, strict=True)) for found in product(*lists.values())]


def _values(name: str, text: str) -> list[Any]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ParameterError(
            f"{name} = '{text}': sobra o falta una coma. Los valores van separados por comas, como "
            "0.1,0.2, y los decimales con punto."
        )
    return [value(name, part) for part in parts]


def earned(scores: ExamScores, terms: Terms, values: dict[str, Any]) -> Earned:
    """What a campaign would have earned on the customers of an exam, as 03 works it out."""
    own = changed(terms, values)
    given, money = scores.under(own), own.money
    places = metrics.k_of(len(scores.p), money.capacity)
    called = decision.on_the_list(scores.p, money, places, **given)
    taken = np.isin(np.arange(len(scores.p)), called)
    [plan] = decision.strategies(scores.y, scores.p, {"list": taken}, money, **given).to_dict(
        "records"
    )
    return Earned(values, len(called), plan["foreseen"], plan["profit"], plan["low"], plan["high"])


def check_place(html: str) -> Path:
    """Where the page goes: outside the home, in a folder that is there.

    Raises
    ------
    ParameterError
        If it would lie inside the home, or cannot be written there.
    """
    path = Path(html).expanduser().absolute()
    if path.resolve().is_relative_to(config.home().resolve()):
        raise ParameterError(
            f"html = '{html}': está dentro de {config.home()}, donde esta orden no escribe nada. "
            "Elige otra carpeta."
        )
    if path.is_dir() or not path.parent.is_dir():
        raise ParameterError(
            f"html = '{html}': debe ser un archivo, en una carpeta que exista. Escribe, por "
            "ejemplo, --html /tmp/y_si.html."
        )
    return path


def write_page(path: Path, text: str) -> None:
    """Write the page whole or not at all."""
    disk.write(path, text.encode())

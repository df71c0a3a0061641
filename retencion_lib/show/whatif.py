"""The band «¿Y si…?»: a campaign's terms as sliders, worked out again in the page.

The page carries a summary of the exam (outcome, score and, where columns give them, margin and
acceptance of each customer, never who it is) and does with it what `retencion whatif` does. Where
the customers are too many, like ones are put together, and the page says that it is close only.
"""

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from retencion_lib.show import page
from retencion_lib.show.campaign import NAMES, said_value
from retencion_lib.words import count

MOST = 26_000  # characters of the summary
LABELS = {
    "capacity": "Clientes a los que se puede llamar", "accept_rate": "Aceptación de la oferta",
    "customer_value": "Margen de un cliente que se queda",
    "value_factor": "Margen: por cuánto se multiplica la columna",
    "offer_cost": "Coste de la oferta", "contact_cost": "Coste de cada llamada",
}  # fmt: skip
SLIDERS = tuple(LABELS)


@dataclass(frozen=True)
class Exam:
    """Customers of an exam, whose order is the exam's."""

    model: str
    y: np.ndarray
    p: np.ndarray
    given: Mapping[str, np.ndarray]  # value and accept of each, under the terms in force


@dataclass(frozen=True)
class Slider:
    """One control of the band."""

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    said: str


def band(exam: Exam, terms: Mapping[str, Any]) -> Markup:
    """The band as HTML with its script; it asks for nothing, and only one goes in a page.

    Parameters
    ----------
    terms : mapping
        Those in force, in their stored form: where the sliders start.
    """
    data, groups = summary(exam)
    data |= {"terms": dict(terms), "names": {n: n.replace("_", "-") for n in SLIDERS}}
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(
        page.render(
            "whatif_band.html.j2", data=Markup(text), sliders=sliders(terms), model=exam.model,
            n=count(len(exam.p)), groups=count(groups) if groups else "",
            known=[NAMES[n] for n in ("accept_rate",) if terms["accept_col"]],
        )
    )  # fmt: skip


def sliders(terms: Mapping[str, Any]) -> list[Slider]:
    """The controls that these terms leave free: what a column gives has none."""
    hidden = {"customer_value" if terms["value_col"] else "value_factor"}
    hidden |= {"accept_rate"} if terms["accept_col"] else set()
    return [_slider(name, terms[name]) for name in SLIDERS if name not in hidden]


def _slider(name: str, value: float) -> Slider:
    said = said_value(name, value)
    if name in ("capacity", "accept_rate"):
        return Slider(name, LABELS[name], 0.01, 1.0, 0.01, value, said)
    most = 3 * value or 5.0
    unit = 10.0 ** math.floor(math.log10(most / 100))
    step = next(unit * n for n in (1, 2, 5, 10) if unit * n >= most / 100)
    low = 0.0 if name.endswith("_cost") else step
    return Slider(name, LABELS[name], low, round(most, 9), round(step, 9), value, said)


def summary(exam: Exam) -> tuple[dict[str, Any], int]:
    """What the page works with, and in how many groups; 0 where each customer is there."""
    arrays = {"p": exam.p} | dict(exam.given)
    n, width = len(exam.p), 11 * len(arrays) + 1
    if n * width <= MOST:
        return {"left": "".join(map(str, exam.y.astype(int)))} | _coded(arrays), 0
    groups = np.array_split(
        np.argsort(-np.prod(list(arrays.values()), axis=0), kind="stable"),
        MOST // (width + 14),
    )
    means = {name: np.array([a[rows].mean() for rows in groups]) for name, a in arrays.items()}
    left = [int(exam.y[rows].sum()) for rows in groups]
    return {"left": left, "size": list(map(len, groups))} | _coded(means), len(groups)


def _coded(arrays: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Arrays as 64-bit floats in base64: every digit, in little room."""
    return {
        name: base64.b64encode(np.asarray(a, "<f8").tobytes()).decode()
        for name, a in arrays.items()
    }

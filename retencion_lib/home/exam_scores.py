"""Outcome and score of each customer of an exam, so that another campaign can be worked out.

They lie in `artifacts/<family>__vX.Y__exam.csv`, in the exam's order and without identifiers: with
a history, those of its newest snapshot. Margin and acceptance are there where columns gave them.
"""

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retencion_lib.errors import DataError, OrderError
from retencion_lib.home import store
from retencion_lib.home.exam import read_exam
from retencion_lib.home.registry import Entry
from retencion_lib.home.terms import Terms

if TYPE_CHECKING:
    import pandas as pd

FILE = "artifacts/{name}__exam.csv"
COLUMN_OF = {"value": "value_col", "accept": "accept_col"}


@dataclass(frozen=True)
class ExamScores:
    """Customers of an exam, and the terms that it was examined with."""

    y: np.ndarray  # 1 if the customer left
    p: np.ndarray  # calibrated score
    given: dict[str, np.ndarray]  # value (EUR) and accept of each customer, where columns give them
    terms: Terms

    def table(self) -> "pd.DataFrame":
        """As its file holds them."""
        import pandas as pd  # only here: the page of all runs reads it at every run

        return pd.DataFrame({"churned": self.y, "score": self.p, **self.given})

    def under(self, terms: Terms) -> dict[str, np.ndarray]:
        """Margin and acceptance of each customer under other terms, as 03 would read them.

        Raises
        ------
        DataError
            If these terms take them from columns that the exam did not read.
        """
        given = {}
        for name, said in COLUMN_OF.items():
            column = getattr(terms, said)
            if column and column != getattr(self.terms, said):
                raise DataError(
                    f"{said} = '{column}': el examen del campeón no leyó esa columna, y sin ella "
                    "no se puede calcular. Ejecuta 'retencion evaluate "
                    f"--{said.replace('_', '-')} {column}' y vuelve a probar."
                )
            if column:
                given[name] = self.given[name]
        if terms.value_col:
            given["value"] = given["value"] * (terms.value_factor / self.terms.value_factor)
        return given


def write_scores(entry: Entry, scores: ExamScores) -> None:
    """Write the customers of the exam of one version."""
    store.write_csv(entry.file(FILE), scores.table())


def read_scores(entry: Entry) -> ExamScores:
    """Customers of the exam of a model.

    Raises
    ------
    OrderError
        If it was examined before they were kept.
    """
    path, exam = entry.file(FILE), read_exam(entry.file("artifacts/{name}__test.json"))
    if not path.is_file() or exam is None or exam.campaign is None:
        raise OrderError(
            f"{entry.said} se examinó antes de que se guardaran las puntuaciones de su examen. "
            "Ejecuta otra vez 'retencion evaluate', y después esto."
        )
    names, *rows = csv.reader(store.read_bytes(path).decode().splitlines())
    store.record("input", path, len(rows))
    table = dict(zip(names, np.array(rows, float).reshape(-1, len(names)).T, strict=True))
    given = {name: table[name] for name in COLUMN_OF if name in table}
    return ExamScores(table["churned"].astype(int), table["score"], given,
                      Terms.from_facts(exam.campaign.terms))  # fmt: skip

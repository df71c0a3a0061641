"""Columns are called as the team calls them: in sentences, tables and figures, never in code."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from retencion_lib.show import notebook as show
from retencion_lib.show import style
from retencion_lib.show.vocabulary import title_of

NAMES = {"tenure": {"1": "1 mes de antigüedad", "": "{} meses de antigüedad"},
         "charges": "cuota mensual de {}", "id": "cliente"}  # fmt: skip


@pytest.fixture
def shown(monkeypatch):
    pieces = []

    def kept(output, raw=False):
        pieces.append(output["text/html"] if raw else output.data)

    monkeypatch.setattr(show, "display", kept)
    show.use_names(NAMES, but="id")
    with mpl.rc_context():
        yield pieces
    show.use_names({})


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("cuota mensual de {}", "cuota mensual"), ("{} meses de antigüedad", "meses de antigüedad"),
        ("cuota: {}", "cuota"), ("gasto", "gasto"), ({"a": "plan a", "": "plan"}, "plan"),
        ({"a": "plan a"}, "column"), ("{}", "column"),
    ],
)  # fmt: skip
def test_the_name_of_a_column_is_what_is_said_without_its_value(said, title):
    assert title_of("column", said) == title


def test_quoted_columns_are_called_by_their_names_and_code_and_ids_are_not(shown):
    show.say("Falta 'charges'; ejecuta `train --drop-cols 'charges'`. El 'id' y 'otro'.")
    show.bullets(["Cambia 'tenure'."], none="")
    assert shown == [
        "Falta 'cuota mensual'; ejecuta `train --drop-cols 'charges'`. El 'id' y 'otro'.",
        "- Cambia 'meses de antigüedad'.",
    ]


def test_tables_name_columns_only_where_they_hold_names(shown):
    frame = pd.DataFrame({"name": ["tenure", "tenure: 1"], "value": ["tenure", ""]})
    show.table(frame, "Tabla")
    assert ">1 mes de antigüedad</td>" in shown[0]
    assert ">meses de antigüedad</td>" in shown[0]
    assert ">tenure</td>" in shown[0]


def test_figures_name_columns_on_their_axes_and_titles(shown):
    style.use()  # titles stand at the left
    _, ax = plt.subplots()
    ax.barh(["tenure", "otro"], [1, 2])
    ax.set_title("charges")
    show.figure(ax, "La mayor es 'tenure'.")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["meses de antigüedad", "otro"]
    assert ax.get_title(loc="left") == "cuota mensual"
    assert "La mayor es &#x27;meses de antigüedad&#x27;." in shown[0]


def test_a_title_that_names_no_column_stays_wherever_it_stands(shown):
    _, (left, right) = plt.subplots(1, 2)
    left.set_title("Lo que más gana", loc="left")
    right.set_title("charges", loc="left")
    show.figure(left, "Dos paneles, cada uno con su título.")
    assert left.get_title(loc="left") == "Lo que más gana"
    assert right.get_title(loc="left") == "cuota mensual"

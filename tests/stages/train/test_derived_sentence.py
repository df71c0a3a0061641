"""What 02 says of the columns that it looked for."""

from types import SimpleNamespace

import pytest

from retencion_lib.models import Search
from retencion_lib.models.features import Derived
from retencion_lib.models.search import Found
from retencion_lib.stages.train.say import derived_sentence

SUM, RATIO = Derived("sum", ("a", "b")), Derived("ratio", ("a", "b"))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Search(), "No hay columnas de números con las que formar sumas ni cocientes."),
        (
            Search((), 262),
            "De 262 columnas derivadas posibles (sumas y cocientes), ninguna pasó el cribado: "
            "no se probó ninguna.",
        ),
        (
            Search((), 1, (SUM,)),
            "De 1 columna derivada posible (sumas y cocientes), 1 pasó el cribado, pero no mejora "
            "la predicción más que su ruido.",
        ),
        (
            Search((), 30, (SUM, RATIO)),
            "De 30 columnas derivadas posibles (sumas y cocientes), 2 pasaron el cribado, pero "
            "ninguna mejora la predicción más que su ruido.",
        ),
        (
            Search((Found(SUM, 0.02, 0.004),), 30, (SUM, RATIO)),
            "Se añaden columnas que mejoran la predicción más que su ruido: **a + b** (pérdida "
            "logarítmica 0,0200 menor, error típico 0,0040).",
        ),
    ],
    ids=["no candidates", "none passes", "one is tried", "several are tried", "one is kept"],
)
def test_the_sentence_says_at_which_gate_the_columns_stayed(found, said):
    assert derived_sentence(SimpleNamespace(found=found)) == said

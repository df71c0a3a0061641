"""Words of a change: how large it is, of which batch, and what has moved."""

import numpy as np

from retencion_lib.home.watch_report import CURRENT, SCORE
from retencion_lib.maths.drift import Shift
from retencion_lib.words import es, pct

LEVEL_WORDS = {"ok": "Sin cambios que avisar", "warning": "Aviso", "alert": "Alerta"}
SEVERITY = {"none": "—", "slight": "leve", "moderate": "moderado", "large": "grande"}


def batch_words(batch: str) -> str:
    """A batch in words: this one, or the date on which an earlier one was scored."""
    return "este lote" if batch == CURRENT else batch


def what_moved(shift: Shift) -> str:
    """What moved, in words: a mean, or the category whose share changed most."""
    return moved_words(
        shift.name, shift.kind, shift.category, shift.before, shift.now, binary=shift.binary
    )


def moved_words(
    name: str,
    kind: str,
    category: str | None,
    before: float,
    now: float,
    *,
    binary: bool = False,
) -> str:
    """`what_moved` of a column, from its facts."""
    if binary:
        return f"los clientes con '{name}' pasan del {pct(before)} al {pct(now)}"
    if kind == "categorical":
        return f"en '{name}', '{category}' pasa del {pct(before)} al {pct(now)} de los clientes"
    digits = digits_apart(before, now)
    what = "la puntuación media" if name == SCORE else f"la media de '{name}'"
    return f"{what} pasa de {es(before, digits)} a {es(now, digits)}"


def digits_apart(before: float, now: float) -> int:
    """Decimals that show two numbers apart."""
    apart = abs(now - before)
    return 1 if not apart > 0 else int(np.clip(1 - np.floor(np.log10(apart)), 0, 4))

"""Columns that know too much: written down after the customer left, or made from the outcome.

One rule, used by 01, 02 and 03. What is *certain* stops training: a copy of the outcome, a column
that ranks almost perfectly alone, one that is there or missing as the outcome says, and a value
that only leavers have. What is only *likely* is said: a column far ahead of all the others, or one
that ranks well and is called like the outcome, a reason, a score or a state. Where customers have a
history, `leaks_time` adds what is only seen through time.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from retencion_lib.errors import DataError
from retencion_lib.tables.evidence import Evidence, Suspect, evidence_words
from retencion_lib.tables.leaks_time import time_suspects
from retencion_lib.tables.split import fold_numbers
from retencion_lib.tables.strength import association, unseen_strength
from retencion_lib.tables.training import Training
from retencion_lib.words import listed

CERTAIN_AUC = 0.98  # one column alone ranks almost perfectly
AGREEMENT = 0.98  # of being missing with the outcome
ONLY = 0.99  # share of leavers among those who have a value that only leavers have
REACH = 0.20  # share of all leavers that such a value must hold
FEWEST = 30  # customers with such a value, or without a column
LIKELY_AUC, AHEAD = 0.90, 0.05  # one column alone, and above the second best
NAMED_AUC = 0.65  # of a column called like an outcome
CALLED = {
    "motivo", "motivos", "razon", "reason", "causa", "cause", "score", "puntuacion", "status",
    "estado", "estatus", "baja", "cancelado", "cancelacion", "cancel", "cancelled", "churn",
    "churned", "attrition", "exited", "exit", "left", "leave", "resultado", "outcome", "label",
    "prediction", "prediccion", "probabilidad", "probability", "risk", "riesgo",
}  # fmt: skip


def suspects(training: Training, strength: pd.DataFrame | None = None) -> list[Suspect]:
    """Columns that know too much, each once and with its strongest evidence, the certain first.

    Parameters
    ----------
    strength : DataFrame, optional
        What `strength.association` gave, where it has been computed already.
    """
    strength = association(training) if strength is None else strength
    folds = fold_numbers(training.ids, training.y, 0)
    auc = {
        name: _unseen(training, name, alone, folds)
        for name, alone in strength[["name", "auc"]].itertuples(index=False)
    }
    found = [next(_evidence(training, name, auc), None) for name in auc]
    found = sorted(
        (s for s in [*found, *time_suspects(training, folds)] if s), key=lambda s: not s.certain
    )
    strongest = {s.column: s for s in reversed(found)}  # the first of each column
    return sorted(strongest.values(), key=lambda s: (not s.certain, -s.value))


def _unseen(training: Training, name: str, alone: float, folds: np.ndarray) -> float:
    if name in training.numeric or alone < NAMED_AUC:
        return alone
    return unseen_strength(training.X[name], training.y, folds)


def _evidence(training: Training, name: str, auc: dict[str, float]) -> Iterator[Suspect]:
    """Evidence against a column, the strongest first."""
    column, y, own = training.X[name], training.y, auc[name]
    if column.nunique() == 2 and column.notna().all() and own == 1.0:
        yield Suspect(name, Evidence.COPY, own)
    if own >= CERTAIN_AUC:
        yield Suspect(name, Evidence.NEAR_PERFECT, own)
    missing = column.isna().to_numpy()
    if missing.sum() >= FEWEST / 3:
        agree = max((missing == y).mean(), (missing != y).mean())
        if agree >= AGREEMENT:
            yield Suspect(name, Evidence.MISSING, float(agree))
    label = _only_leavers(training, name)
    if label is not None:
        yield Suspect(name, Evidence.ONLY_LEAVERS, *label)
    rest = max((value for other, value in auc.items() if other != name), default=0.5)
    if own >= LIKELY_AUC and own - rest >= AHEAD:
        yield Suspect(name, Evidence.FAR_AHEAD, own)
    if own >= NAMED_AUC and _called_like(name, training.target):
        yield Suspect(name, Evidence.CALLED, own)


def _only_leavers(training: Training, name: str) -> tuple[float, str] | None:
    """Share of leavers among those with a value that hardly anybody else has, and the value."""
    y = training.y
    if y.mean() > 0.5:
        return None
    column = training.X[name]
    states = [("", column.notna().to_numpy())] if column.isna().any() else []
    if name not in training.numeric or column.nunique() == 2:
        states += [(str(v), (column == v).to_numpy()) for v in column.dropna().unique()]
    for label, inside in states:
        n, left = int(inside.sum()), int(y[inside].sum())
        if n >= FEWEST and left >= ONLY * n and left >= REACH * y.sum():
            return left / n, label
    return None


def _called_like(name: str, target: str) -> bool:
    own, wanted = set(_words(name)), set(_words(target))
    return bool(own & (CALLED | {w for w in wanted if len(w) > 3}))


def _words(name: str) -> list[str]:
    """Words of a name, in lower case and without accents: ``MotivoBaja`` is motivo and baja."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return [w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", plain)]


def refuse_leaks(found: Sequence[Suspect], where: str, accepted: str) -> None:
    """Refuse to learn from columns that certainly know the outcome, unless a reason is given.

    Raises
    ------
    DataError
        With the columns, the evidence and what to type.
    """
    certain = [s for s in found if s.certain]
    if not certain or accepted.strip():
        return
    said = "; ".join(f"'{s.column}' {evidence_words(s)}" for s in certain)
    names = ",".join(s.column for s in certain)
    raise DataError(
        f"{where}: {listed([s.column for s in certain], quote=True)} "
        f"{'sabe' if len(certain) == 1 else 'saben'} demasiado sobre la baja ({said}). Un modelo "
        "que aprenda de ahí parecería perfecto y llamaría a quien ya se ha ido. Exclúyelo con "
        f"--drop-cols {names}; si de verdad se sabe antes de la baja, di por qué con "
        "--accept-leaks 'el motivo'."
    )

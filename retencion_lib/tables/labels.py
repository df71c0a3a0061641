"""Who left: the two labels of an outcome, learnt once, and nothing else afterwards.

Training finds the two; outcomes that arrive later are read by them. TRUE, True and true are one
label, and so are Sí and sí.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables.dates import days
from retencion_lib.tables.text import canonical, canonicals
from retencion_lib.words import listed, on_lines, pct, plural

POSITIVE_LABELS = {"1", "true", "t", "yes", "y", "si", "sí", "s", "verdadero", "sim", "oui",
                   "ja", "vrai", "wahr", "vero", "verdadeiro"}  # fmt: skip
NEGATIVE_LABELS = {"0", "false", "f", "no", "n", "falso", "não", "nao", "non", "nein",
                   "faux", "falsch"}  # fmt: skip
LEAVING = {
    "baja", "bajas", "cancelado", "cancelada", "cancelación", "cancelled", "canceled", "cancel",
    "churn", "churned", "churner", "churners", "attrited", "attrition", "left", "leave", "leaver",
    "exit", "exited", "gone", "lost", "perdido", "perdida", "fuga", "fugado", "fugada", "abandona",
    "abandono", "abandonó", "abandonado", "terminated", "quit", "resigned", "closed", "cerrado",
    "cerrada", "inactivo", "inactiva", "inactive", "fue", "parti", "résilié", "cancelou",
}  # fmt: skip
STAYING = {
    "activo", "activa", "active", "alta", "stay", "stayed", "stays", "retained", "retenido",
    "existing", "current", "vigente", "kept", "sigue", "continúa", "actif", "ativo", "open", "here",
}  # fmt: skip
NOT = {"no", "not", "non", "sin", "never", "nunca", "un"}
REFUSE, DROP = "refuse", "drop"


@dataclass(frozen=True)
class Classes:
    """The two labels of an outcome."""

    leaves: str
    stays: str

    @property
    def usual(self) -> bool:
        """True for words that mean the same whoever writes them: 1 and 0, yes and no."""
        return self.leaves.casefold() in POSITIVE_LABELS and (
            not self.stays or self.stays.casefold() in NEGATIVE_LABELS
        )

    def outcome(self, label: str) -> float | None:
        """1 if the label says that the customer left, 0 if not, None if it says neither."""
        low = label.casefold()
        if low == self.leaves.casefold():
            return 1.0
        if low == self.stays.casefold():
            return 0.0
        if self.usual:
            return 1.0 if low in POSITIVE_LABELS else 0.0 if low in NEGATIVE_LABELS else None
        return None


USUAL = Classes("1", "0")  # where no model says


def texts_of(column: pd.Series) -> pd.Series:
    """Labels of a column as canonical texts, None where blank."""
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        codes, labels = pd.factorize(column)  # each once; of other kinds 1 and True would be one
        known = canonicals(pa.array(labels, pa.string()))
        texts = np.array([*(text or None for text in known), None], object)
        same = column.dtype == object and texts[:-1].tolist() == labels.tolist()
        if same and all(gap is None for gap in column.to_numpy()[codes < 0]):
            return column  # as it should be: no second one is held
        return pd.Series(texts[codes], column.index, object, column.name)
    named = column.map(canonical, na_action="ignore").astype(object)
    return named.where(column.notna(), None)


def learn(
    column: pd.Series, where: str, positive: str = "", unlabelled: str = REFUSE
) -> tuple[np.ndarray, Classes]:
    """Outcome of each row (1 left, 0 stayed, nan blank), and the two labels that say it.

    Parameters
    ----------
    positive : str
        Label of the class that left; empty to recognise 1/0, yes/no, sí/no and their like.
    unlabelled : str
        "refuse" a table with blank outcomes, or "drop" those rows.

    Raises
    ------
    DataError
        If some are blank and may not be, there are not two labels, or nobody knows which of them
        left.
    ParameterError
        If `unlabelled` is neither of the two.
    """
    labels = texts_of(column)
    told = _told(labels)
    classes = classes_of(told, where, positive, unlabelled)
    outcome = {label: classes.outcome(label) for label in told.rows}
    return labels.map(outcome).to_numpy(float), classes


@dataclass(frozen=True)
class Told:
    """What a column of outcomes holds: each label once, and where there is none."""

    name: str
    rows: dict[str, int]  # of each label, in the order in which they come
    first: dict[str, int]  # line of the file in which each comes first
    blank: Sequence[int] = ()  # lines


def _told(labels: pd.Series) -> Told:
    codes, names = pd.factorize(labels)
    lines = labels.index.to_numpy() + 2  # lines of the file, also where it is a part of it
    there = codes >= 0
    _, first = np.unique(codes[there], return_index=True)
    rows = dict(zip(names, np.bincount(codes[there]).tolist(), strict=True))
    return Told(
        str(labels.name), rows, dict(zip(names, lines[there][first].tolist(), strict=True)),
        lines[~there].tolist(),
    )  # fmt: skip


def classes_of(told: Told, where: str, positive: str = "", unlabelled: str = REFUSE) -> Classes:
    """The two labels of an outcome, from what its column holds; errors as in `learn`."""
    if unlabelled not in (REFUSE, DROP):
        raise ParameterError(
            f"unlabelled = '{unlabelled}': debe ser '{REFUSE}' (no admite filas sin resultado) o "
            f"'{DROP}' (las deja fuera)."
        )
    if len(told.blank) and unlabelled == REFUSE:
        raise DataError(
            f"{where}: el objetivo '{told.name}' falta en "
            f"{plural(len(told.blank), 'fila', 'filas')} "
            f"({on_lines(told.blank)}). {_mark_of_leaving(told)}Complétalas; o, si "
            f"aún no se sabe su resultado, déjalas fuera con --unlabelled {DROP}."
        )
    return _classes(_spellings(told), where, told, str(positive))


def _mark_of_leaving(told: Told) -> str:
    """What to do where the outcome is a date, or a mark, that only those who left have."""
    if not told.rows or (len(told.rows) > 1 and not days(list(told.rows))):
        return ""
    example = next(iter(told.rows))
    return (
        f"Las demás traen una fecha o una sola marca ('{example}'): si el blanco quiere decir que "
        "el cliente sigue, pon en el extracto una columna con 1 donde la hay y 0 donde no. "
    )


def _spellings(told: Told) -> dict[str, int]:
    """Each label with its rows; spellings that differ in capitals alone are the commonest."""
    common = sorted(told.rows, key=lambda label: -told.rows[label])
    first: dict[str, str] = {}
    for label in common:
        first.setdefault(label.casefold(), label)
    found = dict.fromkeys(sorted(first.values()), 0)
    for label in common:
        found[first[label.casefold()]] += told.rows[label]
    return found


def _classes(found: dict[str, int], where: str, told: Told, positive: str) -> Classes:
    low = {label: label.casefold() for label in found}
    yes = [label for label in found if low[label] in POSITIVE_LABELS]
    no = [label for label in found if low[label] in NEGATIVE_LABELS]
    if len(found) > 2 and yes and no and len(yes) + len(no) == len(found) and not positive:
        return Classes(max(yes, key=found.get), max(no, key=found.get))  # 1, yes, 0 and no
    if len(found) != 2:
        one = "una sola clase" if len(found) == 1 else f"{len(found)} clases"
        raise DataError(
            f"{where}: el objetivo '{told.name}' tiene {one} ({listed(found, quote=True)}) y hacen "
            f"falta dos: quien se fue y quien no. {_alone(found, told)}Comprueba 'target' y el "
            "extracto."
        )
    leaves = _given(found, where, told.name, positive) if positive else ""
    leaves = leaves or (yes[0] if yes and no else "")
    if not leaves:
        raise DataError(_which_left(found, where, told.name))
    return Classes(leaves, next(label for label in found if label != leaves))


def _alone(found: dict[str, int], told: Told) -> str:
    """Where the third label is, if one row alone has it: it may be no customer's."""
    alone = [label for label, rows in found.items() if rows == 1]
    if len(alone) != 1 or len(found) != 3:
        return ""
    return (
        f"'{alone[0]}' está solo en la línea {told.first[alone[0]]}: si es un total o una cabecera "
        "repetida, bórrala. "
    )


def _given(found: Collection[str], where: str, name: str, positive: str) -> str:
    wanted = (canonical(positive) or "").casefold()
    for label in found:
        if label.casefold() == wanted:
            return label
    raise DataError(
        f"{where}: positive = '{positive}' no está en '{name}', que tiene "
        f"{listed(found, quote=True)}. Elige una de las dos."
    )


def _which_left(found: dict[str, int], where: str, name: str) -> str:
    leaves, why = propose(found)
    share = found[leaves] / sum(found.values())
    most = (
        f" Serían bajas el {pct(share)} de los clientes, más de la mitad: comprueba que no es al "
        "revés."
        if share > 0.5
        else ""
    )
    return (
        f"{where}: '{name}' tiene las clases {listed(found, quote=True)} y no se sabe cuál es la "
        f"baja. Dilo con el parámetro positive, por ejemplo positive = '{leaves}' ({why}).{most}"
    )


def propose(found: dict[str, int]) -> tuple[str, str]:
    """The label that most likely means leaving, and why: a known word, or the rarer class."""
    one, other = found
    for label, rest in ((one, other), (other, one)):
        if _means(label, LEAVING, STAYING) and not _means(rest, LEAVING, STAYING):
            return label, "por la palabra"
        if _means(rest, STAYING, LEAVING) and not _means(label, STAYING, LEAVING):
            return label, "por la palabra de la otra"
    if found[one] == found[other]:
        return one, "podría ser la otra: hay las mismas filas de las dos"
    rarer = min(found, key=found.get)
    return rarer, f"la menos frecuente, {plural(found[rarer], 'fila', 'filas')}"


def _means(label: str, words: set[str], opposite: set[str]) -> bool:
    said = re.findall(r"\w+", label.casefold())
    denied = bool(NOT & set(said)) and len(said) > 1
    return bool((opposite if denied else words) & set(said)) or (
        len(said) == 1 and said[0] in POSITIVE_LABELS and words is LEAVING
    )


def read_outcomes(column: pd.Series, where: str, classes: Classes) -> pd.Series:
    """Outcomes by the labels that a model learnt: 1, 0, or nan where blank.

    Raises
    ------
    DataError
        If some label is neither of the two.
    """
    labels = texts_of(column)
    known = {label: classes.outcome(label) for label in labels.dropna().unique()}
    rest = sorted(label for label, outcome in known.items() if outcome is None)
    if len(rest) == 1 and not classes.stays and not classes.usual:
        known[rest.pop()] = 0.0  # a model of an older version knows only the label that leaves
    if rest:
        stays = classes.stays or "su contrario"
        raise DataError(
            f"{where}: '{column.name}' tiene {listed(sorted(known), quote=True)} y no se sabe qué "
            f"es {listed(rest, quote=True)}. El modelo aprendió que '{classes.leaves}' es baja y "
            f"'{stays}' no: escríbelos igual, y deja en blanco lo que aún no se sabe."
        )
    return labels.map(known).astype(float)

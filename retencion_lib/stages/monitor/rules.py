"""Hard rules of a batch: each has a code, a figure, a level and an action.

They look at every row and need no bins. Those that compare a rate with the reference
(nulls, range, categories, constants) also ask whether the reference leaves room for it: with
less than `CHANCE` for it to come up in some column, it is a fact of the batch.
"""

from dataclasses import dataclass
from datetime import date as Date

import numpy as np
from scipy import stats

from retencion_lib.maths.drift import Labels, Numbers
from retencion_lib.maths.drift.table import Profile, fingerprint
from retencion_lib.words import count, es, listed, pct, plural

LEVEL_WORDS = {"ok": "Sin cambios que avisar", "warning": "Aviso", "alert": "Alerta"}
LEVELS = tuple(LEVEL_WORDS)  # from well to worst
MIN_ROWS = 100
CHANCE = 0.001  # of a false finding of one rule in one batch
NULL_RISE = 0.01  # points of null rate
BAD_NULL_RISE = 0.05
OUTSIDE = 0.01  # share of customers outside the range
BAD_UNSEEN = 0.05  # share of customers in unseen categories
NAMES = {
    "RET001": "pocos clientes",
    "RET002": "falta la columna",
    "RET003": "textos",
    "RET004": "más nulos",
    "RET005": "valores fuera de rango",
    "RET006": "categorías nuevas",
    "RET007": "clientes repetidos",
    "RET008": "un solo valor",
    "RET009": "fechas que no son de este periodo",
    "RET010": "cambio",
    "RET011": "cambio de la puntuación",
    "RET012": "cambio que solo se ve con todas las columnas a la vez",
    "RET013": "cambio dentro de un grupo",
    "RET040": "menos acierto estimado",
    "RET041": "menos acierto medido",
    "RET042": "probabilidades que no se cumplen",
    "RET043": "cambia a quién se avisa",
    "RET050": "un aviso que persiste",
}
FAR = 10  # widths of the reference's range from which one value is enough
_JOINED = {"RET002": " ", "RET043": " por "}  # words between a check and its column


@dataclass(frozen=True)
class Alert:
    """One finding: what, how bad, the figure and its limit, and what to do."""

    code: str
    level: str
    column: str | None
    value: float | None
    threshold: float | None
    message: str
    action: str


def named(code: str, column: str | None) -> str:
    """A check in words for people: ``más nulos en 'tenure'``, ``cambio de la puntuación``."""
    if not column or code == "RET011":
        return NAMES[code]
    return f"{NAMES[code]}{_JOINED.get(code, ' en ')}'{column}'"


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Reference and current batch, as profiles under one plan, and what else was seen."""

    reference: Profile
    current: Profile
    paths: tuple[str, str]
    sha256: tuple[str, str]
    id_col: str
    score_col: str
    target: str
    repeated: tuple[int, tuple[str, ...]]  # rows that repeat an id, and which ids
    date: str  # of the run, ISO
    max_age_days: int

    @property
    def customers(self) -> str:
        """What tells this batch from another, whoever scored it: its features, not the score."""
        return fingerprint(self.current, self.features)

    @property
    def features(self) -> list[str]:
        """Columns of the reference that are features, dates apart."""
        return [c for c in self.reference.columns if c != self.score_col]

    @property
    def shared(self) -> list[str]:
        """Features that the current file has too."""
        return [c for c in self.features if c in self.current.columns]

    def pairs(self, kind: type) -> list[tuple]:
        """Name, reference and current of the shared features of a kind."""
        both = ((c, self.reference.columns[c], self.current.columns[c]) for c in self.shared)
        return [pair for pair in both if isinstance(pair[1], kind)]

    @property
    def chance(self) -> float:
        """Chance of a false finding that each column may take of a rule."""
        return CHANCE / max(1, len(self.shared))


def check_volume(t: Tables) -> list[Alert]:
    """RET001: too few customers to say anything."""
    n = t.current.n_rows
    if n >= MIN_ROWS:
        return []
    message = (
        f"El lote tiene {plural(n, 'cliente', 'clientes')}; con menos de {MIN_ROWS} solo se ven "
        "cambios enormes."
    )
    return [Alert("RET001", "warning", None, n, MIN_ROWS, message, "Reúne varios lotes y repite.")]


def check_columns(t: Tables) -> list[Alert]:
    """RET002: a feature of the reference is missing."""
    missing = [c for c in t.features if c not in t.current.columns]
    action = "Recupera la columna en el extracto: el modelo la necesita."
    return [
        Alert("RET002", "alert", c, None, None, f"Falta la columna '{c}'.", action) for c in missing
    ]


def check_types(t: Tables) -> list[Alert]:
    """RET003: a number has become text."""
    alerts = []
    for name, _, now in t.pairs(Numbers):
        if now.n_texts:
            share = now.n_texts / t.current.n_rows
            message = (
                f"'{name}' era un número y tiene {plural(now.n_texts, 'texto', 'textos')} "
                f"({listed(now.texts, quote=True)}), en {pct(share)} de los clientes."
            )
            action = "Corrige el formato en el extracto."
            alerts.append(Alert("RET003", "alert", name, share, 0.0, message, action))
    return alerts


def check_nulls(t: Tables) -> list[Alert]:
    """RET004: nulls have risen by more than `NULL_RISE` points and more than chance brings."""
    alerts = []
    n, m = t.reference.n_rows, t.current.n_rows
    for name, before, now in t.pairs(Numbers | Labels):
        rate, was = now.nulls / m, before.nulls / n
        luck = stats.hypergeom.sf(now.nulls - 1, n + m, now.nulls + before.nulls, m)
        if rate - was > NULL_RISE and luck < t.chance:
            message = (
                f"Falta '{name}' en el {pct(rate)} de los clientes; en la referencia, en el "
                f"{pct(was)}."
            )
            action = "Pregunta a quien prepara el extracto qué ha cambiado."
            level = "alert" if rate - was > BAD_NULL_RISE else "warning"
            alerts.append(Alert("RET004", level, name, rate, was + NULL_RISE, message, action))
    return alerts


def check_range(t: Tables) -> list[Alert]:
    """RET005: numbers outside the reference's range, in too many customers or much too far."""
    alerts = []
    for name, before, now in t.pairs(Numbers):
        outside, known = now.outside(), int(now.counts.sum())
        if not known or not sum(outside):
            continue
        share, width = sum(outside) / known, before.high - before.low
        many = share > OUTSIDE and _luck_outside(outside, before, known) < t.chance
        far = width > 0 and max(now.high - before.high, before.low - now.low) > FAR * width
        if many or far:
            message = (
                f"'{name}' tiene valores nunca vistos en el {pct(share, 2)} de los clientes: va de "
                f"{es(now.low, 2)} a {es(now.high, 2)}, y en la referencia, de "
                f"{es(before.low, 2)} a {es(before.high, 2)}."
            )
            action = "Comprueba unidades y moneda; el modelo no ha visto valores así."
            level = "alert" if far and many else "warning"
            alerts.append(Alert("RET005", level, name, share, OUTSIDE, message, action))
    return alerts


def _luck_outside(outside: tuple[int, int], before: Numbers, known: int) -> float:
    """Chance that the k largest of all customers, before and now, are all of now."""
    k = max(outside)
    left = np.arange(k)
    seen = int(before.counts.sum())
    return 2 * float(np.exp(np.log((known - left) / (known + seen - left)).sum()))


def check_categories(t: Tables) -> list[Alert]:
    """RET006: categories that the reference does not have, from the first customer."""
    alerts = []
    for name, before, now in t.pairs(Labels):
        if not now.n_others or before.n_others:  # a reference with categories left uncounted
            continue
        known = now.n - now.nulls
        share = now.n_others / known
        # As many new ones as the reference's own categories of one customer let expect (Good, 1953)
        once = int((before.counts == 1).sum()) / max(1, before.n)
        if once and stats.binom.sf(now.n_others - 1, known, once) >= t.chance:
            continue
        message = (
            f"'{name}' trae categorías nuevas ({listed(now.others, quote=True)}) en "
            f"{plural(now.n_others, 'cliente', 'clientes')} ({pct(share)})."
        )
        action = "Confirma si es un producto nuevo o un cambio de nombre."
        level = "alert" if share > BAD_UNSEEN else "warning"
        alerts.append(Alert("RET006", level, name, share, 0.0, message, action))
    return alerts


def check_duplicates(t: Tables) -> list[Alert]:
    """RET007: a customer appears more than once."""
    rows, ids = t.repeated
    if not rows:
        return []
    said = plural(rows, "fila repite", "filas repiten")
    message = f"{said} cliente ({listed(ids)})."
    action = "Quita las filas repetidas: se llamaría dos veces a la misma persona."
    return [Alert("RET007", "alert", t.id_col, rows, 0, message, action)]


def check_constants(t: Tables) -> list[Alert]:
    """RET008: a column that told customers apart now has one value."""
    alerts = []
    for name, before, now in t.pairs(Numbers | Labels):
        filled = before.bin_counts()
        top = filled.max() / max(1, filled.sum())
        if _is_constant(now) and not _is_constant(before) and top**now.n < t.chance:
            message = f"'{name}' tiene el mismo valor en los {count(now.n)} clientes del lote."
            action = "Comprueba que el extracto rellena la columna y no un valor por defecto."
            alerts.append(Alert("RET008", "alert", name, 1.0, top, message, action))
    return alerts


def _is_constant(column: Numbers | Labels) -> bool:
    if isinstance(column, Labels):
        kinds = np.count_nonzero(column.counts) + (len(column.others) if column.n_others else 0)
    else:
        kinds = 0 if column.low > column.high else 1 + (column.high > column.low)
    return kinds + (column.nulls > 0) <= 1


def check_dates(t: Tables) -> list[Alert]:
    """RET009: dates that have stopped, are too old for the run, or lie after it."""
    alerts = []
    for name, now in t.current.dates.items():
        if not now:
            continue
        age = (Date.fromisoformat(t.date) - Date.fromisoformat(now)).days
        if 0 <= age <= t.max_age_days:
            continue
        said = f"es {plural(age, 'día', 'días')} anterior" if age > 0 else "es posterior"
        message = f"'{name}': la fecha más reciente, {now}, {said} a la ejecución ({t.date})."
        action = "Comprueba que el extracto es el de este periodo y vuelve a puntuarlo."
        alerts.append(Alert("RET009", "alert", name, age, t.max_age_days, message, action))
    return alerts


QUALITY_CHECKS = (
    check_volume, check_columns, check_types, check_nulls, check_range, check_categories,
    check_duplicates, check_constants, check_dates,
)  # fmt: skip


def findings(t: Tables) -> list[Alert]:
    """Findings of all hard rules."""
    return [alert for check in QUALITY_CHECKS for alert in check(t)]

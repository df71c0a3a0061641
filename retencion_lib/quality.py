"""Hard rules of a batch, exact at any size: each has a code, a figure, a level and an action.

RET001 volume, RET002 columns, RET003 types, RET004 nulls, RET005 range, RET006 categories,
RET007 duplicates.
"""

from dataclasses import dataclass

import pandas as pd

from retencion_lib.data.training import as_labels
from retencion_lib.words import es, listed, pct, plural

MIN_ROWS = 100
NULL_RISE = 0.05  # points of null rate
OUTSIDE = 0.01  # share of customers outside the range


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


@dataclass(frozen=True)
class Tables:
    """Reference and current, with the columns that both have."""

    reference: pd.DataFrame
    current: pd.DataFrame
    paths: tuple[str, str]
    id_col: str
    score_col: str
    target: str

    @property
    def features(self) -> list[str]:
        """Columns of the reference that are features."""
        apart = {self.id_col, self.score_col, self.target}
        return [c for c in self.reference.columns if c not in apart]

    @property
    def shared(self) -> list[str]:
        """Features that the current file has too, with the same type."""
        return [c for c in self.features if c in self.current and not self.retyped(c)]

    def numeric(self, name: str) -> bool:
        """True if the column is a number in the reference."""
        return pd.api.types.is_numeric_dtype(self.reference[name])

    def retyped(self, name: str) -> bool:
        """True if a number of the reference is now text."""
        now = self.current[name]
        text = not pd.api.types.is_numeric_dtype(now) and now.notna().any()
        return self.numeric(name) and bool(text)


def check_volume(t: Tables) -> list[Alert]:
    """RET001: too few customers to say anything."""
    n = len(t.current)
    if n >= MIN_ROWS:
        return []
    message = (
        f"El lote tiene {plural(n, 'cliente', 'clientes')}; con menos de {MIN_ROWS} solo se ven "
        "cambios enormes."
    )
    return [Alert("RET001", "warning", None, n, MIN_ROWS, message, "Reúne varios lotes y repite.")]


def check_columns(t: Tables) -> list[Alert]:
    """RET002: a feature of the reference is missing."""
    missing = [c for c in t.features if c not in t.current]
    action = "Recupera la columna en el extracto: el modelo la necesita."
    return [
        Alert("RET002", "alert", c, None, None, f"Falta la columna '{c}'.", action) for c in missing
    ]


def check_types(t: Tables) -> list[Alert]:
    """RET003: a number has become text."""
    found = [c for c in t.features if c in t.current and t.retyped(c)]
    action = "Corrige el formato en el extracto."
    return [
        Alert("RET003", "alert", c, None, None, f"'{c}' era numérica y ahora es texto.", action)
        for c in found
    ]


def check_nulls(t: Tables) -> list[Alert]:
    """RET004: nulls have risen by more than `NULL_RISE`."""
    alerts = []
    for c in t.shared:
        before, now = t.reference[c].isna().mean(), t.current[c].isna().mean()
        if now - before > NULL_RISE:
            message = f"'{c}': nulos {pct(now)}; en la referencia, {pct(before)}."
            action = "Pregunta a quien prepara el extracto qué ha cambiado."
            level = "alert" if now - before > 5 * NULL_RISE else "warning"
            alerts.append(Alert("RET004", level, c, now, before + NULL_RISE, message, action))
    return alerts


def check_range(t: Tables) -> list[Alert]:
    """RET005: numbers outside the range of the reference, in more than 1 % of customers."""
    alerts = []
    for c in filter(t.numeric, t.shared):
        low, high = t.reference[c].min(), t.reference[c].max()
        outside = ((t.current[c] < low) | (t.current[c] > high)).mean()
        if outside > OUTSIDE:
            message = (
                f"'{c}': {pct(outside)} de los clientes fuera de [{es(low, 2)}; {es(high, 2)}]."
            )
            action = "Comprueba unidades y moneda; el modelo no ha visto valores así."
            alerts.append(Alert("RET005", "warning", c, outside, OUTSIDE, message, action))
    return alerts


def check_categories(t: Tables) -> list[Alert]:
    """RET006: categories that the reference does not have."""
    alerts = []
    for c in t.shared:
        if t.numeric(c):
            continue
        now = as_labels(t.current[c])
        unseen = now[now.notna() & ~now.isin(as_labels(t.reference[c]).unique())]
        if len(unseen):
            share = len(unseen) / len(now)
            names = listed(unseen.unique(), quote=True)
            message = f"'{c}': categorías nuevas {names} en {pct(share)} de los clientes."
            action = "Confirma si es un producto nuevo o un cambio de nombre; si sigue, reentrena."
            level = "alert" if share > 0.05 else "warning"
            alerts.append(Alert("RET006", level, c, share, 0.0, message, action))
    return alerts


def check_duplicates(t: Tables) -> list[Alert]:
    """RET007: a customer appears more than once."""
    repeated = t.current.loc[t.current[t.id_col].duplicated(), t.id_col]
    if repeated.empty:
        return []
    rows = plural(len(repeated), "fila repite", "filas repiten")
    message = f"{rows} cliente ({listed(repeated.unique())})."
    action = "Quita las filas repetidas: se llamaría dos veces a la misma persona."
    return [Alert("RET007", "alert", t.id_col, len(repeated), 0, message, action)]


QUALITY_CHECKS = (
    check_volume, check_columns, check_types, check_nulls, check_range, check_categories,
    check_duplicates,
)  # fmt: skip


def findings(t: Tables) -> list[Alert]:
    """Findings of all hard rules."""
    return [alert for check in QUALITY_CHECKS for alert in check(t)]

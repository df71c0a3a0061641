"""What is asked of a log: which columns, which windows, when a snapshot is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables.clock import MONTH, Clock, Days, Duration, parse_duration, shift
from retencion_lib.words import listed

SNAPSHOT = "snapshot"  # column of the panel that holds the day of each row


@dataclass(frozen=True, kw_only=True)
class Ask:
    """The parameters of a panel, read and known to make sense together."""

    id_col: str
    event_id_col: str
    date_col: str
    amounts: tuple[str, ...]
    kind: str  # "" where nothing is told apart
    ended: str  # "" where leaving is silence
    target: str
    every: Duration
    horizon: Duration | None
    gap: Duration
    windows: tuple[Duration, ...]  # shortest first

    @property
    def columns(self) -> list[str]:
        """Columns that the log must have."""
        named = [self.event_id_col, self.date_col, *self.amounts, *([self.kind] * bool(self.kind))]
        return list(dict.fromkeys(named))

    def clock(self, as_of: np.datetime64) -> Clock:
        """The clock of a log that ends on a day.

        Raises
        ------
        ParameterError
            If nobody said how long without anything is leaving.
        """
        if self.horizon is None:
            raise ParameterError(
                "horizon está vacío: ¿cuánto tiempo sin nada es una baja? Mira en la curva cuántos "
                "vuelven después de cada silencio, y elígelo; por ejemplo, horizon = '28d'."
            )
        return Clock(horizon=self.horizon, gap=self.gap, as_of=as_of)


def make_ask(
    *, id_col: str, event_id_col: str, event_date_col: str, amount_cols: Sequence[str],
    kind_col: str, ended_col: str, customers: str, target: str, every: str, horizon: str,
    gap: str, windows: Sequence[str],
) -> Ask:  # fmt: skip
    """Read the parameters of a panel.

    Raises
    ------
    ParameterError
        If a duration is none, nothing says what a column would, or two would be one.
    """
    if ended_col and not customers:
        raise ParameterError(
            f"ended_col = '{ended_col}': es una columna de la tabla de clientes, y customers está "
            "vacío. Da la tabla, o deja ended_col vacío: una baja será no hacer nada."
        )
    for name, given in (("id_col", id_col), ("event_date_col", event_date_col)):
        if not given:
            raise ParameterError(f"{name} está vacío: di qué columna del registro es.")
    taken = [id_col, SNAPSHOT, target]
    if len(set(taken)) < 3:
        raise ParameterError(
            f"El panel tendrá las columnas {listed(taken, quote=True)}, y cada una necesita un "
            "nombre distinto. Cambia id_col o target."
        )
    return Ask(
        id_col=id_col, event_id_col=event_id_col or id_col, date_col=event_date_col,
        amounts=tuple(dict.fromkeys(map(str, amount_cols))), kind=kind_col, ended=ended_col,
        target=target, every=parse_duration(every, "every"), windows=_windows(windows),
        horizon=parse_duration(horizon, "horizon") if horizon else None,
        gap=parse_duration(gap or "0d", "gap", zero=True),
    )  # fmt: skip


def _windows(texts: Sequence[str]) -> tuple[Duration, ...]:
    found = {parse_duration(str(text), "windows") for text in texts}
    if not found:
        raise ParameterError(
            "windows está vacío: di al menos una ventana de historia, como ['30d', '90d']."
        )
    return tuple(sorted(found, key=lambda w: (w.days, str(w))))


def snapshots_of(first: np.datetime64, as_of: np.datetime64, ask: Ask, where: str) -> Days:
    """Days of the snapshots of a log: from the first with every window full, up to the last day.

    Where one is taken every so many months or years they fall on the first of a month.

    Raises
    ------
    DataError
        If the log is shorter than the longest window, or than window, gap and horizon together.
    """
    start = max(shift(first, window) for window in ask.windows)
    if ask.every.unit in "my" and start != start.astype("datetime64[M]"):
        start = (start.astype("datetime64[M]") + MONTH).astype("datetime64[D]")
    days, n = [start], 1
    while (after := shift(start, ask.every.times(n))) <= as_of:
        days.append(after)
        n += 1
    span = f"{where}: el registro va del {first} al {as_of}"
    if start > as_of:
        raise DataError(
            f"{span}, y la ventana más larga, {ask.windows[-1]}, no cabe antes de la primera foto. "
            "Pide un registro más largo, o da ventanas más cortas con windows."
        )
    clock = ask.clock(as_of)
    if clock.closes(start) > as_of:
        raise DataError(
            f"{span}, y tras la ventana más larga, {ask.windows[-1]}, no caben el margen, "
            f"{ask.gap}, y el horizonte, {ask.horizon}: ninguna foto tendría resultado antes del "
            f"{clock.closes(start)}. Acorta horizon o windows, o pide un registro más largo."
        )
    return np.array(days, dtype="datetime64[D]")

"""Beyond one column at a time: all columns together, and part of the customers at a time.

Each family of tests has a budget of false alarms of its own, so that all together stay under
two batches in a hundred: columns and score 1 %, segments 0.5 %, all columns at once 0.25 %.
"""

from dataclasses import asdict, replace

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.maths import drift
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.drift.classifier import FOLDS, Told, smallest_area, tell_apart
from retencion_lib.maths.drift.compare import POWER
from retencion_lib.stages.monitor.rules import Alert, Tables
from retencion_lib.stages.monitor.shifts import SEVERITY, what_moved
from retencion_lib.tables.parts import parts_of, scan_parts
from retencion_lib.words import count, es, interval, listed, plural

TOLD_P = 0.0025
TOLD_WARNING, TOLD_ALERT = 0.55, 0.75  # area under the curve
SEGMENT_Q = 0.005
MIN_SEGMENT = 100  # customers of a segment, on both sides
MIN_SIDE = 50 * FOLDS


def together(
    t: Tables, rows: tuple[pd.DataFrame, pd.DataFrame], *, seed: int = config.SEED
) -> Told | None:
    """Can a model tell the batch from the reference? None with too few rows to say.

    Rows are the samples that `load` gives: the only figures of 05 that do not see every row.
    """
    before, now = (side[[c for c in t.shared if c in side.columns]] for side in rows)
    if min(len(before), len(now)) < MIN_SIDE or not len(now.columns):
        return None
    return tell_apart(before, now, seed=seed)


def together_alerts(told: Told | None) -> list[Alert]:
    """RET012: a model tells the batch from the reference."""
    if told is None or told.p_value >= TOLD_P or told.auc < TOLD_WARNING:
        return []
    level = "alert" if told.auc >= TOLD_ALERT else "warning"
    message = (
        f"Un modelo distingue este lote de la referencia: ROC-AUC {es(told.auc, 2)} "
        f"{interval(told.low, told.high, 2)} (sin cambios, 0,50). Lo delatan {_given_away(told)}."
    )
    action = "Mira juntas esas columnas: puede haber cambiado cómo van unas con otras."
    limit = TOLD_ALERT if level == "alert" else TOLD_WARNING
    return [Alert("RET012", level, None, told.auc, limit, message, action)]


def _given_away(told: Told) -> str:
    return listed([name for name, lost in told.columns[:3] if lost > 0], quote=True)


def together_sentence(told: Told | None) -> str:
    """How well the batch is told from the reference, or what could not be seen."""
    if told is None:
        return f"Hacen falta {MIN_SIDE} clientes o más para mirar todas las columnas a la vez."
    seen = smallest_area(told.n_reference, told.n_current, TOLD_P, POWER)
    said = (
        f"Con {count(told.n_current)} clientes del lote y {count(told.n_reference)} de la "
        f"referencia, un modelo los distingue con ROC-AUC {es(told.auc, 2)} "
        f"{interval(told.low, told.high, 2)}; sin cambios sería 0,50."
    )
    if together_alerts(told):
        return f"{said} Lo delatan {_given_away(told)}."
    return f"{said} No hay indicios de cambio; se vería desde {es(max(seen, TOLD_WARNING), 2)}."


def by_segment(t: Tables, segments: list[str], rules: Settings) -> pd.DataFrame:
    """Shift of every column within each part of the customers, all tests counted together.

    Returns
    -------
    DataFrame
        ``segment, part`` and the fields of `drift.Shift`; empty without segments.

    Raises
    ------
    ParameterError
        If a segment is no column, or the reference's table is not there any more.
    """
    keys, found = [], []
    for by in segments:
        for part, shift in _compared(t, by):
            keys.append((by, part))
            found.append(shift)
    judged = drift.judge(found, replace(rules, false_discovery=SEGMENT_Q))
    table = pd.DataFrame([asdict(s) for s in judged])
    if len(table):
        table.insert(0, "segment", [by for by, _ in keys])
        table.insert(1, "part", [part for _, part in keys])
    return table


def _compared(t: Tables, by: str) -> list[tuple[str, Shift]]:
    files = [config.resolve(path) for path in t.paths]
    if by not in t.shared:
        raise ParameterError(
            f"segments: no hay ninguna columna '{by}' en los dos archivos. "
            f"Elige entre {listed(t.shared, limit=30)}."
        )
    if not files[0].is_file():
        raise ParameterError(
            f"segments: hace falta la tabla de la referencia, {t.paths[0]}, y ya no está. "
            "Recupérala o deja segments vacío."
        )
    names, cuts = parts_of(t.reference.columns[by])
    # Not the score: within a group it moves with these columns, and the reference's own scores
    # are of single members of the model.
    plan = {name: t.reference.columns[name].plan for name in t.shared if name != by}
    sides = [scan_parts(file, plan, by, cuts, len(names)) for file in files]
    return [
        (part, drift.compare(name, before.columns[name], now.columns[name]))
        for part, before, now in zip(names, *sides, strict=True)
        if min(before.n_rows, now.n_rows) >= MIN_SEGMENT
        for name in plan
    ]


def segment_alerts(table: pd.DataFrame) -> list[Alert]:
    """RET013: a column has moved within a segment."""
    moved = table[table["status"] != "ok"] if len(table) else table
    alerts = []
    for (by, part), rows in moved.groupby(["segment", "part"], sort=False) if len(moved) else []:
        worst = rows.loc[rows["psi_corrected"].idxmax()]
        level = "alert" if (rows["status"] == "alert").any() else "warning"
        shift = Shift(**worst.drop(["segment", "part"]).to_dict())
        message = (
            f"En '{by}' = {part}, {plural(len(rows), 'columna movida', 'columnas movidas')}; la "
            f"que más, cambio {SEVERITY[shift.severity]}: {what_moved(shift)} "
            f"(PSI {es(shift.psi_corrected, 3)} descontado el azar)."
        )
        action = "Mira si el cambio es solo de ese grupo antes de tocar el modelo de todos."
        value = float(worst["psi_corrected"])
        alerts.append(Alert("RET013", level, shift.name, value, None, message, action))
    return alerts


def segment_sentence(table: pd.DataFrame) -> str:
    """How many tests by segment there were and how many found something."""
    if not len(table):
        return (
            "No se ha mirado por grupos de clientes: indícalos con segments, por ejemplo una "
            "columna de contrato o de antigüedad."
        )
    groups = table[["segment", "part"]].drop_duplicates()
    moved = int((table["status"] != "ok").sum())
    return (
        f"{plural(len(table), 'comparación', 'comparaciones')} en "
        f"{plural(len(groups), 'grupo', 'grupos')} de clientes, contadas todas juntas: "
        f"{plural(moved, 'muestra', 'muestran')} un cambio."
    )

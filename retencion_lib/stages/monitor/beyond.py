"""Beyond one column at a time: all columns together, and part of the customers at a time.

Each family of tests has a budget of false alarms of its own, so that all together stay under
two batches in a hundred: columns and score 1 %, segments 0.5 %, all columns at once 0.25 %.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home.watch_report import PartShift, worst
from retencion_lib.maths import drift
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.drift.classifier import FOLDS, Told, tell_apart
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.stages.checks.shifts import shift_facts
from retencion_lib.tables.parts import parts_of, scan_parts
from retencion_lib.words import listed

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
    limit = TOLD_ALERT if level == "alert" else TOLD_WARNING
    columns = [name for name, lost in told.columns[:3] if lost > 0]
    facts = {"low": told.low, "high": told.high, "columns": columns}
    return [Alert(Code.ALL_TOGETHER, level, None, told.auc, limit, facts)]


def by_segment(t: Tables, segments: Sequence[str], rules: Settings) -> list[PartShift]:
    """Shift of every column within each part of the customers, all tests counted together.

    Raises
    ------
    ParameterError
        If a segment is no column, or the reference's table is not there any more.
    """
    compared = [(by, part, shift) for by in segments for part, shift in _compared(t, by)]
    rules = replace(rules, false_discovery=SEGMENT_Q)
    judged = drift.judge([shift for _, _, shift in compared], rules)
    return [
        PartShift(segment=by, part=part, **asdict(shift))
        for (by, part, _), shift in zip(compared, judged, strict=True)
    ]


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


def segment_alerts(groups: Sequence[PartShift]) -> list[Alert]:
    """RET013: a column has moved within a segment."""
    parts: dict[tuple[str, str], list[PartShift]] = {}
    for moved in groups:
        if moved.status != "ok":
            parts.setdefault((moved.segment, moved.part), []).append(moved)
    return [_segment_alert(moved) for moved in parts.values()]


def _segment_alert(moved: Sequence[PartShift]) -> Alert:
    most = max(moved, key=lambda s: s.psi_corrected)
    facts = {"segment": most.segment, "part": most.part, "n": len(moved)} | shift_facts(most)
    level = worst(s.status for s in moved)
    return Alert(Code.SEGMENT_MOVED, level, most.name, most.psi_corrected, None, facts)

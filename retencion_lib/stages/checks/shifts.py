"""Which columns have moved, how much, and what this batch could not have shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from retencion_lib.errors import ParameterError
from retencion_lib.home.watch_report import SCORE, worst
from retencion_lib.maths import drift
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.drift.profile import Column
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Alert, Code

LIMITS = {"slight": 0.0, "moderate": 0.10, "large": 0.25}


def settings(*, min_ks: float, min_psi: float) -> Settings:
    """When a shift is said, from the notebook's parameters.

    Raises
    ------
    ParameterError
        If one is not between 0 and 1.
    """
    given = {"min_ks": min_ks, "min_psi": min_psi}
    for name, value in given.items():
        if not 0 <= value < 1:
            raise ParameterError(
                f"{name} = {value}: debe ser un número de 0 a 1. Con más se callan más cambios "
                "pequeños; los valores de fábrica están en docs/monitoreo.md."
            )
    return Settings(**given)


def shifts(t: Tables, rules: Settings | None = None) -> list[Shift]:
    """Shift of every shared feature and, last, of the score, judged together."""
    found = [
        drift.compare(name, t.reference.columns[name], t.current.columns[name]) for name in t.shared
    ]
    score = drift.compare(SCORE, *(side.columns[t.score_col] for side in (t.reference, t.current)))
    return drift.judge([*found, score], rules or Settings())


def by_size(found: Sequence[Shift]) -> list[Shift]:
    """Those that have moved, the largest first."""
    return sorted((s for s in found if s.status != "ok"), key=lambda s: -s.psi_corrected)


def shift_alerts(found: Sequence[Shift]) -> list[Alert]:
    """RET010 for a feature and RET011 for the score that have moved, the largest first."""
    return [
        Alert(
            Code.SCORE_MOVED if shift.name == SCORE else Code.COLUMN_MOVED, shift.status,
            shift.name, shift.psi_corrected, LIMITS[shift.severity],
            shift_facts(shift) | {"ks": shift.ks},
        )
        for shift in by_size(found)
    ]  # fmt: skip


def shift_facts(shift: Shift) -> dict[str, Any]:
    """What a sentence about a shift needs beside its column and size."""
    return {
        "severity": shift.severity, "kind": shift.kind, "category": shift.category,
        "before": shift.before, "now": shift.now, "binary": shift.binary,
    }  # fmt: skip


def with_rules(found: Sequence[Shift], hard: Sequence[Alert]) -> list[Shift]:
    """The shifts as they are shown: a column that breaks a hard rule is not well, moved or not."""
    return [
        replace(s, status=worst([s.status, *(a.level for a in hard if a.column == s.name)]))
        for s in found
    ]


def columns_of(t: Tables) -> tuple[Mapping[str, Column], Mapping[str, Column]]:
    """Summaries of the columns of each side by the name of their shift, to draw them."""
    names = {c: c for c in t.shared} | {SCORE: t.score_col}
    return tuple(
        {name: side.columns[column] for name, column in names.items()}
        for side in (t.reference, t.current)
    )

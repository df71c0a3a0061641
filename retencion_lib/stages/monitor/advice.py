"""Is it time to retrain? A computed answer with its reasons and the command to type.

A broken extract comes first: a model must not learn from it. Outcomes that show a fall are
enough on their own. Without them the signs of a change, however many, only say what to wait
for: a model cannot learn customers whose outcomes are not there yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from enum import StrEnum

from retencion_lib import config
from retencion_lib.home.watch_report import CURRENT, WatchReport
from retencion_lib.stages.monitor.findings import Alert, Code, Group, of_group

ENOUGH = 0.5  # share of the batch whose outcomes a model needs to learn it


class Decision(StrEnum):
    """What to do about the model."""

    FIX = "fix"  # repair the data first
    RETRAIN = "retrain"
    WATCH = "watch"  # wait for what is not known yet
    KEEP = "keep"


@dataclass(frozen=True)
class Awaited:
    """Outcomes of the batch that are not there yet, and when they should be."""

    n: int  # customers of the batch
    missing: int
    delay: int | None  # days that the newest outcomes took; None where none has ever arrived
    expected: str  # ISO date; empty where there is no delay to tell it by

    @property
    def learnable(self) -> bool:
        """True if enough outcomes of this batch are there for a model to learn from."""
        return self.n - self.missing >= ENOUGH * self.n


@dataclass(frozen=True)
class Advice:
    """What to do about the model, why, and the command."""

    decision: Decision
    command: str = ""
    because: Sequence[Code] = ()  # proof and signs, the strongest first
    awaited: Awaited | None = None  # of a decision to wait for outcomes
    broken: Sequence[Alert] = ()  # findings that must be repaired first


def recommend(report: WatchReport, *, id_col: str, target: str, date: str) -> Advice:
    """Advice from the findings of a run, those of the history among them.

    Parameters
    ----------
    id_col, target : str
        Columns of the table to retrain with, for the command.
    date : str
        ISO date of the run, from which outcomes are waited for.
    """
    given = {"--id-col": (id_col, config.ID_COL), "--target": (target, config.TARGET)}
    options = "".join(f" {o} {value}" for o, (value, usual) in given.items() if value != usual)
    look = f"retencion monitor{options}"
    broken = [a for a in of_group(report.alerts, Group.BROKEN) if a.level == "alert"]
    if broken:
        return Advice(Decision.FIX, look, broken=broken)
    proof, signs = _codes(report, Group.PROOF), _codes(report, Group.SIGN)
    still = awaited(report, date)
    if proof or (len(signs) > 1 and still.learnable):
        learn = f"retencion train --data TABLA{options} && retencion evaluate --data TABLA{options}"
        return Advice(Decision.RETRAIN, learn, proof + signs)
    if signs and still.learnable:
        return Advice(Decision.WATCH, look, signs)
    if signs:
        wait = f"retencion monitor --labels RESULTADOS{options}"
        return Advice(Decision.WATCH, wait, signs, still)
    return Advice(Decision.KEEP)


def awaited(report: WatchReport, date: str) -> Awaited:
    """Outcomes that the batch still lacks; they should take as long as the newest there are."""
    n = report.current.n_rows
    missing = report.outcomes.n_missing if report.outcomes else n
    dated = [r.batch for r in report.realised if r.batch != CURRENT and r.batch < date]
    if not dated:
        return Awaited(n, missing, None, "")
    run = Date.fromisoformat(date)
    delay = (run - Date.fromisoformat(max(dated))).days
    return Awaited(n, missing, delay, (run + timedelta(days=delay)).isoformat())


def _codes(report: WatchReport, group: Group) -> list[Code]:
    return sorted({Code(a.code) for a in of_group(report.alerts, group)})

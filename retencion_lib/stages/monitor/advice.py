"""Is it time to retrain? The answer with its reasons, what it waits for and the command to type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from retencion_lib import config
from retencion_lib.home.watch_report import CURRENT, WatchReport
from retencion_lib.stages.checks.answers import Answers, Retrain, Until, answer, reasons
from retencion_lib.stages.checks.findings import Code, Group

ENOUGH = 0.5  # share of the batch whose outcomes a model needs to learn it


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
    """Both answers, why, and the command."""

    answers: Answers
    command: str = ""
    because: Sequence[Code] = ()  # proof and signs, the strongest first
    awaited: Awaited | None = None  # of a decision to wait for outcomes


def answers(report: WatchReport, *, date: str) -> Answers:
    """Both answers from the findings of a run, those of the history among them.

    Parameters
    ----------
    date : str
        ISO date of the run, from which outcomes are waited for.
    """
    still = awaited(report, date)
    return answer(report.alerts, learnable=still.learnable, due=still.expected)


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
    said = answers(report, date=date)
    if said.retrain is Retrain.NO:
        return Advice(said)
    because = reasons(report.alerts, Group.PROOF) + reasons(report.alerts, Group.SIGN)
    if said.retrain is Retrain.YES:
        learn = f"retencion train --data TABLA{options} && retencion evaluate --data TABLA{options}"
        return Advice(said, learn, because)
    if said.until is Until.OUTCOMES:
        wait = f"retencion monitor --labels RESULTADOS{options}"
        return Advice(said, wait, because, awaited(report, date))
    return Advice(said, f"retencion monitor{options}", because)


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

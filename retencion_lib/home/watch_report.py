"""The monitoring report, `monitoring/drift_report.json`: one class, one reader, one writer.

05 writes it; the card, the history, the advice and the notices read it. It holds
codes and numbers; the sentences that 05 showed lie beside the findings they are of.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.document import typed
from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.maths.drift.classifier import Told
from retencion_lib.maths.estimation import Estimate

FORMAT = 2  # in 1 a batch was named by a Spanish sentence and findings had no facts
LEVELS = ("ok", "warning", "alert")  # from well to worst
SCORE = "score"  # name of the score's row, whatever its column is called
CURRENT = "current"  # the batch that a report is about; earlier ones are told by their ISO date
FIRST_CURRENT = "este lote"  # how reports of version 1, and their history, named that batch


def worst(levels: Iterable[str]) -> str:
    """The worst of some levels; ``ok`` of none."""
    return max(levels, key=LEVELS.index, default="ok")


@dataclass(frozen=True)
class Alert:
    """One finding: its code, how bad, of what, the figure and its limit."""

    code: str
    level: str
    column: str | None = None
    value: float | None = None
    threshold: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # what else its sentence needs
    message: str = ""  # both are said when the report is written
    action: str = ""


@dataclass(frozen=True)
class Side:
    """A table that was compared."""

    path: str
    sha256: str
    n_rows: int


@dataclass(frozen=True, kw_only=True)
class PartShift(Shift):
    """Shift of a column within a part of the customers."""

    segment: str
    part: str


@dataclass(frozen=True)
class Cause:
    """One feature's part in the shift of the score; see `impact.attribute`."""

    name: str
    shift: float
    low: float
    high: float
    p_value: float
    flagged_change: float
    list_change: float
    significant: bool


@dataclass(frozen=True)
class Line:
    """Calibration of scores: a true one has intercept 0 and slope 1."""

    intercept: Estimate
    slope: Estimate
    n: int = 0  # customers with an outcome that it is of


@dataclass(frozen=True)
class Expected:
    """Estimated performance of the batch, and what it rests on."""

    n: int
    estimates: dict[str, Estimate]
    line: Line | None  # calibration on the reference; None where its outcomes are not known
    ece: float
    untrue: bool  # the reference's scores are clearly and largely not what happened
    moved: list[str]  # columns that have moved: customers changed, which CBPE allows for
    beyond: float  # share of the batch with a score outside the reference's range


@dataclass(frozen=True)
class OutcomeCounts:
    """How many outcomes there are, and how many are late, unknown, blank or missing."""

    n_labelled: int
    n_missing: int
    n_earlier: int
    n_unknown: int
    n_blank: int


@dataclass(frozen=True)
class Groups:
    """Customers of the campaign's two groups."""

    contact: int
    control: int


@dataclass(frozen=True)
class Effect:
    """Churn of the contacted and of the control group, and the churn that was avoided."""

    n: Groups
    left: Groups
    avoided: Estimate  # control less contacted: points of churn that the campaign took away
    promised: float  # profit (EUR) that 04 expected of the contacted; nan if it logged none
    money: Campaign | None  # the campaign's terms; None where 03 has left none
    saved: Estimate  # customers kept among those contacted
    profit: Estimate | None  # EUR: saved margins less gifts and contacts


@dataclass(frozen=True)
class Realised:
    """One batch, measured with its outcomes."""

    batch: str  # `CURRENT`, or the ISO date on which it was scored
    n_labelled: int
    n_missing: int
    measured: dict[str, Estimate]
    expected: dict[str, Estimate]  # CBPE of the same customers
    line: Line | None  # None where calibration cannot be known
    ece: float
    ece_noise: float  # mean ECE that true probabilities would show at this size
    score_gap: float  # mean score of those with outcome less that of those without; nan if none
    n_contacted: int  # of those with outcome: theirs already carries what the call did
    n_control: int  # of those with outcome, who stand for the contacted
    retired: str  # model that scored it, as ``logreg__v0.1``; empty if in use or not known
    own_exam: dict[str, Estimate]  # of that model; empty where it is that of the model in use
    miscalibrated: bool  # the probabilities are clearly and largely not what happened
    effect: Effect | None = None  # of the campaign on its customers; None without both groups

    @property
    def muddled(self) -> bool:
        """True if calls changed outcomes and no control group says how much."""
        return self.n_contacted > 0 and self.n_control == 0

    @property
    def one_class(self) -> bool:
        """True if all outcomes are the same, so that no ranking can be judged."""
        auc = self.measured["roc_auc"].value
        return auc != auc


@dataclass(frozen=True)
class CallResults:
    """How the calls of a list went, as the team wrote it down."""

    path: str  # of the list that came back, from the home
    n_listed: int  # customers of it that 04 gave to be called
    results: dict[str, int]  # how many calls ended in each way of `call_list.RESULTS`
    n_other: int  # with another text
    n_blank: int  # with none
    n_control: int  # with a result, of the control group: not to be called
    n_unlisted: int  # with a result, on no list


@dataclass(frozen=True)
class Season:
    """The batch against the snapshot of the year before."""

    day: str  # ISO, of that snapshot
    n_rows: int
    moved: list[str]  # columns that differ from then


@dataclass(frozen=True, kw_only=True)
class WatchReport:
    """All that one run of 05 found."""

    created_at: str
    status: str
    reference: Side
    current: Side
    customers: str  # what tells this batch from another, whoever scored it
    settings: Settings
    features: list[Shift]
    score: Shift
    quality: list[Alert]  # of the hard rules
    alerts: list[Alert]  # all, the worst first
    multivariate: Told | None = None
    segments: list[PartShift] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    capacity: float | None = None
    expected: Expected | None = None
    outcomes: OutcomeCounts | None = None  # None without a file of outcomes
    snapshot: str | None = None  # ISO day of the batch, where customers have a history
    reference_snapshots: list[str] = field(default_factory=list)  # ISO days, oldest first
    season: Season | None = None  # where the table learnt from reaches back a year
    immature_outcomes: int = 0  # that came before their time, and so say nothing yet
    mature_on: str | None = None  # ISO day from which all of these count
    realised: list[Realised] = field(default_factory=list)
    campaign_effect: Effect | None = None
    calls: CallResults | None = None  # where a list came back filled in
    list_usable: str = ""  # yes, care or no; this and the next are empty in older reports
    retrain: str = ""  # no, wait or yes
    retrain_until: str = ""  # of one that waits: extract, cause, outcomes or next_batch
    retrain_on: str = ""  # ISO day of that, where it is known
    format: int = 1

    @property
    def answers(self) -> dict[str, str]:
        """What is answered of the batch and of the model, by the names of its fields."""
        return {"list_usable": self.list_usable, "retrain": self.retrain,
                "retrain_until": self.retrain_until, "retrain_on": self.retrain_on}  # fmt: skip


def write(report: WatchReport) -> None:
    """Write the report of a run over that of the run before, which `runs/` keeps."""
    store.write_json(config.resolve(config.DRIFT_REPORT), asdict(report))


def read() -> WatchReport:
    """The last report, of this version or an earlier one.

    Raises
    ------
    OrderError
        If 05 has not run yet.
    DataError
        If the file is not one of its reports.
    """
    found = store.read_json(config.resolve(config.DRIFT_REPORT), made_by="monitor")
    report = typed(WatchReport, found, config.DRIFT_REPORT)
    named = [CURRENT if r.batch == FIRST_CURRENT else r.batch for r in report.realised]
    same = zip(report.realised, named, strict=True)
    return replace(report, realised=[replace(r, batch=batch) for r, batch in same])


def last() -> WatchReport | None:
    """The last report; None before 05 has run."""
    return read() if config.resolve(config.DRIFT_REPORT).is_file() else None

"""The exam of a model: what 03 found on customers that nothing before had seen."""

from dataclasses import asdict, astuple, dataclass, field
from math import nan
from pathlib import Path
from typing import Any

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.document import typed

Rows = list[dict[str, Any]]  # a table of a document, row by row


@dataclass(frozen=True)
class Selection:
    """How the model was chosen: the rule and what decided, in words, and the candidates."""

    rule: str
    candidates: Rows
    why: str


@dataclass(frozen=True)
class Baseline:
    """A plain model on the same customers: the bar to clear."""

    name: str
    test: dict[str, float]


@dataclass(frozen=True)
class Threshold:
    """Score from which a customer is flagged, and by which policy."""

    value: float
    policy: str
    all: dict[str, float] = field(default_factory=dict)  # the threshold of every policy


@dataclass(frozen=True)
class Confusion:
    """Who was flagged, and who left."""

    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def called(self) -> int:
        """Customers flagged."""
        return self.tp + self.fp

    @property
    def left(self) -> int:
        """Customers that left."""
        return self.tp + self.fn


@dataclass(frozen=True)
class Plan:
    """One way to choose whom to contact, and what it would have earned (EUR)."""

    plan: str  # code
    contacted: float
    foreseen: float
    profit: float
    low: float
    high: float
    behind: float  # what the list earns above it
    behind_low: float
    behind_high: float


@dataclass(frozen=True)
class Sensitivity:
    """The same list under another acceptance than the one supposed (EUR)."""

    accept_rate: float
    contacted: int
    profit: float
    informed: float  # of the list made knowing it
    cost: float  # of not knowing it


@dataclass(frozen=True)
class Leavers:
    """Of a list: how many, how many the scores promised to leave, and how many did."""

    called: int
    foreseen: float
    sd: float
    observed: int


@dataclass(frozen=True)
class Cut:
    """Where a list ends, in score and money; None where nobody is on it."""

    break_even: float
    last_score: float | None
    last_profit: float | None


@dataclass(frozen=True)
class Share:
    """Share of customers worth calling: as the scores foresee, and as it turned out."""

    foreseen: float
    observed: float


@dataclass(frozen=True)
class CampaignWorth:
    """What the campaign would have earned on the customers of the exam."""

    terms: dict[str, Any]
    threshold: Cut
    list_leavers: Leavers
    optimal_share: Share
    strategies: list[Plan]
    sensitivity: list[Sensitivity]
    mpc: float | None = None
    mpc_share: float | None = None
    empc: float | None = None
    empc_share: float | None = None


@dataclass(frozen=True)
class Compared:
    """A measure of a group, its interval, that of everybody else, and how they differ."""

    value: float = nan
    low: float = nan
    high: float = nan
    rest: float = nan
    p: float = nan  # of no difference; nan where it was not compared

    def under(self, name: str) -> dict[str, float]:
        """The fields of a `GroupRow` that hold it."""
        return dict(zip(_fields_of(name), astuple(self), strict=True))


def _fields_of(name: str) -> tuple[str, ...]:
    return name, f"{name}_low", f"{name}_high", f"{name}_rest", f"{name}_p"


@dataclass(frozen=True)
class GroupRow:
    """One group of customers, and what the model does to it and to everybody else."""

    column: str = ""
    kind: str = ""
    group: str = ""  # code; in exams of before it had a kind, the words themselves
    n: int = 0
    left: float = nan
    left_rest: float = nan
    foreseen: float = nan
    roc_auc: float = nan
    roc_auc_low: float = nan
    roc_auc_high: float = nan
    roc_auc_rest: float = nan
    roc_auc_p: float = nan
    calibration_p: float = nan
    selected: float = nan
    selected_low: float = nan
    selected_high: float = nan
    selected_rest: float = nan
    selected_p: float = nan
    precision: float = nan
    precision_low: float = nan
    precision_high: float = nan
    precision_rest: float = nan
    precision_p: float = nan
    differs: tuple[str, ...] = ()  # measures that differ beyond noise

    def of(self, name: str) -> Compared:
        """One of its measures."""
        return Compared(*(getattr(self, field) for field in _fields_of(name)))

    def p_value(self, name: str) -> float:
        """Of no difference in a measure; nan where it was not compared."""
        return getattr(self, f"{name}_p")


@dataclass(frozen=True)
class Groups:
    """The comparison of each group of customers with the others."""

    comparisons: int
    level: float
    groups: tuple[GroupRow, ...]


@dataclass(frozen=True)
class Future:
    """Where an exam lies in time: its snapshots, and what could be learnt before the first."""

    snapshots: list[str]  # ISO days, oldest first
    n_customers: int
    n_rows: int
    learnt_until: str  # newest snapshot that was learnt from
    embargoed_rows: int  # too new to learn from, too old for the exam
    immature_rows: int  # whose outcome is not known yet


@dataclass(frozen=True)
class Cutoff:
    """The recipe in one month: what was known before it learnt, and its customers judge."""

    cutoff: str  # ISO day of the snapshot
    n_customers: int
    positive_rate: float
    roc_auc: float
    log_loss: float
    profit: float  # of the list (EUR)
    roc_auc_ci: tuple[float, ...]
    log_loss_ci: tuple[float, ...]
    profit_ci: tuple[float, ...]
    test: dict[str, float]  # every metric


@dataclass(frozen=True)
class Exam:
    """The test report of one model."""

    family: str
    version: str
    artifact: str
    artifact_sha256: str
    created_at: str
    n_rows: int
    positive_rate: float
    k: int
    test: dict[str, float]
    test_ci: dict[str, tuple[float, ...]]
    threshold: Threshold
    confusion_matrix: Confusion
    selection: Selection | None = None
    baseline: Baseline | None = None
    campaign: CampaignWorth | None = None
    segments: Groups | None = None
    exam: Future | None = None  # where customers have a history
    backtest: list[Cutoff] = field(default_factory=list)  # oldest first
    random_split: float | None = None  # ROC-AUC that a random split of rows would have promised
    format: int = 1

    @property
    def label(self) -> str:
        """Family and version, as events name a model."""
        return f"{self.family} v{self.version}"


def read_exam(path: Path | None = None) -> Exam | None:
    """Exam of the model in use, or the one of a file; None where there is none yet."""
    path = path or config.resolve(config.TEST_REPORT)
    if not path.is_file():
        return None
    return typed(Exam, store.read_json(path, made_by="evaluate"), config.relative(path))


def write_exam(path: Path, exam: Exam) -> Path:
    """Write the exam of one version."""
    return store.write_json(path, asdict(exam))

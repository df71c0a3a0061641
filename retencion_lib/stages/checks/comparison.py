"""What is compared: reference and current batch, as profiles under one plan."""

from dataclasses import dataclass

from retencion_lib.maths.drift.table import Profile, fingerprint

CHANCE = 0.001  # of a false finding of one rule in one batch


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

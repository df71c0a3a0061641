"""Two summaries of a column, one before and one now: how far apart, and how sure.

A shift is said when it is both significant and large enough to matter (`judge`); every
comparison also says the smallest shift that so many customers could have shown.
"""

from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist

import numpy as np
from scipy import optimize, special, stats

from retencion_lib.maths.drift import statistics as st
from retencion_lib.maths.drift.profile import Column, Labels, Numbers, tally

POWER = 0.80  # chance of seeing the smallest shift that is said to be visible
SEVERITIES = ("none", "slight", "moderate", "large")


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How far one column has moved, and how sure that is."""

    name: str
    kind: str  # numeric or categorical
    psi: float
    psi_expected: float  # what chance alone brings
    psi_corrected: float  # psi less what chance alone brings, 0 at least
    ks: float | None  # None for categories
    ks_error: float | None  # how much larger the distance can be; 0 where it is exact
    p_value: float  # KS for numbers, chi-square for categories; nan if there is nothing to test
    wasserstein: float | None  # in standard deviations of the reference; None for categories
    jensen_shannon: float
    n_reference: int
    n_current: int
    category: str | None  # the one whose share moved most; None for numbers
    before: float  # mean of a number, share of the category
    now: float
    visible: float = float("nan")  # smallest shift that would be seen: KS, or share of customers
    significant: bool = False
    severity: str = "none"
    status: str = "ok"
    binary: bool = False  # a number that is 0 or 1: its mean is a share of the customers

    @property
    def label(self) -> str:
        """Name for readers; the row of the score has a word of its own."""
        return "Puntuación" if self.name == "score" else self.name


@dataclass(frozen=True, kw_only=True)
class Settings:
    """When a shift is said, and how bad it is."""

    false_discovery: float = 0.01  # q of Benjamini-Hochberg
    min_ks: float = 0.05
    min_psi: float = 0.01
    psi_moderate: float = 0.10  # Siddiqi (2006), Credit Risk Scorecards
    psi_large: float = 0.25


def compare(name: str, reference: Column, current: Column) -> Shift:
    """Shift of one column between two summaries under one plan.

    Parameters
    ----------
    name : str
        Of the column.
    reference, current : Numbers or Labels
        Both of the same class and plan.
    """
    before, now = st.drop_empty(reference.bin_counts(), current.bin_counts())
    n, m = int(before.sum()), int(now.sum())
    if not n or not m:
        value = noise = distance = float("nan")
    else:
        value, noise = st.psi(before, now), st.psi_noise(len(before), n, m)
        distance = st.jensen_shannon(before, now)
    common = {
        "name": name, "psi": value, "psi_expected": noise, "psi_corrected": max(0.0, value - noise),
        "jensen_shannon": distance, "n_reference": n, "n_current": m,
    }  # fmt: skip
    if isinstance(reference, Numbers):
        return Shift(kind="numeric", category=None, **common, **_numbers(reference, current))
    return Shift(
        kind="categorical", ks=None, ks_error=None, wasserstein=None, **common,
        p_value=st.chi_square(before, now) if n and m else float("nan"),
        **_most_moved(reference, current),
    )  # fmt: skip


def _numbers(reference: Numbers, current: Numbers) -> dict[str, float]:
    before, now, points = steps(reference, current)
    if not before.sum() or not now.sum():
        missing = float("nan")
        return {
            "ks": missing, "ks_error": 0.0, "p_value": missing, "wasserstein": missing,
            "before": missing, "now": missing,
        }  # fmt: skip
    distance, slack = st.ks_distance(before, now)
    exact = reference.values is not None and current.values is not None
    return {
        "ks": distance,
        "ks_error": 0.0 if exact else slack,
        "p_value": st.ks_p_value(distance, before, now),
        "wasserstein": st.wasserstein(points, before, now, reference.spread),
        "binary": set(points) <= {0, 1},
        "before": reference.mean,
        "now": current.mean,
    }


def steps(reference: Numbers, current: Numbers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of both over common steps, and where those are: values if all are kept, else cells."""
    if reference.values is not None and current.values is not None:
        sides = reference, current
        points, _ = tally(
            np.concatenate([s.values for s in sides]), np.concatenate([s.counts for s in sides])
        )
        spread = [np.zeros(len(points), int) for _ in sides]
        for counts, side in zip(spread, sides, strict=True):
            counts[np.searchsorted(points, side.values)] = side.counts
        return *spread, points
    ends = np.append(reference.plan.cells, max(reference.high, current.high))
    return reference.cell_counts(), current.cell_counts(), ends


def _most_moved(reference: Labels, current: Labels) -> dict[str, str | float]:
    names = [*reference.plan.names, "otras", "nulos"]
    before, now = reference.bin_counts(), current.bin_counts()
    shares = before / max(1, before.sum()), now / max(1, now.sum())
    most = int(np.abs(shares[1] - shares[0]).argmax())
    return {
        "category": names[most], "before": float(shares[0][most]), "now": float(shares[1][most])
    }  # fmt: skip


def judge(shifts: list[Shift], settings: Settings) -> list[Shift]:
    """The same shifts with what they amount to, all tests counted together.

    A shift is said when Benjamini-Hochberg finds it at `false_discovery` and either its KS
    or its corrected PSI reaches the floor. Its severity is that of the corrected PSI: large
    is an alert, the rest are warnings.
    """
    if not shifts:
        return []
    p_values = np.array([s.p_value for s in shifts], float)
    found = st.benjamini_hochberg(p_values, settings.false_discovery)
    alpha = settings.false_discovery / len(shifts)
    return [
        _judged(shift, bool(is_found), alpha, settings)
        for shift, is_found in zip(shifts, found, strict=True)
    ]


def _judged(shift: Shift, significant: bool, alpha: float, settings: Settings) -> Shift:
    enough = shift.psi_corrected >= settings.min_psi or (shift.ks or 0) >= settings.min_ks
    severity = "none"
    if significant and enough:
        limits = [settings.psi_moderate, settings.psi_large]
        severity = SEVERITIES[1 + int(np.digitize(shift.psi_corrected, limits))]
    status = {"none": "ok", "large": "alert"}.get(severity, "warning")
    return replace(
        shift, significant=significant, severity=severity, status=status,
        visible=visible_shift(shift, alpha, settings),
    )  # fmt: skip


def visible_shift(shift: Shift, alpha: float, settings: Settings) -> float:
    """Smallest shift seen with chance `POWER`: KS distance, or change of a category's share.

    For a category it is how much `shift.category` would have to gain or lose, the others
    keeping their proportions.
    """
    if not shift.n_reference or not shift.n_current:
        return float("nan")
    size = st.effective_size(shift.n_reference, shift.n_current)
    if shift.kind == "numeric":
        # Near the middle the distance has a standard deviation of at most half a customer.
        margin = NormalDist().inv_cdf(POWER) / 2
        needed = (float(special.kolmogi(alpha)) + margin) / np.sqrt(size)
        return float(min(1.0, max(needed, settings.min_ks)))
    freedom = max(1, round(shift.psi_expected * size))
    share = min(max(shift.before, 1 / shift.n_reference), 1 - 1 / shift.n_reference)
    effect = max(np.sqrt(_noncentrality(freedom, alpha) / size), np.sqrt(settings.min_psi))
    return float(min(1.0, effect * np.sqrt(share * (1 - share))))


@cache
def _noncentrality(freedom: int, alpha: float) -> float:
    """Of a chi-square test that sees the shift with chance `POWER`."""
    critical = stats.chi2.isf(alpha, freedom)
    return float(
        optimize.brentq(lambda nc: stats.ncx2.sf(critical, freedom, nc) - POWER, 1e-6, 1e4)
    )

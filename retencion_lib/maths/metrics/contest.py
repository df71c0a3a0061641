"""Which of several models is best, and what of that is evidence and what is a rule.

Everything is judged on the same rows. Two rankings are tied when DeLong's paired test cannot
tell them apart; two PR-AUC or F1, when the 95 % interval of their difference holds zero. Between
equals the best log-loss wins. Whoever asks for it gets the simplest that gives up at most some
standard errors of it; with one, that is the rule of Breiman, Friedman, Olshen and Stone,
Classification and Regression Trees (1984), 3.4.3.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from retencion_lib.maths.metrics.delong import auc_difference
from retencion_lib.maths.metrics.evaluation import roc_auc
from retencion_lib.maths.metrics.losses import log_loss_difference, row_log_loss
from retencion_lib.maths.metrics.panel import Panel
from retencion_lib.maths.metrics.within import WITHIN, measures_within, ranked_within

LEVEL = 0.05  # two rankings with a larger p-value are tied
GIVEN_UP = 0.0  # paired standard errors of log-loss that simplicity may cost
CALIBRATION_LEVEL = 0.01  # of a duel: stricter, as two tests promote and must stay under 5 %
STEPS = ("roc_auc", "pr_auc", "f1", "log_loss")


@dataclass(frozen=True)
class Contest:
    """Who won, and who was still in after each step."""

    winner: str
    best: str  # the highest ROC-AUC, tied or not
    tied: dict[str, list[str]]  # step, in the order of `STEPS`, to who was still in after it
    table: pd.DataFrame  # family, roc_auc, gap and error to the best, p_value, tied
    truest: str  # the best log-loss of those still in after F1
    loss_gaps: dict[str, tuple[float, float]]  # of each of them to the truest, and its error

    def out(self, step: str) -> list[str]:
        """Who was left out by a step."""
        place = STEPS.index(step)
        before = self.tied[STEPS[place - 1]] if place else list(self.table["family"])
        return [name for name in before if name not in self.tied[step]]


def contest(
    y: np.ndarray,
    scores: Mapping[str, np.ndarray],
    *,
    given_up: float = GIVEN_UP,
    seed: int = 0,
    repeats: int = 300,
    panel: Panel | None = None,
) -> Contest:
    """Choose among scores of the same rows.

    The best ROC-AUC and those tied with it; of these the best PR-AUC and those tied with it;
    the same with F1; of what is left, the first whose log-loss is within `given_up` paired
    standard errors of the best.

    Parameters
    ----------
    y : array of shape (n,)
        1 = left.
    scores : mapping of name to array of shape (n,)
        From the simplest to the most complex.
    panel : Panel, optional
        Whose each row is and of when: rankings are then judged within snapshots, and what is
        noise by customers.
    """
    auc = {name: roc_auc(y, p, panel) for name, p in scores.items()}
    best = max(auc, key=auc.get)
    rows = []
    for name, p in scores.items():
        gap = auc_difference(y, p, scores[best], panel)
        alike = name == best or gap.p_value > LEVEL
        rows.append((name, auc[name], gap.difference, gap.error, gap.p_value, alike))
    table = pd.DataFrame(rows, columns=["family", "roc_auc", "gap", "error", "p_value", "tied"])
    left = list(table.loc[table["tied"], "family"])
    tied = {"roc_auc": left}
    draws = _redrawn(y, {name: scores[name] for name in left}, seed, repeats, panel)
    for step, (seen, drawn) in draws.items():
        top = max(left, key=lambda name: seen[name])
        left = [name for name in left if _holds_zero(drawn[top] - drawn[name])]
        tied[step] = left
    truest = min(left, key=lambda name: row_log_loss(y, scores[name]).mean())
    gaps = {name: log_loss_difference(y, scores[name], scores[truest], panel) for name in left}
    left = [name for name, (gap, error) in gaps.items() if gap <= given_up * error]
    tied["log_loss"] = left
    return Contest(left[0], best, tied, table, truest, gaps)


def _holds_zero(differences: np.ndarray) -> bool:
    known = differences[np.isfinite(differences)]
    if len(known) == 0:
        return True  # a panel without a snapshot to rank tells nobody apart
    low, high = np.quantile(known, [0.025, 0.975])
    return bool(low <= 0 <= high)


def _redrawn(
    y: np.ndarray,
    scores: Mapping[str, np.ndarray],
    seed: int,
    repeats: int,
    panel: Panel | None,
) -> dict[str, tuple[dict[str, float], dict[str, np.ndarray]]]:
    """PR-AUC and F1 as seen, and in bootstrap draws that all scores share."""
    if len(scores) == 1:
        flat = (dict.fromkeys(scores, 0.0), dict.fromkeys(scores, np.zeros(1)))
        return {"pr_auc": flat, "f1": flat}
    y = np.asarray(y)
    measured = {name: _measured(y, p, panel) for name, p in scores.items()}
    seen = {name: of(np.ones(len(y))) for name, of in measured.items()}
    drawn = {name: [] for name in scores}
    draws = _rows_redrawn(y, seed, repeats) if panel is None else panel.redrawn(seed, repeats)
    for weight in draws:
        for name, of in measured.items():
            drawn[name].append(of(weight))
    return {
        step: (
            {name: pair[i] for name, pair in seen.items()},
            {name: np.array(pairs)[:, i] for name, pairs in drawn.items()},
        )
        for i, step in enumerate(("pr_auc", "f1"))
    }


def _rows_redrawn(y: np.ndarray, seed: int, repeats: int) -> Iterator[np.ndarray]:
    """How often each row is in each draw, within each class."""
    rng = np.random.default_rng(seed)
    for _ in range(repeats):
        weight = np.empty(len(y))
        for label in (0, 1):
            members = y == label
            n = int(members.sum())
            weight[members] = np.bincount(rng.integers(0, n, n), minlength=n)
        yield weight


def _measured(
    y: np.ndarray, p: np.ndarray, panel: Panel | None
) -> Callable[[np.ndarray], tuple[float, float]]:
    """PR-AUC and the best F1 of a score by the weights of rows, all sorting done before."""
    ranked = _ranked(p)
    if panel is None:
        return lambda weight: _two(y, ranked, weight)
    within, place = ranked_within(y, p, panel), WITHIN.index("pr_auc")
    return lambda weight: (
        float(measures_within(within, weight)[place]),
        _two(y, ranked, weight)[1],
    )


Ranked = tuple[np.ndarray, np.ndarray]


def _ranked(p: np.ndarray) -> Ranked:
    """Rows from the highest score, and in that order the places of the last of equal scores."""
    order = np.argsort(-p, kind="stable")
    return order, np.flatnonzero(np.append(np.diff(p[order]) != 0, True))


def _two(y: np.ndarray, ranked: Ranked, weight: np.ndarray) -> tuple[float, float]:
    """Average precision and the best F1, with a whole weight a row."""
    order, last = ranked
    weight = weight[order]
    hits, chosen = np.cumsum(weight * y[order])[last], np.cumsum(weight)[last]
    chosen = np.maximum(chosen, 1)  # nobody, none of whom left
    average = float((np.diff(hits, prepend=0.0) * hits / chosen).sum() / hits[-1])
    return average, float((2 * hits / (chosen + hits[-1])).max())


@dataclass(frozen=True)
class Duel:
    """A challenger against the standing champion on the same rows."""

    promoted: bool
    reason: str  # "ranks_better", "calibrated_better", "equal" or "ranks_worse"
    gap: float  # ROC-AUC, challenger minus champion
    error: float
    p_value: float  # after Bonferroni, for the candidates that the challenger was chosen among
    loss_fall: float  # log-loss, champion minus challenger
    loss_error: float
    among: int


def duel(
    y: np.ndarray,
    champion: np.ndarray,
    challenger: np.ndarray,
    *,
    among: int = 1,
    panel: Panel | None = None,
) -> Duel:
    """Promote only a challenger that ranks better, or ranks alike and is truer, beyond noise.

    The best of several candidates on some rows is ahead on those rows by luck alone, so the levels
    of both tests are shared out among the candidates (Bonferroni).

    Parameters
    ----------
    y, champion, challenger : array of shape (n,)
        Outcome and the two probabilities, each from models that never saw the row.
    among : int
        How many candidates the challenger was chosen from, on the same rows.
    panel : Panel, optional
        Whose each row is and of when.
    """
    auc = auc_difference(y, challenger, champion, panel)
    p_value = min(1.0, auc.p_value * among)
    fall, error = log_loss_difference(y, champion, challenger, panel)
    truer = error > 0 and fall / error > norm.isf(CALIBRATION_LEVEL / 2 / among)
    if p_value < LEVEL:
        reason = "ranks_better" if auc.difference > 0 else "ranks_worse"
    else:
        reason = "calibrated_better" if truer else "equal"
    promoted = reason in ("ranks_better", "calibrated_better")
    return Duel(promoted, reason, auc.difference, auc.error, p_value, fall, error, among)

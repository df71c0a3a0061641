"""What the recipe would have done in the last months: learn what was known then, judge what came.

For each of the last snapshots whose outcome is known, the chosen family learns again from the rows
whose outcome was known before that day, and the snapshot judges it. Its model is judged on the
later ones too, which tells how it ages. What a random split of the same rows would have promised
is beside it.
"""

import sys
from dataclasses import dataclass, replace
from math import inf, nan, sqrt

import numpy as np
from scipy.stats import norm, t
from tqdm import tqdm

from retencion_lib.home.exam import Cutoff, Plan
from retencion_lib.home.terms import Terms
from retencion_lib.maths import metrics
from retencion_lib.models import Candidate, prepare_columns, train_candidates
from retencion_lib.stages.evaluate.examine import Examined, Opening
from retencion_lib.stages.evaluate.worth import LIST, judge
from retencion_lib.tables import Training, fold_numbers
from retencion_lib.tables.amounts import amounts_of
from retencion_lib.tables.partition import MIN_EXAMINED, MIN_PER_CLASS, known_before

CUTOFFS = 4
ENDLESS = ("lift_at_k", "log_loss")  # metrics that go beyond 1


@dataclass(frozen=True)
class Backtest:
    """The recipe in the last months, oldest first; empty without a history."""

    cutoffs: tuple[Cutoff, ...] = ()
    aged: tuple[tuple[int, float], ...] = ()  # snapshots since the model's own, mean loss of AUC
    random: float = nan  # ROC-AUC that a random split of rows promises

    @property
    def roc_auc(self) -> float:
        """Mean ROC-AUC of the snapshots."""
        return float(np.mean([c.roc_auc for c in self.cutoffs]))

    def spread(self, metric: str) -> float:
        """Standard deviation of a metric between months; 0 where fewer than two tell."""
        values = [c.test[metric] for c in self.cutoffs]
        return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def days_to_repeat(training: Training, most: int = CUTOFFS) -> list[np.datetime64]:
    """The last snapshots that can judge, and before which enough was known to learn."""
    found = []
    for day in np.unique(training.snapshots)[::-1] if training.snapshots is not None else ():
        sides = training.y[known_before(training, day)], training.y[training.snapshots == day]
        fewest = [np.bincount(y, minlength=2).min() for y in sides]
        if len(found) < most and fewest[0] >= MIN_PER_CLASS and fewest[1] >= MIN_EXAMINED:
            found.append(day)
    return found[::-1]


def backtest(start: Opening, terms: Terms, data: str, id_col: str) -> Backtest:
    """Repeat the recipe of the chosen family in the last months.

    Parameters
    ----------
    terms : Terms
        Of the campaign, whose list would have earned something each month.
    data, id_col : str
        The table and its id, as 02 read it.
    """
    whole, family, seed = start.training, start.model.family, start.model.seed
    days = days_to_repeat(whole)
    if not days:
        return Backtest()
    cutoffs, learners, auc = [], [], np.full((len(days), len(days)), nan)
    for i, day in enumerate(tqdm(days, file=sys.stderr, unit="foto", desc="Fotos anteriores")):
        now, known = whole.take(whole.snapshots == day), whole.take(known_before(whole, day))
        learners.append(_learn(known, family, seed, fold_numbers(known.ids, known.y, seed)))
        scores = [learner.predict(now.X) for learner in learners]
        auc[: i + 1, i] = [metrics.roc_auc(now.y, p) for p in scores]
        given = amounts_of(terms, now, data, id_col)
        plan = judge(terms, now.y, scores[-1], given, seed=seed).plan(LIST)
        cutoffs.append(_judged(day, now, scores[-1], plan, terms.money.capacity))
    rows = fold_numbers(known.keys, known.y, seed)
    promised = metrics.roc_auc(known.y, _learn(known, family, seed, rows).p)
    return Backtest(tuple(cutoffs), _ageing(auc), float(promised))


def _learn(known: Training, family: str, seed: int, folds: np.ndarray) -> Candidate:
    """The whole recipe of one family, from the search of columns to the calibration."""
    given = known.X, known.y, folds
    columns, _ = prepare_columns(*given, known.numeric, known.categorical, seed)
    return train_candidates(*given, columns, seed, only=family)[family]


def _judged(
    day: np.datetime64, now: Training, p: np.ndarray, plan: Plan, capacity: float
) -> Cutoff:
    found = metrics.evaluate(now.y, p, capacity=capacity)
    auc, covariance = metrics.delong_covariance(now.y, [p])
    losses = metrics.row_log_loss(now.y, p)
    error = float(losses.std(ddof=1)) / sqrt(len(losses))
    return Cutoff(
        cutoff=str(day), n_customers=now.n_customers, positive_rate=now.positive_rate,
        roc_auc=found["roc_auc"], log_loss=found["log_loss"], profit=plan.profit,
        roc_auc_ci=_around(float(auc[0]), sqrt(covariance[0, 0])),
        log_loss_ci=_around(found["log_loss"], error),
        profit_ci=(plan.low, plan.high), test=found,
    )  # fmt: skip


def _around(value: float, error: float) -> tuple[float, float]:
    half = float(norm.ppf(0.975)) * error
    return value - half, value + half


def _ageing(auc: np.ndarray) -> tuple[tuple[int, float], ...]:
    """Mean ROC-AUC lost to a fresh model, by how many snapshots before it was learnt."""
    fresh = np.diag(auc)
    lost = {
        age: float(np.mean([fresh[j] - auc[j - age, j] for j in range(age, len(auc))]))
        for age in range(1, len(auc))
    }
    return tuple(lost.items())


def widened(examined: Examined, told: Backtest) -> Examined:
    """The exam with intervals for a month like the last ones, not only for other customers.

    The spread between months, times Student's t with one degree of freedom less than months, is
    added in squares to what the customers alone leave open.
    """
    if not told.cutoffs:
        return examined
    exam = replace(examined.exam, backtest=list(told.cutoffs), random_split=told.random)
    if len(told.cutoffs) < 2:
        return replace(examined, exam=exam)  # one month does not tell how months differ
    times = float(t.ppf(0.975, len(told.cutoffs) - 1))
    wide = {
        name: _wider(
            exam.test[name], interval, times * told.spread(name), inf if name in ENDLESS else 1.0
        )
        for name, interval in exam.test_ci.items()
    }
    return replace(examined, exam=replace(exam, test_ci=wide))


def _wider(
    value: float, interval: tuple[float, ...], more: float, most: float
) -> tuple[float, float]:
    low, high = (np.hypot(value - end, more) for end in interval)
    return max(0.0, float(value - low)), min(most, float(value + high))

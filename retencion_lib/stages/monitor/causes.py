"""Which drifts matter in this batch: each feature's part in the score's shift, by the model itself.

The attributions are those of the model in use; where the batch was scored by another one, or
no longer fits its contract, there is nothing to attribute and that is said.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import pandas as pd

from retencion_lib.home.watch_report import Cause
from retencion_lib.maths import impact, metrics
from retencion_lib.maths.drift.statistics import benjamini_hochberg
from retencion_lib.models import FittedModel
from retencion_lib.models import attribution as explain
from retencion_lib.stages.checks.findings import Alert, Code
from retencion_lib.tables import check_batch
from retencion_lib.tables.scored import Scored

FALSE_DISCOVERY = 0.01
CHANGE_WARNING, CHANGE_ALERT = 0.03, 0.06  # of all customers, flagged or not because of a drift
SAMPLE = 1000  # customers of each side whose scores are explained
SAME = 1e-6  # scores that fall by more while the log-odds rise are of another model


class Unknown(Enum):
    """Why the shift cannot be attributed."""

    NO_MODEL = auto()
    CONTRACT = auto()
    ALONE = auto()
    ANOTHER_MODEL = auto()


@dataclass(frozen=True)
class Causes:
    """What moved the score, feature by feature, the largest first; or why it cannot be known."""

    rows: tuple[Cause, ...] = ()
    flagged: tuple[float, float] = (float("nan"), float("nan"))  # share in the reference and now
    unknown: Unknown | None = None

    @property
    def important(self) -> list[Cause]:
        """Features whose drift is significant and changes who is flagged."""
        return [r for r in self.rows if r.significant and abs(r.flagged_change) >= CHANGE_WARNING]

    @property
    def alerts(self) -> list[Alert]:
        """RET043: a feature's drift changes who is flagged."""
        return [
            Alert(
                Code.FLAGS_OTHERS, "alert" if abs(r.flagged_change) >= CHANGE_ALERT else "warning",
                r.name, r.flagged_change, CHANGE_WARNING,
            )
            for r in self.important
        ]  # fmt: skip


def attribute_shift(
    batch: Scored,
    reference: Scored,
    model: FittedModel | None,
    *,
    threshold: float,
    capacity: float,
) -> Causes:
    """Attribute the shift of the batch's scores to its features.

    Parameters
    ----------
    model : FittedModel, optional
        The one in use; None where there is none.
    threshold : float
        Score from which it flags.
    capacity : float
        Share of customers that the team can contact: the list is of so many.
    """
    if model is None:
        return Causes(unknown=Unknown.NO_MODEL)
    sides = [_rows(side, model) for side in (reference, batch)]
    if any(side is None for side in sides):
        return Causes(unknown=Unknown.CONTRACT)
    (before, _), (now, scores) = sides
    if min(len(before), len(now)) < 2:
        return Causes(unknown=Unknown.ALONE)
    both, base = explain.contributions(model, pd.concat([before, now], ignore_index=True))
    margins = both.sum(axis=1).to_numpy() + base
    n = len(before)
    margin = margins[n:]
    if np.diff(scores[np.argsort(margin, kind="stable")]).min(initial=0) < -SAME:
        return Causes(unknown=Unknown.ANOTHER_MODEL)
    cut = impact.cut_between(margin, scores >= threshold)
    k = metrics.k_of(len(now), capacity)
    table = impact.attribute(both.iloc[:n], both.iloc[n:], base=base[n:], cut=cut, k=k)
    clear = benjamini_hochberg(table.p_value.to_numpy(), FALSE_DISCOVERY)
    rows = table.assign(significant=clear).to_dict("records")
    shares = float(np.mean(margins[:n] >= cut)), float(np.mean(margin >= cut))
    return Causes(tuple(Cause(**row) for row in rows), shares)


def _rows(side: Scored, model: FittedModel) -> tuple[pd.DataFrame, np.ndarray] | None:
    """Some rows as the model reads them, and their scores; None if they break its contract."""
    frame, scores = side.sample(SAMPLE, model.contract, seed=model.seed)
    check = check_batch(frame, model.contract)
    return None if check.errors else (check.frame, scores)

"""The chosen model against the one in use, on the same customers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib.errors import OldModelError
from retencion_lib.home.experiments import Experiment, of_artifact
from retencion_lib.home.registry import Entry
from retencion_lib.maths import metrics
from retencion_lib.models.choice import read_oof
from retencion_lib.models.stored import load_known
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.tables import check_batch


@dataclass(frozen=True)
class Challenge:
    """The chosen model against the one in use, on the same customers."""

    entry: Experiment
    standing: Entry | None
    reason: str  # first, same, unreadable, out_of_contract, or `metrics.Duel.reason`
    table: pd.DataFrame  # champion and challenger side by side, by the labels of the models
    duel: metrics.Duel | None = None

    @property
    def wins(self) -> bool:
        """True if the chosen model should be put in use."""
        return self.reason not in ("equal", "ranks_worse")


def challenge(start: Opening) -> Challenge:
    """Hold the chosen model against the champion on the customers of the newest training.

    Each model judges every customer by those of its members that never saw that customer: the
    champion's members know their folds, so a retraining on the same customers is fair to both.
    """
    choice, dev, log, standing = start.choice, start.parts.dev, start.log, start.standing
    entry = choice.winner
    p_new = choice.of(dev.ids)
    alone = _side_by_side(dev.y, {entry.label: p_new})
    if standing is None or standing.sha256 == entry.artifact.sha256:
        return Challenge(entry, standing, "same" if standing else "first", alone)
    try:
        model = load_known(standing.artifact, log)
    except OldModelError:
        return Challenge(entry, standing, "unreadable", alone)
    frame = dev.X.assign(**{model.contract.id_col: dev.ids})
    check = check_batch(frame, model.contract)
    if check.errors:
        return Challenge(entry, standing, "out_of_contract", alone)
    p_old = model.predict_unseen(check.frame, _folds(standing, dev.ids, log))
    duel = metrics.duel(dev.y, p_old, p_new, among=len(choice.entries))
    table = _side_by_side(dev.y, {standing.label: p_old, entry.label: p_new})
    return Challenge(entry, standing, duel.reason, table, duel)


def _folds(standing: Entry, ids: pd.Series, log: Sequence[Experiment]) -> np.ndarray:
    """Fold of each customer when the champion was trained; -1 if it was not there."""
    known = read_oof(of_artifact(log, standing.sha256))
    return ids.map(known.set_index("id")["fold"]).fillna(-1).to_numpy(int)


def _side_by_side(y: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    keep = ("roc_auc", "pr_auc", "f1", "log_loss", "brier")
    rows = []
    for name, p in scores.items():
        found = metrics.evaluate(y, p)
        ece = metrics.reliability(y, p).ece
        rows.append({"model": name} | {m: found[m] for m in keep} | {"ece": ece})
    return pd.DataFrame(rows)

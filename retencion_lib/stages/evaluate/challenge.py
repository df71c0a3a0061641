"""The chosen model against the one in use, on the same customers.

Where customers have a history, both are held against snapshots that neither has learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib.errors import OldModelError
from retencion_lib.home.exam import read_exam
from retencion_lib.home.experiments import Experiment, of_artifact
from retencion_lib.home.registry import Entry
from retencion_lib.maths import metrics
from retencion_lib.models.choice import read_oof
from retencion_lib.models.stored import load_known
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.tables import Training, check_batch


@dataclass(frozen=True)
class Challenge:
    """The chosen model against the one in use, on the same customers."""

    entry: Experiment
    standing: Entry | None
    # first, same, unreadable, out_of_contract, nothing_newer, or `metrics.Duel.reason`
    reason: str
    table: pd.DataFrame  # champion and challenger side by side, by the labels of the models
    duel: metrics.Duel | None = None

    @property
    def wins(self) -> bool:
        """True if the chosen model should be put in use."""
        return self.reason not in ("equal", "ranks_worse", "nothing_newer")


def challenge(start: Opening) -> Challenge:
    """Hold the chosen model against the champion on the customers of the newest training.

    Each model judges every customer by those of its members that never saw that customer: the
    champion's members know their folds, so a retraining on the same customers is fair to both.
    With a history both whole models judge the exam's snapshots that are new to both, and where
    there is none, nobody can tell which is better.
    """
    choice, log, standing, dev = start.choice, start.log, start.standing, start.parts.dev
    entry, one_row_each = choice.winner, dev.snapshots is None
    rows = dev if one_row_each else start.parts.test
    p_new = choice.of(rows) if one_row_each else start.model.predict(rows.X)
    alone = _side_by_side(rows, {entry.label: p_new})
    if standing is None or standing.sha256 == entry.artifact.sha256:
        return Challenge(entry, standing, "same" if standing else "first", alone)
    try:
        model = load_known(standing.artifact, log)
    except OldModelError:
        return Challenge(entry, standing, "unreadable", alone)
    frame = rows.X.assign(**{model.contract.id_col: rows.keys})
    check = check_batch(frame, model.contract)
    if check.errors:
        return Challenge(entry, standing, "out_of_contract", alone)
    if one_row_each:
        p_old = model.predict_unseen(check.frame, _folds(standing, rows.ids, log))
        among = len(choice.entries)
    else:
        new = _new_to(standing, rows)
        if not new.any():
            return Challenge(entry, standing, "nothing_newer", alone)
        rows, p_new, frame = rows.take(new), p_new[new], check.frame[new]
        p_old, among = model.predict(frame), 1  # not the rows that it was chosen on
    duel = metrics.duel(rows.y, p_old, p_new, among=among, panel=rows.panel)
    table = _side_by_side(rows, {standing.label: p_old, entry.label: p_new})
    return Challenge(entry, standing, duel.reason, table, duel)


def _new_to(standing: Entry, rows: Training) -> np.ndarray:
    """True in the snapshots of which the standing model has learnt nothing, shape (n,).

    These are its own exam's and the later ones: what it has learnt had its outcome before them.
    One that learnt without a history does not say when; every snapshot counts as new to it.
    """
    exam = read_exam(standing.file("artifacts/{name}__test.json"))
    if exam is None or exam.exam is None:
        return np.ones(rows.n_rows, bool)
    return rows.snapshots >= np.datetime64(exam.exam.snapshots[0])


def _folds(standing: Entry, ids: pd.Series, log: Sequence[Experiment]) -> np.ndarray:
    """Fold of each customer when the champion was trained; -1 if it was not there."""
    known = read_oof(of_artifact(log, standing.sha256))
    return ids.map(known.set_index("id")["fold"]).fillna(-1).to_numpy(int)


def _side_by_side(customers: Training, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    keep = ("roc_auc", "pr_auc", "f1", "log_loss", "brier")
    rows = []
    for name, p in scores.items():
        found = metrics.evaluate(customers.y, p, panel=customers.panel)
        ece = metrics.reliability(customers.y, p, panel=customers.panel).ece
        rows.append({"model": name} | {m: found[m] for m in keep} | {"ece": ece})
    return pd.DataFrame(rows)

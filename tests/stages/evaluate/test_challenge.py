"""Champion and challenger where customers have a history: only snapshots new to both can tell."""

import json
import sys
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib.home.exam import Confusion, Exam, Future, Threshold
from retencion_lib.home.registry import Entry
from retencion_lib.stages import evaluate
from retencion_lib.tables import ask_history, infer_contract, load_training
from retencion_lib.tables.partition import partition

MONTHS = [f"2025-{month:02d}-01" for month in range(1, 10)]
THRESHOLD = Threshold(0.5, "f1")


class Model:
    """Scores by one column."""

    def __init__(self, contract, column: str) -> None:
        self.contract, self.column = contract, column

    def predict(self, frame):
        return 1 / (1 + np.exp(-frame[self.column].to_numpy(float)))


@pytest.fixture
def challenged(tmp_path, monkeypatch):
    """Judge a model that knows who leaves against one that does not, first examined on a day."""
    rng = np.random.default_rng(5)
    rows = [(f"C{i}", day) for day in MONTHS for i in range(200)]
    table = pd.DataFrame(rows, columns=["id", "day"])
    table["x"], table["noise"] = rng.normal(size=(2, len(table)))
    table["left"] = (rng.random(len(table)) < 1 / (1 + np.exp(-2 * table["x"]))).astype(int)
    table.to_csv(tmp_path / "panel.csv", index=False)
    path, history = str(tmp_path / "panel.csv"), ask_history("day", "28d", "0d", "2025-10-15")
    training = load_training(path, target="left", id_col="id", history=history)
    parts = partition(training, test_share=0.3, seed=1)
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "artifacts").mkdir()
    contract = infer_contract(parts.dev)
    judging = sys.modules[evaluate.Challenge.__module__]  # the package has a function of its name
    monkeypatch.setattr(judging, "load_known", lambda *given: Model(contract, "noise"))

    def judge(first_examined: str):
        future = Future([first_examined], 1, 1, "2024-01-01", 0, 0) if first_examined else None
        exam = Exam("logreg", "0.1", "a", "s", "", 1, 0.5, 1, {}, {}, THRESHOLD,
                    Confusion(1, 1, 1, 1), exam=future)  # fmt: skip
        (tmp_path / "artifacts/logreg__v0.1__test.json").write_text(json.dumps(asdict(exam)))
        winner = SimpleNamespace(artifact=SimpleNamespace(sha256="new"), label="logreg v0.2")
        return evaluate.challenge(SimpleNamespace(
            choice=SimpleNamespace(winner=winner, entries=[winner]), log=[], parts=parts,
            model=Model(contract, "x"), standing=Entry("logreg", "0.1", "s", "a", THRESHOLD),
        ))  # fmt: skip

    return judge


def test_the_exam_judges_both_where_all_of_it_is_new(challenged):
    found = challenged("2025-07-01")
    assert (found.reason, found.wins, found.duel.among) == ("ranks_better", True, 1)


def test_only_what_the_champion_has_not_learnt_counts(challenged):
    newest = challenged("2025-09-01").table.set_index("model")["roc_auc"]
    whole = challenged("2025-07-01").table.set_index("model")["roc_auc"]
    assert newest["logreg v0.2"] != whole["logreg v0.2"]


def test_without_a_snapshot_new_to_both_the_champion_stays(challenged):
    found = challenged("2025-09-02")
    assert (found.reason, found.wins, found.duel) == ("nothing_newer", False, None)


def test_a_champion_without_a_history_is_judged_on_the_whole_exam(challenged):
    assert challenged("").reason == "ranks_better"

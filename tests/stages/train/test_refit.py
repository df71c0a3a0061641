"""What scores: the recipe learnt from every known outcome, under the exam of the one without."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.audit.erase.learnt import learners
from retencion_lib.errors import ParameterError
from retencion_lib.home import registry, store
from retencion_lib.home.exam import Threshold
from retencion_lib.home.experiments import experiments, of_artifact
from retencion_lib.home.registry import Entry, Registry
from retencion_lib.models import FAMILIES, Candidate, choose_calibrator
from retencion_lib.models.combine import fit_family
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.stages import infer
from retencion_lib.stages import train as training
from retencion_lib.stages.evaluate.cutoffs import Backtest
from retencion_lib.stages.evaluate.say_backtest import refit_sentence
from retencion_lib.stages.monitor.documents import read_documents
from retencion_lib.stages.train import refit
from retencion_lib.tables import ask_history, load_training
from retencion_lib.tables.partition import partition

MONTHS = [f"2025-{month:02d}-01" for month in range(1, 11)]


def logistic(X, y, folds, columns, seed, tick=None):
    """`train_candidates`, of the logistic regression alone."""
    fit = fit_family(fit_variants(FAMILIES["logreg"], X, y, folds, columns, seed), y)
    return {"logreg": Candidate(fit, *choose_calibrator(fit.margin, y, folds))}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A panel of ten months of 150 customers, and two who come on its last day."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(refit, "train_candidates", logistic)
    monkeypatch.setitem(training.train.__globals__, "train_candidates", logistic)
    store.begin("r1")  # models are opened only if the ledger knows them
    rng = np.random.default_rng(5)
    rows = [(f"C{i}", day) for day in MONTHS for i in range(150)]
    rows += [("late1", MONTHS[-1]), ("late2", MONTHS[-1])]
    table = pd.DataFrame(rows, columns=["id", "day"])
    table["x"] = rng.normal(size=len(table))
    table["left"] = (rng.random(len(table)) < 1 / (1 + np.exp(-1.5 * table["x"]))).astype(int)
    table.to_csv(tmp_path / "panel.csv", index=False)
    return tmp_path


def learn(mode="auto", history=True):
    """A run of 02; gives back its partition and the one experiment that it logs."""
    asked = ask_history("day", "28d", "0d", "2025-11-15") if history else None
    customers = load_training("panel.csv", target="left", id_col="id", history=asked)
    parts = partition(customers, test_share=0.2, seed=1)
    made = training.train(parts, seed=1)
    models = training.fitted_models(made, version="0.1", test_share=0.2)
    again = training.relearn(made, models, customers, refit=mode)
    training.save_all(made, models, again, run_id="r1")
    return customers, parts, experiments()[-1], training.refit_sentence(again)


def crown(entry):
    """Put a model in use, as 03 does."""
    champion = Entry(entry.family, entry.version, entry.artifact.sha256, entry.artifact.path,
                     Threshold(0.5, "f1"), stage="champion", refit=entry.refit)  # fmt: skip
    store.write_json(config.resolve(config.REGISTRY), asdict(Registry([champion])))


def test_a_recipe_learns_again_from_every_known_outcome_and_nothing_is_measured(home):
    customers, parts, entry, said = learn()
    who = pd.read_csv(home / entry.refit.oof.path)
    assert list(who) == ["id", "snapshot", "y", "fold"]
    assert len(who) == entry.refit.n_rows == customers.n_rows > parts.dev.n_rows
    assert who["snapshot"].max() == entry.refit.learnt_until == MONTHS[-1]
    assert (who.groupby("id")["fold"].nunique() == 1).all()
    assert said == (
        "Para puntuar se guarda además cada receta aprendida de nuevo, v0.1r, de las 1.502 filas "
        "con resultado, hasta la foto del 1 de octubre de 2025. De ella no se mide nada: su examen "
        "es el de la versión que no las vio."
    )


def test_it_scores_where_its_model_is_in_use_at_the_exams_threshold(home):
    *_, entry, _ = learn()
    crown(entry)
    scorer = infer.load_scorer(date="2025-12-01")
    assert (scorer.model.family, scorer.model.version) == ("logreg", "0.1r")
    assert (scorer.threshold, scorer.policy) == (0.5, "f1")
    assert scorer.history == entry.data.history
    exam = infer.load_scorer(date="2025-12-01", sample=0.5)
    assert exam.model.version == "0.1"  # who is drawn from the exam is nobody's that learnt them
    known = read_documents().champion
    assert (known.name, known.model.version) == ("logreg__v0.1r", "0.1r")
    assert registry.read().champion.label == "logreg v0.1"


def test_the_log_knows_both_files_of_a_candidate(home):
    *_, entry, _ = learn()
    log = experiments()
    assert {of_artifact(log, sha).label for sha in entry.hashes()} == {"logreg v0.1"}
    assert len(entry.hashes()) == 2


@pytest.mark.parametrize(
    ("mode", "history", "made"),
    [("auto", True, True), ("auto", False, False), ("yes", False, True), ("no", True, False)],
)
def test_without_a_history_only_who_asks_learns_again(home, mode, history, made):
    if not history:
        table = pd.read_csv(home / "panel.csv").drop(columns="day").drop_duplicates("id")
        table.to_csv(home / "panel.csv", index=False)
    *_, entry, said = learn(mode, history)
    assert ((entry.refit is not None), bool(said)) == (made, made)
    if made and not history:
        assert entry.refit.learnt_until == ""


def test_another_mode_is_refused():
    with pytest.raises(ParameterError, match=r"refit = 'si': debe ser uno de 'auto', 'yes' y 'no'"):
        training.check_mode("si")


def test_who_is_only_in_the_exam_was_learnt_from_by_the_refit(home):
    *_, entry, _ = learn()
    only_late = learners({entry.refit.oof.path: 3})
    assert [(m.label, m.keeps_row) for m in only_late] == [("logreg v0.1r", False)]
    both = learners({entry.oof.path: 0, entry.refit.oof.path: 3})
    assert [(m.label, m.keeps_row) for m in both] == [("logreg v0.1", True), ("logreg v0.1r", True)]


def test_what_is_won_is_what_a_model_as_old_as_the_examined_one_lost(home):
    customers, parts, entry, _ = learn()
    start = SimpleNamespace(choice=SimpleNamespace(winner=entry), training=customers, parts=parts)
    told = Backtest((), ((1, 0.004), (2, 0.011), (3, 0.02)), 0.9)
    # The exam holds the last two months, and the one before them had no outcome yet.
    assert refit_sentence(start, told) == (
        "Donde este modelo esté en uso puntúa v0.1r: la misma receta, aprendida de las 1.502 filas "
        "con resultado, también las del examen. Así aprende de 2 fotos más; en las últimas, un "
        "modelo aprendido 2 fotos antes pierde 0,011 de ROC-AUC."
    )
    assert refit_sentence(start, Backtest()).endswith("también las del examen.")

"""Who is chosen and who replaces whom, on files as a run leaves them."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import registry, store
from retencion_lib.home.exam import Threshold
from retencion_lib.home.experiments import experiments
from retencion_lib.home.registry import Entry, Registry
from retencion_lib.maths import metrics
from retencion_lib.models import Candidate, choice, choose_calibrator
from retencion_lib.models.combine import fit_family
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.families import FAMILIES
from retencion_lib.models.features import derived, describe
from retencion_lib.stages import say
from retencion_lib.stages import train as training
from retencion_lib.stages.evaluate.challenge import challenge
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.stages.evaluate.say import verdict_sentence, verdict_table
from retencion_lib.tables import load_training
from retencion_lib.tables.partition import partition


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    store.begin("test")  # models are opened only if the ledger knows them
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(900, 2)), columns=["a", "b"]).round(4)
    left = (rng.random(900) < expit(2 * X["a"])).astype(int)
    table = X.assign(id=[f"c{n}" for n in range(900)], left=left)
    table.to_csv(tmp_path / "t.csv", index=False)
    return "t.csv"


def trained(table, version, *, drop_cols=()):
    """A run of 02 with the logistic regression alone."""
    customers = load_training(table, target="left", id_col="id", drop_cols=drop_cols)
    parts = partition(customers, test_share=0.2, seed=1)
    dev = parts.dev
    columns = describe(dev.X, dev.numeric, dev.categorical)
    variants = fit_variants(FAMILIES["logreg"], dev.X, dev.y, parts.folds, columns, 1)
    fit = fit_family(variants, dev.y)
    calibrator, p = choose_calibrator(fit.margin, dev.y, parts.folds)
    oof = pd.DataFrame({"id": dev.ids, "y": dev.y, "fold": parts.folds, "logreg": p})
    run = training.Trained(parts, columns, [], {"logreg": Candidate(fit, calibrator, p)}, oof, 1)
    models = training.fitted_models(run, version=version, test_share=0.2)
    training.save_all(run, models, run_id=f"run-{version}")
    return dev


def crown(trained_one):
    """Put a model in use as a registry of an earlier run would say."""
    entry = Entry(trained_one.family, trained_one.version, trained_one.artifact.sha256,
                  trained_one.artifact.path, Threshold(0.5, "f1"), stage="champion")  # fmt: skip
    store.write_json(config.resolve(config.REGISTRY), asdict(Registry([entry])))


def verdict(dev):
    log = experiments()
    parts = SimpleNamespace(dev=dev)
    return challenge(Opening(log, choice.choose(log), None, parts, registry.read().champion))


def test_the_first_model_is_the_first_champion(table):
    dev = trained(table, "0.1")
    assert verdict_sentence(verdict(dev)) == "Regresión logística v0.1 es el primer campeón."


def test_the_same_model_again_does_not_win_against_itself(table):
    dev = trained(table, "0.1")
    crown(experiments()[0])
    trained(table, "0.2")
    found = verdict(dev)
    assert (found.wins, found.reason) == (False, "equal")
    assert found.duel.gap == pytest.approx(0, abs=1e-12)
    assert list(verdict_table(found)["model"]) == [
        "Regresión logística v0.1",
        "Regresión logística v0.2",
    ]
    assert "no se distinguen" in verdict_sentence(found)


@pytest.fixture
def halves():
    """Outcome of 300 customers and one ranking of them with two sets of probabilities."""
    y = np.tile([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], 30)
    timid, sure = (np.tile(np.repeat([p, 1 - p], 5), 30) for p in (0.6, 0.8))
    return y, timid, sure


def chosen_among(y, scores, simplicity=1.0):
    """A choice among candidates, without files."""
    found = metrics.contest(y, scores, given_up=simplicity)
    entries = [
        SimpleNamespace(family=name, version="0.3", valid=metrics.evaluate(y, p))
        for name, p in scores.items()
    ]
    entries.sort(key=lambda e: e.family != found.winner)
    return choice.Choice(entries, pd.DataFrame({"y": y} | scores), found, simplicity)


def test_evidence_and_rule_are_said_apart(halves):
    y, timid, sure = halves
    lost = np.tile([0.5, 0.4], 150)
    found = chosen_among(y, {"logreg": timid, "xgb": sure, "mlp": lost, "stack": sure})
    # On 300 customers .0915, and an error of √(.1539 × 300/299 / 300) = .0227.
    assert say.choice_sentence(found) == (
        "Por evidencia queda fuera Red neuronal (MLP) (DeLong, p menor que 0,05). Por regla, entre "
        "Regresión logística, XGBoost y Combinación se elige la más sencilla cuya pérdida "
        "logarítmica no pasa en más de un error típico de la mejor: XGBoost v0.3. Pasan de ahí, "
        "frente a XGBoost: Regresión logística (0,0915 más, error típico 0,0227)."
    )


def test_without_a_price_for_simplicity_the_best_of_the_equals_is_used(halves):
    y, timid, sure = (values[:10] for values in halves)
    scores = {"logreg": timid, "stack": sure}
    found = chosen_among(y, scores, simplicity=0.0)
    assert chosen_among(y, scores).winner.family == "logreg"  # .70 errors behind
    assert say.choice_sentence(found) == (
        "La evidencia no descarta a ninguna. Por regla, entre Regresión logística y Combinación "
        "se elige la de menor pérdida logarítmica: Combinación v0.3."
    )
    assert say.choice_rule(found).endswith(
        "de los que quedan se usa el de menor pérdida logarítmica"
    )
    assert "no pasa en más de 2,0 errores típicos" in say.choice_rule(
        chosen_among(y, scores, simplicity=2.0)
    )


def test_a_choice_shows_its_candidates_beside_their_distance_and_the_scores_of_the_winner(halves):
    y, timid, sure = halves
    found = chosen_among(y, {"logreg": timid, "xgb": sure})
    table = found.table().set_index("family")
    assert list(table.index) == ["xgb", "logreg"]
    assert set(table["roc_auc"]) == {0.8}
    assert (table["gap"] == 0).all()  # one ranking, two sets of probabilities
    np.testing.assert_array_equal(found.scores, sure)
    by_id = replace(found, oof=found.oof.assign(id=[f"c{n}" for n in range(300)]))
    asked = SimpleNamespace(keys=pd.Series(["c7", "nobody", "c2"]))
    np.testing.assert_array_equal(by_id.of(asked), [sure[7], np.nan, sure[2]])


def test_simplicity_below_zero_is_refused():
    with pytest.raises(ParameterError, match=r"simplicity = -1: debe ser un número de errores"):
        choice.choose([], simplicity=-1)


def test_the_only_one_left_is_chosen_by_evidence_alone(halves):
    y, _, sure = halves
    lost = np.tile([0.5, 0.4], 150)
    assert say.choice_sentence(chosen_among(y, {"logreg": lost, "stack": sure})) == (
        "Por evidencia queda fuera Regresión logística (DeLong, p menor que 0,05). Combinación "
        "v0.3 es la única que queda: ROC-AUC 0,8000."
    )


def test_a_challenger_that_ranks_better_replaces_the_champion(table):
    trained(table, "0.1", drop_cols=["a"])
    crown(experiments()[0])
    dev = trained(table, "0.2")
    found = verdict(dev)
    assert (found.wins, found.reason) == (True, "ranks_better")
    assert "sustituye a Regresión logística v0.1: ordena mejor" in verdict_sentence(found)


def test_a_champion_that_cannot_read_the_table_is_replaced(table):
    trained(table, "0.1")
    crown(experiments()[0])
    dev = trained(table, "0.2", drop_cols=["b"])
    found = verdict(dev)
    assert (found.wins, found.reason) == (True, "out_of_contract")
    assert "que no puede leer esta tabla" in verdict_sentence(found)


def test_a_champion_that_this_code_cannot_open_is_replaced(table, monkeypatch):
    trained(table, "0.1")
    crown(experiments()[0])
    dev = trained(table, "0.2")
    monkeypatch.delattr(derived, "Derive")  # as if a later version had another name for it
    found = verdict(dev)
    assert (found.wins, found.reason) == (True, "unreadable")
    assert "que esta versión del código no puede abrir" in verdict_sentence(found)


def test_the_contract_is_kept_with_the_version_and_the_log_knows_its_hash(table):
    dev = trained(table, "0.1")
    (entry,) = experiments()
    path = config.resolve(entry.contract.path)
    assert path == config.resolve("artifacts/contract__v0.1.json")
    assert entry.contract.sha256 == store.sha256(path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["version"] == "0.1"
    assert kept["data_sha256"] == dev.sha256
    assert {n: c["kind"] for n, c in kept["columns"].items()} == {
        n: "numeric" if n in dev.numeric else "categorical" for n in dev.X
    }
    assert (kept["id_col"], kept["target"]) == ("id", "left")

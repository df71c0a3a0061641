"""The library's stages as the simulated year calls them: the only place that knows their names."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timeline import ID, TARGET
from retencion_lib import config
from retencion_lib.home import registry, store
from retencion_lib.home.exam import Confusion, Exam, Threshold, write_exam
from retencion_lib.home.experiments import experiments
from retencion_lib.home.watch_report import Alert
from retencion_lib.maths import estimation, metrics
from retencion_lib.models import FAMILIES, FittedModel, choice, choose_calibrator
from retencion_lib.models.combine import fit_family
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.features import describe
from retencion_lib.models.train import Candidate
from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages import train as training
from retencion_lib.stages.checks.answers import Answers, Retrain, Until
from retencion_lib.stages.evaluate.challenge import challenge
from retencion_lib.stages.evaluate.examine import Opening
from retencion_lib.stages.monitor import advice, history
from retencion_lib.tables import load_training, require_batch
from retencion_lib.tables.partition import partition
from retencion_lib.tables.reference import write_profile

FAMILY = "logreg"
CAPACITY = 0.10
COLUMNS = {"id_col": ID, "score_col": "score", "target": TARGET}


@dataclass(frozen=True)
class Looked:
    """What one month's monitoring said."""

    findings: list[Alert]
    decision: str
    expected: estimation.Estimate  # ROC-AUC


def use_home(home: Path) -> None:
    """Work in this folder from now on."""
    os.environ[config.HOME_VARIABLE] = str(home)
    for folder in ("data", "artifacts", "logs", "monitoring"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    store.begin("year")


def learn(table: pd.DataFrame, version: str, seed: int) -> FittedModel | None:
    """Train one model of one family and put it in use if 03's rule does: None where it loses.

    02 and 03 without their notebooks.
    """
    path = f"data/train_v{version}.csv"
    store.write_csv(config.resolve(path), table)
    customers = load_training(path, target=TARGET, id_col=ID)
    parts = partition(customers, test_share=0.2, seed=seed)
    dev, exam = parts.dev, parts.test
    columns = describe(dev.X, dev.numeric, dev.categorical)
    variants = fit_variants(FAMILIES[FAMILY], dev.X, dev.y, parts.folds, columns, seed)
    fit = fit_family(variants, dev.y)
    calibrator, p = choose_calibrator(fit.margin, dev.y, parts.folds)
    oof = pd.DataFrame({"id": dev.ids, "y": dev.y, "fold": parts.folds, FAMILY: p})
    trained = training.Trained(
        parts, columns, [], {FAMILY: Candidate(fit, calibrator, p)}, oof, seed
    )
    models = training.fitted_models(trained, version=version, test_share=0.2)
    training.save_all(trained, models, run_id=version)
    model = models[FAMILY]
    log = experiments()
    start = Opening(log, choice.choose(log), model, parts, registry.read().champion)
    if not challenge(start).wins:
        return None
    threshold = model.thresholds["f1"]
    given = {"threshold": threshold, "k": metrics.k_of(exam.n_rows, CAPACITY)}
    found = estimation.realised(exam.y, model.predict(exam.X), **given)
    cut, newest = Threshold(threshold, "f1"), log[-1]
    report = Exam(
        FAMILY, version, newest.artifact.path, newest.artifact.sha256, newest.created_at,
        exam.n_rows, exam.positive_rate, given["k"],
        {m: e.value for m, e in found.items()}, {m: (e.low, e.high) for m, e in found.items()},
        cut, Confusion(**metrics.confusion(exam.y, model.predict(exam.X), threshold)),
    )  # fmt: skip
    for path in (config.TEST_REPORT, f"artifacts/{FAMILY}__v{version}__test.json"):
        write_exam(config.resolve(path), report)
    entry = registry.Entry(FAMILY, version, report.artifact_sha256, report.artifact, cut,
                           positive=dev.positive, stage="champion")  # fmt: skip
    store.write_json(config.resolve(config.REGISTRY), asdict(registry.Registry([entry])))
    reference = dev.X.assign(score=p)
    reference.insert(0, ID, dev.ids)
    store.write_csv(config.resolve(config.REFERENCE), reference)
    write_profile(version, config.REFERENCE, id_col=ID, target=TARGET, scores=model.predict(exam.X))
    return model


def score(model: FittedModel, batch: pd.DataFrame, *, date: str) -> pd.DataFrame:
    """Score a batch, write it and log it: 04 without its notebook."""
    frame = require_batch(batch.drop(columns=TARGET), model.contract, date).frame
    scored = frame.assign(score=model.predict(frame))
    store.write_csv(config.resolve(f"data/{date}_with_score.csv"), scored)
    threshold = registry.read().champion.threshold.value
    events = pd.DataFrame(
        {"event_id": date + scored[ID], "run_id": date, "scored_at": f"{date}T12:00:00Z",
         ID: scored[ID], "score": scored["score"],
         "threshold": threshold, "model": model.family, "version": model.version}
    )  # fmt: skip
    store.append_csv(config.resolve(config.PREDICTIONS), events)
    return scored


def predict(model: FittedModel, batch: pd.DataFrame) -> np.ndarray:
    """Scores of a batch by a model, without writing anything."""
    return model.predict(require_batch(batch.drop(columns=TARGET), model.contract, "lote").frame)


def watch(date: str, labelled: pd.DataFrame | None, *, look: str = "") -> Looked:
    """Look at a scored batch, with the outcomes that have arrived: 05 without its notebook.

    All its checks but the classifier of all columns at once (RET012), which takes half the time.
    """
    current, labels = f"data/{date}_with_score.csv", ""
    if labelled is not None:
        labels = f"data/{date}_labels.csv"
        store.write_csv(config.resolve(labels), labelled[[ID, TARGET]])
    tables, _ = monitoring.load(config.REFERENCE, current, **COLUMNS, date=date)
    shifts = monitoring.shifts(tables)
    seen = monitoring.watch(tables, shifts, labels)
    found = [*monitoring.hard_findings(tables), *monitoring.shift_alerts(shifts), *seen.alerts]
    batch = {"batch": tables.customers, "path": tables.paths[1], "date": date}
    found += history.escalate(history.read(), found, **batch)
    report = monitoring.write_report(tables, shifts, found, seen=seen)
    history.append(report, run_id=f"{date}{look}", date=date)
    advised = advice.recommend(report, id_col=ID, target=TARGET, date=date)
    return Looked(report.alerts, decided(advised.answers), seen.expected.estimates["roc_auc"])


def decided(answers: Answers) -> str:
    """What is done about the model, as the results of the year name it."""
    if answers.until in (Until.EXTRACT, Until.CAUSE):
        return {Until.EXTRACT: "fix", Until.CAUSE: "keep"}[answers.until]
    return {Retrain.NO: "keep", Retrain.WAIT: "watch", Retrain.YES: "retrain"}[answers.retrain]

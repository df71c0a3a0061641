"""Write down what 02 made: artifacts, their contract, out-of-fold scores, and the log."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.experiments import Experiment, FileOf, Learnt, Refit, log_experiments
from retencion_lib.maths import metrics
from retencion_lib.models import FittedModel, to_bytes
from retencion_lib.stages.train.refit import NONE, Again
from retencion_lib.stages.train.train import Trained, calibration
from retencion_lib.tables.rules import plain_contract


def save_all(
    trained: Trained,
    models: dict[str, FittedModel],
    again: Again = NONE,
    *,
    run_id: str,
    capacity: float = 0.10,
) -> pd.DataFrame:
    """Write artifacts, their data contract, calibration, out-of-fold scores and the log.

    Parameters
    ----------
    again : Again
        What will score where a model is put in use; empty for the models themselves.

    Returns
    -------
    DataFrame
        One row a family: artifact, SHA-256 and seconds.
    """
    first = next(iter(models.values()))
    version, oof = first.version, trained.oof
    contract = store.write_json(config.resolve(f"artifacts/contract__v{version}.json"), {
        "version": version, "data_sha256": first.data_sha256, **plain_contract(first.contract),
    })  # fmt: skip
    oof_path = store.write_csv(config.resolve(f"artifacts/oof__v{version}.csv"), oof)
    shared = {"oof": _file(oof_path), "contract": _file(contract)}
    refits, entries = _save_again(again), []
    for name, model in models.items():
        path = store.write_new(config.resolve(f"artifacts/{name}__v{version}.pkl"), to_bytes(model))
        _write_calibration(name, version, oof)
        files = shared | {"artifact": _file(path)}
        made = _experiment(trained, model, run_id, capacity, files)
        entries.append(replace(made, refit=refits.get(name)))
    log_experiments(entries)
    rows = [(e.artifact.path, e.artifact.sha256, e.fit_seconds) for e in entries]
    return pd.DataFrame(rows, columns=["artifact", "sha256", "fit_seconds"])


def _write_calibration(name: str, version: str, oof: pd.DataFrame) -> None:
    bins = calibration(oof, [name]).drop(columns="family")
    bins.insert(0, "version", version)
    bins.insert(1, "split", "valid")
    store.write_csv(config.resolve(f"artifacts/{name}__calibration.csv"), bins)


def _save_again(again: Again) -> dict[str, Refit]:
    """Write what was learnt again, by family."""
    if not again.models:
        return {}
    version = next(iter(again.models.values())).version
    oof = _file(store.write_csv(config.resolve(f"artifacts/oof__v{version}.csv"), again.oof))
    refits = {}
    for name, model in again.models.items():
        path = store.write_new(config.resolve(f"artifacts/{name}__v{version}.pkl"), to_bytes(model))
        refits[name] = Refit(version, _file(path), oof, len(again.oof), again.learnt_until)
    return refits


def _experiment(
    trained: Trained, model: FittedModel, run_id: str, capacity: float, files: dict[str, FileOf]
) -> Experiment:
    dev, test = trained.parts.dev, trained.parts.test
    candidate = trained.candidates[model.family]
    whole = dev.n_rows + test.n_rows
    return Experiment(
        run_id=run_id,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        family=model.family,
        version=model.version,
        params=candidate.params(),
        seed=model.seed,
        fit_seconds=round(candidate.fit.seconds, 3),
        data=Learnt(
            path=dev.path,
            sha256=dev.sha256,
            n_rows=whole,
            positive_rate=float((dev.y.sum() + test.y.sum()) / whole),
            target=dev.target,
            id_col=dev.id_col,
            test_share=model.test_share,
            dropped=[c.name for c in dev.columns if c.kind == "excluded"],
            sensitive=[c.name for c in dev.columns if c.kind == "sensitive"],
            leaks=[s.column for s in trained.leaks if s.certain],
            accepted=trained.accepted,
            positive=dev.positive,
            history=dev.history,
            table_rows=dev.table_rows if dev.whole else None,
        ),
        valid=metrics.evaluate(dev.y, candidate.p, capacity=capacity, panel=dev.panel),
        **files,
    )


def _file(path: Path) -> FileOf:
    return FileOf(config.relative(path), store.sha256(path))

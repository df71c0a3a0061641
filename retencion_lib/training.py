"""Stage 02: train every family, compare them out of fold, and keep versioned artifacts."""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as library_version

import numpy as np
import pandas as pd
from tqdm import tqdm

from retencion_lib import config, metrics, store
from retencion_lib.data import Training, fold_numbers, infer_contract, sort_order, test_mask
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.models import FAMILIES, FittedModel, baseline, cross_predict, to_bytes
from retencion_lib.words import count, es, pct

MIN_PER_CLASS = 50  # customers of each class: ten in each of five folds
BASELINE = "plain_logreg"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Partition:
    """The customers that models may learn from, those put aside, and the folds."""

    dev: Training
    test: Training
    folds: np.ndarray  # fold of each row of dev

    def sentence(self) -> str:
        """What was put aside, in words."""
        return (
            f"Se apartan {count(self.test.n_rows)} clientes para el examen final "
            f"({pct(self.test.positive_rate)} de bajas) y se aprende de los otros "
            f"{count(self.dev.n_rows)} ({pct(self.dev.positive_rate)}), en "
            f"{len(np.unique(self.folds))} partes."
        )


def partition(training: Training, *, test_share: float, seed: int) -> Partition:
    """Put the test share aside and number the folds; row order plays no part.

    Raises
    ------
    DataError
        If a class has too few customers to be learnt and judged.
    """
    config.check_share("test_share", test_share)
    training = training.take(sort_order(training.ids, seed))
    held = test_mask(training.ids, training.y, test_share, seed)
    dev = training.take(~held)
    fewest = int(min(np.bincount(dev.y, minlength=2)))
    if fewest < MIN_PER_CLASS:
        raise DataError(
            f"{training.path}: una de las clases de '{training.target}' tiene {fewest} clientes "
            f"para aprender y hacen falta {MIN_PER_CLASS}. Reúne más datos, o baja test_share."
        )
    return Partition(dev, training.take(held), fold_numbers(dev.ids, dev.y, seed))


def next_version(asked: str = "") -> str:
    """Version to write: the one asked for, or the next free after the newest."""
    folder = config.resolve("artifacts")
    taken = [
        tuple(map(int, found.groups()))
        for path in folder.glob("*__v*.pkl")
        if (found := re.search(r"__v(\d+)\.(\d+)\.pkl$", path.name))
    ]
    if not asked:
        major, minor = max(taken, default=(0, 0))
        return f"{major}.{minor + 1}"
    if not re.fullmatch(r"\d+\.\d+", asked):
        raise ParameterError(
            f"version = '{asked}': debe ser como '0.2'. Déjalo vacío para usar la siguiente libre."
        )
    if tuple(map(int, asked.split("."))) in taken:
        raise ParameterError(
            f"version = '{asked}': ya existe en artifacts/ y una versión no se sobrescribe. "
            f"Usa '{next_version()}', o déjalo vacío."
        )
    return asked


def out_of_fold(parts: Partition, *, seed: int) -> pd.DataFrame:
    """Score every customer by models that never saw it, one column a family.

    Returns
    -------
    DataFrame
        ``id, y, fold``, one column a family, and `BASELINE`.
    """
    dev = parts.dev
    table = pd.DataFrame({"id": dev.ids, "y": dev.y, "fold": parts.folds})
    n_folds = len(np.unique(parts.folds))
    given = (dev.X, dev.y, parts.folds, dev.numeric, dev.categorical, seed)
    with tqdm(total=n_folds * len(FAMILIES), file=sys.stderr, unit="modelo") as bar:
        for name, family in FAMILIES.items():
            bar.set_description(family.label)
            start = time.perf_counter()
            table[name] = cross_predict(family, *given, tick=bar.update)
            table.attrs[name] = time.perf_counter() - start
    table[BASELINE] = _baseline_scores(dev, parts.folds)
    return table


def _baseline_scores(dev: Training, folds: np.ndarray) -> np.ndarray:
    scores = np.full(dev.n_rows, np.nan)
    for fold in np.unique(folds):
        held = folds == fold
        plain = baseline(dev.numeric, dev.categorical).fit(dev.X[~held], dev.y[~held])
        scores[held] = plain.predict_proba(dev.X[held])[:, 1]
    return scores


def compare(oof: pd.DataFrame, *, capacity: float = 0.10) -> pd.DataFrame:
    """Validation metrics of each column of scores, best ROC-AUC first."""
    names = [*FAMILIES, BASELINE]
    rows = [
        {"family": name, **metrics.evaluate(oof["y"].to_numpy(), oof[name], capacity=capacity)}
        for name in names
    ]
    return pd.DataFrame(rows).sort_values("roc_auc", ascending=False, ignore_index=True)


def family_label(name: str) -> str:
    """Name of a family for readers."""
    return FAMILIES[name].label if name in FAMILIES else "Logística sin ajustar (listón)"


def comparison_sentence(table: pd.DataFrame) -> str:
    """Who ranks best, by how much, and against the bar."""
    first, second = table.iloc[0], table.iloc[1]
    bar = table.loc[table["family"] == BASELINE].iloc[0]
    return (
        f"**{family_label(first.family)}** ordena mejor: ROC-AUC {es(first.roc_auc, 4)}, "
        f"{es(first.roc_auc - second.roc_auc, 4)} sobre {family_label(second.family)} y "
        f"{es(first.roc_auc - bar.roc_auc, 4)} sobre la logística sin ajustar. "
        "La elección se documenta en 03."
    )


def fit_final(
    parts: Partition, oof: pd.DataFrame, *, version: str, seed: int, test_share: float
) -> dict[str, FittedModel]:
    """Fit each family on all rows but the test share."""
    dev = parts.dev
    libraries = {name: library_version(name) for name in LIBRARIES}
    y = oof["y"].to_numpy()
    models = {}
    for name, family in tqdm(FAMILIES.items(), file=sys.stderr, desc="Modelos finales"):
        start = time.perf_counter()
        pipeline = family.build(dev.numeric, dev.categorical, seed).fit(dev.X, dev.y)
        models[name] = FittedModel(
            family=name,
            version=version,
            pipeline=pipeline,
            contract=infer_contract(dev),
            thresholds={"f1": metrics.f1_threshold(y, oof[name])},
            seed=seed,
            test_share=test_share,
            data_sha256=dev.sha256,
            positive=dev.positive,
            positive_rate=dev.positive_rate,
            libraries=libraries,
        )
        oof.attrs[name] += time.perf_counter() - start
    return models


def save_all(
    parts: Partition,
    oof: pd.DataFrame,
    models: dict[str, FittedModel],
    *,
    run_id: str,
    capacity: float = 0.10,
) -> pd.DataFrame:
    """Write artifacts, calibration points, out-of-fold scores and the experiment log.

    Returns
    -------
    DataFrame
        One row a family: artifact, SHA-256 and seconds.
    """
    version = next(iter(models.values())).version
    oof_path = store.write_csv(config.resolve(f"artifacts/oof__v{version}.csv"), oof)
    entries = []
    for name, model in models.items():
        path = config.resolve(f"artifacts/{name}__v{version}.pkl")
        store.write_new(path, to_bytes(model))
        _write_calibration(name, version, oof)
        entries.append(_experiment(parts, oof, model, run_id, capacity) | {
            "artifact": {"path": config.relative(path), "sha256": store.sha256(path)},
            "oof": {"path": config.relative(oof_path), "sha256": store.sha256(oof_path)},
        })  # fmt: skip
    store.append_json(config.resolve(config.EXPERIMENTS), entries)
    return pd.DataFrame(
        [
            {"artifact": e["artifact"]["path"], "sha256": e["artifact"]["sha256"],
             "fit_seconds": e["fit_seconds"]}
            for e in entries
        ]
    )  # fmt: skip


def _write_calibration(name: str, version: str, oof: pd.DataFrame) -> None:
    bins = calibration(oof, [name]).drop(columns="family")
    bins.insert(0, "version", version)
    bins.insert(1, "split", "valid")
    store.write_csv(config.resolve(f"artifacts/{name}__calibration.csv"), bins)


def calibration(oof: pd.DataFrame, families: Sequence[str] = tuple(FAMILIES)) -> pd.DataFrame:
    """Calibration points of each family on its out-of-fold scores."""
    y = oof["y"].to_numpy()
    parts = [
        metrics.calibration_bins(y, oof[name].to_numpy()).assign(family=name) for name in families
    ]
    return pd.concat(parts, ignore_index=True)


def calibration_sentence(points: pd.DataFrame) -> str:
    """Largest gap between what each family says and what happened."""
    gaps = (points["prob_pred"] - points["prob_true"]).abs().groupby(points["family"]).max()
    said = [f"{family_label(name)} {pct(gap)}" for name, gap in gaps.sort_values().items()]
    return f"Mayor diferencia entre lo previsto y lo ocurrido en un tramo: {'; '.join(said)}."


def _experiment(
    parts: Partition, oof: pd.DataFrame, model: FittedModel, run_id: str, capacity: float
) -> dict:
    dev, test = parts.dev, parts.test
    estimator = model.pipeline.named_steps["model"]
    whole = dev.n_rows + test.n_rows
    return {
        "run_id": run_id,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "family": model.family,
        "version": model.version,
        "params": estimator.get_params(),
        "seed": model.seed,
        "fit_seconds": round(oof.attrs[model.family], 3),
        "data": {
            "path": dev.path,
            "sha256": dev.sha256,
            "n_rows": whole,
            "positive_rate": float((dev.y.sum() + test.y.sum()) / whole),
            "target": dev.target,
            "id_col": dev.id_col,
            "test_share": model.test_share,
            "dropped": [c.name for c in dev.columns if c.kind == "excluded"],
        },
        "valid": metrics.evaluate(oof["y"].to_numpy(), oof[model.family], capacity=capacity),
    }

"""Stage 02: train every family, compare them out of fold, and keep versioned artifacts."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as library_version

import pandas as pd
from tqdm import tqdm

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.maths import metrics
from retencion_lib.models import (
    BASELINE,
    LABELS,
    Candidate,
    FittedModel,
    Found,
    baseline_scores,
    family_label,
    n_fits,
    prepare_columns,
    to_bytes,
    train_candidates,
)
from retencion_lib.models.features import Columns
from retencion_lib.tables import infer_contract
from retencion_lib.tables.partition import Partition
from retencion_lib.words import count, es, listed, pct

BACKGROUND = 200  # training rows that a model keeps, to explain itself
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")
CALIBRATIONS = {"none": "no hace falta", "sigmoid": "sigmoide",
                "mean": "media de sigmoide e isotónica"}  # fmt: skip


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


@dataclass(frozen=True)
class Trained:
    """Every candidate of a partition, and what each said out of fold."""

    parts: Partition
    columns: Columns
    found: list[Found]  # derived columns that help
    candidates: dict[str, Candidate]  # from the simplest
    oof: pd.DataFrame  # id, y, fold, one column a candidate, and `BASELINE`
    seed: int


def train(parts: Partition, *, seed: int) -> Trained:
    """Fit every family fold by fold and stack them; each row is judged by who never saw it."""
    dev, folds = parts.dev, parts.folds
    with tqdm(file=sys.stderr, unit="sondeo", desc="Columnas derivadas") as bar:
        columns, found = prepare_columns(
            dev.X, dev.y, folds, dev.numeric, dev.categorical, seed, bar.update
        )
    with tqdm(total=n_fits(folds), file=sys.stderr, unit="modelo", desc="Modelos") as bar:
        candidates = train_candidates(dev.X, dev.y, folds, columns, seed, tick=bar.update)
    oof = pd.DataFrame({"id": dev.ids, "y": dev.y, "fold": folds})
    for name, candidate in candidates.items():
        oof[name] = candidate.p
    oof[BASELINE] = baseline_scores(dev.X, dev.y, folds, columns)
    return Trained(parts, columns, found, candidates, oof, seed)


def compare(oof: pd.DataFrame, *, capacity: float = 0.10) -> pd.DataFrame:
    """Validation metrics of each column of scores, best ROC-AUC first."""
    names = oof.columns.drop(["id", "y", "fold"])
    rows = [
        {"family": name, **metrics.evaluate(oof["y"].to_numpy(), oof[name], capacity=capacity)}
        for name in names
    ]
    return pd.DataFrame(rows).sort_values("roc_auc", ascending=False, ignore_index=True)


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


def fitted_models(trained: Trained, *, version: str, test_share: float) -> dict[str, FittedModel]:
    """Give each candidate what scoring needs: its contract, its threshold, its provenance."""
    dev = trained.parts.dev
    contract = infer_contract(dev)
    libraries = {name: library_version(name) for name in LIBRARIES}
    return {
        name: FittedModel(
            family=name,
            version=version,
            predictor=candidate.fit.predictor,
            calibrator=candidate.calibrator,
            contract=contract,
            thresholds={"f1": metrics.f1_threshold(dev.y, candidate.p)},
            seed=trained.seed,
            test_share=test_share,
            data_sha256=dev.sha256,
            positive=dev.positive,
            positive_rate=dev.positive_rate,
            libraries=libraries,
            background=dev.X.head(BACKGROUND),  # rows are in hash order: a random sample
        )
        for name, candidate in trained.candidates.items()
    }


def save_all(
    trained: Trained,
    models: dict[str, FittedModel],
    *,
    run_id: str,
    capacity: float = 0.10,
) -> pd.DataFrame:
    """Write artifacts, their data contract, calibration, out-of-fold scores and the log.

    Returns
    -------
    DataFrame
        One row a family: artifact, SHA-256 and seconds.
    """
    first = next(iter(models.values()))
    version, oof = first.version, trained.oof
    contract = store.write_json(config.resolve(f"artifacts/contract__v{version}.json"), {
        "version": version, "data_sha256": first.data_sha256, **first.contract,
    })  # fmt: skip
    oof_path = store.write_csv(config.resolve(f"artifacts/oof__v{version}.csv"), oof)
    entries = []
    for name, model in models.items():
        path = config.resolve(f"artifacts/{name}__v{version}.pkl")
        store.write_new(path, to_bytes(model))
        _write_calibration(name, version, oof)
        entries.append(_experiment(trained, model, run_id, capacity) | {
            "artifact": {"path": config.relative(path), "sha256": store.sha256(path)},
            "oof": {"path": config.relative(oof_path), "sha256": store.sha256(oof_path)},
            "contract": {"path": config.relative(contract), "sha256": store.sha256(contract)},
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


def calibration(oof: pd.DataFrame, families: Sequence[str] = ()) -> pd.DataFrame:
    """Calibration points of each family (by default every candidate) on out-of-fold scores."""
    y = oof["y"].to_numpy()
    names = families or [c for c in oof.columns if c in LABELS and c != BASELINE]
    parts = [
        metrics.calibration_bins(y, oof[name].to_numpy()).assign(family=name) for name in names
    ]
    return pd.concat(parts, ignore_index=True)


def calibration_table(trained: Trained) -> pd.DataFrame:
    """How each candidate was calibrated, and how true its probabilities are out of fold."""
    rows = []
    for name, candidate in trained.candidates.items():
        found = metrics.reliability(trained.parts.dev.y, candidate.p)
        rows.append(
            {
                "family": family_label(name),
                "calibration": CALIBRATIONS[candidate.calibrator.kind],
                "ece": found.ece,
                "ece_perfect": found.ece_perfect,
                "slope": found.slope,
                "intercept": found.intercept,
                "brier": found.brier,
                "reliability": found.reliability,
                "resolution": found.resolution,
            }
        )
    return pd.DataFrame(rows)


def truth_sentence(trained: Trained) -> str:
    """Which candidates' probabilities could be exactly true, as far as these customers tell."""
    y = trained.parts.dev.y
    true, false = [], []
    for name, candidate in trained.candidates.items():
        (true if metrics.reliability(y, candidate.p).trusted else false).append(family_label(name))
    parts = [f"no se distinguen de probabilidades ciertas: {listed(true)}"] if true else []
    parts += [f"se desvían más que el azar: {listed(false)}"] if false else []
    return f"Con {count(len(y))} clientes, {'; '.join(parts)}."


def derived_sentence(trained: Trained) -> str:
    """Which derived columns were found, or that none helps."""
    if not trained.found:
        return "Ninguna suma ni cociente de columnas mejora la predicción más que su ruido."
    said = [
        f"**{f.column.name}** (pérdida logarítmica {es(f.gain, 4)} menor, error típico "
        f"{es(f.error, 4)})"
        for f in trained.found
    ]
    return f"Se añaden columnas que mejoran la predicción más que su ruido: {listed(said)}."


def calibration_sentence(points: pd.DataFrame) -> str:
    """Largest gap between what each family says and what happened."""
    gaps = (points["prob_pred"] - points["prob_true"]).abs().groupby(points["family"]).max()
    said = [f"{family_label(name)} {pct(gap)}" for name, gap in gaps.sort_values().items()]
    return f"Mayor diferencia entre lo previsto y lo ocurrido en un tramo: {'; '.join(said)}."


def _experiment(trained: Trained, model: FittedModel, run_id: str, capacity: float) -> dict:
    dev, test = trained.parts.dev, trained.parts.test
    candidate = trained.candidates[model.family]
    whole = dev.n_rows + test.n_rows
    return {
        "run_id": run_id,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "family": model.family,
        "version": model.version,
        "params": candidate.params(),
        "seed": model.seed,
        "fit_seconds": round(candidate.fit.seconds, 3),
        "data": {
            "path": dev.path,
            "sha256": dev.sha256,
            "n_rows": whole,
            "positive_rate": float((dev.y.sum() + test.y.sum()) / whole),
            "target": dev.target,
            "id_col": dev.id_col,
            "test_share": model.test_share,
            "dropped": [c.name for c in dev.columns if c.kind == "excluded"],
            "sensitive": [c.name for c in dev.columns if c.kind == "sensitive"],
        },
        "valid": metrics.evaluate(dev.y, candidate.p, capacity=capacity),
    }

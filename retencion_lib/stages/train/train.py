"""Stage 02: train every family, compare them out of fold, and keep versioned artifacts."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version as library_version

import pandas as pd
from tqdm import tqdm

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.maths import metrics
from retencion_lib.models import (
    BASELINE,
    LABELS,
    Candidate,
    FittedModel,
    Search,
    baseline_scores,
    n_fits,
    prepare_columns,
    train_candidates,
)
from retencion_lib.models.choice import panel_in
from retencion_lib.models.features import Columns
from retencion_lib.tables import Training, infer_contract
from retencion_lib.tables.leaks import Suspect, refuse_leaks, suspects
from retencion_lib.tables.partition import Partition

BACKGROUND = 200  # training rows that a model keeps, to explain itself
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")


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
    found: Search  # of derived columns that help
    candidates: dict[str, Candidate]  # from the simplest
    oof: pd.DataFrame  # id, y, fold, one column a candidate, and `BASELINE`
    seed: int
    leaks: list[Suspect] = field(default_factory=list)
    accepted: str = ""  # why the certain leaks are learnt from all the same


def look_for_leaks(customers: Training, accepted: str) -> list[Suspect]:
    """Columns that know too much; where one certainly does, only a reason lets it be learnt.

    Raises
    ------
    DataError
        If there is no reason.
    """
    found = suspects(customers)
    refuse_leaks(found, customers.path, accepted)
    return found


def leaks_result(found: Sequence[Suspect]) -> dict[str, str]:
    """Columns learnt from although they know too much, for the report's first lines."""
    return {"accepted_leaks": ", ".join(s.column for s in found if s.certain)}


def train(
    parts: Partition, *, seed: int, leaks: Sequence[Suspect] = (), accepted: str = ""
) -> Trained:
    """Fit every family fold by fold and stack them; each row is judged by who never saw it."""
    dev, folds = parts.dev, parts.folds
    with tqdm(file=sys.stderr, unit="sondeo", desc="Columnas derivadas") as bar:
        columns, found = prepare_columns(
            dev.X, dev.y, folds, dev.numeric, dev.categorical, seed, bar.update
        )
    with tqdm(total=n_fits(folds), file=sys.stderr, unit="modelo", desc="Modelos") as bar:
        candidates = train_candidates(dev.X, dev.y, folds, columns, seed, tick=bar.update)
    oof = pd.DataFrame({"id": dev.ids, "y": dev.y, "fold": folds})
    if dev.snapshots is not None:
        oof.insert(1, "snapshot", dev.snapshots.astype(str))
    for name, candidate in candidates.items():
        oof[name] = candidate.p
    oof[BASELINE] = baseline_scores(dev.X, dev.y, folds, columns)
    return Trained(parts, columns, found, candidates, oof, seed, list(leaks), accepted)


def compare(oof: pd.DataFrame, *, capacity: float = 0.10) -> pd.DataFrame:
    """Validation metrics of each column of scores, best ROC-AUC first."""
    names = oof.columns.drop(["id", "y", "fold", "snapshot"], errors="ignore")
    y, panel = oof["y"].to_numpy(), panel_in(oof)
    rows = [
        {"family": n, **metrics.evaluate(y, oof[n].to_numpy(), capacity=capacity, panel=panel)}
        for n in names
    ]
    return pd.DataFrame(rows).sort_values("roc_auc", ascending=False, ignore_index=True)


def fitted_models(trained: Trained, *, version: str, test_share: float) -> dict[str, FittedModel]:
    """Give each candidate what scoring needs: its contract, its threshold, its provenance."""
    dev = trained.parts.dev
    contract = infer_contract(dev)
    libraries = {name: library_version(name) for name in LIBRARIES}
    models = {
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
    # Found on what single members said; moved to where the whole model flags as many.
    unseen = trained.parts.test.X
    return {
        name: replace(m, thresholds={p: m.cut_of_all(unseen, c) for p, c in m.thresholds.items()})
        for name, m in models.items()
    }


def calibration(oof: pd.DataFrame, families: Sequence[str] = ()) -> pd.DataFrame:
    """Calibration points of each family (by default every candidate) on out-of-fold scores."""
    y = oof["y"].to_numpy()
    names = families or [c for c in oof.columns if c in LABELS and c != BASELINE]
    parts = [
        metrics.calibration_bins(y, oof[name].to_numpy()).assign(family=name) for name in names
    ]
    return pd.concat(parts, ignore_index=True)

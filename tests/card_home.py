"""A small home with the files that a model card reads, all figures chosen by hand."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from retencion_lib.home.watch_report import Alert, Side
from retencion_lib.tables.rules import CATEGORICAL, NUMERIC, Contract, Rule
from tests.watch_reports import quiet, shift

CONTRACT = Contract("cliente", "baja", {
    "meses": Rule(0.0, NUMERIC, min=0.0, max=72.0),
    "plan": Rule(0.02, CATEGORICAL, categories=("anual", "mensual")),
})  # fmt: skip
METRICS = {"roc_auc": 0.85, "pr_auc": 0.68, "f1": 0.63, "precision_at_k": 0.80, "lift_at_k": 3.2}
SHA = "c" * 64
FILE = {"path": "artifacts/any", "sha256": "f" * 64}


def judged() -> dict:
    """Report of the examined model: 1,000 customers, a quarter of whom left."""
    return {
        "family": "xgb", "version": "0.3", "artifact": "artifacts/xgb__v0.3.pkl",
        "artifact_sha256": SHA, "created_at": "2026-10-31T09:00:00+00:00", "n_rows": 1000,
        "positive_rate": 0.25, "k": 100, "test": METRICS,
        "test_ci": {"roc_auc": [0.83, 0.87]},
        "baseline": {"name": "plain_logreg", "test": {"roc_auc": 0.84}},
        "selection": {"rule": "mejor ROC-AUC", "why": "gana por 0,01", "candidates": []},
        "threshold": {"value": 0.34, "policy": "f1", "all": {"f1": 0.34}},
        "confusion_matrix": {"tn": 600, "fp": 150, "fn": 50, "tp": 200},
    }  # fmt: skip


def write(home: Path) -> None:
    """Write the experiment log, the registry, 01's summary and the calibration points."""
    for folder in ("artifacts", "monitoring"):
        (home / folder).mkdir(exist_ok=True)
    (home / "artifacts/xgb__v0.3.pkl").write_bytes(b"")
    _json(home / "artifacts/experiments_summary.json", [{
        "run_id": "r-02", "created_at": "2026-10-31T08:00:00+00:00", "family": "xgb",
        "version": "0.3", "params": {"max_depth": 3}, "seed": 42, "fit_seconds": 1.5,
        "valid": METRICS, "oof": FILE, "contract": FILE,
        "artifact": {"path": "artifacts/xgb__v0.3.pkl", "sha256": SHA},
        "data": {"path": "clientes.csv", "sha256": "d" * 64, "n_rows": 5000,
                 "positive_rate": 0.25, "target": "baja", "id_col": "cliente",
                 "test_share": 0.2, "dropped": ["correo"]},
    }])  # fmt: skip
    _json(home / "artifacts/registry.json", {
        "models": [{"family": "xgb", "version": "0.3", "sha256": SHA, "stage": "champion",
                    "artifact": "artifacts/xgb__v0.3.pkl", "run_id": "r-03",
                    "threshold": {"value": 0.34, "policy": "f1"}}],
        "history": [{"at": "2026-10-31T09:00:00+00:00", "model": "xgb v0.3",
                     "previous": "xgb v0.2", "why": "no es peor", "approver": "Ana"}],
    })  # fmt: skip
    _json(home / "monitoring/eda_summary.json", {
        "n_rows": 5000, "n_columns": 4, "target": "baja", "positive_rate": 0.25,
        "data": {"path": "clientes.csv", "sha256": "d" * 64}, "association": [], "leakage": [],
        "columns": [{"name": "plan", "n_missing": 100}, {"name": "meses", "n_missing": 0}],
        "initial_drift": [asdict(shift("meses", significant=False)) | {"split": "halves"}],
        "duplicates": {"n_rows": 0, "share": 0.0},
    })  # fmt: skip
    # Said 0.10 and 0.30, happened 0.11 and 0.28: 100 and 400 customers, 1.8 points on average.
    (home / "artifacts/xgb__calibration.csv").write_text(
        "version,split,bin,prob_pred,prob_true,count\n0.3,valid,1,0.10,0.11,100\n"
        "0.3,valid,2,0.30,0.28,400\n0.2,valid,1,0.9,0.1,400\n"
    )


def watch(home: Path, *, status: str, psi: float, same: bool = True) -> None:
    """Write the drift reference and a monitoring report about it, or about an older one."""
    reference = home / "monitoring/train_with_score.csv"
    reference.write_text("score\n0.5\n")
    sha256 = hashlib.sha256(reference.read_bytes()).hexdigest() if same else "0" * 64
    report = quiet(
        status=status, reference=Side("monitoring/train_with_score.csv", sha256, 1),
        score=shift("score", psi=psi), alerts=[Alert("RET011", "alert", "score")],
    )  # fmt: skip
    _json(home / "monitoring/drift_report.json", asdict(report))


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")

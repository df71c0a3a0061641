"""A small sealed home, made through the library's own doors but without executing notebooks."""

import json
from pathlib import Path

import nbformat
import pandas as pd

from retencion_lib import config
from retencion_lib.home import disk, ledger, lineage, registry, store
from retencion_lib.home.exam import Threshold
from retencion_lib.home.experiments import Experiment, FileOf, Learnt, log_experiments
from retencion_lib.home.registry import Entry, Why
from retencion_lib.runs import index
from retencion_lib.runs.record import MEDIA_TYPE

STAGES = {
    "r1-train": "02_train_models",
    "r2-evaluate": "03_champion_eval",
    "r3-infer": "04_infer",
    "r4-infer": "04_infer",
    "r5-monitor": "05_monitor",
}


def make() -> None:
    """Five runs: a training, a promotion, two scored batches, a drift report."""
    for run_id, notebook in STAGES.items():
        start(run_id, notebook)
        WRITERS[notebook](run_id)
        finish(run_id, notebook)
    index.write()


def start(run_id: str, notebook: str) -> None:
    """Begin a run, as the engine and `open_run` do."""
    output = f"runs/2026-10-31/{run_id}/{notebook}.ipynb"
    ledger.append("run_started", run_id=run_id, notebook=notebook, parameters={}, output=output)
    store.begin(run_id)


def finish(run_id: str, notebook: str, status: str = "ok", results: dict | None = None) -> None:
    """End a run with a notebook and a report."""
    touched = {
        role: [{"path": t.path, "sha256": t.sha256, "bytes": t.bytes, "rows": t.rows}
               for t in lineage.current().touched if t.role == role]
        for role in ("input", "output")
    }  # fmt: skip
    facts = {"inputs": touched["input"], "outputs": touched["output"],
             "results": results or {}}  # fmt: skip
    output = config.resolve(f"runs/2026-10-31/{run_id}/{notebook}.ipynb")
    shown = nbformat.v4.new_output("display_data", {MEDIA_TYPE: {"run_id": run_id} | facts})
    cell = nbformat.v4.new_code_cell("close_run(run)", outputs=[shown], execution_count=1)
    disk.write(output, nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode())
    disk.write(output.with_suffix(".html"), page(run_id))
    ledger.append(
        "run_finished", run_id=run_id, notebook=notebook, status=status, parameters={}, **facts,
        files={config.relative(f): disk.sha256(f) for f in (output, output.with_suffix(".html"))},
    )  # fmt: skip
    store.end()


def page(run_id: str) -> bytes:
    """A report that names one customer, in the cell of a table."""
    head, cell = "<tr><th>id</th><th>n</th></tr>", "<tr><td>C001</td><td>1</td></tr>"
    return f"<p>{run_id}</p><table>{head}{cell}</table>".encode()


def model(version: str) -> bytes:
    """An artifact in which there is nothing to open."""
    return f"no model at all, version {version}".encode()


def _train(run_id: str) -> None:
    for version in ("0.2", "0.1"):
        path = f"artifacts/xgb__v{version}.pkl"
        store.write_new(config.resolve(path), model(version))
    artifact = {"path": path, "sha256": disk.digest(model("0.1"))}
    log_experiments([experiment(**artifact, run_id=run_id)])


def experiment(path: str, sha256: str, run_id: str = "r1-train") -> Experiment:
    """Entry of the experiment log of a model that learnt from nothing."""
    file = FileOf(path, sha256)
    data = Learnt("data/raw/x.csv", "0" * 64, 100, 0.3, "baja", "id", 0.2)
    return Experiment(
        run_id, "2026-10-31", "xgb", "0.1", {}, 1, 0.1, data, {"roc_auc": 0.8}, file, file, file
    )


def entry(version: str, sha256: str = "") -> Entry:
    """Registry entry of a model that 03 has judged."""
    sha256 = sha256 or disk.digest(model(version))
    return Entry("xgb", version, sha256, f"artifacts/xgb__v{version}.pkl", Threshold(0.3, "f1"),
                 valid={"roc_auc": 0.8}, created_at="2026-10-31")  # fmt: skip


def propose(version: str, *, wins: bool = True, run_id: str = "r2-evaluate") -> Entry:
    """Let 03 propose a version with its exam and its drift reference."""
    judged = entry(version)
    store.write_json(judged.file("artifacts/{name}__test.json"), {"v": version})
    reference = judged.file("monitoring/{name}__reference.csv")
    store.write_csv(reference, pd.DataFrame({"id": ["C001", "C002"], "score": [0.1, 0.2]}))
    return registry.propose(judged, Why("mejor ROC-AUC", "gana", [], run_id), wins=wins)


def _evaluate(run_id: str) -> None:
    propose("0.1", run_id=run_id)


def _infer(run_id: str) -> None:
    day = int(run_id[1])
    table = pd.DataFrame(
        {"event_id": [f"{run_id}-{n}" for n in range(5)], "run_id": run_id, "scored_at": f"{day}",
         "id": [f"C00{n}" for n in range(5)], "model": "xgb", "version": "0.1",
         "score": [0.1, 0.2, 0.3, 0.4, 0.5], "threshold": 0.3, "prediction": [0, 0, 1, 1, 1]}
    )  # fmt: skip
    store.append_csv(config.resolve(config.PREDICTIONS), table)
    store.write_csv(config.resolve(f"data/b{day}_with_score.csv"), table[["id", "score"]])


def _monitor(run_id: str) -> None:
    store.record("input", config.resolve("data/b4_with_score.csv"), 5)
    store.write_json(config.resolve(config.DRIFT_REPORT), {"status": "ok"})


WRITERS = {"02_train_models": _train, "03_champion_eval": _evaluate, "04_infer": _infer,
           "05_monitor": _monitor}  # fmt: skip


def relink(path: Path, edit) -> None:
    """Edit the ledger's events and compute numbers and chain again, as a forger would."""
    events = [json.loads(line) for line in path.read_bytes().splitlines()]
    lines, before = [], ledger.FIRST
    for seq, event in enumerate(edit(events), 1):
        lines.append(ledger.encoded(event | {"seq": seq, "prev": before}))
        before = disk.digest(lines[-1])
    path.write_bytes(b"".join(line + b"\n" for line in lines))

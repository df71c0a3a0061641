"""What an exam promised against what the next month gave, on three real panels.

``python -m benchmarks.time --panels FOLDER`` puts the clock back, case by case: the table ends at
the day on which one of the last snapshots matured; the functions that 02 and 03 call learn, choose
and examine there; and the next snapshot, which nobody had yet, judges what was promised. Written to
`results/time.json` after each case; a case that is there is not run again.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from benchmarks import panels
from benchmarks.time_cases import (
    DATA,
    SEED,
    TARGET,
    Case,
    a_home,
    cases,
    closes,
    closes_all,
    day_of,
    some,
    the_panel,
)  # fmt: skip
from retencion_lib import config
from retencion_lib.home.experiments import experiments
from retencion_lib.home.terms import Terms
from retencion_lib.maths import decision, metrics
from retencion_lib.models import Candidate, prepare_columns, train_candidates
from retencion_lib.models.choice import choose
from retencion_lib.stages import evaluate
from retencion_lib.stages import train as training
from retencion_lib.stages.evaluate.examine import Examined, Opening
from retencion_lib.tables import Training, fold_numbers, load_training
from retencion_lib.tables.partition import partition

RESULTS = Path(__file__).parent / "results" / "time.json"
# CDNOW has nine mature months and an embargo of three: a fifth of its rows leaves two cases.
TEST_SHARE = {"completejourney": 0.20, "cdnow": 0.05, "lahman": 0.20}
MEASURES = ("roc_auc", "log_loss")
MONEY = {"customer_value": 200.0, "offer_cost": 10.0, "contact_cost": 1.0, "accept_rate": 0.30}


def measure(case: Case, table: pd.DataFrame) -> dict:
    """Promise of every kind, and what the snapshots after `case.last` gave."""
    began = time.process_time()
    as_of = closes(case, case.last)
    with tempfile.TemporaryDirectory() as home, a_home(Path(home)):
        path, whole = config.resolve(DATA), config.resolve("data/whole.parquet")
        path.parent.mkdir(parents=True)
        table.to_parquet(whole, index=False)
        table[day_of(table) <= np.datetime64(as_of)].to_parquet(path, index=False)
        asked = {"target": TARGET, "id_col": case.id_col}
        start, models = learnt(case, as_of, asked)
        terms = Terms(decision.Campaign(**MONEY))
        told = evaluate.backtest(start, terms, DATA, case.id_col)
        pays = decision.break_even(terms.money)
        alone = evaluate.examine(start, capacity=terms.money.capacity, profit=pays)
        wide = evaluate.widened(alone, told)
        rows = load_training("data/whole.parquet", **asked, history=case.ask(closes_all(table)))
        now = pieces(case, rows, start, as_of, models)
        found = {
            "panel": case.panel, "share": case.share, "last": case.last, "as_of": as_of,
            "family": start.model.family, "rows": start.training.n_rows,
            "customers": start.training.n_customers, "learnt_rows": start.parts.dev.n_rows,
            "examined": wide.exam.exam.snapshots, "learnt_until": wide.exam.exam.learnt_until,
            "promised": {"exam": promise(alone), "widened": promise(wide)},
            "backtest": [
                {"cutoff": c.cutoff} | {m: c.test[m] for m in MEASURES} for c in told.cutoffs
            ],
            "random_split": told.random,
        }  # fmt: skip
        found["promised"] |= now.pop("promised")
        return found | now | {"cpu_seconds": round(time.process_time() - began, 1)}


def learnt(case: Case, as_of: str, asked: dict) -> tuple[Opening, dict]:
    """What 02 does and what 03 starts from: every family by name, and the chosen one."""
    customers = load_training(DATA, history=case.ask(as_of), **asked)
    test_share = TEST_SHARE[case.panel]
    parts = partition(customers, test_share=test_share, seed=SEED)
    leaks = training.look_for_leaks(customers, "")
    trained = training.train(parts, seed=SEED, leaks=leaks)
    models = training.fitted_models(trained, version="0.1", test_share=test_share)
    training.save_all(trained, models, run_id="benchmark")
    log = experiments()
    choice = choose(log, simplicity=0.0)
    # `evaluate.opening` wants a sealed run; everything else is what it gives.
    return Opening(log, choice, models[choice.winner.family], parts, None, customers), models


def promise(examined: Examined) -> dict:
    """Both measures of an exam, each with its interval."""
    exam = examined.exam
    return {m: exam.test[m] for m in MEASURES} | {f"{m}_ci": exam.test_ci[m] for m in MEASURES}


def pieces(case: Case, rows: Training, start: Opening, as_of: str, models: dict) -> dict:
    """The two careless promises, every model in the next snapshot, and the refit in use."""
    known, family = start.training, start.model.family
    by_row = candidate(known, family, known.keys)
    refit = candidate(known, family, known.ids)
    after = np.unique(rows.snapshots[rows.snapshots > np.datetime64(case.last)])
    at_work = after[after >= np.datetime64(as_of)][:1]
    then = rows.take(rows.snapshots == after[0])
    found = {
        "promised": {
            "by_row": out_of_fold(known, by_row, metrics.panel_of(known.keys, known.snapshots)),
            "by_customer": out_of_fold(known, refit, known.panel),
        },
        "next": judged(then, models, family) | {"snapshot": str(after[0])},
    }
    for day in at_work:
        day_rows = rows.take(rows.snapshots == day)
        old, new = models[family].predict(day_rows.X), refit.predict(day_rows.X)
        found["refit"] = against(day_rows, old, new) | {"snapshot": str(day)}
    return found


def candidate(known: Training, family: str, names: pd.Series) -> Candidate:
    """One family, learnt on all these rows, with folds by the hash of a name of each row."""
    given = known.X, known.y, fold_numbers(names, known.y, SEED)
    columns, _ = prepare_columns(*given, known.numeric, known.categorical, SEED)
    return train_candidates(*given, columns, SEED, only=family)[family]


def out_of_fold(known: Training, fitted: Candidate, panel: metrics.Panel) -> dict:
    """What cross-validation promises, with normal intervals of the panel's customers."""
    auc, covariance = metrics.delong_covariance(known.y, [fitted.p], panel)
    losses = metrics.row_log_loss(known.y, fitted.p)
    loss, error = float(losses.mean()), panel.error((losses - losses.mean()) / len(losses))
    half = float(norm.ppf(0.975)) * np.array([np.sqrt(covariance[0, 0]), error])
    return {
        "roc_auc": float(auc[0]), "roc_auc_ci": [auc[0] - half[0], auc[0] + half[0]],
        "log_loss": loss, "log_loss_ci": [loss - half[1], loss + half[1]],
    }  # fmt: skip


def judged(then: Training, models: dict, chosen: str) -> dict:
    """Every family in a snapshot, and what the chosen one gives up there, with paired errors."""
    scores = {name: model.predict(then.X) for name, model in models.items()}
    return {
        "rows": then.n_rows,
        "families": {
            name: against(then, scores[chosen], p) | plain(then, p) for name, p in scores.items()
        },
    } | plain(then, scores[chosen])


def plain(then: Training, p: np.ndarray) -> dict:
    """Both measures."""
    found = metrics.evaluate(then.y, p)
    return {m: found[m] for m in MEASURES}


def against(then: Training, old: np.ndarray, new: np.ndarray) -> dict:
    """What `new` is better by on the same rows, and the error of its customers."""
    auc = metrics.auc_difference(then.y, new, old, then.panel)
    fall, error = metrics.log_loss_difference(then.y, old, new, then.panel)
    return {
        "auc_gain": auc.difference, "auc_error": auc.error,
        "loss_fall": fall, "loss_error": error,
    }  # fmt: skip


def run(folder: Path, names: list[str], share: float, most: int, step: int) -> None:
    """Measure what is not there yet, the newest case of each panel first."""
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    tables = {
        n: some(the_panel(n, folder), panels.SOURCES[n].given["id_col"], share) for n in names
    }
    ahead = [cases(n, share, table, most, step) for n, table in tables.items()]
    for case in (c for turn in zip(*ahead, strict=False) for c in turn):
        if any(
            (f["panel"], f["share"], f["last"]) == (case.panel, share, case.last) for f in found
        ):
            continue
        found.append(measure(case, tables[case.panel]))
        RESULTS.write_text(json.dumps(found, indent=1, default=float) + "\n")
        done = found[-1]
        print(case, done["family"], done["cpu_seconds"], "s", flush=True)


def main() -> None:
    """Read the order."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--panels", type=Path, required=True, help="folder with a home a panel")
    asked.add_argument(
        "--only", nargs="+", choices=list(panels.SOURCES), default=list(panels.SOURCES)
    )
    asked.add_argument("--share", type=float, default=1.0, help="of the customers, by their hash")
    asked.add_argument("--most", type=int, default=4, help="cases a panel")
    asked.add_argument("--step", type=int, default=1, help="snapshots between cases")
    given = asked.parse_args()
    run(given.panels, given.only, given.share, given.most, given.step)


if __name__ == "__main__":
    main()

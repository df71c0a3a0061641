"""Should choice and calibration look at the newest snapshots only, or at all that was learnt?

``python -m benchmarks.time_choice --panels FOLDER`` puts the clock back as `benchmarks.time` does,
and lets both rules choose, and both calibrate every family, from the same out-of-fold scores; the
next snapshot judges. Written to `results/time_choice.json` after each case; a case that is there
is not run again.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import panels
from benchmarks.time import TEST_SHARE, against, plain
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
from retencion_lib.maths import metrics
from retencion_lib.models.calibrate import choose_calibrator
from retencion_lib.stages import train as training
from retencion_lib.tables import Training, load_training
from retencion_lib.tables.partition import partition

RESULTS = Path(__file__).parent / "results" / "time_choice.json"
NEWEST = 1 / 3  # of the snapshots learnt from
RULES = ("all", "newest")


def measure(case: Case, table: pd.DataFrame) -> dict:
    """What both rules choose, and how much truer the next snapshot finds each calibration."""
    as_of = closes(case, case.last)
    asked = {"target": TARGET, "id_col": case.id_col}
    with tempfile.TemporaryDirectory() as home, a_home(Path(home)):
        path, whole = config.resolve(DATA), config.resolve("data/whole.parquet")
        path.parent.mkdir(parents=True)
        table.to_parquet(whole, index=False)
        table[day_of(table) <= np.datetime64(as_of)].to_parquet(path, index=False)
        known = load_training(DATA, **asked, history=case.ask(as_of))
        parts = partition(known, test_share=TEST_SHARE[case.panel], seed=SEED)
        found = training.train(parts, seed=SEED)
        rows = load_training("data/whole.parquet", **asked, history=case.ask(closes_all(table)))
    after = np.unique(rows.snapshots[rows.snapshots > np.datetime64(case.last)])
    then = rows.take(rows.snapshots == after[0])
    newest = is_newest(parts.dev.snapshots)
    return {
        "panel": case.panel, "share": case.share, "last": case.last, "learnt": len(newest),
        "newest": int(newest.sum()), "snapshot": str(after[0]), "rows": then.n_rows,
        "chosen": chosen(parts.dev, found, newest),
        "families": calibrated(parts, found, newest, then),
    }  # fmt: skip


def is_newest(days: np.ndarray) -> np.ndarray:
    """True for the rows of the newest snapshots, shape (n,)."""
    dates = np.unique(days)
    return days >= dates[-max(1, round(len(dates) * NEWEST))]


def chosen(dev: Training, found: training.Trained, newest: np.ndarray) -> dict[str, str]:
    """Family that each rule chooses, best log-loss among equals."""
    return {
        rule: metrics.contest(
            dev.y[take],
            {name: c.p[take] for name, c in found.candidates.items()},
            given_up=0.0,
            seed=SEED,
            panel=metrics.panel_of(dev.ids[take], dev.snapshots[take]),
        ).winner
        for rule, take in zip(RULES, (np.ones_like(newest), newest), strict=True)
    }


def calibrated(parts, found: training.Trained, newest: np.ndarray, then: Training) -> dict:
    """Every family in the next snapshot: as it is, and calibrated on the newest rows instead."""
    result = {}
    for name, candidate in found.candidates.items():
        fit, y = candidate.fit, parts.dev.y
        again, _ = choose_calibrator(fit.margin[newest], y[newest], parts.folds[newest])
        margin = fit.predictor.margin(then.X)
        old, new = candidate.calibrator.probability(margin), again.probability(margin)
        result[name] = plain(then, old) | {
            "kind": candidate.calibrator.kind,
            "newest": against(then, old, new) | {"kind": again.kind},
        }
    return result


def summary(found: list[dict]) -> dict:
    """Loss given up by each rule of choice, and fall of log-loss by calibrating on the newest."""
    best = [min(f["families"].values(), key=lambda m: m["log_loss"])["log_loss"] for f in found]
    lost = {
        rule: np.array([f["families"][f["chosen"][rule]]["log_loss"] for f in found]) - best
        for rule in RULES
    }
    falls = np.array([m["newest"]["loss_fall"] for f in found for m in f["families"].values()])
    return {
        "cases": len(found), "models": len(falls),
        "loss_given_up": {rule: float(values.mean()) for rule, values in lost.items()},
        "differ": sum(len(set(f["chosen"].values())) > 1 for f in found),
        "newest_calibration_fall": float(falls.mean()),
        "newest_calibration_better": f"{int((falls > 0).sum())} of {int((falls != 0).sum())}",
    }  # fmt: skip


def main() -> None:
    """Read the order, and measure what is not there yet."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--panels", type=Path, required=True, help="folder with a home a panel")
    asked.add_argument("--share", type=float, default=0.25, help="of the customers, by their hash")
    asked.add_argument("--most", type=int, default=4, help="cases a panel")
    given = asked.parse_args()
    found = json.loads(RESULTS.read_text())["cases"] if RESULTS.exists() else []
    tables = {
        n: some(the_panel(n, given.panels), panels.SOURCES[n].given["id_col"], given.share)
        for n in panels.SOURCES
    }
    ahead = [cases(n, given.share, table, given.most, 1) for n, table in tables.items()]
    done = {(f["panel"], f["share"], f["last"]) for f in found}
    for case in (c for turn in zip(*ahead, strict=False) for c in turn):
        if (case.panel, given.share, case.last) not in done:
            found.append(measure(case, tables[case.panel]))
            told = {"summary": summary(found), "cases": found}
            RESULTS.write_text(json.dumps(told, indent=1, default=float) + "\n")
            print(case, found[-1]["chosen"], flush=True)


if __name__ == "__main__":
    main()

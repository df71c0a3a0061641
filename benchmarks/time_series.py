"""How often the interval of 03 holds the next snapshot: every cutoff of three panels, one family.

``python -m benchmarks.time_series --panels FOLDER``. Choosing among families, as `benchmarks.time`
does, is dear; a family alone is learnt once before each snapshot, and those models serve the exam,
the backtest and the truth of every case: many cases, on all customers. The split, the days of the
backtest, the measures and the interval are the library's.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import panels
from benchmarks.time import MEASURES, TEST_SHARE, against, candidate
from benchmarks.time_cases import (
    SEED,
    TARGET,
    Case,
    closes,
    day_of,
    mature_days,
    the_panel,
)  # fmt: skip
from retencion_lib.home.exam import Confusion, Cutoff, Exam, Threshold
from retencion_lib.maths import metrics
from retencion_lib.models import Candidate
from retencion_lib.stages.evaluate.cutoffs import Backtest, days_to_repeat, widened
from retencion_lib.stages.evaluate.examine import Examined
from retencion_lib.tables import Training, load_training
from retencion_lib.tables.partition import known_before, split

RESULTS = Path(__file__).parent / "results" / "time_series.json"


class Learners:
    """Models of one family by the day before which their rows' outcomes were known."""

    def __init__(self, rows: Training, family: str) -> None:
        self.rows, self.family = rows, family
        self.found: dict[np.datetime64, Candidate] = {}

    def before(self, day: np.datetime64) -> Candidate:
        """The model of a day, learnt when first asked for."""
        if day not in self.found:
            known = self.rows.take(known_before(self.rows, day))
            self.found[day] = candidate(known, self.family, known.ids)
        return self.found[day]


def measure(case: Case, rows: Training, learners: Learners) -> dict:
    """What the exam promised on the day that a snapshot matured, and what the next one gave."""
    mature = rows.take(rows.snapshots <= np.datetime64(case.last))
    _, held = split(mature, test_share=TEST_SHARE[case.panel], seed=SEED)
    test = mature.take(held)
    model = learners.before(test.snapshots.min())
    alone = examined(test, model.predict(test.X))
    days = days_to_repeat(mature)
    wide = widened(alone, Backtest(tuple(month(mature, d, learners.before(d)) for d in days)))
    then = rows.take(rows.snapshots == rows.snapshots[rows.snapshots > days[-1]].min())
    p = model.predict(then.X)
    fresh = learners.before(then.snapshots[0])
    came = metrics.evaluate(then.y, p)
    return {
        "panel": case.panel, "family": learners.family, "last": case.last,
        "next": str(then.snapshots[0]), "exam_days": len(np.unique(test.snapshots)),
        "came": {m: came[m] for m in MEASURES},
        "exam": {m: alone.exam.test[m] for m in MEASURES},
        "alone_ci": {m: alone.exam.test_ci[m] for m in MEASURES},
        "ci": {m: wide.exam.test_ci[m] for m in MEASURES},
        "months": {m: [c.test[m] for c in wide.exam.backtest] for m in MEASURES},
        "fresh": against(then, p, fresh.predict(then.X)),
    }  # fmt: skip


def examined(test: Training, p: np.ndarray) -> Examined:
    """The exam of some rows, with the interval of its customers alone."""
    given = {"capacity": 0.10, "threshold": 0.5, "panel": test.panel}
    exam = Exam(
        family="", version="", artifact="", artifact_sha256="", created_at="", n_rows=test.n_rows,
        positive_rate=test.positive_rate, k=1, test=metrics.evaluate(test.y, p, **given),
        test_ci=metrics.bootstrap_ci(test.y, p, seed=SEED, **given),
        threshold=Threshold(0.5, "f1"), confusion_matrix=Confusion(1, 1, 1, 1),
    )  # fmt: skip
    return Examined(test.y, p, test, exam)


def month(mature: Training, day: np.datetime64, model: Candidate) -> Cutoff:
    """One snapshot of the backtest."""
    now, none = mature.take(mature.snapshots == day), (0.0, 0.0)
    test = metrics.evaluate(now.y, model.predict(now.X), threshold=0.5)
    return Cutoff(str(day), now.n_customers, now.positive_rate, test["roc_auc"], test["log_loss"],
                  0.0, none, none, none, test)  # fmt: skip


def known_rows(name: str, folder: Path, table: pd.DataFrame) -> Training:
    """Every row of a panel whose outcome is known."""
    last = mature_days(table)[-1]
    ask = Case(name, 1.0, last)
    return load_training(
        folder / name / "data/snapshots.parquet", target=TARGET, id_col=ask.id_col,
        history=ask.ask(str(max(day_of(table).max(), np.datetime64(closes(ask, last))))),
    )  # fmt: skip


def run(folder: Path, names: list[str], family: str, most: int) -> None:
    """Measure what is not there yet, the newest case first."""
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    for name in names:
        table = the_panel(name, folder)
        rows = known_rows(name, folder, table)
        learners = Learners(rows, family)
        for last in mature_days(table)[:-1][::-1][:most]:
            if any((f["panel"], f["family"], f["last"]) == (name, family, last) for f in found):
                continue
            began = time.process_time()
            found.append(measure(Case(name, 1.0, last), rows, learners))
            RESULTS.write_text(json.dumps(found, indent=1, default=float) + "\n")
            print(name, last, round(time.process_time() - began, 1), "s", flush=True)


def main() -> None:
    """Read the order."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--panels", type=Path, required=True, help="folder with a home a panel")
    asked.add_argument(
        "--only", nargs="+", choices=list(panels.SOURCES), default=list(panels.SOURCES)
    )
    asked.add_argument("--family", default="logreg")
    asked.add_argument("--most", type=int, default=12, help="cases a panel")
    given = asked.parse_args()
    run(given.panels, given.only, given.family, given.most)


if __name__ == "__main__":
    main()

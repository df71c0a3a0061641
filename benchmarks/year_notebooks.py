"""The simulated year once, through the command line: every month's dated reports, for reading."""

import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from benchmarks.stages import decided
from benchmarks.timeline import DELAY, FIRST, ID, MONTHS, RECENT, TARGET, day, draw_year
from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.home import registry, watch_report
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.stages.checks.findings import Group, of_group
from retencion_lib.stages.monitor.advice import recommend

SEED = 0


def retencion(home: Path, stage: str, **options: object) -> None:
    """Run one stage as a user would; fail with what it printed."""
    words = [w for n, v in options.items() for w in (f"--{n}", str(v))]
    done = subprocess.run(
        [sys.executable, "-m", "retencion_lib", stage, *words],
        env=os.environ | {config.HOME_VARIABLE: str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    print(f"{stage} {options.get('date', '')}: {done.returncode}", file=sys.stderr, flush=True)
    if done.returncode:
        raise RuntimeError(done.stderr)


def learn(home: Path, table: pd.DataFrame, date: str) -> None:
    """02 and 03 on a table of labelled customers."""
    path = f"data/clientes_{date}.csv"
    table.to_csv(home / path, index=False)
    retencion(home, "train", data=path, date=date)
    retencion(home, "evaluate", data=path, date=date)


def month(home: Path, batch: pd.DataFrame, labels: pd.DataFrame | None, date: str) -> WatchReport:
    """04 and 05 on a month's batch; give back the report."""
    path = f"data/lote_{date[:7]}.csv"
    batch.drop(columns=TARGET).to_csv(home / path, index=False)
    retencion(home, "infer", input=path, date=date)
    given = {"current": path.replace(".csv", "_with_score.csv"), "date": date}
    if labels is not None:
        labels[[ID, TARGET]].to_csv(home / "data/resultados.csv", index=False)
        given["labels"] = "data/resultados.csv"
    retencion(home, "monitor", **given)
    return watch_report.read()


def run_notebooks(home: Path) -> dict:
    """The year of one seed; one row a month, and whether the ledger agrees with the reports."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "data").mkdir(parents=True)
    os.environ[config.HOME_VARIABLE] = str(home)
    year = draw_year(SEED)
    learn(home, year.first, "2025-12-28")
    table, rows = year.first, []
    for number in range(1, MONTHS + 1):
        date, arrived = day(number), year.repaired.get(number - DELAY)
        report = month(home, year.delivered[number], arrived, date)
        advice = recommend(report, id_col=ID, target=TARGET, date=date)
        decision = decided(advice.answers)
        if decision == "fix":
            month(home, year.repaired[number], arrived, date)
        if arrived is not None:
            table = pd.concat([table, arrived], ignore_index=True).tail(FIRST)
        proof = of_group(report.alerts, Group.PROOF)
        if decision == "retrain":
            learn(home, table.tail(RECENT if proof else FIRST), date)
        champion = registry.read().champion
        rows.append({
            "month": number, "status": report.status, "decision": decision,
            "model": champion.label,
            "findings": sorted({f"{a.code} {a.column or ''}".strip()
                                for a in report.alerts}),
        })  # fmt: skip
        print(rows[-1], file=sys.stderr, flush=True)
    return {"seed": SEED, "months": rows} | left_in(home)


def left_in(home: Path) -> dict:
    """What a year leaves: reports, models trained and put in use, and faults of the ledger."""
    os.environ[config.HOME_VARIABLE] = str(home)
    book = registry.read()
    return {
        "reports": len(list((home / "runs").rglob("*.html"))) - 1,  # but for the index
        "trained": len(book.models),
        "put_in_use": [change.why for change in book.history],
        "ledger_faults": [asdict(fault) for fault in faults()],
    }

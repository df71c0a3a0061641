"""A simulated year: what happened, what monitoring said, when, and what it was worth.

    python -m benchmarks.year --seeds 20           # rates, by library calls
    python -m benchmarks.year --notebooks FOLDER   # once, by the command line, for the reports

Outcomes of a month arrive two months later. A batch whose extract is broken is repaired before
its calls are made; when retraining is advised, the model learns again from the newest customers
with an outcome: the last three batches if outcomes have shown a fall, else as many as at first.
The rule of 03 decides whether the new model is put in use.
Beside it runs the same year without monitoring: the first model to the end, and broken extracts
used as they come.
"""

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks import stages
from benchmarks.timeline import (
    BATCH,
    CHANGE,
    DELAY,
    EVENTS,
    FIRST,
    MONTHS,
    QUIET,
    RECENT,
    STILL,
    TARGET,
    day,
    draw_year,
)
from retencion_lib.maths import metrics
from retencion_lib.maths.decision import Campaign, realised_profit
from retencion_lib.stages.checks.findings import Group, of_group

RESULTS = Path(__file__).parent / "results" / "year.json"
PAGE = Path(__file__).parent.parent / "docs" / "ano_simulado.md"
MONEY = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, capacity=0.1)


def profit(scores: np.ndarray, y: np.ndarray) -> float:
    """Profit (EUR) of contacting the customers with the highest scores."""
    chosen = np.argsort(-scores, kind="stable")[: int(np.ceil(len(y) * MONEY.capacity))]
    return float(realised_profit(y[chosen], MONEY).sum())


def run_year(seed: int, home: Path) -> list[dict]:
    """One year by library calls; one row a month."""
    stages.use_home(home)
    year = draw_year(seed)
    first = model = stages.learn(year.first, "0.1", seed)
    table, versions, rows = year.first, 1, []
    for month in range(1, MONTHS + 1):
        batch, truth = year.delivered[month], year.repaired[month]
        y = truth[TARGET].to_numpy()
        scored = stages.score(model, batch, date=day(month))
        arrived = year.repaired.get(month - DELAY)
        said = stages.watch(day(month), arrived)
        if said.decision == "fix":
            stages.score(model, truth, date=day(month))
            again = stages.watch(day(month), arrived, look="repaired")
        used = stages.predict(model, truth if said.decision == "fix" else batch)
        alone = stages.predict(first, batch)
        rows.append({
            "seed": seed, "month": month, "version": int(model.version.split(".")[1]),
            "put_in_use": False, "decision": said.decision,
            "after_repair": again.decision if said.decision == "fix" else "",
            "findings": sorted({(str(a.code), a.column or "", a.level) for a in said.findings}),
            "auc": float(roc_auc_score(y, used)), "auc_alone": float(roc_auc_score(y, alone)),
            "expected": [said.expected.value, said.expected.low, said.expected.high],
            "auc_as_scored": float(roc_auc_score(y, scored["score"])),
            "profit": profit(used, y), "profit_alone": profit(alone, y),
        })  # fmt: skip
        if arrived is not None:
            table = pd.concat([table, arrived], ignore_index=True).tail(FIRST)
        proof = of_group(said.findings, Group.PROOF)
        if said.decision == "retrain":
            versions += 1
            newest = table.tail(RECENT if proof else FIRST).reset_index(drop=True)
            won = stages.learn(newest, f"0.{versions}", seed)
            rows[-1]["put_in_use"] = won is not None
            model = won or model
    return rows


def one_year(seed: int, kept: Path) -> list[dict]:
    """`run_year` in a home of its own that is thrown away; a year that is kept is not run again."""
    file = kept / f"{seed}.json"
    if file.is_file():
        return json.loads(file.read_text())
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        rows = run_year(seed, Path(home))
    file.write_text(json.dumps(rows))
    print(f"year {seed}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return rows


def detections(rows: pd.DataFrame) -> list[dict]:
    """Each event: in how many years it was said, in its first month and ever, and the delay."""
    found = []
    for event in EVENTS:
        start, delays = event.months[0], []
        for _, year in rows.groupby("seed"):
            hits = [
                r.month - start
                for r in year.itertuples()
                if r.month >= start and r.month <= event.months[-1]
                and any(code == c and (not column or column == f) for c, f, _ in r.findings
                        for code, column in event.shown_by)
            ]  # fmt: skip
            delays.append(min(hits) if hits else None)
        seen = [d for d in delays if d is not None]
        found.append({
            "event": event.name, "month": start, "years": len(delays), "seen": len(seen),
            "same_month": sum(d == 0 for d in seen),
            "delay": float(np.mean(seen)) if seen else None,
        })  # fmt: skip
    return found


def summarise(rows: pd.DataFrame) -> dict:
    """The year's figures over all seeds."""
    quiet = rows[rows["month"].isin(QUIET + STILL)]
    said = quiet["findings"].map(len) > 0
    loud = quiet["findings"].map(lambda f: any(level == "alert" for *_, level in f))
    inside = [
        e[1] <= a <= e[2] for e, a in zip(rows["expected"], rows["auc_as_scored"], strict=True)
    ]
    rows = rows.assign(inside=inside)
    changed = rows["month"] >= CHANGE
    knows = rows["month"] > CHANGE + DELAY  # the first outcomes of the change have been learnt
    after = rows[knows & (rows["version"] > 1)]
    yearly = rows.groupby("seed")[["profit", "profit_alone"]].sum()
    gain = yearly["profit"] - yearly["profit_alone"]
    false = pd.Series([f"{c}:{f}" for fs in quiet["findings"] for c, f, _ in fs]).value_counts()
    return {
        "years": int(rows["seed"].nunique()),
        "batch": BATCH, "first": FIRST,
        "quiet_months": len(quiet), "quiet_with_finding": int(said.sum()),
        "quiet_with_finding_ci": [float(v) for v in metrics.wilson(said.sum(), len(quiet))],
        "quiet_with_alert": int(loud.sum()), "quiet_findings": false.to_dict(),
        "quiet_retrained": int((quiet["decision"] == "retrain").sum()),
        "detections": detections(rows),
        "retrained": int((rows["decision"] == "retrain").sum()),
        "put_in_use": int(rows["put_in_use"].sum()),
        "put_in_use_years": int(rows.groupby("seed")["put_in_use"].any().sum()),
        "retrain_months": rows[rows["decision"] == "retrain"].groupby("month").size().to_dict(),
        "auc_after": {"n": len(after), "with": float(after["auc"].mean()),
                      "without": float(after["auc_alone"].mean())},
        "coverage_unchanged": float(rows.loc[rows["month"] < CHANGE, "inside"].mean()),
        "coverage_quiet": float(rows.loc[rows["month"].isin(QUIET), "inside"].mean()),
        "coverage_broken": float(rows.loc[rows["month"] == 5, "inside"].mean()),
        "coverage_concept": float(rows.loc[changed & ~knows, "inside"].mean()),
        "profit": {"with": float(yearly["profit"].mean()),
                   "without": float(yearly["profit_alone"].mean()),
                   "gain": float(gain.mean()), "gain_se": float(gain.std() / np.sqrt(len(gain))),
                   "years_better": int((gain > 0).sum())},
        "by_month": [
            {"month": int(m), "auc": float(g["auc"].mean()),
             "auc_alone": float(g["auc_alone"].mean()),
             "expected": float(np.mean([e[0] for e in g["expected"]])),
             "inside": float(g["inside"].mean()), "profit": float(g["profit"].mean()),
             "profit_alone": float(g["profit_alone"].mean()),
             "decisions": g["decision"].value_counts().to_dict()}
            for m, g in rows.groupby("month")
        ],
    }  # fmt: skip


def main() -> None:
    """Run the year as asked, keep the figures and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2, help="procesos a la vez")
    parser.add_argument("--kept", default="", help="carpeta de años ya hechos, para continuar")
    parser.add_argument("--notebooks", default="", help="carpeta nueva para los informes")
    given = parser.parse_args()
    before = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    if given.notebooks:
        from benchmarks.year_notebooks import run_notebooks

        before |= run_notebooks(Path(given.notebooks))
    else:
        kept = Path(given.kept or tempfile.mkdtemp())
        kept.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(given.jobs) as pool:
            years = pool.map(one_year, range(given.seeds), repeat(kept))
            rows = [row for year in years for row in year]
        before |= {"rates": summarise(pd.DataFrame(rows)), "rows": rows}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(before, indent=1, ensure_ascii=False) + "\n")
    from benchmarks.year_page import render

    PAGE.write_text(render(before), encoding="utf-8")
    if given.notebooks and any(m["contradictions"] for m in before["said"]["months"]):
        sys.exit("Dos sitios se contradicen: mira docs/ano_simulado.md.")


if __name__ == "__main__":
    main()

"""Does the watch cry wolf, and what does it miss? Rates on two halves of the same customers.

    python -m benchmarks.monitoring --peers PYTHON      # everything: about an hour
    python -m benchmarks.monitoring --only cost         # one part: rates, beyond, score or cost

Each repeat splits the demo's customers at random: one half is the reference, batches are drawn
from the other. Without a shift every alert is false; with one, an alert is a detection. The
same batches go to the rules of thumb (PSI over 0.1; KS and chi-square at 0.05) and, with
`--peers`, to Evidently's preset in its own environment (fewer repeats: it takes seconds a
batch); without it, what was seen of Evidently before is kept. ``beyond`` is false alarms of all
columns at once and by segment, ``score`` those of the score of real models, ``cost`` CPU and
memory on made tables of 1 and 10 million rows.
Results go to `benchmarks/results/monitoring.json` and into `docs/monitoreo.md`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks import monitoring_score
from benchmarks.monitoring_cost import measure
from benchmarks.monitoring_data import MOVED, SEED, SHIFTS, customers, shifted
from benchmarks.monitoring_table import write_tables
from retencion_lib.maths import drift
from retencion_lib.maths.drift.classifier import tell_apart
from retencion_lib.maths.drift.table import Profile
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Code
from retencion_lib.stages.checks.rules import check_categories, hard_findings
from retencion_lib.stages.monitor.beyond import SEGMENT_Q, TOLD_P, TOLD_WARNING

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results/monitoring.json"
SIZES = (100, 200, 500, 2000, 3500)
POWER_SIZES = (500, 2000, 3500)
PARTS = ("rates", "beyond", "score", "cost")
PEER_REPEATS, PEER_SIZES = 20, (100, 500, 2000)


def plan_of(table: pd.DataFrame) -> dict:
    """Cuts of every column from a reference."""
    return {
        name: drift.plan_numbers(column.to_numpy())
        if pd.api.types.is_numeric_dtype(column)
        else drift.plan_labels(column.value_counts().to_dict())
        for name, column in table.items()
    }


def counted(plan, column: pd.Series):
    """Summary of a column held in memory."""
    if isinstance(plan, drift.NumberPlan):
        return drift.count_numbers(plan, column.to_numpy())
    counts = column.value_counts()
    return drift.count_labels(plan, list(counts.index), counts, int(column.isna().sum()))


def profile(plan: dict, table: pd.DataFrame) -> Profile:
    """Profile of a table held in memory."""
    return Profile(len(table), {name: counted(p, table[name]) for name, p in plan.items()}, {})


def tables(reference: Profile, current: Profile) -> Tables:
    """What the hard rules look at."""
    return Tables(
        reference=reference, current=current, paths=("", ""), sha256=("", ""), id_col="",
        score_col="score", target="", repeated=(0, ()), date="2026-10-31", max_age_days=45,
    )  # fmt: skip


def rules_of_thumb(before: Profile, now: Profile, found: list[drift.Shift]) -> dict[str, set]:
    """Columns that PSI over 0.1, and KS or chi-square at 0.05, would flag."""
    psi = {s.name for s in found if s.psi > 0.1}
    p_values = {}
    for s in found:
        one, two = before.columns[s.name], now.columns[s.name]
        if s.kind == "numeric":
            size = s.n_reference * s.n_current / (s.n_reference + s.n_current)
            p_values[s.name] = stats.kstwo.sf(s.ks, round(size))
        else:
            counts = np.array([one.bin_counts(), two.bin_counts()])
            counts = counts[:, counts.sum(axis=0) > 0]
            p_values[s.name] = stats.chi2_contingency(counts, correction=False).pvalue
    return {"psi_0.1": psi, "ks_0.05": {name for name, p in p_values.items() if p < 0.05}}


def alarms(before: Profile, now: Profile, found: list[drift.Shift]) -> dict[str, set]:
    """Columns that each method flags; ours with the hard rules apart."""
    judged = drift.judge(found, drift.Settings())
    ours = {s.name for s in judged if s.status != "ok"}
    hard = {a.code for a in hard_findings(tables(before, now))}
    return {"ours": ours, "hard_rules": hard, **rules_of_thumb(before, now, found)}


def one_repeat(rng, table: pd.DataFrame, moved: dict, seen: dict, peers: Path | None, i: int):
    """Draw one reference and its batches, and add to the counts of `seen`."""
    order = rng.permutation(len(table))
    reference, rest = table.iloc[order[: len(table) // 2]], table.iloc[order[len(table) // 2 :]]
    plan = plan_of(reference)
    before = profile(plan, reference)
    for n in SIZES:
        batch = rest.iloc[rng.permutation(len(rest))[:n]]
        now = profile(plan, batch)
        found = [drift.compare(c, before.columns[c], now.columns[c]) for c in plan]
        for method, columns in alarms(before, now, found).items():
            seen["false", method, n].append(bool(columns))
        seen["p", "raw", n] += [s.p_value for s in found]
        seen["unseen", "ours", n].append(unseen_is_caught(plan, before, batch))
        keep(peers, f"{i:03d}@none@{n}", batch if n in PEER_SIZES else None)
        for shift in SHIFTS if n in POWER_SIZES else ():
            after = shifted(batch, moved[shift], shift, rng)
            changed = {MOVED[shift], "score"}
            then = replace(
                now, columns=now.columns | {c: counted(plan[c], after[c]) for c in changed}
            )
            again = [
                drift.compare(s.name, before.columns[s.name], then.columns[s.name])
                if s.name in changed else s for s in found
            ]  # fmt: skip
            for method, flagged in alarms(before, then, again).items():
                seen[shift, method, n].append(bool(flagged))
            keep(peers, f"{i:03d}@{shift}@{n}", after if n == 2000 else None)
    keep(peers, f"{i:03d}", reference, "reference")


def unseen_is_caught(plan: dict, before: Profile, batch: pd.DataFrame) -> bool:
    """Is a new category in 1 % of the batch found?"""
    values = batch["payment_method"].to_numpy(copy=True)
    values[: max(1, len(values) // 100)] = "Crypto"
    now = Profile(
        len(batch), {"payment_method": counted(plan["payment_method"], pd.Series(values))}, {}
    )
    return any(a.code == Code.CATEGORIES for a in check_categories(tables(before, now)))


def keep(folder: Path | None, name: str, frame: pd.DataFrame | None, side: str = "current") -> None:
    """Leave a batch for the peers."""
    if folder is not None and frame is not None:
        frame.to_parquet(folder / f"{name}.{side}.parquet", index=False)


def beyond(rng, table: pd.DataFrame, repeats: int) -> dict:
    """False alarms of all columns at once and by segment, on batches of 2,000 without drift."""
    told, parted = [], []
    for _ in range(repeats):
        order = rng.permutation(len(table))
        half = len(table) // 2
        before, now = table.iloc[order[:half]], table.iloc[order[half : half + 2000]]
        drop = [c for c in table if c != "score"]
        one = tell_apart(before[drop].sample(2000, random_state=1), now[drop], seed=1)
        told.append(one.p_value)
        found = []
        for part in table["contract"].unique():
            sides = [
                side[side["contract"] == part].drop(columns="contract") for side in (before, now)
            ]
            plan = plan_of(sides[0])
            pair = [profile(plan, side) for side in sides]
            found += [drift.compare(c, *(p.columns[c] for p in pair)) for c in plan]
        judged = drift.judge(found, drift.Settings(false_discovery=SEGMENT_Q))
        parted.append(any(s.status != "ok" for s in judged))
    p = np.array(told)
    return {
        "repeats": repeats,
        "multivariate_p_below_0.05": float(np.mean(p < 0.05)),
        "multivariate_p_below_limit": float(np.mean(p < TOLD_P)),
        "multivariate_auc_limit": TOLD_WARNING,
        "segments_false_alarms": float(np.mean(parted)),
    }


def ask_peers(python: str, folder: Path, seen: dict) -> None:
    """Add what Evidently says of the batches in a folder."""
    script = Path(__file__).with_name("monitoring_peer.py")
    done = subprocess.run(
        [python, str(script), str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        _, shift, n = answer["name"].split("@")
        seen["false" if shift == "none" else shift, "evidently", int(n)].append(
            bool(answer["drifted"])
        )


def summarise(seen: dict, repeats: int) -> dict:
    """Shares from the counts, and the size of each."""
    rates: dict = defaultdict(lambda: defaultdict(dict))
    for (what, method, n), values in seen.items():
        if what == "p":
            p = np.array(values)
            p = p[~np.isnan(p)]
            rates["p_values"][str(n)] = {
                "below_0.05": float(np.mean(p < 0.05)), "below_0.01": float(np.mean(p < 0.01)),
                "n": len(p),
            }  # fmt: skip
        else:
            rates[what][method][str(n)] = {"share": float(np.mean(values)), "repeats": len(values)}
    return {"repeats": repeats, "seed": SEED, "reference_rows": 3521, "columns": 20, "rates": rates}


def rates(repeats: int, peers: str) -> dict:
    """All rates."""
    table, moved = customers()
    rng, seen = np.random.default_rng(SEED), defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(repeats):
            kept = Path(folder) if peers and i < PEER_REPEATS else None
            one_repeat(rng, table, moved, seen, kept, i)
        if peers:
            ask_peers(peers, Path(folder), seen)
    return summarise(seen, repeats)


def keep_peer(found: dict, before: dict) -> dict:
    """The rates with those of Evidently that an earlier run left, where this one asked none."""
    for what, methods in before.get("rates", {}).items():
        if "evidently" in methods:
            found["rates"][what].setdefault("evidently", methods["evidently"])
    return found


def main() -> None:
    """Measure, write the results and the tables of the documentation."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--only", choices=PARTS, action="append", help="one part, not all")
    asked.add_argument("--repeats", type=int, default=1000, help="of the rates")
    asked.add_argument("--beyond", type=int, default=200, help="repeats of the other families")
    asked.add_argument("--models", type=int, default=20, help="models a table, of the score")
    asked.add_argument("--peers", default="", help="Python of an environment with Evidently")
    given = asked.parse_args()
    parts = given.only or PARTS
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if "rates" in parts:
        results |= keep_peer(rates(given.repeats, given.peers), results)
    if "beyond" in parts:
        table, _ = customers()
        results["beyond"] = beyond(np.random.default_rng(SEED), table, given.beyond)
    if "score" in parts:
        results["score"] = monitoring_score.measure(given.models)
    if "cost" in parts:
        peer = {k: v for k, v in results.get("cost", {}).items() if k == "evidently"}
        results["cost"] = peer | measure(given.peers, sys.executable)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    write_tables(results, ROOT / "docs/monitoreo.md")


if __name__ == "__main__":
    main()

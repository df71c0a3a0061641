"""The simulated year once, through the command line: every month's reports and what each says.

Beside each month's two answers, as every place shows them, it keeps where two places differ; in the
end what-ifs and a notebook worked on by hand are tried, and whether all can still be proved.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from benchmarks.stages import decided
from benchmarks.timeline import DELAY, FIRST, ID, MONTHS, RECENT, TARGET, day, draw_year
from benchmarks.year_said import differences, listening, said, shown
from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.home import registry, watch_report
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.runs.parameters import notebook_path
from retencion_lib.show.answers import LIST, answers
from retencion_lib.stages.checks.findings import Group, of_group
from retencion_lib.stages.monitor import history
from retencion_lib.stages.monitor.advice import recommend
from retencion_lib.tables.demo import NAMES

SEED = 0
SAID = ("places", "contradictions")
REVIEW = "__REVISAR"  # in the name of a list that must not be used


def retencion(home: Path, order: str, *words: str, **options: object) -> str:
    """Obey an order as a user would give it; what it printed. Fail with what it printed."""
    given = [w for n, v in options.items() for w in (f"--{n.replace('_', '-')}", str(v))]
    done = subprocess.run(
        [sys.executable, "-m", "retencion_lib", order, *words, *given],
        env=os.environ | {config.HOME_VARIABLE: str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    print(f"{order} {options.get('date', '')}: {done.returncode}", file=sys.stderr, flush=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def learn(home: Path, table: pd.DataFrame, date: str) -> None:
    """02 and 03 on a table of labelled customers."""
    path = f"data/clientes_{date}.csv"
    table.to_csv(home / path, index=False)
    retencion(home, "train", data=path, date=date)
    retencion(home, "evaluate", data=path, date=date)


def month(
    home: Path, batch: pd.DataFrame, labels: pd.DataFrame | None, date: str, posted: list
) -> tuple[WatchReport, dict]:
    """04 and 05 on a month's batch; the report, and what every place says of the batch."""
    path = f"data/lote_{date[:7]}.csv"
    batch.drop(columns=TARGET).to_csv(home / path, index=False)
    del posted[:]
    printed = retencion(home, "infer", input=path, date=date)
    places = {"04": said(_report(printed)), "terminal de 04": said(printed),
              "índice tras 04": _index(home, path)}  # fmt: skip
    given = {"current": path.replace(".csv", "_with_score.csv"), "date": date}
    if labels is not None:
        given["labels"] = f"data/resultados_{date[:7]}.csv"
        labels[[ID, TARGET]].to_csv(home / given["labels"], index=False)
    printed = retencion(home, "monitor", **given)
    kept = history.read().iloc[-1]
    places |= {
        "05": said(_report(printed)), "terminal": said(printed),
        "índice": _index(home, path), "historial": {q: [a] for q, a in answers(kept).items()},
    }  # fmt: skip
    if posted:
        places["webhook"] = said(posted[-1]["text"])
    report = watch_report.read()
    against = differences(places) + _stopped(home, date, places)
    if bool(posted) != bool(report.alerts):
        against.append(f"{len(report.alerts)} hallazgos y {len(posted)} avisos al webhook")
    return report, {"places": places, "contradictions": against}


def _report(printed: str) -> str:
    """Text of the report that an order named."""
    path = printed.split("Informe: ")[1].splitlines()[0]
    return shown(config.resolve(path).read_text(encoding="utf-8"))


def _index(home: Path, path: str) -> dict[str, list[str]]:
    """What the index says of a batch: above, if it is this month's, and in its line."""
    page = (home / "runs/index.html").read_text(encoding="utf-8")
    now = shown(page.partition('<section aria-labelledby="mes">')[2].partition("</section>")[0])
    answered = said(now) if path in now else {}
    line = page.partition(f'<tr data-n="{Path(path).name}"')[2].partition("</tr>")[0]
    badge = re.search(r'class="badge [^>]*>([^<]+)<', line)
    if badge:
        answered[LIST] = list(dict.fromkeys([*answered.get(LIST, ()), badge[1]]))
    return answered


def _stopped(home: Path, date: str, places: dict) -> list[str]:
    """A list whose name does not say what the answer says."""
    answer = next(iter(next(iter(places["04"].values()))))
    lists = list((home / "data").glob(f"call_list_{date}*.csv"))
    told = any(REVIEW in f.name for f in lists)
    return [] if told == (answer == "No") or len(lists) > 1 else [f"{lists} y {answer}"]


def run_notebooks(home: Path) -> dict:
    """The year of one seed: its reports, and what each place said at every look at a batch."""
    shutil.rmtree(home, ignore_errors=True)
    (home / config.NAMES).parent.mkdir(parents=True)
    (home / config.NAMES).write_text(json.dumps(NAMES), encoding="utf-8")
    os.environ[config.HOME_VARIABLE] = str(home)
    with listening() as (address, posted):
        os.environ["RETENCION_WEBHOOK"] = address
        rows = _months(home, posted)
    told = [{name: row.pop(name) for name in SAID} | row for row in rows]
    reports = {"seed": SEED, "months": rows} | left_in(home)
    return {"notebooks": reports, "said": {"months": told, "after": worked_on(home)}}


def _months(home: Path, posted: list) -> list[dict]:
    year, rows = draw_year(SEED), []
    learn(home, year.first, "2025-12-28")
    table = year.first
    for number in range(1, MONTHS + 1):
        date, arrived = day(number), year.repaired.get(number - DELAY)
        report, seen = month(home, year.delivered[number], arrived, date, posted)
        decision = _decision(report, date)
        rows.append(_row(number, report, decision, seen))
        if decision == "fix":
            again, seen = month(home, year.repaired[number], arrived, date, posted)
            rows.append(_row(number, again, _decision(again, date), seen) | {"repaired": True})
        if arrived is not None:
            table = pd.concat([table, arrived], ignore_index=True).tail(FIRST)
        proof = of_group(report.alerts, Group.PROOF)
        if decision == "retrain":
            learn(home, table.tail(RECENT if proof else FIRST), date)
        rows[-1]["model"] = registry.read().champion.said
        print(json.dumps(rows[-2:], ensure_ascii=False), file=sys.stderr, flush=True)
    return rows


def _decision(report: WatchReport, date: str) -> str:
    return decided(recommend(report, id_col=ID, target=TARGET, date=date).answers)


def _row(number: int, report: WatchReport, decision: str, seen: dict) -> dict:
    found = sorted({f"{a.code} {a.column or ''}".strip() for a in report.alerts})
    return {"month": number, "status": report.status, "decision": decision,
            "findings": found, **seen}  # fmt: skip


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


def worked_on(home: Path) -> dict[str, str]:
    """What can be proved after what-ifs and work by hand: the last line that each order printed."""
    before = sorted(home.rglob("*"))
    retencion(home, "whatif", accept_rate=".1,.2,.3", capacity=".1,.3")
    left = [str(p.relative_to(home)) for p in sorted(home.rglob("*")) if p not in before]
    shutil.copy(home / "data/lote_2026-12.csv", home / config.NEW_BATCH)
    by_hand(home, "04_infer")
    found = {"whatif": ", ".join(left) or "nada"}
    customer = str(pd.read_csv(home / "data/lote_2026-12.csv")[ID].iloc[0])
    last = max((home / "runs" / day(MONTHS)).iterdir()).name
    for order, words in (
        ("verify", ()), ("trace", ("--customer", customer)), ("reproduce", (last,)),
    ):  # fmt: skip
        found[order] = retencion(home, order, *words)
    return found


def by_hand(home: Path, notebook: str) -> None:
    """Run a notebook as JupyterLab does: its own file, its own parameters, no order of ours."""
    source = notebook_path(notebook)
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output",
         str(home / f"{notebook}_a_mano.ipynb"), str(source)],
        env=os.environ | {config.HOME_VARIABLE: str(home)}, check=True, capture_output=True,
    )  # fmt: skip

"""Ends of runs made by hand, as the ledger has them: batches that 04 scored and 05 watched."""

from itertools import count

from retencion_lib import config
from retencion_lib.home.event import Content, Event

SEQ = count(1)
WHY = {"yes": "Ningún hallazgo en un lote de 350 clientes.",
       "care": "1 hallazgo: cambio en 'monthly_charges'.",
       "no": "Lo impide: más nulos en 'tenure'."}  # fmt: skip
LEVEL = {"yes": "ok", "care": "warning", "no": "alert"}


def end(notebook: str, day: str, results, *, status="ok", reads=(), writes=(), **given) -> Event:
    """End of a run with its notebook and its report."""
    seq = next(SEQ)
    folder = f"runs/{day}/r{seq}/{notebook}"
    return Event(
        "run_finished", seq=seq, at=f"{day}T08:30:00.000+00:00", run_id=f"r{seq}",
        notebook=notebook, status=status, results=results, parameters={"date": day} | given,
        files={f"{folder}.ipynb": "a" * 64, f"{folder}.html": "b" * 64},
        inputs=tuple(Content(*file) for file in reads),
        outputs=tuple(Content(path, "c" * 64) for path in writes),
    )  # fmt: skip


def scored(day: str, usable="yes", *, file="", status="ok", model="XGBoost v0.1",
           terms="d" * 64, campaign="retencion", **results) -> Event:  # fmt: skip
    """04 on a batch of 350 customers, 34 of them to call, or to look at where it is stopped."""
    file = file or f"data/lote_{day[:7]}.csv"
    given = {"input": file, "campaign": campaign, "reads": [(config.CAMPAIGNS, terms)]}
    if status != "ok":
        return end("04_infer", day, {}, status=status, **given)
    money = {"rows_to_call": 34, "expected_profit": 1500.4, "expected_profit_ci": [900.0, 2100.0]}
    said = {"list_usable": usable, "champion": model, "why": WHY[usable], "rows_scored": 350,
            "status": LEVEL[usable], "alerts": int(usable != "yes")}  # fmt: skip
    said |= {"rows_to_review": 34} if usable == "no" else money
    kind = "__REVISAR" if usable == "no" else ""
    files = [table_of(file), f"data/call_list_{day}{kind}.csv"]
    return end("04_infer", day, said | results, writes=files, **given)


def watched(day: str, usable="yes", *, file="", **results) -> Event:
    """05 on the batch that 04 scored of a file."""
    said = {"list_usable": usable, "retrain": "no", "status": LEVEL[usable], "why": WHY[usable],
            "alerts": int(usable != "yes"), "expected_roc_auc": 0.84,
            "expected_roc_auc_ci": [0.8, 0.88]}  # fmt: skip
    current = table_of(file or f"data/lote_{day[:7]}.csv")
    return end("05_monitor", day, said | results, current=current)


def measures(on: str = "", profit=900.0, roc_auc=0.83) -> dict:
    """What the outcomes of a batch showed: that of a day, or the one of the report."""
    return {"on": on, "n_labelled": 350, "n_missing": 0, "roc_auc": roc_auc,
            "roc_auc_ci": [roc_auc - 0.05, roc_auc + 0.05], "n_contact": 34, "n_control": 4,
            "saved": 6.2, "saved_ci": [-3.0, 15.0], "profit": profit,
            "profit_ci": [profit - 1500, profit + 1600]}  # fmt: skip


def table_of(file: str) -> str:
    """Scored table of a batch."""
    return file.removesuffix(".csv") + "_with_score.csv"


def year(n: int = 12, last="yes") -> list[Event]:
    """Good, doubtful and bad months in turn; outcomes come two months later."""
    days = [f"{2026 + k // 12}-{k % 12 + 1:02}-28" for k in range(n)]
    answers = [("yes", "care", "yes", "no")[k % 4] for k in range(n - 1)] + [last]
    made = []
    for k, (day, usable) in enumerate(zip(days, answers, strict=True)):
        model, terms = ("XGBoost v0.1", "Logística v0.2")[k > 5], ("d", "e")[k > 8] * 64
        known = {"measures": [measures(days[k - 2], 900 - 40 * k)]} if k > 1 else {}
        made += [scored(day, usable, model=model, terms=terms), watched(day, usable, **known)]
    return made

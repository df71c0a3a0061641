"""Estimated performance beside NannyML's on the same scores, and beside what then happened.

    python -m benchmarks.cbpe --peers /path/to/python

`--peers` is the Python of a throw-away environment with nannyml (0.13.1) in it. NannyML reports
its use over the network unless told not to: it is told so, and it is no dependency of ours.
The scores are those of a plain logistic regression on the demo's customers: out of fold for the
reference, and of the held-out customers in batches that differ more and more from them. Then, with
each tool's own calibration, references that grow: scores drawn from the same customers, outcomes
from a known truth that bends as neither tool supposes, so that the true measure is known.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.customers import demo_scores
from retencion_lib.maths import estimation
from retencion_lib.words import count, es, listed

RESULTS = Path(__file__).parent / "results" / "cbpe.json"
PAGE = Path(__file__).parent.parent / "docs" / "resultados.md"
START, END = "<!-- cbpe: inicio -->", "<!-- cbpe: fin -->"
MEASURES = ("roc_auc", "pr_auc", "precision", "capture", "f1")
THEIR_NAMES = {"roc_auc": "roc_auc", "pr_auc": "average_precision", "precision": "precision",
               "capture": "recall", "f1": "f1"}  # fmt: skip
THRESHOLD = 0.35
WITHIN = 0.005
SIZES, DRAWS = (5_000, 20_000, 80_000), 3  # rows of the reference, and of the batch
PEER = """
import sys, json, warnings
warnings.filterwarnings("ignore")
import pandas as pd, nannyml as nml
reference, names = pd.read_csv(sys.argv[1]), json.loads(sys.argv[3])
estimator = nml.CBPE(
    problem_type="classification_binary", y_pred_proba="score", y_pred="flag", y_true="y",
    metrics=list(names.values()), chunk_number=1,
)
estimator.fit(reference)
out = {"version": nml.__version__, "recalibrates": bool(estimator.needs_calibration)}
for kind in ("recalibrated", "same"):
    if kind == "same":
        estimator.needs_calibration = False
    for path in json.loads(sys.argv[2]):
        batch = pd.read_csv(path).drop(columns="y")
        found = estimator.estimate(batch).filter(period="analysis").to_df()
        out[kind + path] = {o: float(found[(t, "value")].iloc[-1]) for o, t in names.items()}
print("RESULT" + json.dumps(out))
"""


def batches(held: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Held-out customers: all, a small batch, and two whose mix has moved."""
    rng = np.random.default_rng(0)
    order = held.sort_values("score", ignore_index=True)
    return {
        "todos los apartados": held,
        "300 al azar": held.iloc[rng.choice(len(held), 300, replace=False)],
        "la mitad de más riesgo": order.iloc[len(order) // 2 :],
        "el doble de clientes de riesgo": pd.concat([held, order.iloc[3 * len(order) // 4 :]]),
    }


def ours(batch: pd.DataFrame, curve: estimation.Curve) -> dict[str, dict]:
    """Estimates from the scores as they are and corrected by the reference, and what happened."""
    p, y = batch["score"].to_numpy(), batch["y"].to_numpy()
    given = {"threshold": THRESHOLD, "k": max(1, len(p) // 10)}
    same, hoped = (estimation.expected(p, curve=c, **given) for c in (None, curve))
    seen = estimation.measure(estimation.group(p, y), **given)
    return {
        m: {"same": same[m].value, "value": hoped[m].value, "low": hoped[m].low,
            "high": hoped[m].high, "seen": float(seen[m])}
        for m in MEASURES
    }  # fmt: skip


def theirs(python: str, reference: pd.DataFrame, given: dict[str, pd.DataFrame]) -> dict:
    """NannyML's estimates, from its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number, (name, batch) in enumerate({"": reference, **given}.items()):
            paths[name] = str(Path(folder, f"{number}.csv"))
            flag = (batch["score"] >= THRESHOLD).astype(int)
            batch.assign(flag=flag).to_csv(paths[name], index=False)
        done = subprocess.run(
            [python, "-c", PEER, paths[""], json.dumps([paths[n] for n in given]),
             json.dumps(THEIR_NAMES)],
            env=os.environ | {"NML_DISABLE_USAGE_LOGGING": "true"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = json.loads(done.stdout.rsplit("RESULT", 1)[1])
    kinds = ("same", "recalibrated")
    batches = {n: {kind: found[kind + paths[n]] for kind in kinds} for n in given}
    return {"version": found["version"], "recalibrates": found["recalibrates"], "batches": batches}


def grown(scores: np.ndarray, n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A reference and a batch of `n` drawn customers each, whose scores are not quite true.

    Scores are the demo's with noise in log-odds, so that none repeats; ``truth`` is the
    probability with which ``y`` is drawn.
    """
    rng = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        x = estimation.log_odds(rng.choice(scores, n)) + rng.normal(0, 0.05, n)
        truth = expit(0.85 * x - 0.1 + 0.15 * np.sin(x))
        y = (rng.random(n) < truth).astype(int)
        sides.append(pd.DataFrame({"y": y, "score": expit(x), "truth": truth}))
    return sides[0], sides[1]


def true_measures(batch: pd.DataFrame) -> dict[str, float]:
    """What an endless batch with these scores and this truth would show."""
    groups = estimation.group(batch["score"].to_numpy(), batch["truth"].to_numpy())
    found = estimation.measure(groups, threshold=THRESHOLD, k=max(1, len(batch) // 10))
    return {m: float(found[m]) for m in MEASURES}


def by_size(python: str, scores: np.ndarray) -> list[dict]:
    """Gap between the two, and error of each, with its own calibration: worst over measures."""
    rows = []
    for n in SIZES:
        for seed in range(DRAWS):
            reference, batch = grown(scores, n, seed)
            kept = ["y", "score"]
            peer = theirs(python, reference[kept], {"batch": batch[kept]})["batches"]["batch"]
            curve = estimation.calibration_curve(reference["y"], reference["score"], degree=2)
            mine, truth = ours(batch, curve), true_measures(batch)
            other = peer["recalibrated"]
            rows.append({
                "n": n, "seed": seed,
                "gap": max(abs(mine[m]["value"] - other[m]) for m in MEASURES),
                "error": max(abs(mine[m]["value"] - truth[m]) for m in MEASURES),
                "nannyml_error": max(abs(other[m] - truth[m]) for m in MEASURES),
            })  # fmt: skip
            print(rows[-1], flush=True)
    return rows


def sentences(report: dict) -> str:
    """What was seen, for the page of results."""
    sizes = pd.DataFrame(report["by_size"]).groupby("n").max()
    gaps = listed([f"{es(g.gap, 4)} con {count(n)} clientes" for n, g in sizes.iterrows()])
    met = [n for n, g in sizes.iterrows() if g.gap <= WITHIN]
    goal = (
        f"baja de {es(WITHIN, 3)} desde {count(met[0])} clientes"
        if met
        else f"no baja de {es(WITHIN, 3)} en ningún tamaño"
    )
    errors = listed([
        f"{es(g.error, 3)} y {es(g.nannyml_error, 3)} con {count(n)}" for n, g in sizes.iterrows()
    ])  # fmt: skip
    return (
        f"**Frente a NannyML {report['nannyml']}** (`python -m benchmarks.cbpe --peers PYTHON`), "
        f"en cinco medidas y cuatro lotes. Con las mismas probabilidades, la mayor diferencia es "
        f"{es(report['worst_gap_same_probabilities'], 5)}. Con la calibración de cada uno sobre "
        f"las mismas puntuaciones, {es(report['worst_gap_each_its_calibration'], 4)}: más de "
        f"{es(WITHIN, 3)}, porque NannyML usa una regresión isotónica y aquí hay una curva suave, "
        "y cada una se equivoca a su manera con pocos clientes. Con referencias que crecen y una "
        f"verdad conocida, la mayor diferencia de {DRAWS} sorteos es {gaps}: {goal}. El mayor "
        f"error frente a la verdad, el nuestro y el suyo, es {errors}; el nuestro es menor en "
        f"{sum(r['error'] < r['nannyml_error'] for r in report['by_size'])} de "
        f"{len(report['by_size'])} sorteos."
    )


def write_page(report: dict) -> None:
    """Put the sentences between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    page = f"{before}{START}\n{sentences(report)}\n{END}{after}"
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    """Compare, print, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", required=True, help="Python de un entorno con nannyml")
    python = parser.parse_args().peers
    reference, held = demo_scores()
    given = batches(held)
    peer = theirs(python, reference, given)
    curve = estimation.calibration_curve(reference["y"], reference["score"], degree=2)
    rows = []
    for name, batch in given.items():
        mine, other = ours(batch, curve), peer["batches"][name]
        rows += [
            {"batch": name, "n": len(batch), "measure": m, **mine[m],
             "nannyml_same": other["same"][m], "nannyml": other["recalibrated"][m]}
            for m in MEASURES
        ]  # fmt: skip
    table = pd.DataFrame(rows)
    report = {
        "nannyml": peer["version"],
        "recalibrates": peer["recalibrates"],
        "within": WITHIN,
        "worst_gap_same_probabilities": float((table["same"] - table["nannyml_same"]).abs().max()),
        "worst_gap_each_its_calibration": float((table["value"] - table["nannyml"]).abs().max()),
        "mean_error": float((table["value"] - table["seen"]).abs().mean()),
        "nannyml_mean_error": float((table["nannyml"] - table["seen"]).abs().mean()),
        "inside": float(table["seen"].between(table["low"], table["high"]).mean()),
        "by_size": by_size(python, np.concatenate([reference["score"], held["score"]])),
        "rows": rows,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    write_page(report)
    print(table.round(4).to_string(index=False))
    print({k: v for k, v in report.items() if k not in ("rows", "by_size")})


if __name__ == "__main__":
    main()

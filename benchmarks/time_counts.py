"""What the results of `benchmarks.time` and `benchmarks.time_series` come to, counted case by case.

A promise flatters, and counts as positive, where it said a ROC-AUC higher than came or a log-loss
lower.
"""

import pandas as pd
from scipy.stats import norm

from benchmarks.time import MEASURES

PANELS = ("completejourney", "lahman", "cdnow")
SIGNS = {"roc_auc": 1, "log_loss": -1}


def chosen_cases(found: list[dict]) -> list[dict]:
    """Each case once, with the most customers that it was measured on; panel by panel."""
    largest = {(c["panel"], c["last"]): c for c in sorted(found, key=lambda case: case["share"])}
    return sorted(largest.values(), key=lambda c: (PANELS.index(c["panel"]), c["last"]))


def table_of(found: list[dict]) -> pd.DataFrame:
    """One row a case: how much each kind of exam flattered, and what was right."""
    rows = []
    for case in found:
        row = {k: case[k] for k in ("panel", "share", "last", "family")}
        for measure, sign in SIGNS.items():
            came, promised = case["next"][measure], promises(case, measure)
            row |= {f"{kind}:{measure}": sign * (p - came) for kind, p in promised.items()}
            for kind in ("by_row", "by_customer", "exam", "widened"):
                low, high = case["promised"][kind][f"{measure}_ci"]
                row[f"{kind}:{measure}_held"] = low <= came <= high
        row |= well_chosen(case["next"]["families"])
        row |= {f"always:{k}": v["loss_fall"] for k, v in case["next"]["families"].items()}
        row |= {f"refit:{k}": v for k, v in case.get("refit", {}).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def promises(case: dict, measure: str) -> dict[str, float]:
    """What each kind of exam said; the backtest's is the mean of its snapshots."""
    said = {kind: case["promised"][kind][measure] for kind in ("by_row", "by_customer", "exam")}
    months = [cutoff[measure] for cutoff in case["backtest"]]
    return said | {"backtest": sum(months) / len(months)}


def well_chosen(families: dict) -> dict:
    """The family with the best log-loss, and whether the chosen one is within its paired error."""
    best = min(families, key=lambda name: families[name]["log_loss"])
    beaten = families[best]
    close = beaten["loss_fall"] <= beaten["loss_error"]
    return {"best": best, "given_up": beaten["loss_fall"], "close": close}


def close_by_chance(families: int = 4) -> float:
    """How often one of equally good families is within an error of the best, by luck alone.

    What each comes to by luck is taken as normal, alike and independent.
    """
    return float(norm.expect(lambda own: norm.cdf(own + 2**0.5) ** (families - 1)))


def series_of(series: list[dict]) -> pd.DataFrame:
    """One row a case of one family: how much the exam flattered, and which intervals held."""
    rows = []
    for case in series:
        row = {
            "panel": case["panel"],
            "next": case["next"],
            "months": len(case["months"]["roc_auc"]),
        }
        for m in MEASURES:
            row[f"exam:{m}"] = SIGNS[m] * (case["exam"][m] - case["came"][m])
            for kind in ("alone", "widened"):
                low, high = case["ci" if kind == "widened" else "alone_ci"][m]
                row[f"{kind}:{m}_held"], row[f"{kind}:{m}_width"] = (
                    low <= case["came"][m] <= high,
                    high - low,
                )
        rows.append(row | {f"fresh:{k}": v for k, v in case["fresh"].items()})
    table = pd.DataFrame(rows)
    return table.assign(order=table["panel"].map(PANELS.index)).sort_values(["order", "next"])


def standard_error(values: pd.Series) -> float:
    """Standard error of a mean by the spread of its cases; NaN for one."""
    return float(values.std(ddof=1)) / len(values) ** 0.5

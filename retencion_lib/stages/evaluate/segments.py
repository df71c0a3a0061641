"""Does the model treat every group alike? Ranking, truth and notices by group, and what is noise.

Each group is compared with everybody else. Ranking: ROC-AUC, its error by DeLong. Truth: how
many left beyond the scores, its error that of true scores. Notices and their precision: two
proportions. All the comparisons made are counted (Holm 1979): with many groups, some would
look different by luck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import norm

from retencion_lib.maths import metrics
from retencion_lib.tables import Training
from retencion_lib.words import es, interval, pct, plural

LEVEL = 0.05
MIN_ROWS, MIN_CLASS = 30, 10  # customers of a group, and of each class, to be compared
FEW_VALUES, BANDS, MAX_GROUPS = 6, 4, 12
MEASURES = ("roc_auc", "calibration", "selected", "precision")
NAMES = {
    "roc_auc": "ordenación",
    "calibration": "previsión",
    "selected": "avisos",
    "precision": "precisión de los avisos",
}


@dataclass(frozen=True)
class Segments:
    """Groups compared: one row a group, and the comparisons that hold."""

    groups: pd.DataFrame
    n_tests: int
    named: bool  # the columns were asked for

    def differing(self) -> pd.DataFrame:
        """Groups that differ in something beyond noise."""
        return self.groups[self.groups["differs"].map(len) > 0]

    def table(self) -> pd.DataFrame:
        """Groups for readers: all if they were asked for, else those that differ."""
        shown = self.groups if self.named else self.differing()
        if shown.empty and len(self.groups):
            shown = self.groups.loc[[self.groups["p_min"].fillna(1).idxmin()]]
        rows = shown.to_dict("records")
        return pd.DataFrame(
            {
                "segment": [f"{r['column']}: {r['group']}" for r in rows],
                "rows": [r["n"] for r in rows],
                "left": [pct(r["left"]) for r in rows],
                "foreseen": [pct(r["foreseen"]) for r in rows],
                "roc_auc": [_with(r, "roc_auc", es) for r in rows],
                "selected": [_with(r, "selected", pct) for r in rows],
                "precision": [_with(r, "precision", pct) for r in rows],
                "differs": ["; ".join(NAMES[m] for m in r["differs"]) or "—" for r in rows],
            }
        )

    def caption(self) -> str:
        """What the table holds."""
        if self.named:
            return "Grupos"
        return "Grupos que se distinguen" if len(self.differing()) else "El que más se distingue"

    def sentences(self) -> list[str]:
        """One a difference beyond noise."""
        return [
            _say(row, measure)
            for row in self.differing().to_dict("records")
            for measure in row["differs"]
        ]

    def none(self) -> str:
        """What to say where no group differs, or there is none."""
        if self.groups.empty:
            return (
                "No hay grupos que comparar: ninguna columna es sensible ni tiene pocos valores. "
                "Nombra en segments las que interesen."
            )
        tests = plural(self.n_tests, "comparación", "comparaciones")
        return (
            f"Con {tests} entre {len(self.groups)} grupos, y contándolas todas, ningún grupo se "
            "distingue del resto más allá del azar."
        )

    def facts(self) -> dict:
        """JSON-able form for the test report's key ``segments``."""
        rows = self.groups.drop(columns="p_min").to_dict("records")
        return {"comparisons": self.n_tests, "level": LEVEL, "groups": rows}


def _with(row: dict, measure: str, form: object) -> str:
    value = row[measure]
    if value != value:
        return "—"
    low, high = row[f"{measure}_low"], row[f"{measure}_high"]
    if form is pct:
        return f"{pct(value, 0)} {interval(100 * low, 100 * high, 0)}"
    return f"{es(value, 2)} {interval(low, high, 2)}"


def _say(row: dict, measure: str) -> str:
    who = f"«{row['column']}: {row['group']}»"
    if measure == "calibration":
        more = "de menos" if row["left"] > row["foreseen"] else "de más"
        return (
            f"En {who} el modelo prevé bajas {more}: se fue el {pct(row['left'])} y preveía el "
            f"{pct(row['foreseen'])}."
        )
    if measure == "roc_auc":
        own, rest = row["roc_auc"], row["roc_auc_rest"]
        how = "peor" if own < rest else "mejor"
        return f"En {who} ordena {how}: ROC-AUC {es(own, 3)}, y {es(rest, 3)} en el resto."
    said = "Se avisa" if measure == "selected" else "Acierta al avisar"
    about = "al" if measure == "selected" else "en el"
    return (
        f"{said} {about} {pct(row[measure])} de {who} y {about} {pct(row[f'{measure}_rest'])} del "
        f"resto; se fue el {pct(row['left'])} y el {pct(row['left_rest'])}."
    )


def group_of(values: pd.Series) -> pd.Series:
    """Group of each customer by one column: its labels, or bands of a number, as text."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_VALUES:
        edges = np.unique(values.quantile(np.linspace(0, 1, BANDS + 1)[1:-1]))
        words = [es(edge, 0 if float(edge).is_integer() else 2) for edge in edges]
        names = np.array([f"hasta {words[0]}"]
                         + [f"de {a} a {b}" for a, b in pairwise(words)]
                         + [f"más de {words[-1]}"], dtype=object)  # fmt: skip
        place = np.searchsorted(edges, values.fillna(edges[0]), side="left")
        return pd.Series(names[place], index=values.index).where(values.notna(), "sin dato")
    labels = values.map(_label).where(values.notna(), "sin dato")
    common = labels.value_counts().index[: MAX_GROUPS - 1]
    return labels if labels.nunique() <= MAX_GROUPS else labels.where(labels.isin(common), "otros")


def _label(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def grouping_columns(customers: Training, asked: Sequence[str]) -> dict[str, pd.Series]:
    """Columns to compare by: those asked for, else the sensitive and those of few labels.

    Raises
    ------
    DataError
        If there is no such column.
    """
    few = [c for c in customers.X if 2 <= customers.X[c].nunique() <= FEW_VALUES]
    sensitive = [c.name for c in customers.columns if c.kind == "sensitive"]
    return {name: customers.values(name) for name in asked or [*sensitive, *few]}


def compare(
    y: np.ndarray,
    p: np.ndarray,
    threshold: float,
    columns: Mapping[str, pd.Series],
    *,
    named: bool = True,
) -> Segments:
    """Compare each group with everybody else.

    Parameters
    ----------
    y, p : array of shape (n,)
        Outcome and calibrated score.
    threshold : float
        Score from which a customer is flagged.
    columns : mapping of str to Series of shape (n,)
        What to group by.
    named : bool
        Whether the user asked for them; only then are notices and their precision compared,
        since these follow how many leave in a group, and in most they differ rightly.

    Returns
    -------
    Segments
        Groups too small to compare are there without a comparison.
    """
    y, p = np.asarray(y), np.asarray(p)
    rows = []
    for column, values in columns.items():
        labels = group_of(values.reset_index(drop=True))
        found = sorted(labels.unique())
        for place, group in enumerate(found):
            row = {"column": column, "group": group}
            row |= _compare_one(y, p, p >= threshold, (labels == group).to_numpy())
            if len(found) == 2 and place:
                # The second of two groups is the rest of the first: the same comparison.
                row |= {f"{m}_p": np.nan for m in MEASURES}
            rows.append(row)
    if not rows:
        return Segments(pd.DataFrame(columns=["differs", "p_min"]), 0, named)
    table = pd.DataFrame(rows)
    used = MEASURES if named else MEASURES[:2]
    p_values = table[[f"{m}_p" for m in used]].to_numpy(float)
    rejected = holm(p_values.ravel()).reshape(p_values.shape)
    table["differs"] = [[m for m, hit in zip(used, own, strict=True) if hit] for own in rejected]
    table["p_min"] = pd.DataFrame(p_values).min(axis=1)
    return Segments(table, int(np.isfinite(p_values).sum()), named)


def holm(p_values: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """True where a comparison holds at `level` among all of them; NaN was not made.

    Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    """
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)[: np.isfinite(p_values).sum()]
    holds = p_values[order] <= level / np.arange(len(order), 0, -1)
    rejected = np.zeros(len(p_values), bool)
    rejected[order[np.logical_and.accumulate(holds)]] = True
    return rejected


def _compare_one(y: np.ndarray, p: np.ndarray, flagged: np.ndarray, inside: np.ndarray) -> dict:
    row: dict[str, float] = {"n": int(inside.sum())}
    row |= {"left": y[inside].mean(), "left_rest": y[~inside].mean() if (~inside).any() else np.nan}
    row["foreseen"] = p[inside].mean()
    enough = min(inside.sum(), (~inside).sum()) >= MIN_ROWS
    row |= _auc(y, p, inside)
    gaps, errors = zip(*(_gap(y[part], p[part]) for part in (inside, ~inside)), strict=True)
    row["calibration_p"] = _p_value(gaps[0] - gaps[1], np.hypot(*errors)) if enough else np.nan
    row |= _share("selected", flagged[inside], flagged[~inside])
    row |= _share("precision", y[inside & flagged] == 1, y[~inside & flagged] == 1)
    return row


def _auc(y: np.ndarray, p: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    found = []
    for part in (inside, ~inside):
        if min(np.bincount(y[part].astype(int), minlength=2)) < MIN_CLASS:
            found.append((np.nan, np.nan))
            continue
        auc, covariance = metrics.delong_covariance(y[part], [p[part]])
        found.append((float(auc[0]), float(np.sqrt(covariance[0, 0]))))
    (own, error), (rest, rest_error) = found
    half = norm.ppf(0.975) * error
    return {
        "roc_auc": own, "roc_auc_low": max(0.0, own - half), "roc_auc_high": min(1.0, own + half),
        "roc_auc_rest": rest, "roc_auc_p": _p_value(own - rest, np.hypot(error, rest_error)),
    }  # fmt: skip


def _gap(y: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Share that left beyond the scores, and its standard error if the scores are true."""
    if len(y) == 0:
        return np.nan, np.nan
    return float((y - p).mean()), float(np.sqrt((p * (1 - p)).sum()) / len(y))


def _share(name: str, own: np.ndarray, rest: np.ndarray) -> dict[str, float]:
    if len(own) == 0 or len(rest) == 0:
        empty = dict.fromkeys(("", "_low", "_high", "_rest", "_p"), np.nan)
        return {f"{name}{key}": value for key, value in empty.items()}
    low, high = metrics.wilson(own.sum(), len(own))
    pooled = (own.sum() + rest.sum()) / (len(own) + len(rest))
    error = np.sqrt(pooled * (1 - pooled) * (1 / len(own) + 1 / len(rest)))
    enough = min(len(own), len(rest)) >= MIN_ROWS
    gap = own.mean() - rest.mean()
    return {
        name: float(own.mean()), f"{name}_low": float(low), f"{name}_high": float(high),
        f"{name}_rest": float(rest.mean()),
        f"{name}_p": _p_value(gap, error) if enough else np.nan,
    }  # fmt: skip


def _p_value(gap: float, error: float) -> float:
    return float(2 * norm.sf(abs(gap) / error)) if error > 0 else np.nan

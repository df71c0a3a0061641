"""What the outcomes say of each batch: ranking, precision, calibration, against what was expected.

A fall is said when it is both clear and large: the 99 % interval of the difference with the
exam of 03 lies below zero and the difference is at least `FALL`. The same for calibration.

A call changes its customer's outcome, so that a campaign that works would look like a model
that fails. Those contacted are left out, and the control group, drawn at random among them,
stands for them. Without a control group no fall is said of a batch that was contacted.
"""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from retencion_lib import config
from retencion_lib.home import registry
from retencion_lib.home.exam import read_exam
from retencion_lib.maths import estimation, metrics
from retencion_lib.maths.estimation import Curve, Estimate
from retencion_lib.models import family_label
from retencion_lib.stages.monitor.rules import Alert
from retencion_lib.tables.outcomes import CURRENT, Outcomes, same_scores
from retencion_lib.words import count, es, interval, pct, plural

SURE = norm.ppf(0.995) / norm.ppf(0.975)  # from a 95 % interval to a 99 % one
FALL = 0.02  # of ROC-AUC: less than this changes no decision
MISFIT_P, MISFIT_ECE = 0.01, 0.03  # calibration: clear, and three points at least
FEW_MISSING = 0.05  # share without outcome above which the measure may be of other customers
NAMES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "precision": "Precisión en el umbral",
    "capture": "Bajas detectadas en el umbral",
    "f1": "F1 en el umbral",
    "precision_at_k": "Precisión en K",
    "lift_at_k": "Veces la media en K",
    "positive_rate": "Parte que se va",
}


@dataclass(frozen=True)
class Realised:
    """One batch, measured with its outcomes."""

    batch: str
    n_labelled: int
    n_missing: int
    measured: dict[str, Estimate]
    expected: dict[str, Estimate]  # CBPE of the same customers
    line: Curve | None  # None where calibration cannot be known
    ece: float
    ece_noise: float  # mean ECE that true probabilities would show at this size
    score_gap: float  # mean score of those with outcome less that of those without; nan if none
    n_contacted: int  # of those with outcome: theirs already carries what the call did
    n_control: int  # of those with outcome, who stand for the contacted
    retired: str  # model that scored it, for readers; empty where it is in use or not known
    own_exam: dict[str, Estimate]  # of that model; empty where it is that of the model in use

    @property
    def muddled(self) -> bool:
        """True if calls changed outcomes and no control group says how much."""
        return self.n_contacted > 0 and self.n_control == 0

    @property
    def one_class(self) -> bool:
        """True if all outcomes are the same, so that no ranking can be judged."""
        return bool(np.isnan(self.measured["roc_auc"].value))

    @property
    def miscalibrated(self) -> bool:
        """True if the probabilities are clearly and largely not what happened."""
        if self.line is None or self.muddled:
            return False
        clear = chi2.sf(self.line.misfit(), 2) < MISFIT_P
        return clear and self.ece - self.ece_noise >= MISFIT_ECE

    def as_json(self) -> dict:
        """Figures for `drift_report.json`."""
        given = asdict(self)
        given["line"] = None
        if self.line is not None:
            intercept, slope = self.line.intervals
            given["line"] = {"intercept": asdict(intercept), "slope": asdict(slope)}
        return given | {"miscalibrated": self.miscalibrated}


def measure(
    outcomes: Outcomes | None, *, capacity: float, curve: Curve | None = None
) -> list[Realised]:
    """Measure every batch that has an outcome, the current one first.

    Parameters
    ----------
    curve : Curve, optional
        Calibration on the reference, for what was expected.
    """
    if outcomes is None:
        return []
    order = sorted(outcomes.batches, key=lambda b: (b != CURRENT, b))
    tables = dict(tuple(outcomes.table.groupby("batch")))
    return [_measure(batch, tables[batch], capacity, curve) for batch in order]


def _measure(batch: str, table: pd.DataFrame, capacity: float, curve: Curve | None) -> Realised:
    y, p = same_scores(table)
    given = {"threshold": float(table["threshold"].iloc[-1]), "k": metrics.k_of(len(y), capacity)}
    missing = table.loc[table["y"].isna(), "score"]
    group = table.loc[table["y"].notna(), "group"].to_numpy()
    weights = untreated_weights(group)
    used = np.ones(len(y), bool) if weights is None else weights > 0
    rest = None if weights is None else weights[used]
    ece, noise = calibration_error(y[used], p[used], rest)
    return Realised(
        batch,
        len(y),
        len(missing),
        estimation.realised(y[used], p[used], weights=rest, **given),
        estimation.expected(p, curve=curve, **given),
        estimation.calibration_curve(y[used], p[used], weights=rest),
        ece,
        noise,
        float(p.mean() - missing.mean()) if len(missing) else float("nan"),
        int((group == "contact").sum()),
        int((group == "control").sum()),
        *_scored_by(table["model"].iloc[-1]),
    )


def _scored_by(name: str) -> tuple[str, dict[str, Estimate]]:
    """Label and exam of the model of this name, such as ``logreg__v0.1``, if it is not in use."""
    entry = registry.read().champion
    if not name or entry is None or name == f"{entry.family}__v{entry.version}":
        return "", {}
    family, version = name.split("__v")
    return f"{family_label(family)} v{version}", exam(f"artifacts/{name}__test.json")


def untreated_weights(group: np.ndarray) -> np.ndarray | None:
    """How many customers each stands for so that no call has a part; None where none is needed.

    Those contacted stand for nobody and each of the control group for its share of both; without
    a control group everybody stands for themselves, since nobody else can.
    """
    contact, control = (int((group == g).sum()) for g in ("contact", "control"))
    if not contact or not control:
        return None
    return np.where(group == "contact", 0.0, np.where(group == "control", 1 + contact / control, 1))


def calibration_error(
    y: np.ndarray,
    p: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    draws: int = 100,
    seed: int = 0,
) -> tuple[float, float]:
    """Expected calibration error over ten equal bins, and its mean if the scores were true."""
    rng = np.random.default_rng(seed)
    w = np.ones(len(p)) if weights is None else weights
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]

    def error(outcome: np.ndarray) -> float:
        return sum(abs(w[part] @ (p[part] - outcome[part])) for part in parts) / w.sum()

    noise = [error(rng.random(len(p)) < p) for _ in range(draws)]
    return float(error(y)), float(np.mean(noise))


def exam(report: str = config.TEST_REPORT) -> dict[str, Estimate]:
    """Test measures of the model in use with their intervals; empty before 03 has run."""
    found = read_exam(config.resolve(report))
    if found is None:
        return {}
    return {
        name: Estimate(found.test[name], *found.test_ci[name])
        for name in NAMES
        if name in found.test
    }


def alerts(found: list[Realised], test: dict[str, Estimate]) -> list[Alert]:
    """RET041 for a ROC-AUC below the exam, RET042 for probabilities that are not true.

    Each batch is held against the exam of the model that scored it; `test` is that of the one
    in use.
    """
    said = []
    for r in found:
        before = (r.own_exam or test).get("roc_auc")
        gap = fall(r.measured["roc_auc"], before)
        who = f" (puntuado por {r.retired}, que ya no está en uso)" if r.retired else ""
        if gap is not None and not r.muddled:
            message = (
                f"Con los resultados de {r.batch}{who}, ROC-AUC "
                f"{es(r.measured['roc_auc'].value, 3)} "
                f"frente a {es(before.value, 3)} en su examen: diferencia "
                f"{es(gap.value, 3)} {interval(gap.low, gap.high)}."
            )
            action = "Busca qué ha cambiado y reentrena con los resultados nuevos."
            said.append(Alert("RET041", "alert", None, gap.value, -FALL, message, action))
        if r.miscalibrated:
            level = "alert" if r.ece - r.ece_noise >= 2 * MISFIT_ECE else "warning"
            message = (
                f"Con los resultados de {r.batch}{who}, lo previsto y lo ocurrido se separan "
                f"{pct(r.ece)} de media (por azar, {pct(r.ece_noise)}): se previó que se iría el "
                f"{pct(r.expected['positive_rate'].value)} y se fue el "
                f"{pct(r.measured['positive_rate'].value)}."
            )
            action = "El orden puede valer; el umbral y el beneficio previsto, no. Reentrena."
            said.append(Alert("RET042", level, None, r.ece, MISFIT_ECE, message, action))
    return said


def fall(now: Estimate, before: Estimate | None) -> Estimate | None:
    """Difference with the exam if it is a clear and large fall, else None."""
    if before is None or np.isnan(now.value):
        return None
    gap = estimation.difference(now, before)
    clear = gap.value + SURE * (gap.high - gap.value) < 0
    return gap if clear and gap.value <= -FALL else None


def table(r: Realised, test: dict[str, Estimate]) -> pd.DataFrame:
    """Each measure: with outcomes, expected before them, and in the exam of its model."""
    rows, test = [], r.own_exam or test
    for name, said in NAMES.items():
        row = {"Medida": said}
        for heading, source in (
            ("Con resultados", r.measured), ("Estimado antes", r.expected), ("Examen", test),
        ):  # fmt: skip
            row[heading] = value_and_interval(source.get(name))
        rows.append(row)
    return pd.DataFrame(rows)


def value_and_interval(e: Estimate | None) -> str:
    """An estimate for readers; a dash where it cannot be known."""
    if e is None or np.isnan(e.value):
        return "—"
    return f"{es(e.value, 3)} {interval(e.low, e.high)}"


def arrived_sentence(outcomes: Outcomes | None) -> str:
    """Which outcomes have arrived, or that none has."""
    if outcomes is None:
        return "Todavía no hay resultados (labels): el acierto de este lote no se puede medir."
    return outcomes.sentence()


def sentence(r: Realised, test: dict[str, Estimate]) -> str:
    """How well the batch turned out, against the exam and the estimate, and what is missing."""
    test = r.own_exam or test
    start = f"Lo puntuó {r.retired}, que ya no está en uso. " if r.retired else ""
    start += f"De {r.batch} hay {count(r.n_labelled)} resultados y faltan {count(r.n_missing)}. "
    if r.one_class:
        return start + (
            "Todos son de la misma clase: el ROC-AUC no se puede calcular; se muestra lo demás. "
            f"Se fue el {pct(r.measured['positive_rate'].value)}."
        )
    auc, hoped = r.measured["roc_auc"], r.expected["roc_auc"]
    inside = hoped.low <= auc.value <= hoped.high
    parts = [
        start + f"ROC-AUC **{es(auc.value, 3)}** {interval(auc.low, auc.high)}, "
        f"{'dentro' if inside else 'fuera'} de lo estimado {interval(hoped.low, hoped.high)}."
    ]
    if test:
        worse = fall(auc, test.get("roc_auc")) is not None
        parts.append(
            "Es claramente peor que el examen." if worse else "No es claramente peor que el examen."
        )
    if r.line is not None:
        slope = r.line.intervals[1]
        parts.append(
            f"Calibración: pendiente {es(slope.value, 2)} {interval(slope.low, slope.high, 2)} "
            f"(lo ideal es {es(1, 0)}), error medio {pct(r.ece)} (por azar, {pct(r.ece_noise)})."
        )
    if r.n_contacted:
        parts.append(
            f"{plural(r.n_contacted, 'fue contactado', 'fueron contactados')}: "
            + (
                "si la campaña retiene, el modelo acierta más de lo que se mide, y sin grupo de "
                "control no se sabe cuánto."
                if r.muddled
                else f"en su lugar cuentan los {count(r.n_control)} del grupo de control."
            )
        )
    if r.n_missing > FEW_MISSING * (r.n_labelled + r.n_missing):
        parts.append(
            "Los que faltan tienen una puntuación media "
            f"{pct(abs(r.score_gap))} {'más baja' if r.score_gap > 0 else 'más alta'}: la medida "
            "puede cambiar cuando lleguen."
        )
    return " ".join(parts)

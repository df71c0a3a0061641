"""How good is this batch expected to be, before any outcome has arrived, and can that be believed?

CBPE reads from the scores how many of those flagged will leave, as far as scores are true
probabilities. On the reference, whose outcomes are known, that is checked and what is not true
is corrected. It also holds when the customers change, as long as customers who look alike leave
as often as before; if that changes (a concept change), no estimate without outcomes can see it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import store
from retencion_lib.home.experiments import experiments
from retencion_lib.maths import estimation, metrics
from retencion_lib.maths.estimation import Curve, Estimate
from retencion_lib.stages.monitor.performance.realised import (
    FALL,
    MISFIT_ECE,
    MISFIT_P,
    NAMES,
    calibration_error,
    fall,
    value_and_interval,
)
from retencion_lib.stages.monitor.rules import Alert, named
from retencion_lib.tables.outcomes import scored
from retencion_lib.tables.scored import Scored
from retencion_lib.words import count, es, interval, listed, pct


@dataclass(frozen=True)
class Expected:
    """Estimated performance of the batch, and what it rests on."""

    n: int
    estimates: dict[str, Estimate]
    line: Curve | None  # calibration on the reference; None where its outcomes are not known
    curve: Curve | None  # the same with a bend: what corrects the scores
    ece: float
    untrue: bool  # the reference's scores are clearly and largely not what happened
    moved: list[str]  # columns that have moved: customers changed, which CBPE allows for
    beyond: float  # share of the batch with a score outside the reference's range

    def as_json(self) -> dict:
        """Figures for `drift_report.json`."""
        given = asdict(self)
        del given["curve"]
        given["line"] = None
        if self.line is not None:
            intercept, slope = self.line.intervals
            given["line"] = {"intercept": asdict(intercept), "slope": asdict(slope)}
        return given


def estimate(batch: Scored, reference: Scored, *, moved: list[str], capacity: float) -> Expected:
    """Estimate every measure of a batch from its scores.

    Parameters
    ----------
    batch, reference : Scored
        The customers of now, and those that the model learnt from with out-of-fold scores.
    moved : list of str
        Columns that the drift checks found to have moved.
    capacity : float
        Share of customers that the team can contact.
    """
    p = batch.scores
    threshold = float(scored(batch)["threshold"].iloc[0])
    y, q = reference_outcomes(reference)
    line, curve, ece, untrue = None, None, float("nan"), False
    if len(y):
        line, curve = (estimation.calibration_curve(y, q, degree) for degree in (1, 2))
        ece, noise = calibration_error(y, q)
        if line is not None:
            untrue = chi2.sf(line.misfit(), 2) < MISFIT_P and ece - noise >= MISFIT_ECE
    found = estimation.expected(
        p, threshold=threshold, k=metrics.k_of(len(p), capacity), curve=curve
    )
    known = reference.scores
    beyond = float(np.mean((p < known.min()) | (p > known.max())))
    return Expected(len(p), found, line, curve, ece, bool(untrue), moved, beyond)


def reference_outcomes(reference: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and score of the reference's customers, where the training run logged them.

    02 keeps the out-of-fold table with every customer's outcome; both arrays are empty if the
    reference is not of those customers.
    """
    nothing = np.array([], int), np.array([])
    try:
        oof = config.resolve(experiments()[-1].oof.path)
    except OrderError:
        return nothing
    if not oof.is_file():
        return nothing
    known = store.read_csv(oof, made_by="train", usecols=["id", "y"], dtype={"id": str})
    y = reference.ids.map(known.set_index("id")["y"])
    there = y.notna().to_numpy()
    if not there.any():
        return nothing
    return y[there].to_numpy(int), reference.scores[there]


def alerts(e: Expected, test: dict[str, Estimate]) -> list[Alert]:
    """RET040: the estimated ROC-AUC is clearly below the exam."""
    gap = fall(e.estimates["roc_auc"], test.get("roc_auc"))
    if gap is None:
        return []
    message = (
        f"Se estima un ROC-AUC de {es(e.estimates['roc_auc'].value, 3)} en este lote, frente a "
        f"{es(test['roc_auc'].value, 3)} en el examen: diferencia {es(gap.value, 3)} "
        f"{interval(gap.low, gap.high)}. Los clientes de ahora son más difíciles de ordenar."
    )
    action = "Espera los resultados (labels) antes de reentrenar, y mira qué columna se movió."
    return [Alert("RET040", "warning", None, gap.value, -FALL, message, action)]


def table(e: Expected, test: dict[str, Estimate]) -> pd.DataFrame:
    """Each measure: estimated in this batch, and in the exam."""
    return pd.DataFrame(
        [
            {
                "Medida": said,
                "Estimado en este lote": value_and_interval(e.estimates[name]),
                "Examen": value_and_interval(test.get(name)),
            }
            for name, said in NAMES.items()
        ]
    )


def sentence(e: Expected, test: dict[str, Estimate]) -> str:
    """What is expected of the batch."""
    auc, flagged = e.estimates["roc_auc"], e.estimates["precision"]
    against = ""
    if "roc_auc" in test:
        worse = fall(auc, test["roc_auc"]) is not None
        against = f", {'claramente por debajo' if worse else 'en línea con el'} "
        against += f"{'del ' if worse else ''}examen ({es(test['roc_auc'].value, 3)})"
    return (
        f"En estos {count(e.n)} clientes se espera un ROC-AUC de **{es(auc.value, 3)}** "
        f"{interval(auc.low, auc.high)}{against}; se iría el "
        f"{pct(e.estimates['positive_rate'].value)} y, de los avisados, el {pct(flagged.value)}."
    )


def assumption_sentence(e: Expected, hard: Sequence[Alert] = ()) -> str:
    """Whether the estimate can be believed, and what it cannot see.

    Parameters
    ----------
    hard : sequence of Alert
        Findings of the hard rules: scores of a broken extract are of nobody.
    """
    broken = [named(a.code, a.column) for a in hard if a.level == "alert"]
    if broken:
        return (
            f"**Esta estimación no vale**: el extracto llega mal ({listed(broken)}), y de unas "
            "puntuaciones hechas con datos que no son los de los clientes no se deduce nada."
        )
    if e.line is None:
        first = (
            "No se conocen los resultados de la referencia: no se puede comprobar que las "
            "puntuaciones sean probabilidades ciertas, y la estimación vale lo que valgan ellas."
        )
    else:
        slope = e.line.intervals[1]
        verdict = "**no son** probabilidades ciertas" if e.untrue else "son probabilidades ciertas"
        first = (
            f"En la referencia ({count(e.line.n)} clientes) las puntuaciones {verdict}: pendiente "
            f"{es(slope.value, 2)} {interval(slope.low, slope.high, 2)}, error medio {pct(e.ece)}. "
            "La estimación usa las probabilidades corregidas con esos resultados."
        )
    second = (
        f"Se han movido {listed(e.moved)}: la estimación lo tiene en cuenta"
        if e.moved
        else "No se ve que los clientes hayan cambiado"
    )
    third = f"; el {pct(e.beyond)} tiene una puntuación nunca vista" if e.beyond else ""
    return (
        f"{first} {second}{third}. Si los clientes iguales se van ahora más o menos que antes, "
        "solo los resultados lo dirán."
    )

"""Which drifts matter in this batch: each feature's part in the score's shift, by the model itself.

The attributions are those of the model in use; where the batch was scored by another one, or
no longer fits its contract, there is nothing to attribute and that is said.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.home import registry, store
from retencion_lib.home.experiments import experiments
from retencion_lib.home.terms import agreed_capacity
from retencion_lib.maths import impact, metrics
from retencion_lib.maths.drift.statistics import benjamini_hochberg
from retencion_lib.models import FittedModel
from retencion_lib.models import attribution as explain
from retencion_lib.models.stored import load_known
from retencion_lib.stages.monitor.rules import Alert
from retencion_lib.tables import check_batch, need_columns, read_table
from retencion_lib.words import es, listed, pct

FALSE_DISCOVERY = 0.01
CHANGE_WARNING, CHANGE_ALERT = 0.03, 0.06  # of all customers, flagged or not because of a drift
SAMPLE = 1000  # customers of each side whose scores are explained
SAME = 1e-6  # scores that fall by more while the log-odds rise are of another model


@dataclass(frozen=True)
class Causes:
    """What moved the score, feature by feature; or why it cannot be known."""

    table: pd.DataFrame  # as `impact.attribute`, and `significant`
    flagged: tuple[float, float]  # share flagged in the reference and now
    missing: str = ""  # why there is no table

    @property
    def important(self) -> pd.DataFrame:
        """Features whose drift is significant and changes who is flagged."""
        t = self.table
        return t[t["significant"] & (t["flagged_change"].abs() >= CHANGE_WARNING)]

    @property
    def alerts(self) -> list[Alert]:
        """RET043: a feature's drift changes who is flagged."""
        return [
            Alert(
                "RET043", "alert" if abs(row.flagged_change) >= CHANGE_ALERT else "warning",
                row.name, row.flagged_change, CHANGE_WARNING,
                f"El cambio de '{row.name}' avisa a un {pct(abs(row.flagged_change))} "
                f"{'más' if row.flagged_change > 0 else 'menos'} de los clientes.",
                "Confirma que el cambio es real antes de llamar a estos clientes.",
            )
            for row in self.important.itertuples(index=False, name="Row")
        ]  # fmt: skip

    def as_json(self) -> list[dict]:
        """Rows for `drift_report.json`."""
        return self.table.to_dict("records")

    def shown(self, rows: int = 8) -> pd.DataFrame:
        """The features that matter most, for readers."""
        first = self.table.head(rows)
        return pd.DataFrame(
            {
                "Columna": first["name"],
                "Mueve el riesgo (escala del modelo)": [
                    f"{es(r.shift, 3)} [{es(r.low, 3)}; {es(r.high, 3)}]"
                    for r in first.itertuples()
                ],
                "Avisados de más o de menos": first["flagged_change"].map(pct),
                "Lista que sería de otros": first["list_change"].map(pct),
            }
        )

    def sentence(self) -> str:
        """What moved the score and what that does to decisions."""
        if self.missing:
            return self.missing
        before, now = self.flagged
        start = f"Se avisaría al {pct(now)} de los clientes (en la referencia, al {pct(before)}). "
        if self.important.empty:
            return start + "Ningún cambio de una columna altera de forma clara a quién se avisa."
        said = [
            f"{r.name} ({'+' if r.flagged_change > 0 else '−'}{es(100 * abs(r.flagged_change))} "
            "puntos)"
            for r in self.important.itertuples(index=False, name="Row")
        ]
        return start + f"Lo que más cambia a quién se avisa: {listed(said)}."


def measure(current: str, reference: str, *, score_col: str = "score") -> Causes:
    """Attribute the shift of the batch's scores to its features.

    The list is of as many customers as the campaign's terms say that the team can contact.

    Parameters
    ----------
    current, reference : str
        Scored tables.
    """
    entry = registry.read().champion
    if entry is None:
        return _nothing("No hay un modelo en uso: no se puede decir qué columna mueve el riesgo.")
    model = load_known(entry.artifact, experiments())
    sides = [_rows(path, model, score_col) for path in (reference, current)]
    if any(side is None for side in sides):
        return _nothing(
            "El lote no cumple el contrato del modelo en uso: no se puede decir qué columna mueve "
            "el riesgo."
        )
    (before, _), (now, scores) = sides
    if min(len(before), len(now)) < 2:
        return _nothing(
            "Con un solo cliente no hay ningún cambio que repartir entre las columnas: hacen "
            "falta dos o más."
        )
    both, base = explain.contributions(model, pd.concat([before, now], ignore_index=True))
    margins = both.sum(axis=1).to_numpy() + base
    n = len(before)
    margin = margins[n:]
    if np.diff(scores[np.argsort(margin, kind="stable")]).min(initial=0) < -SAME:
        return _nothing(
            "El lote no lo puntuó el modelo en uso: no se puede decir qué columna mueve el riesgo."
        )
    cut = impact.cut_between(margin, scores >= float(entry.threshold.value))
    k = metrics.k_of(len(now), agreed_capacity())
    table = impact.attribute(both.iloc[:n], both.iloc[n:], base=base[n:], cut=cut, k=k)
    table["significant"] = benjamini_hochberg(table["p_value"].to_numpy(), FALSE_DISCOVERY)
    return Causes(table, (float(np.mean(margins[:n] >= cut)), float(np.mean(margin >= cut))))


def _rows(path: str, model: FittedModel, score_col: str) -> tuple[pd.DataFrame, np.ndarray] | None:
    """Some rows as the model reads them, and their scores; None if they break its contract."""
    if path.endswith(".json"):  # a stored profile keeps the name of its table
        path = store.read_json(config.resolve(path), made_by="evaluate")["source"]["path"]
    frame = read_table(path)
    need_columns(frame.columns, [score_col], config.relative(path))
    frame = frame.sample(min(SAMPLE, len(frame)), random_state=model.seed)
    check = check_batch(frame, model.contract)
    return None if check.errors else (check.frame, frame[score_col].to_numpy(float))


def _nothing(why: str) -> Causes:
    table = pd.DataFrame(columns=[*impact.COLUMNS, "significant"])
    table = table.astype({"significant": bool, "flagged_change": float})
    return Causes(table, (float("nan"), float("nan")), why)

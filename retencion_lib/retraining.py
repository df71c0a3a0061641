"""Is it time to retrain? A computed answer with its reasons and the command to type.

A broken extract comes first: a model must not learn from it. Outcomes that show a fall are
enough on their own; without outcomes it takes two signs, or one that persists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retencion_lib import config
from retencion_lib.words import listed

BROKEN = ("RET002", "RET003", "RET004", "RET005", "RET006", "RET007",
          "RET008", "RET009")  # fmt: skip
PROOF = {"RET041": "el acierto medido es menor que el del examen",
         "RET042": "las probabilidades ya no son ciertas"}  # fmt: skip
SIGNS = {"RET011": "la puntuación se ha movido",
         "RET040": "se estima menos acierto que en el examen",
         "RET043": "cambia a quién se avisa por cómo se han movido las variables",
         "RET050": "un aviso persiste"}  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """What to do about the model, why, and the command."""

    decision: str  # retrain, fix, watch or keep
    reasons: list[str]
    command: str

    def sentence(self) -> str:
        """The advice in words."""
        why = listed(self.reasons, limit=8)
        if self.decision == "retrain":
            return (
                f"**Conviene reentrenar**: {why}. Con una tabla que incluya los resultados "
                f"nuevos: `{self.command}`."
            )
        if self.decision == "fix":
            return (
                f"**Arregla antes los datos**: {why}. Un modelo que aprenda de un extracto roto "
                f"sale peor; cuando esté bien, repite la vigilancia: `{self.command}`."
            )
        if self.decision == "watch":
            return (
                f"**Espera**: {why}, y no basta para reentrenar. Repite la vigilancia con los "
                f"resultados cuando lleguen: `{self.command}`."
            )
        return "**No hace falta reentrenar**: nada indica que el modelo acierte menos que antes."


def recommend(alerts: Sequence[dict], *, id_col: str, target: str) -> Advice:
    """Advice from the findings of a run, those of the history among them.

    Parameters
    ----------
    alerts : sequence of dict
        Findings of `drift_report.json`: hard rules, drift, performance and persistence.
    id_col, target : str
        Columns of the table to retrain with, for the command.
    """
    broken = [a for a in alerts if a["code"] in BROKEN and a["level"] == "alert"]
    proof = _reasons(alerts, PROOF)
    signs = _reasons(alerts, SIGNS)
    options = "".join(
        f" --{name.replace('_', '-')} {value}"
        for name, value, usual in (
            ("id_col", id_col, config.ID_COL), ("target", target, config.TARGET),
        )
        if value != usual
    )  # fmt: skip
    train = f"retencion train --data TABLA{options} && retencion evaluate --data TABLA{options}"
    monitor = f"retencion monitor --labels RESULTADOS{options}"
    if broken:
        reasons = [f"{a['code']} en '{a['column']}'" if a["column"] else a["code"] for a in broken]
        return Advice("fix", reasons, f"retencion monitor{options}")
    if proof or len(signs) > 1:
        return Advice("retrain", proof + signs, train)
    if signs:
        return Advice("watch", signs, monitor)
    return Advice("keep", [], "")


def _reasons(alerts: Sequence[dict], known: dict[str, str]) -> list[str]:
    codes = {a["code"] for a in alerts}
    return [said for code, said in known.items() if code in codes]

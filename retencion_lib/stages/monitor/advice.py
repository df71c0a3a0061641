"""Is it time to retrain? A computed answer with its reasons and the command to type.

A broken extract comes first: a model must not learn from it. Outcomes that show a fall are
enough on their own. Without them the signs of a change, however many, only say what to wait
for: a model cannot learn customers whose outcomes are not there yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from retencion_lib import config
from retencion_lib.stages.monitor.rules import named
from retencion_lib.words import count, day, listed, plural

BROKEN = ("RET002", "RET003", "RET004", "RET005", "RET006", "RET007",
          "RET008", "RET009")  # fmt: skip
PROOF = {"RET041": "el acierto medido es menor que el del examen",
         "RET042": "las probabilidades ya no son ciertas"}  # fmt: skip
SIGNS = {"RET011": "la puntuación se ha movido",
         "RET040": "se estima menos acierto que en el examen",
         "RET043": "cambia a quién se avisa por cómo se han movido las variables",
         "RET050": "un aviso persiste"}  # fmt: skip
WORDS = {"fix": "arreglar los datos", "retrain": "reentrenar", "watch": "esperar",
         "keep": "seguir igual"}  # fmt: skip
ENOUGH = 0.5  # share of the batch whose outcomes a model needs to learn it


@dataclass(frozen=True)
class Awaited:
    """Outcomes of the batch that are not there yet, and when they should be."""

    n: int  # customers of the batch
    missing: int
    delay: int | None  # days that the newest outcomes took; None where none has ever arrived
    expected: str  # ISO date; empty where there is no delay to tell it by

    @property
    def learnable(self) -> bool:
        """True if enough outcomes of this batch are there for a model to learn from."""
        return self.n - self.missing >= ENOUGH * self.n

    def sentence(self) -> str:
        """What is missing and when it is expected."""
        few = "" if self.missing == self.n else f" de {count(self.missing)}"
        what = f"faltan los resultados{few} de los {count(self.n)} clientes de este lote"
        if not self.expected:
            return f"{what}, y como aún no ha llegado ninguno no se sabe cuándo llegarán"
        return (
            f"{what}, que se esperan hacia el {day(self.expected)} (los últimos tardaron "
            f"{plural(self.delay, 'día', 'días')})"
        )


@dataclass(frozen=True)
class Advice:
    """What to do about the model, why, and the command."""

    decision: str  # retrain, fix, watch or keep
    reasons: list[str]
    command: str
    awaited: Awaited | None = None  # of a decision to wait for outcomes
    broken: Sequence[dict] = ()  # findings that must be repaired first

    @property
    def words(self) -> str:
        """The decision in two or three words."""
        return WORDS[self.decision]

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
        if self.decision == "watch" and self.awaited:
            return (
                f"**Espera para reentrenar**: {why}, pero {self.awaited.sentence()}. Sin ellos un "
                f"modelo nuevo no aprendería nada de este cambio. Cuando lleguen: "
                f"`{self.command}`."
            )
        if self.decision == "watch":
            return (
                f"**Espera para reentrenar**: {why}, y una señal sola no basta: los resultados de "
                f"este lote no muestran que acierte menos. Mira el siguiente: `{self.command}`."
            )
        return "**No hace falta reentrenar**: nada indica que el modelo acierte menos que antes."


def recommend(report: dict, *, id_col: str, target: str, date: str) -> Advice:
    """Advice from the findings of a run, those of the history among them.

    Parameters
    ----------
    report : dict
        `drift_report.json`: ``alerts``, ``current`` and, where there are, ``outcomes`` and
        ``realised``.
    id_col, target : str
        Columns of the table to retrain with, for the command.
    date : str
        ISO date of the run, from which outcomes are waited for.
    """
    alerts = report["alerts"]
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
    if broken:
        reasons = [named(a["code"], a["column"]) for a in broken]
        return Advice("fix", reasons, f"retencion monitor{options}", broken=broken)
    still = awaited(report, date)
    if proof or (len(signs) > 1 and still.learnable):
        return Advice("retrain", proof + signs, train)
    if signs and still.learnable:
        return Advice("watch", signs, f"retencion monitor{options}")
    if signs:
        return Advice("watch", signs, f"retencion monitor --labels RESULTADOS{options}", still)
    return Advice("keep", [], "")


def awaited(report: dict, date: str) -> Awaited:
    """Outcomes that the batch still lacks; they should take as long as the newest there are."""
    n = report["current"]["n_rows"]
    outcomes = report.get("outcomes")
    missing = outcomes["n_missing"] if outcomes else n
    dated = [r["batch"] for r in report.get("realised") or [] if r["batch"][:1].isdigit()]
    dated = [batch for batch in dated if batch < date]
    if not dated:
        return Awaited(n, missing, None, "")
    run = Date.fromisoformat(date)
    delay = (run - Date.fromisoformat(max(dated))).days
    return Awaited(n, missing, delay, (run + timedelta(days=delay)).isoformat())


def _reasons(alerts: Sequence[dict], known: dict[str, str]) -> list[str]:
    codes = {a["code"] for a in alerts}
    return [said for code, said in known.items() if code in codes]

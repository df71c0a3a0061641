"""What makes a column a suspect of knowing too much, how sure that is, and its words."""

from dataclasses import dataclass
from enum import StrEnum

from retencion_lib.words import es, pct, plural


class Evidence(StrEnum):
    """What makes a column a suspect."""

    COPY = "copy"
    NEAR_PERFECT = "near_perfect"
    MISSING = "missing_by_target"
    ONLY_LEAVERS = "only_leavers"
    FAR_AHEAD = "far_ahead"
    CALLED = "called_like_the_outcome"
    WALKS = "better_the_newer"
    FADES = "better_the_older"
    FROZEN = "never_moves"
    LATER_DATE = "later_than_its_row"


CERTAIN = (
    Evidence.COPY, Evidence.NEAR_PERFECT, Evidence.MISSING, Evidence.ONLY_LEAVERS, Evidence.WALKS,
)  # fmt: skip
TIME = (Evidence.WALKS, Evidence.FADES, Evidence.FROZEN, Evidence.LATER_DATE)


@dataclass(frozen=True)
class Suspect:
    """One column that may know the outcome, and the strongest evidence for it."""

    column: str
    kind: Evidence
    value: float  # ROC-AUC alone, or share of rows, as the evidence says
    label: str = ""  # value that only leavers have; empty where having one at all is enough
    # What `value` is held against: ROC-AUC at the other end of time, or of the best column that
    # moves; of dates, how many rows.
    beside: float | None = None

    @property
    def certain(self) -> bool:
        """True if a model must not learn from it unless somebody says why it may."""
        return self.kind in CERTAIN


def evidence_words(suspect: Suspect) -> str:
    """What is known against a column, in words that follow its name."""
    value = suspect.value
    if suspect.kind == Evidence.COPY:
        return "es una copia del objetivo"
    if suspect.kind == Evidence.NEAR_PERFECT:
        return f"predice casi sola: ROC-AUC {es(value, 3)}"
    if suspect.kind == Evidence.MISSING:
        return f"falta según el resultado: coincide en el {pct(value)} de los clientes"
    if suspect.kind == Evidence.ONLY_LEAVERS:
        what = f"el valor '{suspect.label}'" if suspect.label else "algún valor"
        return f"solo tienen {what} quienes se fueron ({pct(value)})"
    if suspect.kind == Evidence.FAR_AHEAD:
        return f"ordena sola mucho mejor que cualquier otra: ROC-AUC {es(value, 3)}"
    if suspect.kind in TIME:
        return _time_words(suspect)
    return f"se llama como un resultado y ordena sola: ROC-AUC {es(value, 3)}"


def _time_words(suspect: Suspect) -> str:
    value, beside = suspect.value, suspect.beside
    if suspect.kind == Evidence.WALKS:
        return (
            f"ordena mucho mejor las fotos más nuevas (ROC-AUC {es(value, 3)}) que las viejas "
            f"({es(beside, 3)}): parece el valor del día en que se sacaron los datos, que en cada "
            "foto aún no se sabía"
        )
    if suspect.kind == Evidence.FADES:
        return (
            f"ordena mucho mejor las fotos viejas (ROC-AUC {es(value, 3)}) que las nuevas "
            f"({es(beside, 3)}): o envejece, o cuenta también lo que pasó después de la foto"
        )
    if suspect.kind == Evidence.FROZEN:
        return (
            f"no cambia de una foto a otra del mismo cliente y ordena (ROC-AUC {es(value, 3)}) "
            f"como lo que sí cambia ({es(beside, 3)} la mejor): puede ser el valor de hoy copiado "
            "en las fotos de antes"
        )
    rows = plural(int(beside or 0), "fila", "filas")
    return f"tiene una fecha posterior a la foto en {rows} ({pct(value)})"

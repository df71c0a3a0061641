"""What 02 says of its candidates: who ranks best, and how true their probabilities are."""

from collections.abc import Sequence

import pandas as pd

from retencion_lib.maths import metrics
from retencion_lib.models import BASELINE, family_label
from retencion_lib.stages.train.refit import Again
from retencion_lib.stages.train.train import Trained
from retencion_lib.tables.leaks import Suspect, evidence_words
from retencion_lib.words import count, day, es, listed, plural, points

CALIBRATIONS = {"none": "no hace falta", "sigmoid": "sigmoide",
                "mean": "media de sigmoide e isotónica"}  # fmt: skip


def comparison_sentence(table: pd.DataFrame) -> str:
    """Who ranks best, by how much, and against the bar."""
    bar = table.loc[table["family"] == BASELINE].iloc[0]
    rest = table[table["family"] != BASELINE]
    first, second = rest.iloc[0], rest.iloc[1]
    if bar.roc_auc >= first.roc_auc:
        return (
            f"**La logística sin ajustar ordena tan bien o mejor que todos**: ROC-AUC "
            f"{es(bar.roc_auc, 4)}; el mejor candidato, {family_label(first.family)}, "
            f"{es(first.roc_auc, 4)}. Aquí lo complicado no aporta. La elección se documenta en 03."
        )
    return (
        f"{family_label(first.family)} gana {es(first.roc_auc - second.roc_auc, 4)} de ROC-AUC a "
        f"{family_label(second.family)} y {es(first.roc_auc - bar.roc_auc, 4)} a la logística sin "
        "ajustar. La elección se documenta en 03."
    )


def calibration_table(trained: Trained) -> pd.DataFrame:
    """How each candidate was calibrated, and how true its probabilities are out of fold."""
    rows = []
    for name, candidate in trained.candidates.items():
        found = metrics.reliability(trained.parts.dev.y, candidate.p, panel=trained.parts.dev.panel)
        rows.append(
            {
                "family": family_label(name),
                "calibration": CALIBRATIONS[candidate.calibrator.kind],
                "ece": found.ece,
                "ece_perfect": found.ece_perfect,
                "slope": found.slope,
                "intercept": found.intercept,
                "brier": found.brier,
                "reliability": found.reliability,
                "resolution": found.resolution,
            }
        )
    return pd.DataFrame(rows)


def truth_sentence(trained: Trained) -> str:
    """Which candidates' probabilities could be exactly true, as far as these customers tell."""
    y, panel = trained.parts.dev.y, trained.parts.dev.panel
    true, false = [], []
    for name, candidate in trained.candidates.items():
        found = metrics.reliability(y, candidate.p, panel=panel)
        (true if found.trusted else false).append(family_label(name))
    parts = [f"no se distinguen de probabilidades ciertas: {listed(true)}"] if true else []
    parts += [f"se desvían más que el azar: {listed(false)}"] if false else []
    what = "clientes" if panel is None else "filas"
    return f"Con {count(len(y))} {what}, {'; '.join(parts)}."


def derived_sentence(trained: Trained) -> str:
    """Which derived columns were found, or at which gate the others stayed."""
    found = trained.found
    if not found.looked_at:
        return "No hay columnas de números con las que formar sumas ni cocientes."
    possible = plural(found.looked_at, "columna derivada posible", "columnas derivadas posibles")
    looked = f"De {possible} (sumas y cocientes)"
    if not found.tried:
        return f"{looked}, ninguna pasó el cribado: no se probó ninguna."
    if not found.kept:
        passed = plural(
            len(found.tried),
            "pasó el cribado, pero no mejora",
            "pasaron el cribado, pero ninguna mejora",
        )
        return f"{looked}, {passed} la predicción más que su ruido."
    said = [
        f"**{f.column.name}** (pérdida logarítmica {es(f.gain, 4)} menor, error típico "
        f"{es(f.error, 4)})"
        for f in found.kept
    ]
    return f"Se añaden columnas que mejoran la predicción más que su ruido: {listed(said)}."


def calibration_sentence(bins: pd.DataFrame) -> str:
    """Largest gap between what each family says and what happened."""
    gaps = (bins["prob_pred"] - bins["prob_true"]).abs().groupby(bins["family"]).max()
    said = [f"{family_label(name)} {points(gap)}" for name, gap in gaps.sort_values().items()]
    return f"Mayor diferencia entre lo previsto y lo ocurrido en un tramo: {'; '.join(said)}."


def leaks_sentence(found: Sequence[Suspect], accepted: str) -> str:
    """Which columns know too much and are learnt from all the same, and which may do so."""
    said = {s.column: f"'{s.column}' {evidence_words(s)}" for s in found}
    certain = [said[s.column] for s in found if s.certain]
    likely = [said[s.column] for s in found if not s.certain]
    words = []
    if certain:
        words.append(f"**Fugas aceptadas**: {listed(certain)}. Motivo: {accepted}.")
    if likely:
        words.append(f"Comprueba que se sabe antes de la baja: {listed(likely)}.")
    return " ".join(words)


def refit_sentence(again: Again) -> str:
    """What will score instead of the models that the exam judges; empty where nothing does."""
    if not again.models:
        return ""
    version = next(iter(again.models.values())).version
    until = f", hasta la foto del {day(again.learnt_until)}" if again.learnt_until else ""
    return (
        f"Para puntuar se guarda además cada receta aprendida de nuevo, v{version}, de las "
        f"{count(len(again.oof))} filas con resultado{until}. De ella no se mide nada: su examen "
        "es el de la versión que no las vio."
    )

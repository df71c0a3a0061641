"""What 01 says of a table, and whether a model can be trained on it."""

from collections.abc import Sequence

import pandas as pd

from retencion_lib.home.eda import Repeated
from retencion_lib.stages.eda.describe import columns_facts
from retencion_lib.stages.eda.report import Found
from retencion_lib.stages.say import columns_sentence, sample_sentence
from retencion_lib.tables import Training
from retencion_lib.tables.count import LEAST, ROWS
from retencion_lib.tables.evidence import TIME, Evidence, Suspect, evidence_words
from retencion_lib.tables.leaks_time import returned
from retencion_lib.tables.say import odd_sentences, reason
from retencion_lib.words import count, day, es, listed, pct, plural

STRONG_CORRELATION = 0.9


def columns_table(training: Training) -> pd.DataFrame:
    """Kind, gaps and distinct values of each column, and why some are left out, in words."""
    said = [reason(c, training.counted_rows) for c in training.columns]
    return columns_facts(training).assign(reason=said)


def nulls_sentence(training: Training) -> str:
    """Where values are missing."""
    gaps = [c for c in training.columns if c.n_missing]
    if not gaps:
        return "No falta ningún valor."
    rows = training.counted_rows
    said = [f"'{c.name}' {count(c.n_missing)} ({pct(c.n_missing / rows)})" for c in gaps]
    return f"Faltan valores en {plural(len(gaps), 'columna', 'columnas')}: {listed(said, 10)}."


def looked_at_sentence(training: Training) -> str:
    """What is said of all rows and what of a sample of customers; empty where none was drawn."""
    if training.whole is None:
        return ""
    return (
        f"{sample_sentence(training)} Aquí, filas, bajas, huecos, mínimos, máximos y repeticiones "
        f"son de toda la tabla (por encima de {count(LEAST)} valores distintos, o de "
        f"{count(ROWS)} filas, cuántos se repiten es una estimación); medianas, relaciones, "
        "gráficos, fugas y cambios dentro del archivo, de la muestra."
    )


def balance_sentence(training: Training) -> str:
    """How many left."""
    rows = "clientes" if training.history is None else "filas"
    said = (
        f"Se {'fue' if training.table_left == 1 else 'fueron'} {count(training.table_left)} de "
        f"{count(training.table_rows)} {rows} "
        f"({pct(training.table_rate)}): acertar «nadie se va» ya daría un "
        f"{pct(1 - training.table_rate)} de aciertos, y por eso no se juzga por aciertos."
    )
    again = returned(training)
    if again is None:
        return said
    return (
        f"{said} De quienes se dieron por perdidos y aún se pudieron ver después "
        f"({plural(again.lost, 'cliente', 'clientes')}), el {pct(again.share)} vuelve a aparecer "
        "como cliente que sigue."
    )


def numbers_sentence(table: pd.DataFrame) -> str:
    """The number whose typical value differs most between the two groups, for its range."""
    if table.empty:
        return "No hay ninguna variable numérica, aparte de las de 0 y 1."
    gap = (table["median_left"] - table["median_stayed"]).abs() / (table["max"] - table["min"])
    row = table.loc[gap.idxmax()]
    return (
        f"La que más separa los valores típicos es '{row['name']}': mediana "
        f"{es(row.median_left)} entre quienes se fueron y {es(row.median_stayed)} entre los demás."
    )


def correlation_sentence(table: pd.DataFrame) -> str:
    """Pairs of numbers that say nearly the same."""
    pairs = [
        f"'{a}' y '{b}' ({es(table.loc[a, b], 2)})"
        for i, a in enumerate(table.columns)
        for b in table.columns[i + 1 :]
        if abs(table.loc[a, b]) >= STRONG_CORRELATION
    ]
    if not pairs:
        return f"Ningún par de números está por encima de {es(STRONG_CORRELATION)} de correlación."
    return f"Dicen casi lo mismo: {listed(pairs)}."


def duplicates_sentence(found: Repeated) -> str:
    """How many rows repeat another but for the id."""
    return (
        f"{plural(found.n_rows, 'fila repite', 'filas repiten')} otra en todo salvo el "
        f"identificador ({pct(found.share)}); los identificadores no se repiten."
    )


def leakage_sentences(found: Sequence[Suspect]) -> list[str]:
    """Each suspect and what to do."""
    return [f"**'{s.column}'** {evidence_words(s)}. " + _remedy(s) for s in found]


def _remedy(suspect: Suspect) -> str:
    if suspect.certain:
        return "Exclúyela con drop_cols."
    if suspect.kind == Evidence.LATER_DATE:
        return "Ningún modelo la lee; no saques de ella una antigüedad si en la foto no se sabía."
    if suspect.kind in TIME:
        return (
            "Comprueba que ese valor se sabía el día de cada foto; si no, exclúyela con drop_cols."
        )
    return "Comprueba que se sabe antes de la baja; si no, exclúyela con drop_cols."


def drift_sentence(table: pd.DataFrame) -> str:
    """Which columns differ already inside the file."""
    said = []
    for split, what in (
        ("halves", "las dos mitades del archivo"),
        ("partitions", "las particiones"),
    ):
        part = table[table["split"] == split]
        moved = part.loc[part["status"] != "ok", "name"]
        worst = part.loc[part["psi"].idxmax()]
        said.append(
            f"Entre {what}, "
            + (f"se distinguen {listed(moved, quote=True)}" if len(moved) else "nada se distingue")
            + f" (mayor PSI: '{worst['name']}', {es(worst['psi'], 3)})."
        )
    return " ".join(said)


MANY_MISSING = 0.20  # share of a column


MANY_REPEATED = 0.01  # share of the rows


FEW_LEAVERS = 200  # in the smaller class


MOST_RETURN = 0.50  # share of those given up for lost


def verdict(found: Found) -> tuple[str, list[str]]:
    """Whether a model can be trained on this table, and what to look at first.

    Returns
    -------
    str
        The answer in one sentence.
    list of str
        What stands against it, worst first; empty if nothing does.
    """
    certain = [s for s in found.leaks if s.certain]
    likely = [s for s in found.leaks if not s.certain]
    doubts = [*leakage_sentences(likely), *_doubts_on_rows(found), *_doubts_on_columns(found)]
    if certain:
        know = plural(len(certain), "variable sabe", "variables saben")
        answer = f"**Todavía no:** {know} demasiado sobre la baja.{_waiting(found.training)}"
        return answer, leakage_sentences(certain) + doubts
    if doubts:
        said = plural(len(doubts), "reserva", "reservas")
        waiting = _waiting(found.training)
        return f"**Sí, con {said}.**{waiting} Se puede entrenar sabiendo esto:", doubts
    return f"**Sí.** Nada en la tabla desaconseja entrenar.{_waiting(found.training)}", []


def whole_answer(training: Training, answer: str, doubts: Sequence[str]) -> str:
    """First lines of the report: the answer, what stands against it as a list, what there is."""
    points = "\n".join(f"- {doubt}" for doubt in doubts)
    return "\n\n".join(filter(None, [answer, points, columns_sentence(training)]))


def usable(found: Found, doubts: Sequence[str]) -> str:
    """Code of the answer, from what `verdict` found against it: yes, care or no."""
    if any(s.certain for s in found.leaks):
        return "no"
    return "care" if doubts else "yes"


def _waiting(training: Training) -> str:
    """Which rows are not looked at, because nobody knows their outcome yet."""
    if not training.immature:
        return ""
    out = plural(training.immature, "fila no ha madurado", "filas no han madurado")
    return (
        f" {out}, y no se usa{'' if training.immature == 1 else 'n'}: con datos hasta el "
        f"{day(training.history.as_of)} aún no se sabe su resultado."
    )


def _doubts_on_rows(found: Found) -> list[str]:
    doubts, training = [], found.training
    fewest = min(training.table_left, training.table_rows - training.table_left)
    if fewest < FEW_LEAVERS:
        doubts.append(
            f"La clase menor tiene {plural(fewest, 'cliente', 'clientes')}: con menos de "
            f"{FEW_LEAVERS} los intervalos serán anchos. Reúne más historia si puedes."
        )
    again = returned(training)
    if again and again.share > MOST_RETURN:
        doubts.append(
            f"El {pct(again.share)} de quienes se dieron por perdidos "
            f"({plural(again.lost, 'cliente', 'clientes')}) vuelve a aparecer como cliente que "
            f"sigue: con horizon = '{training.history.horizon}' muchas bajas son solo pausas. "
            "Prueba un horizonte mayor."
        )
    repeated = found.repeated
    if repeated.share > MANY_REPEATED:
        doubts.append(
            f"{plural(repeated.n_rows, 'fila repite', 'filas repiten')} otra "
            f"({pct(repeated.share)}): confirma que son clientes distintos."
        )
    return doubts


def _doubts_on_columns(found: Found) -> list[str]:
    training = found.training
    doubts = odd_sentences(training.notes)
    rows = training.counted_rows
    gaps = [c for c in training.columns if c.use and c.n_missing > MANY_MISSING * rows]
    if gaps:
        said = listed([f"'{c.name}' ({pct(c.n_missing / rows)})" for c in gaps], 10)
        doubts.append(
            f"Faltan muchos valores en {said}: averigua por qué antes de fiarte de ellas."
        )
    halves = found.moved[(found.moved["split"] == "halves") & (found.moved["status"] != "ok")]
    moved = [f"'{name}'" for name in halves["name"]]
    if moved:
        doubts.append(
            f"La segunda mitad del archivo no se parece a la primera en {listed(moved, 10)}: "
            "si el orden es el tiempo, lo aprendido puede estar caducando."
        )
    left_out = [f"'{c.name}'" for c in training.columns if c.kind in ("date", "text", "constant")]
    if left_out:
        these = "La columna {} no se usa" if len(left_out) == 1 else "Las columnas {} no se usan"
        doubts.append(
            f"{these.format(listed(left_out, 10))} para predecir: la tabla «Columnas» dice por qué."
        )
    return doubts

"""What 03 says of the exam, the thresholds, the groups and the verdict."""

import pandas as pd

from retencion_lib.home.exam import Confusion, Exam, GroupRow
from retencion_lib.home.registry import Entry
from retencion_lib.maths import metrics
from retencion_lib.maths.drift.table import Profile
from retencion_lib.show.vocabulary import HEADINGS, POLICIES
from retencion_lib.stages.evaluate.challenge import Challenge
from retencion_lib.stages.evaluate.examine import Examined
from retencion_lib.stages.evaluate.proposal import Proposal
from retencion_lib.stages.evaluate.say_worth import proposal_sentence, worth_answer
from retencion_lib.stages.evaluate.segments import BAND, Segments
from retencion_lib.stages.evaluate.worth import Worth
from retencion_lib.stages.say import each_time, full_name
from retencion_lib.tables.reference import profile_path
from retencion_lib.words import count, es, interval, listed, only, pct, plural

TOO_GOOD = 0.99  # ROC-AUC of an exam above which some column knows the outcome, as a rule

WHY = {
    "first": "es el primer campeón",
    "same": "ya es el campeón",
    "out_of_contract": "sustituye a {old}, que no puede leer esta tabla",
    "unreadable": "sustituye a {old}, que esta versión del código no puede abrir",
    "ranks_better": "sustituye a {old}: ordena mejor a los mismos clientes",
    "calibrated_better": "sustituye a {old}: ordena igual y sus probabilidades son más ciertas",
    "equal": "no sustituye a {old}: en los mismos clientes no se distinguen",
    "nothing_newer": "no sustituye a {old}: no hay fotos que ninguno de los dos haya aprendido",
    "ranks_worse": "no sustituye a {old}: ordena peor a los mismos clientes",
}


def verdict_sentence(verdict: Challenge) -> str:
    """The verdict, and how sure it is."""
    old = full_name(verdict.standing) if verdict.standing else ""
    said = f"{full_name(verdict.entry)} {WHY[verdict.reason].format(old=old)}"
    if verdict.duel is None:
        return said + "."
    d, far = verdict.duel, 1.96 * verdict.duel.error
    shared = f" tras elegir entre {d.among} candidatos" if d.among > 1 else ""
    return (
        f"{said} (diferencia de ROC-AUC {es(d.gap, 4)} "
        f"{interval(d.gap - far, d.gap + far, 4)}, p = {es(d.p_value, 3)}{shared}; "
        f"pérdida logarítmica {es(abs(d.loss_fall), 4)} "
        f"{'menor' if d.loss_fall >= 0 else 'mayor'}, error típico {es(d.loss_error, 4)})."
    )


def verdict_table(verdict: Challenge) -> pd.DataFrame:
    """Champion and challenger side by side, named for readers."""
    known = [m for m in (verdict.standing, verdict.entry) if m]
    return verdict.table.replace({"model": {m.label: full_name(m) for m in known}})


def waiting_sentence(entry: Entry) -> str:
    """What has to be typed where a person approves; empty where nothing waits."""
    if not entry.proposed:
        return ""
    leaks = (
        f"Aprende de {listed(entry.leaks, quote=True)}, que saben demasiado sobre la baja (motivo "
        f"que se dio: {entry.accepted}), y por eso no se pone en uso solo. "
        if entry.leaks
        else ""
    )
    wait = f"Espera aprobación: retencion promote {entry.version} --reason … --approver …"
    return leaks + wait


def reference_sentence(exam: Exam, profile: Profile) -> str:
    """How many customers the watch compares with, and whose score is kept."""
    if exam.exam:
        return (
            f"Referencia de la vigilancia: las {count(profile.n_rows)} filas del examen, resumidas "
            f"en {profile_path(exam.version)}, con las puntuaciones del modelo, que no las había "
            "visto."
        )
    return (
        f"Referencia de la vigilancia: {count(profile.n_rows)} clientes, resumidos en "
        f"{profile_path(exam.version)}; de la puntuación, los {count(exam.n_rows)} del examen, que "
        "el modelo no había visto."
    )


def exam_table(examined: Examined) -> pd.DataFrame:
    """Each metric with its interval, and the plain logistic regression beside it."""
    test, ci = examined.exam.test, examined.exam.test_ci
    return pd.DataFrame(
        [
            {
                "metric": HEADINGS[m],
                "value": test[m],
                "interval": interval(*ci[m]),
                "bar": examined.exam.baseline.test[m],
            }
            for m in metrics.METRICS
        ]
    )


def _too_good(auc: float) -> str:
    """What to think of an exam that is hardly ever true; empty for the others."""
    if auc <= TOO_GOOD:
        return ""
    return (
        f"\n\n**Un ROC-AUC de {es(auc, 3)} casi nunca es verdad**: busca una columna que se "
        "escriba después de la baja, y exclúyela con drop_cols en 02."
    )


def exam_answer(examined: Examined, in_use: str, worth: Worth, offer: Proposal) -> str:
    """Which model is used, how often it is right, and what its list would have earned."""
    test, name = examined.exam.test, full_name(examined.exam)
    start = (
        f"Se usa **{name}**."
        if in_use == name
        else f"Sigue en uso **{in_use}**; lo que sigue es de {name}, el examinado."
    )
    other = "" if offer.holds else f"\n\n{proposal_sentence(offer)}"
    return (
        f"{start} {only(examined.exam.k, 'Del cliente', 'De los {} clientes')} del examen con más "
        f"riesgo{each_time(examined.exam)} se fue "
        f"el **{pct(test['precision_at_k'], 0)}**, {es(test['lift_at_k'])} veces la media. "
        f"{worth_answer(worth)} A quién llamar ahora lo dice 04.{_too_good(test['roc_auc'])}{other}"
    )


def threshold_sentence(examined: Examined) -> str:
    """Which threshold warns, and that it decides no call."""
    used = examined.exam.threshold
    return (
        f"04 avisa desde {es(used.value, 3)} ({POLICIES[used.policy]}). A quién se llama no "
        "depende del aviso: lo decide el beneficio."
    )


def threshold_table(examined: Examined) -> pd.DataFrame:
    """What each policy's threshold does on test."""
    rows = []
    for policy, value in examined.exam.threshold.all.items():
        cells = Confusion(**metrics.confusion(examined.y, examined.scores, value))
        rows.append(
            {
                "policy": POLICIES[policy],
                "threshold": value,
                "called": cells.called,
                "precision": cells.tp / max(1, cells.called),
                "captured": cells.tp / max(1, cells.left),
            }
        )
    return pd.DataFrame(rows)


NAMES = {
    "roc_auc": "ordenación",
    "calibration": "previsión",
    "selected": "avisos",
    "precision": "precisión de los avisos",
}


def group_words(kind: str, code: str) -> str:
    """A group of customers for readers: its label, a band of a number, or what it lacks."""
    if kind != BAND:
        return {"missing": "sin dato", "other": "otros"}.get(kind, code)
    low, _, high = code.partition("..")
    ends = [end and es(float(end), 0 if float(end).is_integer() else 2) for end in (low, high)]
    if not low:
        return f"hasta {ends[1]}"
    return f"de {ends[0]} a {ends[1]}" if high else f"más de {ends[0]}"


def who(row: GroupRow) -> str:
    """A group by its column and its words."""
    return f"{row.column}: {group_words(row.kind, row.group)}"


def _with(row: GroupRow, measure: str, form: object) -> str:
    found = row.of(measure)
    if found.value != found.value:
        return "—"
    if form is pct:
        return f"{pct(found.value, 0)} {interval(100 * found.low, 100 * found.high, 0)}"
    return f"{es(found.value, 2)} {interval(found.low, found.high, 2)}"


def _say(row: GroupRow, measure: str) -> str:
    named = f"«{who(row)}»"
    if measure == "calibration":
        more = "de menos" if row.left > row.foreseen else "de más"
        return (
            f"En {named} el modelo prevé bajas {more}: se fue el {pct(row.left)} y preveía el "
            f"{pct(row.foreseen)}."
        )
    found = row.of(measure)
    if measure == "roc_auc":
        how = "peor" if found.value < found.rest else "mejor"
        return (
            f"En {named} ordena {how}: ROC-AUC {es(found.value, 3)}, y {es(found.rest, 3)} en el "
            "resto."
        )
    said = "Se avisa" if measure == "selected" else "Acierta al avisar"
    about = "al" if measure == "selected" else "en el"
    return (
        f"{said} {about} {pct(found.value)} de {named} y {about} {pct(found.rest)} del resto; se "
        f"fue el {pct(row.left)} y el {pct(row.left_rest)}."
    )


def groups_table(found: Segments) -> pd.DataFrame:
    """Groups for readers: all if they were asked for, else those that differ."""
    rows = found.groups if found.named else found.differing()
    if not rows and found.groups:
        rows = [found.most()]
    return pd.DataFrame(
        {
            "segment": [who(r) for r in rows],
            "rows": [r.n for r in rows],
            "left": [pct(r.left) for r in rows],
            "foreseen": [pct(r.foreseen) for r in rows],
            "roc_auc": [_with(r, "roc_auc", es) for r in rows],
            "selected": [_with(r, "selected", pct) for r in rows],
            "precision": [_with(r, "precision", pct) for r in rows],
            "differs": ["; ".join(NAMES[m] for m in r.differs) or "—" for r in rows],
        }
    )


def groups_caption(found: Segments) -> str:
    """What the table holds."""
    if found.named:
        return "Grupos"
    return "Grupos que se distinguen" if len(found.differing()) else "El que más se distingue"


def groups_sentences(found: Segments) -> list[str]:
    """One a difference beyond noise."""
    return [_say(row, measure) for row in found.differing() for measure in row.differs]


def no_groups_sentence(found: Segments) -> str:
    """What to say where no group differs, or there is none."""
    if not found.groups:
        return (
            "No hay grupos que comparar: ninguna columna es sensible ni tiene pocos valores. "
            "Nombra en segments las que interesen."
        )
    tests = plural(found.n_tests, "comparación", "comparaciones")
    return (
        f"Con {tests} entre {plural(len(found.groups), 'grupo', 'grupos')}, y contándolas todas, "
        "ningún grupo se "
        "distingue del resto más allá del azar."
    )

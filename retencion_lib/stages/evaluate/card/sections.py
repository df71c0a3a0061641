"""The sections of a model card, each from the files of `Sources`."""

from retencion_lib.home.exam import Compared, GroupRow
from retencion_lib.home.experiments import Learnt, Refit
from retencion_lib.models import family_label
from retencion_lib.show.naming import title
from retencion_lib.show.vocabulary import HEADINGS, PLANS, POLICIES, WORDS
from retencion_lib.stages.evaluate.card.assumptions import assumptions
from retencion_lib.stages.evaluate.card.blocks import Section, Table
from retencion_lib.stages.evaluate.card.sources import Sources
from retencion_lib.stages.evaluate.say import who
from retencion_lib.stages.say import each_time, examined_words, rows_of
from retencion_lib.tables.rules import Rule
from retencion_lib.words import count, day, es, interval, listed, only, pct, plural

STAGES = {"champion": "campeón", "challenger": "aspirante", "archived": "archivado"}
MOST_CATEGORIES = 8


def sections(known: Sources) -> list[Section]:
    """All sections, in the order in which a reviewer asks."""
    return [
        use(known), results(known), groups(known), decision(known), data(known), limits(known),
        judged(known), contract(known), lineage(known),
    ]  # fmt: skip


def use(known: Sources) -> Section:
    """What the model is for, and what it is not for."""
    return Section(
        "Uso previsto y excluido",
        [
            "Ordena a los clientes por su riesgo de baja, para que el equipo de retención decida "
            "a quién contacta. Cada lista la revisa una persona antes de usarla."
        ],
        [
            "No sirve para negar un servicio, fijar un precio o juzgar a una persona.",
            "No dice a quién convence una llamada: un riesgo alto no es una causa.",
            "No sirve con clientes que rompen el contrato de datos, ni en otra cartera.",
            "No vale para siempre: deja de usarse si la vigilancia da alerta.",
        ],
    )


def results(known: Sources) -> Section:
    """How well it ranks and how true its probabilities are."""
    exam = known.exam
    test, ci, valid = exam.test, exam.test_ci, known.experiment.valid
    plain = exam.baseline.test if exam.baseline else {}
    rows = [
        [HEADINGS.get(m, m), es(test[m], 3), interval(*ci[m]) if m in ci else "—",
         es(valid.get(m), 3), es(plain.get(m), 3)]
        for m in test
    ]  # fmt: skip
    said = (
        f"Medido una vez en {examined_words(exam)} que el modelo "
        f"no había visto; se fue el {pct(exam.positive_rate)}. De los "
        f"{count(exam.k)} con más riesgo{each_time(exam)} se fue el {pct(test['precision_at_k'])}, "
        f"{es(test['lift_at_k'])} veces la media."
    )
    heads = ["Medida", "Examen", "Intervalo del 95 %", "Validación", "Logística sin ajustar"]
    return Section("Resultados", [said], tables=[Table("Medidas", heads, rows, _right(1, 2, 3, 4))])


def groups(known: Sources) -> Section:
    """The same by group of customers."""
    heading = "Por grupo de clientes"
    rows = known.exam.segments.groups if known.exam.segments else ()
    if not rows:
        return Section(heading, ["No se ha medido por grupos en esta ejecución."])
    differing = [r for r in rows if r.differs]
    names = listed([title(who(r)) for r in differing], limit=8)
    said = (
        f"{plural(len(rows), 'grupo comparado', 'grupos comparados')} con el resto de los "
        "clientes. "
        + (f"Se distinguen más allá del azar: {names}." if differing else
           "Ninguno se distingue más allá del azar.")
    )  # fmt: skip
    heads = ["Grupo", "Clientes", "Se fue", "Previsto", "ROC-AUC", "Avisados", "Precisión"]
    table = Table("Grupos", heads, [_group(r) for r in rows], _right(1, 2, 3, 4, 5, 6))
    return Section(heading, [said], tables=[table])


def _group(row: GroupRow) -> list[str]:
    return [
        title(who(row)), count(row.n), pct(row.left), pct(row.foreseen),
        _between(row.of("roc_auc")), pct(row.selected), pct(row.precision),
    ]  # fmt: skip


def _between(found: Compared) -> str:
    said = es(found.value, 3)
    known = found.value == found.value and found.low == found.low
    return f"{said} {interval(found.low, found.high, 2)}" if known else said


def decision(known: Sources) -> Section:
    """The threshold in use, what it does, and what it costs and earns."""
    used, cells = known.exam.threshold, known.exam.confusion_matrix
    rows, they, _ = rows_of(known.exam)
    said = [
        f"Umbral en uso: {es(used.value, 3)} ({POLICIES.get(used.policy, used.policy)}). "
        f"De {count(known.exam.n_rows)} {rows} del examen avisa de {count(cells.called)}, y entre "
        f"{they} hay {count(cells.tp)} de {only(cells.left, '1 baja', 'las {} bajas')}."
    ]
    rows = [
        ["Se quedó", count(cells.tn), count(cells.fp)],
        ["Se fue", count(cells.fn), count(cells.tp)],
    ]
    tables = [Table("Qué pasó con cada aviso", ["", "Sin aviso", "Con aviso"], rows, _right(1, 2))]
    plans = known.exam.campaign.strategies if known.exam.campaign else []
    if plans:
        said.append("Los importes de la campaña son supuestos del equipo, no medidas.")
        heads = ["Forma de elegir", "Llamados", "Beneficio (EUR)", "Intervalo del 95 %"]
        # Exams of before plans had codes hold the words themselves.
        earned = [
            [PLANS.get(p.plan, p.plan), count(p.contacted), es(p.profit, 0),
             interval(p.low, p.high, 0)]
            for p in plans
        ]  # fmt: skip
        tables.append(Table("Lo que habría ganado la campaña", heads, earned, _right(1, 2, 3)))
    else:
        said.append("No se han dado costes de campaña en esta ejecución.")
    return Section("Umbral y sus costes", said, tables=tables)


def data(known: Sources) -> Section:
    """What it learnt from."""
    used, (rows, _, article) = known.experiment.data, rows_of(known.exam)
    learnt = (
        f"Aprende de {used.path}: {count(used.n_rows)} {rows}{_of_table(used)}, "
        f"de {article} que se fue el {pct(used.positive_rate)} (columna {used.target}). Se aparta "
        f"el {pct(used.test_share, 0)} para el examen, {_put_aside(known)}."
    )
    columns = known.contract.columns.values()
    numbers = sum(rule.numeric for rule in columns)
    said = [
        learnt,
        f"Usa {plural(numbers, 'columna', 'columnas')} de números y "
        f"{count(len(columns) - numbers)} de texto.",
    ]
    if used.dropped:
        out = listed(map(title, used.dropped), limit=12)
        said.append(f"Excluidas por quien lo entrenó: {out}.")
    if used.sensitive:
        kept = listed(map(title, used.sensitive), limit=12)
        said.append(f"Sensibles, fuera del modelo y usadas solo para comparar grupos: {kept}.")
    if known.eda:
        missing = [c for c in known.eda.columns if c.n_missing]
        names = listed([f"{title(c.name)} ({count(c.n_missing)})" for c in missing], limit=8)
        said.append(f"Con valores que faltan: {names}." if missing else "No falta ningún valor.")
    return Section("Datos", said)


def _of_table(used: Learnt) -> str:
    """Of how many rows those learnt from are a sample; empty where they are all."""
    if used.table_rows is None:
        return ""
    return f", muestra por cliente de las {count(used.table_rows)} filas de la tabla"


def _put_aside(known: Sources) -> str:
    """How the exam's rows were found."""
    if known.exam.exam is None:
        return "según el identificador y la semilla"
    return f"o algo más: las fotos más recientes, desde la del {day(known.exam.exam.snapshots[0])}"


def _horizon_of_the_exam(known: Sources) -> str:
    """What the exam says nothing of."""
    if known.exam.exam is None:
        return "El examen aparta clientes al azar: no mide cuánto aguanta el modelo con el tiempo."
    return (
        f"El examen llega a la foto del {day(known.exam.exam.snapshots[-1])}: de cómo cambien "
        "después los clientes no dice nada."
    )


def limits(known: Sources) -> Section:
    """Leakage, drift, and what a reader should doubt."""
    points = [
        _horizon_of_the_exam(known),
        "Una categoría o un valor que no estaban en la tabla se puntúan, pero sin haberlos visto.",
    ]
    suspects = known.suspects
    if known.experiment.data.leaks:
        named = listed(map(title, known.experiment.data.leaks), quote=True)
        points.append(f"Fugas aceptadas al entrenar: {named}. {known.experiment.data.accepted}.")
    points += [f"Posible fuga: '{title(s.column)}' {s.evidence}." for s in suspects]
    if known.eda is not None and not suspects:
        points.append("Fugas: 01 no encontró ninguna variable sospechosa en esta tabla.")
    if known.eda is None:
        points.append("Fugas: sin comprobar, no hay análisis de 01 sobre esta misma tabla.")
    if known.drift:
        points.append(
            "Deriva: al escribir esta ficha, la última vigilancia "
            f"({day(known.drift.created_at)}, {known.drift.current.path}) terminó en "
            f"«{WORDS[known.drift.status]}», con un PSI de la puntuación de "
            f"{es(known.drift.score.psi, 3)}."
        )
    else:
        points.append("Deriva: al escribir esta ficha no había ninguna vigilancia de este modelo.")
    points.append("Esta ficha no se reescribe: cada lote vigilado tiene su informe de 05.")
    return Section("Límites, fugas y deriva", points=points)


def judged(known: Sources) -> Section:
    """Assumptions with their rating."""
    rows = [[said, rating, evidence] for said, evidence, rating in assumptions(known)]
    table = Table("Supuestos", ["Supuesto", "Valoración", "En qué se apoya"], rows)
    said = "De sólido a débil según la cifra que se da; «sin comprobar» es que no hay ninguna."
    return Section("Supuestos y su valoración", [said], tables=[table])


def contract(known: Sources) -> Section:
    """What a batch must look like."""
    rows = [
        [_both(name), WORDS.get(rule.kind, rule.kind), _admits(rule), pct(rule.null_rate)]
        for name, rule in known.contract.columns.items()
    ]
    heads = ["Columna", "Clase", "Visto al entrenar", "Nulos"]
    said = (
        f"Un lote debe traer {known.contract.id_col}, sin repetir, y "
        f"{only(len(rows), 'esta columna', 'estas {} columnas')}. Si falta una o cambia de tipo, "
        "no se puntúa a nadie."
    )
    return Section("Contrato de datos", [said], tables=[Table("Columnas", heads, rows, _right(3))])


def _both(name: str) -> str:
    """A column as a batch must bring it, and how the team calls it."""
    return name if title(name) == name else f"{name} ({title(name)})"


def _admits(rule: Rule) -> str:
    if rule.numeric:
        digits = 0 if float(rule.min).is_integer() and float(rule.max).is_integer() else 2
        return f"de {es(rule.min, digits)} a {es(rule.max, digits)}"
    return listed(rule.categories, limit=MOST_CATEGORIES)


def _again(made: Refit) -> str:
    whole = f"la misma receta, de {count(made.n_rows)} filas"
    return f"{made.artifact.path} · SHA-256 {made.artifact.sha256}: {whole}"


def lineage(known: Sources) -> Section:
    """Files, hashes, runs and promotions."""
    exam, experiment = known.exam, known.experiment
    examined = known.entry.run_id if known.entry else "—"
    rows = [
        ["Modelo", f"{exam.artifact} · SHA-256 {exam.artifact_sha256}"],
        *([["Puntúa", _again(experiment.refit)]] if experiment.refit else []),
        ["Datos", f"{experiment.data.path} · SHA-256 {experiment.data.sha256}"],
        ["Entrenado en", f"{experiment.run_id} · {experiment.created_at}"],
        ["Examinado en", f"{examined} · {exam.created_at}"],
        ["Semilla", str(experiment.seed)],
        ["Ajustes", "; ".join(f"{k}={v}" for k, v in experiment.params.items())],
        ["Elección", f"{exam.selection.rule}. {exam.selection.why}"],
    ]
    tables = [Table("De dónde sale", ["Qué", "Cuál"], rows)]
    if known.history:
        heads = ["Cuándo", "Entra", "Sale", "Motivo", "Lo aprueba"]
        moves = [
            [c.at[:16].replace("T", " "), _model(c.model), _model(c.previous), c.why or "—",
             c.approver or "—"]
            for c in known.history
        ]  # fmt: skip
        tables.append(Table("Cambios de campeón en que aparece", heads, moves))
    return Section("Linaje", tables=tables)


def _model(label: str | None) -> str:
    """A model of the registry's history for readers."""
    family, _, version = (label or "").rpartition(" v")
    return f"{family_label(family)} v{version}" if family else label or "—"


def _right(*columns: int) -> frozenset[int]:
    return frozenset(columns)

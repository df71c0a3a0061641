"""What 04 says: whom to call, what it should earn, who is left as control."""

from math import ceil

import pandas as pd

from retencion_lib import config
from retencion_lib.home.call_list import N_REASONS, OFFER, RANK
from retencion_lib.home.exam import Exam
from retencion_lib.home.names import Names
from retencion_lib.home.predictions import CONTROL
from retencion_lib.models import FittedModel, family_label
from retencion_lib.stages.infer import deliver_store
from retencion_lib.stages.infer.calls import CallList, Written, detectable_gap
from retencion_lib.stages.infer.deliver import CALLS, Delivered
from retencion_lib.stages.infer.say_reasons import say_offer, say_reason
from retencion_lib.stages.infer.scoring import Batch, Scorer
from retencion_lib.tables.history import known_from
from retencion_lib.words import count, day, es, eur, listed, pct, plural, points

Z95 = 1.96


def trust_sentence(exam: Exam | None, model: FittedModel) -> str:
    """What a list like this one promised and earned in the model's exam; empty if another's."""
    own = exam is not None and (exam.family, exam.version) == (model.family, model.version)
    if not own or exam.campaign is None or not exam.campaign.list_leavers.called:
        return ""
    leavers = exam.campaign.list_leavers
    gap = leavers.observed - leavers.foreseen
    verdict = "se quedó corto" if gap > 0 else "**prometió de más**"
    if abs(gap) <= Z95 * leavers.sd:
        verdict = "acertó, salvo el azar"
    return (
        f"En el examen, con resultado conocido, el modelo {verdict}: en una lista así, de "
        f"{plural(leavers.called, 'cliente', 'clientes')}, preveía "
        f"{plural(leavers.foreseen, 'baja', 'bajas')} y hubo {count(leavers.observed)}."
    )


def time_sentence(scorer: Scorer, batch: Batch) -> str:
    """Which day is scored, and when its outcome is known; empty without a history."""
    if scorer.history is None:
        return ""
    asked = scorer.history
    return (
        f"Como en 02, la fecha de cada fila es '{asked.snapshot_col}', el margen {asked.gap} y el "
        f"horizonte {asked.horizon}: se puntúa la foto del {day(batch.snapshot)}, cuyo "
        f"resultado se sabrá desde el {day(known_from(asked, batch.snapshot))}."
    )


def calls_headline(calls: CallList) -> str:
    """Whom to call, what it should earn and how sure that is."""
    chosen = calls.calls()
    if chosen.empty:
        return (
            f"**No conviene llamar a nadie** del lote, de "
            f"{plural(len(calls.decided), 'cliente', 'clientes')}: de ninguno se espera más de lo "
            "que cuesta la llamada."
        )
    earns = chosen["expected_profit"].sum()
    span = f"entre {eur(calls.span[0])} y {eur(calls.span[1])}"
    sure = "" if calls.span[0] > 0 else " **Puede no ganar nada**: el intervalo llega a cero."
    return (
        f"**Llama a {plural(len(chosen), 'cliente', 'clientes')}** de "
        f"{count(len(calls.decided))}: se espera ganar **{eur(earns)}**, con un 95 % de "
        f"confianza {span}; {eur(earns / len(chosen))} por llamada.{sure} Sin llamar, se iría "
        f"cerca del {pct(chosen['score'].mean(), 0)} de ellos; del lote entero, el "
        f"{pct(calls.decided['score'].mean(), 0)}."
    )


def control_sentence(calls: CallList, *, stopped: bool = False) -> str:
    """Who is left as control, what that costs, and what it will let us see.

    Of a list that is `stopped` only who would be: nothing is expected of it, nor asked for.
    """
    control, chosen = calls.of(CONTROL), calls.calls()
    if not calls.control_share:
        return (
            "Sin grupo de control (control_share es 0) no se podrá saber qué parte de lo "
            "retenido se debe a la campaña."
        )
    if control.empty or chosen.empty:
        return f"Ningún cliente de la lista cae en el grupo de control de «{calls.name}»."
    if stopped:
        would = plural(len(control), "cliente quedaría", "clientes quedarían")
        return f"{would} sin llamar, control de «{calls.name}», si la lista llegara a usarse."
    rate = float(pd.concat([control, chosen])["score"].mean())
    gap = detectable_gap(len(chosen), len(control), rate)
    supposed = calls.terms.money.accept_rate * rate
    fall = f"una caída de las bajas de {points(gap, 0)}"
    shows = (
        f"así se vería {fall}, y la supuesta es de {points(supposed, 0)}: basta"
        if gap <= supposed
        else f"así solo se vería {fall}, y la supuesta es de {points(supposed, 0)}: repite "
        f"la campaña con el mismo nombre y suma unos {ceil((gap / supposed) ** 2)} lotes así"
    )
    left = plural(len(control), "cliente queda", "clientes quedan")
    lost = eur(control["expected_profit"].sum())
    return f"{left} sin llamar, control de «{calls.name}». Se deja de ganar {lost}; {shows}."


def spoken(calls: CallList, rows: pd.DataFrame) -> list[list[str]]:
    """Reasons of some of the customers decided, in words."""
    # Customers share their reasons: each is put into words once.
    told = {id(reason): reason for own in rows["reasons"] for reason in own}
    said = {key: say_reason(reason, calls.names) for key, reason in told.items()}
    # Two columns may say the same in the team's words.
    return [list(dict.fromkeys([said[id(reason)] for reason in own])) for own in rows["reasons"]]


def reasons_sentence(calls: CallList) -> str:
    """The reasons that come up most often."""
    said = pd.Series([r for row in spoken(calls, calls.calls()) for r in row], dtype=object)
    if said.empty:
        return ""
    often = said.value_counts().head(N_REASONS)
    return "Lo que más se repite entre ellos: " + listed(
        [f"{reason} ({count(n)})" for reason, n in often.items()]
    ) + "."  # fmt: skip


def calls_table(calls: CallList, offers: Names, *, stopped: bool = False) -> pd.DataFrame:
    """Customers to call, best first, for readers; of columns that go along, none.

    Of a list that is `stopped` no profit is shown.
    """
    chosen = calls.calls()
    table = chosen.drop(columns=["group", "decile"]).assign(
        reasons=["; ".join(said) for said in spoken(calls, chosen)]
    )
    table.insert(0, RANK, range(1, len(table) + 1))
    if offers:
        table[OFFER] = [say_offer(own, offers) for own in chosen["reasons"]]
    return table.drop(columns="expected_profit") if stopped else table


def written_sentence(written: Written, *, stopped: bool = False) -> str:
    """Where the list is, and its workbook or why it has none."""
    name = config.relative(written.path)
    said = (
        f"La lista está en `{name}`" if written.new else f"La lista ya estaba, igual, en `{name}`"
    )
    if written.workbook is None:
        return f"{said}. {written.missing}"
    said += f" y, para abrirla, en `{config.relative(written.workbook)}`."
    if stopped:
        return f"{said} Está por revisar: con ella no se llama."
    return (
        f"{said} Para apuntar en ella cómo va cada llamada, guárdala con otro nombre y dásela a 05 "
        "en calls."
    )


def workbook_too_long(n: int) -> str:
    """Why so long a list has no workbook."""
    return f"Son {count(n)} filas, demasiadas para mirarlas a mano: no hay libro de Excel."


def delivered_sentence(delivered: Delivered | None) -> str:
    """How much of it the database, or the store, got; empty where it was to get nothing."""
    if delivered is None:
        return ""
    rows = plural(delivered.rows, "fila nueva", "filas nuevas")
    said = f"La tabla `{delivered.table}` de la base de datos recibe {rows}"
    calls = f"{delivered.table}{CALLS}"
    if config.is_address(delivered.table):
        said = f"La carpeta `{delivered.table}/{deliver_store.SCORED}` recibe {rows}"
        calls = f"{delivered.table}/{deliver_store.CALLS}"
    if delivered.stopped:
        return f"{said}; `{calls}`, nada: la lista está por revisar."
    return f"{said}, y `{calls}`, {count(delivered.calls)} a quien llamar."


def label_of(scorer: Scorer) -> str:
    """Family and version of the model that scores, for readers."""
    return f"{family_label(scorer.model.family)} v{scorer.model.version}"


def logged_sentence(events: pd.DataFrame, added: int, scorer: Scorer) -> str:
    """How many were scored, flagged and logged."""
    flagged = int(events["prediction"].sum())
    again = len(events) - added
    repeated = (
        f" {plural(again, 'predicción ya estaba', 'predicciones ya estaban')} en el registro con "
        f"esta fecha y no se repite{'' if again == 1 else 'n'}."
        if again
        else ""
    )
    return (
        f"**{plural(len(events), 'cliente puntuado', 'clientes puntuados')}** con "
        f"{label_of(scorer)}; {count(flagged)} ({pct(flagged / len(events))}) "
        f"{'supera' if flagged == 1 else 'superan'} el umbral {es(scorer.threshold, 3)}. Al "
        f"registro se añade{'' if added == 1 else 'n'} {count(added)}.{repeated}"
    )

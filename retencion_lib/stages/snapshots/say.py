"""What the report of 00 says, computed from the log and the panel."""

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.stages.snapshots.returns import Returns
from retencion_lib.tables.clock import Duration
from retencion_lib.tables.snapshots import Ask, Log, Panel
from retencion_lib.words import day, listed, pct, plural

FEW_SNAPSHOTS = 4  # mature ones, to learn from some and be judged by others
MANY_BACK = 0.2  # share of "leavers" that come back, from which leaving is said too early
MANY_GONE = 0.25  # share of leavers that were silent long before their snapshot
UNEVEN = 0.1  # share of leavers between two snapshots, as a difference worth a word
UNITS = {"d": ("día", "días"), "w": ("semana", "semanas"), "m": ("mes", "meses"),
         "y": ("año", "años")}  # fmt: skip


def said(duration: Duration) -> str:
    """A duration in words: ``'28 días'``, ``'1 mes'``."""
    return plural(duration.count, *UNITS[duration.unit])


def the(duration: Duration, last: str = "") -> str:
    """A duration with its article: ``'los 28 días'``, ``'la última semana'``."""
    one, ending = duration.count == 1, "a" if duration.unit == "w" else "o"
    article = {"o": "el" if one else "los", "a": "la" if one else "las"}[ending]
    middle = f" {last}{ending}{'' if one else 's'}" if last else ""
    words = UNITS[duration.unit][0] if one else said(duration)
    return f"{article}{middle} {words}"


def when(moment: object) -> str:
    """A day in words."""
    return day(str(np.datetime64(moment, "D")))


def log_sentence(log: Log) -> str:
    """What the log holds."""
    left_out = ""
    if log.anonymous:
        left_out = (
            f" Aparte hay {plural(log.anonymous, 'evento', 'eventos')} sin cliente, que no "
            f"{'cuenta' if log.anonymous == 1 else 'cuentan'} para nadie."
        )
    until = "" if log.as_of == log.last else f"; se sabe todo hasta el {when(log.as_of)}"
    return (
        f"{plural(log.n_events, 'evento', 'eventos')} de "
        f"{plural(log.n_customers, 'cliente', 'clientes')}, del {when(log.first)} al "
        f"{when(log.last)}{until}.{left_out}"
    )


def definition_sentence(ask: Ask) -> str:
    """When a customer counts, and when it has left."""
    after = f"{the(ask.horizon)} siguientes a la foto"
    if ask.gap.count:
        gap = f"un margen de {said(ask.gap)} después de la foto"
        after = f"{the(ask.horizon)} que {'sigue' if ask.horizon.count == 1 else 'siguen'} a {gap}"
    elif ask.horizon.count == 1:
        after = f"{the(ask.horizon)} siguiente a la foto"
    if ask.ended:
        return (
            "**Cliente**: quien hizo algo antes de la foto y no se había ido. **Baja**: "
            f"'{ask.ended}' cae en {after}."
        )
    before = "anterior" if ask.windows[-1].count == 1 else "anteriores"
    return (
        f"**Cliente**: quien hizo algo en {the(ask.windows[-1])} {before} a la foto. **Baja**: no "
        f"hacer nada en {after}."
    )


def returns_sentence(found: Returns, ask: Ask) -> str:
    """What the curve says about the horizon that was chosen, and about others."""
    if not found.limit:
        return "Hay muy pocos silencios para decir cuántos vuelven."
    told = []
    if ask.horizon:
        days = round(ask.horizon.days)
        share = found.share(days)
        told.append(
            f"De quienes llevan {said(ask.horizon)} sin nada, vuelve después el **{pct(share)}**."
            if share is not None
            else f"Nadie se ve callado más de {plural(found.limit, 'día', 'días')}: el registro "
            f"no dice cuántos vuelven tras {said(ask.horizon)}."
        )
    short = [
        f"menos del {pct(level, 0)} desde {plural(below, 'día', 'días')}"
        for level in (0.5, 0.2, 0.1)
        if (below := found.below(level)) is not None
    ]
    if short:
        told.append(f"Vuelven {listed(short)}.")
    told.append(f"Solo se ven las vueltas antes de {plural(found.limit, 'día', 'días')}.")
    return " ".join(told)


def snapshots_sentence(panel: Panel) -> str:
    """How many snapshots are mature, and when the others will be."""
    young = panel.snapshots[panel.snapshots["left"].isna()]
    n = len(panel.mature)
    told = (
        f"{plural(n, 'foto madura', 'fotos maduras')}, del "
        f"{when(panel.mature['snapshot'].iloc[0])} al {when(panel.mature['snapshot'].iloc[-1])}: "
        f"{plural(panel.mature['rows'].sum(), 'fila', 'filas')}, y se va el "
        f"{pct(panel.positive_rate)}."
    )
    if len(young):
        told += (
            f" {plural(len(young), 'foto no tiene', 'fotos no tienen')} resultado todavía "
            f"({plural(young['rows'].sum(), 'fila', 'filas')}); "
            f"{'' if len(young) == 1 else 'la última '}lo tendrá el "
            f"{when(young['known_on'].iloc[-1])}."
        )
    if panel.gone_in_gap:
        told += (
            f" {plural(panel.gone_in_gap, 'fila queda', 'filas quedan')} fuera: se fueron entre la "
            "foto y el fin del margen, antes de que nadie pudiera llamarlos."
        )
    return told


def snapshots_table(panel: Panel) -> pd.DataFrame:
    """Each snapshot: rows, leavers and the day from which they are known."""
    table = panel.snapshots
    return pd.DataFrame(
        {
            "snapshot": table["snapshot"].astype(str),
            "rows": table["rows"],
            "left": table["left"],
            "rate": 100 * table["left"].astype(float) / table["rows"],
            "known_on": table["known_on"].astype(str),
        }
    )


def features_sentence(panel: Panel) -> str:
    """How many features there are, and where their names for people lie."""
    fixed = ""
    if panel.people.columns:
        columns = plural(len(panel.people.columns), "columna fija", "columnas fijas")
        fixed = f" y {columns} de la tabla de clientes"
    return f"{plural(len(panel.features), 'variable', 'variables')} de la historia{fixed}."


def people_sentence(panel: Panel) -> str:
    """What the customers' table did not cover; nothing where there is none."""
    people = panel.people
    if not people.given:
        return ""
    return (
        f"De la tabla de clientes, {plural(people.without_events, 'no tiene', 'no tienen')} ningún "
        f"evento y no entran en ninguna foto; {plural(people.without_row, 'cliente', 'clientes')} "
        "del registro no están en ella."
    )


def answer(panel: Panel, ask: Ask) -> str:
    """The panel in one sentence."""
    n = len(panel.snapshots)
    return (
        f"**{plural(n, 'foto', 'fotos')}** de {plural(panel.n_customers, 'cliente', 'clientes')}, "
        f"{plural(panel.rows, 'fila', 'filas')} en `{config.relative(panel.path)}`. Se va el "
        f"**{pct(panel.positive_rate)}**: {said(ask.horizon)} "
        f"{'hasta la fecha de baja' if ask.ended else 'sin hacer nada'}."
    )


def whole_answer(log: Log, panel: Panel, found: Returns, ask: Ask) -> str:
    """First lines of the report: the panel, what leaving is, and what to look at as a list."""
    points = "\n".join(f"- {said}" for said in doubts(log, panel, found, ask))
    return f"{answer(panel, ask)} {definition_sentence(ask)}\n\n{points}".strip()


def doubts(log: Log, panel: Panel, found: Returns, ask: Ask) -> list[str]:
    """What to look at before learning from the panel."""
    told = []
    share = found.share(round(ask.horizon.days))
    if not ask.ended and share is not None and share >= MANY_BACK:
        told.append(
            f"De los que se dan por idos tras {said(ask.horizon)} sin nada, el {pct(share)} "
            "vuelve: un horizonte más largo contaría menos bajas falsas."
        )
    gone = panel.silent_before / max(panel.mature["left"].sum(), 1)
    if not ask.ended and gone >= MANY_GONE:
        told.append(
            f"El {pct(gone)} de las bajas ya llevaba más de {said(ask.horizon)} sin nada el día de "
            "la foto: son fáciles de acertar y no hay a quién retener. Es cliente quien hizo algo "
            f"en {the(ask.windows[-1])} de antes; con una ventana más corta no entrarían."
        )
    if len(panel.mature) < FEW_SNAPSHOTS:
        told.append(
            f"Solo {plural(len(panel.mature), 'foto madura', 'fotos maduras')}: hacen falta "
            f"{FEW_SNAPSHOTS} para aprender de unas y examinarse en otras. Acorta windows o every."
        )
    rates = panel.mature["left"] / panel.mature["rows"]
    if rates.max() - rates.min() >= UNEVEN:
        told.append(
            f"Las bajas van del {pct(rates.min())} al {pct(rates.max())} según la foto: mira si es "
            "la temporada o falta una parte del registro."
        )
    if panel.people.columns:
        told.append(
            f"{listed(panel.people.columns, quote=True)} "
            f"{'dice' if len(panel.people.columns) == 1 else 'dicen'} lo de hoy también en las "
            "fotos antiguas: quita lo que pueda haber cambiado después."
        )
    if log.anonymous:
        total = log.anonymous + log.n_events
        told.append(f"El {pct(log.anonymous / total)} de los eventos no tiene cliente.")
    return told

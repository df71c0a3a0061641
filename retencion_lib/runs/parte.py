"""The first two bands of the page that a manager opens: this month, and how it is going.

Each figure is the one of the report that gave it, in the same words, and leads to its section.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from retencion_lib.home.event import Event
from retencion_lib.runs import headline
from retencion_lib.runs.batches import Batch
from retencion_lib.runs.charts import MOST, Chart, Point, Value
from retencion_lib.show.answers import LIST, RETRAIN, answers
from retencion_lib.words import count, day, es, interval, plural

# Sections of the reports that the figures lead to, as `report` names its headings.
CALLS, ASKED = "a-quien-se-llamaria", "se-puede-usar-esta-lista"
FOUND = "hallazgos"
ESTIMATED, MEASURED = "acierto-esperado-antes-de-los-resultados", "acierto-con-resultados-conocidos"
NOTHING = headline.Outcome("open", "sin respuesta")


@dataclass(frozen=True)
class Cell:
    """One figure of a batch: its value, what to know beside it, and where it comes from."""

    label: str
    value: str = ""
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One batch as a line of the table."""

    batch: Batch
    outcome: headline.Outcome
    answer: str
    cells: Sequence[Cell]
    reports: Sequence[Cell]
    lists: Sequence[Cell]
    seal: Cell


def line(batch: Batch) -> Line:
    """All that is known of a batch, for its line of the table."""
    scored, watched = batch.scored, batch.watched
    n = headline.alerts(batch.seen)
    worst = headline.level(batch.seen)
    by, where = (watched, FOUND) if watched else (scored, ASKED)
    found = "" if n is None else count(n)
    level = headline.WORDS[worst] if worst not in (None, "ok") else ""
    return Line(
        batch, outcome(batch), answers(batch.seen).get(LIST, ""),
        [_called(batch), _hoped(batch), *_kept(batch), *_ranking(batch),
         Cell("Hallazgos", found, level, at(by, where))],
        [Cell(label, href=at(run)) for label, run in (("04", scored), ("05", watched)) if run],
        [Cell(path.rpartition(".")[2].upper(), href=href(path)) for path in batch.lists],
        _seal(batch),
    )  # fmt: skip


def outcome(batch: Batch) -> headline.Outcome:
    """Whether the list of a batch can be used, or how its scoring ended."""
    if batch.status == "ok" and not batch.seen.get("list_usable"):
        return NOTHING
    return headline.outcome(batch.status, batch.seen)


def promised(batch: Batch) -> bool:
    """Whether anything is promised of a list: not where it must not be used."""
    return outcome(batch).code in ("usable", "review", NOTHING.code)


def _called(batch: Batch) -> Cell:
    label, results, link = "Llamados", batch.decided, at(batch.scored, CALLS)
    n = results.get("rows_to_call")
    if n is not None and promised(batch):
        return Cell(label, count(n), href=link)
    n = results.get("rows_to_review", n)
    return Cell(label) if n is None else Cell(label, "—", f"{count(n)} por revisar", link)


def _hoped(batch: Batch) -> Cell:
    found = batch.decided if promised(batch) else {}
    return _money("Se esperaba", found, "expected_profit", at(batch.scored, CALLS))


def _kept(batch: Batch) -> list[Cell]:
    """What the campaign earned and whom it kept, against its control group."""
    found, link = batch.measures, at(batch.measured, MEASURED)
    saved, limits = found.get("saved"), found.get("saved_ci")
    known = saved is not None and limits
    note = interval(*limits, 0) if known else ""
    return [
        _money("Se midió", found, "profit", link),
        Cell("Conservados", count(saved) if known else "", note, link if known else ""),
    ]


def _ranking(batch: Batch) -> list[Cell]:
    hoped, limits = headline.auc(batch.seen, "expected_roc_auc")
    seen, around = headline.auc(batch.measures)
    around += " los lotes del día, juntos" if batch.together and seen else ""
    return [Cell("ROC-AUC estimado", hoped, limits, at(batch.watched, ESTIMATED)),
            Cell("ROC-AUC medido", seen, around, at(batch.measured, MEASURED))]  # fmt: skip


def _money(label: str, results: Mapping[str, Any], key: str, link: str) -> Cell:
    value, limits = results.get(key), results.get(f"{key}_ci")
    if value is None:
        return Cell(label)
    return Cell(label, f"{count(value)} EUR", interval(*limits, 0) if limits else "", link)


def _seal(batch: Batch) -> Cell:
    run = batch.scored or batch.watched
    return Cell("Sello", f"línea {run.seq}", href=f"#l{run.seq}") if run else Cell("Sello")


def at(run: Event | None, section: str = "") -> str:
    """Link to a section of a run's report; empty where there is none."""
    page = next((f for f in run.files if f.endswith(".html")), "") if run else ""
    return page and href(page) + (f"#{section}" if section else "")


def href(path: str) -> str:
    """Link from the page's own folder to a path of the home."""
    inside = path.startswith("runs/")
    return quote(path.removeprefix("runs/") if inside else f"../{path}")


def this_month(batches: Sequence[Batch]) -> dict[str, Any]:
    """What to do with the newest batch; empty where there is none."""
    if not batches:
        return {}
    newest = batches[-1]
    said, told = answers(newest.seen), outcome(newest)
    if newest.status != "ok":
        answer, why = "No hay lista nueva", f"La puntuación del lote: {told.said}."
    else:
        answer = f"{LIST} {said[LIST]}" if LIST in said else "Nadie ha dicho si se puede usar"
        why = newest.seen.get("why", "")
    return {
        "day": day(newest.day), "file": newest.file, "code": told.code, "answer": answer,
        "why": why, "retrain": f"{RETRAIN} {said[RETRAIN]}" if RETRAIN in said else "",
        "figures": _figures(newest), "line": line(newest), "usable": promised(newest),
        "others": [line(b) for b in batches[:-1] if b.day == newest.day],
        "last": _last_measured(batches) if promised(newest) else None,
    }  # fmt: skip


def _figures(batch: Batch) -> list[Cell]:
    """How many to call and what they should earn; of a list that must not be used, its size."""
    results, link = batch.decided, at(batch.scored, CALLS)
    n = results.get("rows_to_call")
    if not promised(batch):
        n = results.get("rows_to_review", n)
        return [] if n is None else [Cell("Por revisar, sin llamar", _people(n), "", link)]
    if n is None:
        return []
    money = _money("Se espera ganar", results, "expected_profit", link)
    limits = results.get("expected_profit_ci")
    note = f"{money.note}, al 95 %" if limits else ""
    if limits and limits[0] <= 0:
        note += "; puede no ganar nada"
    return [Cell("A llamar", _people(n), "", link), Cell(money.label, money.value, note, link)]


def _people(n: float) -> str:
    return plural(n, "cliente", "clientes")


def _last_measured(batches: Sequence[Batch]) -> Cell | None:
    """What the campaign earned in the newest batch whose outcomes have come."""
    batch = next((b for b in reversed(batches) if b.measures.get("profit") is not None), None)
    if batch is None:
        return None
    found, low = _kept(batch)[0], (batch.measures.get("profit_ci") or [0])[0]
    sure = "" if low and low > 0 else "; puede ser azar"
    return Cell("Lo último medido", found.value,
                f"{found.note}, al 95 %{sure}; lote del {day(batch.day)}", found.href)  # fmt: skip


def charts(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """Expected against measured, in money and in ranking; those without a value are left out."""
    shown = batches[-MOST:]
    money, ranking = [], []
    for b in shown:
        known = {"day": b.day, "changed": b.changed, "alert": _alarming(b)}
        hoped = b.decided if promised(b) else {}
        money.append(Point(foreseen=_value(hoped, "expected_profit"),
                           measured=_value(b.measures, "profit"), **known))  # fmt: skip
        ranking.append(Point(foreseen=_value(b.seen, "expected_roc_auc"),
                             measured=_value(b.measures, "roc_auc"), **known))  # fmt: skip
    made = [Chart("Lo que gana cada lote, EUR", money, lambda v: f"{count(v)} EUR"),
            Chart("ROC-AUC de cada lote", ranking, lambda v: es(v, 3), band=True)]  # fmt: skip
    return [{"chart": c, "svg": c.svg()} for c in made if c.values]


def _alarming(batch: Batch) -> bool:
    return outcome(batch).code == "unusable" or headline.level(batch.seen) == "alert"


def _value(results: Mapping[str, Any], key: str) -> Value | None:
    value, limits = results.get(key), results.get(f"{key}_ci")
    known = value is not None and limits and None not in limits
    return Value(value, *limits) if known else None

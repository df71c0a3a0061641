"""The list of all runs as one page, newest first, with what changed over time.

Everything comes from the ledger; no report is opened. The page is a plain table that a
small script of its own filters by notebook, result and date; without it, all is shown.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from retencion_lib import config
from retencion_lib.home import disk, ledger
from retencion_lib.home.event import Event, Model
from retencion_lib.home.events import INDEX
from retencion_lib.runs import headline
from retencion_lib.runs.sparkline import Series
from retencion_lib.show import page
from retencion_lib.show.answers import LIST, RETRAIN, answers
from retencion_lib.show.vocabulary import WORDS
from retencion_lib.words import count, es, pct, plural

# What is drawn besides the exam of the champion: key of the results, name, how a value is written.
SERIES = {
    "score_psi": ("PSI de la puntuación", lambda v: es(v, 3)),
    "positive_rate": ("Clientes con aviso", pct),
}


@dataclass(frozen=True)
class Row:
    """One run of the list; `event` is its end, or its start if it never ended."""

    event: Event

    @property
    def status(self) -> str:
        """``ok``, ``failed``, ``refused``, ``abandoned``, or ``open`` if it never ended."""
        return self.event.status or "failed" if self.ended else "open"

    @property
    def outcome(self) -> headline.Outcome:
        """What came of it: whether its list or table can be used, or how it ended."""
        return headline.outcome(self.status, self.results)

    @property
    def ended(self) -> bool:
        """Whether the ledger holds the end of the run."""
        return self.event.event == "run_finished"

    @property
    def results(self) -> Mapping[str, Any]:
        """Headline results that the notebook handed over; empty if it did not."""
        return self.event.results


@dataclass(frozen=True)
class Change:
    """A change of champion, as the page says it."""

    when: str
    new: str
    old: str
    reason: str
    approver: str


def write() -> Path:
    """Write the list of runs; of the ledger's lines, only those that it shows are parsed."""
    path = config.resolve(INDEX)
    with disk.locked(path):
        shown = [raw for raw in ledger.lines() if b'"event": "write"' not in raw]
        content = to_html(list(ledger.parse(shown))).encode()
        ledger.append("index", path=INDEX, sha256=disk.digest(content), bytes=len(content))
        return disk.write(path, content)


def to_html(events: list[Event]) -> str:
    """Page of a ledger's events, given oldest first."""
    runs = rows(events)
    names = sorted({r.event.notebook for r in runs})
    found = {r.outcome for r in runs}
    states = {o.code: o.said for o in headline.OUTCOMES if o in found}
    changes = promotions(events)
    return page.render(
        "index.html.j2", scripts=True, rows=Markup("\n".join(map(_row, runs))),
        total=plural(len(runs), "ejecución", "ejecuciones"), notebooks=names, states=states,
        panels=panels(runs, changes), promotions=changes, head=_head(),
        latest=_when(runs[0].event.at) if runs else "", questions=(LIST, RETRAIN),
    )  # fmt: skip


def rows(events: list[Event]) -> list[Row]:
    """Runs newest first: each that ended, and each that started and never did."""
    ended = {e.run_id for e in events if e.event == "run_finished"}
    kept = [
        Row(e) for e in events
        if e.event == "run_finished"
        or (e.event == "run_started" and e.run_id not in ended)
    ]  # fmt: skip
    return kept[::-1]


def panels(runs: list[Row], changes: list[Change]) -> list[dict[str, Any]]:
    """Champion in use with its own exam and what was last measured, and the course of `SERIES`."""
    champion = next((r.results["champion"] for r in runs if r.results.get("champion")), "")
    since = ""
    if changes:  # whoever put it in use: a run may have scored with another
        champion, since = changes[0].new, f"desde {changes[0].when[:10]}"
    made = [{"label": "Campeón", "value": champion, "note": since}] if champion else []
    made += _of_the_champion(runs, champion)
    for key, (label, words) in SERIES.items():
        series = course(runs, key)
        if series.values:
            newest = next(r for r in runs if r.results.get(key) is not None)
            if key == "positive_rate" and "rows_scored" not in newest.results:
                label = "Clientes que se fueron"
            made.append({
                "label": label, "value": words(series.values[-1]),
                "note": "",
                "spark": Markup(series.svg(label, words) if len(series.values) > 1 else ""),
            })  # fmt: skip
    return made


def _of_the_champion(runs: list[Row], champion: str) -> list[dict[str, Any]]:
    """The exam of the model in use, and what was last measured of it with outcomes.

    Nothing of another model, such as a challenger that was turned down, stands under its name.
    """
    made = []
    for key, label, model in (
        ("roc_auc", "ROC-AUC en su examen", headline.examined),
        ("measured_roc_auc", "ROC-AUC con resultados", lambda r: r.get("measured_model")),
    ):
        own = [r for r in runs if champion and model(r.results) == champion]
        series = course(own, key)
        if series.values:
            newest = next(r for r in own if r.results.get(key) is not None)
            value, limits = headline.auc(newest.results, key)
            day = newest.results.get("measured_on") or newest.event.at[:10]
            spark = series.svg(label, _three) if len(series.values) > 1 else ""
            made.append({"label": label, "value": value, "note": f"{limits}, al 95 %; {day}",
                         "spark": Markup(spark)})  # fmt: skip
    return made


def _three(value: float) -> str:
    return es(value, 3)


def course(runs: list[Row], key: str) -> Series:
    """Values of one result, oldest first, from the notebook that gave it last.

    Two notebooks may report the same thing of different customers; one line never mixes them.
    """
    given = [r for r in runs if r.results.get(key) is not None]
    same = [r for r in given if r.event.notebook == given[0].event.notebook]
    return Series(
        values=[float(r.results[key]) for r in reversed(same)],
        dates=[r.event.at[:10] for r in reversed(same)],
    )


def promotions(events: list[Event]) -> list[Change]:
    """Changes of champion, newest first, with who approved them and why."""
    return [
        Change(_when(e.at), _name(e.new), _name(e.old), e.reason or "—",
               e.approver or e.actor or "—")
        for e in reversed(events) if e.event == "promotion"
    ]  # fmt: skip


def _name(model: Model | None) -> str:
    return (model.name or model.model if model else "") or "—"


def _row(row: Row) -> str:
    event, results = row.event, row.results
    value, limits = headline.auc(results)
    name = html.escape(event.notebook)
    rows_scored, said = results.get("rows_scored"), answers(results)
    return (
        f'<tr data-n="{name}" data-s="{row.outcome.code}" data-d="{event.at[:10]}">'
        f'<td class="when">{_when(event.at)}</td>'
        f'<td class="what">{_report_link(event, name)}{_accepted(results)}</td>'
        f'<td><span class="badge {row.outcome.code}">{row.outcome.said}</span></td>'
        f"{_cell('Modelo', _model(results))}"
        f"{_cell('ROC-AUC', value + (f' <small>{limits}</small>' if limits else ''))}"
        f"{_cell('Puntuados', '' if rows_scored is None else count(rows_scored), ' n')}"
        f"{_cell(LIST, _list(results, said.get(LIST, '')))}"
        f"{_cell(RETRAIN, said.get(RETRAIN, ''))}"
        f"{_cell('Sello', _seal(row))}</tr>"
    )


def _model(results: Mapping[str, Any]) -> str:
    """Model that the row's figures speak of, and the one in use where it is another."""
    champion, own = str(results.get("champion") or ""), headline.examined(results)
    note = f" <small>sigue {html.escape(champion)}</small>" if champion not in ("", own) else ""
    return html.escape(own) + note


def _accepted(results: dict[str, Any]) -> str:
    leaks = html.escape(str(results.get("accepted_leaks") or ""))
    return f" <small>fugas aceptadas: {leaks}</small>" if leaks else ""


def _cell(label: str, content: str, kind: str = "") -> str:
    """A cell that carries its heading for narrow screens; an empty one takes no room there."""
    return f'<td class="c{kind}" data-l="{label}">{content}</td>' if content else "<td></td>"


def _report_link(event: Event, name: str) -> str:
    files = event.files
    report = next((f for f in files if f.endswith(".html")), None)
    notebook = next((f for f in files if f.endswith(".ipynb")), None)
    said = f"{name}, {event.at[:16].replace('T', ' ')}"
    first = f'<a href="{_href(report)}">{name}</a>' if report else name
    if notebook:
        first += f' <a class="nb" href="{_href(notebook)}" aria-label=".ipynb de {said}">.ipynb</a>'
    return first


def _href(path: str) -> str:
    """Link from the page's own folder to a path of the home."""
    inside = path.startswith("runs/")
    return html.escape(quote(path.removeprefix("runs/") if inside else f"../{path}"))


def _list(results: Mapping[str, Any], said: str) -> str:
    """Whether the list can be used, with what monitoring found and how bad that was."""
    found, state = headline.alerts(results), headline.level(results)
    more = [plural(found, "hallazgo", "hallazgos")] if found else []
    if state and state != "ok":
        more.append(f'<span class="badge {state}">{WORDS[state]}</span>')
    return " ".join([said, f"<small>{' '.join(more)}</small>" if more else ""]).strip()


def _seal(row: Row) -> str:
    if not row.ended:
        return "sin sellar"
    hashes = [sha for f, sha in row.event.files.items() if f.endswith(".html")]
    return f"línea {row.event.seq}" + (f" <code>{hashes[0][:8]}</code>" if hashes else "")


def _when(at: str) -> str:
    return at[:16].replace("T", " ")


def _head() -> dict[str, str]:
    seq, sha256 = ledger.head()
    return {"seq": seq, "sha256": sha256, "text": f"{seq}:{sha256}"}

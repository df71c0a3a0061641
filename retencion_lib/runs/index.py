"""The page that a manager opens, and below it the list of all runs: `runs/index.html`.

Everything comes from the ledger; no report is opened. Both tables are plain ones that a small
script of the page's own filters and sorts; without it, all is shown.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from retencion_lib import config
from retencion_lib.home import disk, ledger
from retencion_lib.home.event import Event, Model
from retencion_lib.home.events import INDEX
from retencion_lib.runs import headline, parte, whatif
from retencion_lib.runs.batches import batches
from retencion_lib.runs.charts import MOST
from retencion_lib.show import page
from retencion_lib.show.campaign import changed_words
from retencion_lib.words import count, day, plural

MODEL, CAMPAIGN = "Modelo", "Campaña"
EXAM = "el-examen"  # section of the report of 03


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
    """A change of champion or of campaign, as the page says it."""

    when: str
    what: str
    new: str
    old: str
    reason: str
    approver: str


def write() -> Path:
    """Write the page; of the ledger's lines, only those that it shows are parsed."""
    path = config.resolve(INDEX)
    with disk.locked(path):
        shown = [raw for raw in ledger.lines() if b'"event": "write"' not in raw]
        content = to_html(list(ledger.parse(shown))).encode()
        ledger.append("index", path=INDEX, sha256=disk.digest(content), bytes=len(content))
        return disk.write(path, content)


def to_html(events: list[Event]) -> str:
    """Page of a ledger's events, given oldest first."""
    runs, made, found = rows(events), changes(events), batches(events)
    lines = [parte.line(b) for b in reversed(found)]
    return page.render(
        "index.html.j2", scripts=True, now=parte.this_month(found), lines=lines,
        charts=parte.charts(found), measured=any(b.measures for b in found), most=MOST,
        results=_said([line.outcome for line in lines]),
        model=in_use(runs, made), changes=made,
        rows=Markup("\n".join(map(_row, runs))), states=_said([r.outcome for r in runs]),
        total=plural(len(runs), "ejecución", "ejecuciones"),
        notebooks=sorted({r.event.notebook for r in runs}), head=_head(),
        latest=_when(runs[0].event.at) if runs else "", whatif=whatif.of_the_champion(),
    )  # fmt: skip


def _said(outcomes: list[headline.Outcome]) -> dict[str, str]:
    """Codes and words of the outcomes that there are, to choose from."""
    return {o.code: o.said for o in (*headline.OUTCOMES, parte.NOTHING) if o in outcomes}


def rows(events: list[Event]) -> list[Row]:
    """Runs newest first: each that ended, and each that started and never did."""
    ended = {e.run_id for e in events if e.event == "run_finished"}
    kept = [
        Row(e) for e in events
        if e.event == "run_finished"
        or (e.event == "run_started" and e.run_id not in ended)
    ]  # fmt: skip
    return kept[::-1]


def in_use(runs: list[Row], made: list[Change]) -> list[parte.Cell]:
    """The model in use, its own exam, and what was last measured of it with outcomes.

    Nothing of another model, such as a challenger that was turned down, stands under its name.
    """
    champion = next((r.results["champion"] for r in runs if r.results.get("champion")), "")
    since = ""
    put = next((c for c in made if c.what == MODEL), None)
    if put:  # whoever put it in use: a run may have scored with another
        champion, since = put.new, f"desde el {day(put.when)}"
    if not champion:
        return []
    found = [parte.Cell("Campeón", champion, since)]
    for key, label, model, section in (
        ("roc_auc", "ROC-AUC en su examen", headline.examined, EXAM),
        ("measured_roc_auc", "ROC-AUC con resultados", lambda r: r.get("measured_model"),
         parte.MEASURED),
    ):  # fmt: skip
        own = (r for r in runs if model(r.results) == champion and r.results.get(key) is not None)
        newest = next(own, None)
        if newest:
            value, limits = headline.auc(newest.results, key)
            when = day(newest.results.get("measured_on") or newest.event.at)
            link = parte.at(newest.event, section)
            found.append(parte.Cell(label, value, f"{limits}, al 95 %; {when}", link))
    return found


def changes(events: list[Event]) -> list[Change]:
    """Changes of champion and of campaign, newest first, with who approved them and why."""
    return [
        Change(_when(e.at), *_came_and_went(e), e.reason or "—", e.approver or e.actor or "—")
        for e in reversed(events) if e.event in ("promotion", "campaign")
    ]  # fmt: skip


def _came_and_went(event: Event) -> tuple[str, str, str]:
    """What changed, what came and what went."""
    if event.event == "promotion":
        return MODEL, _name(event.new), _name(event.old)
    before = event.replaced or {}
    came, went = changed_words(event.terms, before), changed_words(before, event.terms)
    return CAMPAIGN, came, went or "—"


def _name(model: Model | None) -> str:
    return (model.name or model.model if model else "") or "—"


def _row(row: Row) -> str:
    event, results = row.event, row.results
    value, limits = headline.auc(results)
    name = html.escape(event.notebook)
    rows_scored = results.get("rows_scored")
    return (
        f'<tr id="l{event.seq}" data-n="{name}" data-s="{row.outcome.code}" '
        f'data-d="{event.at[:10]}">'
        f'<td class="when">{_when(event.at)}</td>'
        f'<td class="what">{_report_link(event, name)}{_accepted(results)}</td>'
        f'<td><span class="badge {row.outcome.code}">{row.outcome.said}</span></td>'
        f"{_cell('Modelo', _model(results))}"
        f"{_cell('ROC-AUC', value + (f' <small>{limits}</small>' if limits else ''))}"
        f"{_cell('Puntuados', '' if rows_scored is None else count(rows_scored), ' n')}"
        f"{_cell('Sello', _seal(row))}</tr>"
    )


def _model(results: Mapping[str, Any]) -> str:
    """Model that the row's figures speak of, and the one in use where it is another."""
    champion, own = str(results.get("champion") or ""), headline.examined(results)
    note = f" <small>sigue {html.escape(champion)}</small>" if champion not in ("", own) else ""
    return html.escape(own) + note


def _accepted(results: Mapping[str, Any]) -> str:
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
    return html.escape(parte.href(path))


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

"""Stage 05: does today's batch still look like the customers that the model learnt from?

Two kinds of finding. Hard rules are facts of the batch at any size. A shift is said only when
it is significant, all tests counted together, and large enough. Whatever is found goes to
`drift_report.json` and to the first lines of the notebook.
"""

from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime

import pandas as pd

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.maths.drift import Settings, Shift
from retencion_lib.stages.monitor.advice import PROOF, Advice
from retencion_lib.stages.monitor.rules import LEVEL_WORDS, LEVELS, Alert, Tables
from retencion_lib.stages.monitor.shifts import shift_alerts, what_moved
from retencion_lib.words import listed, plural

VERDICTS = {
    "fix": "el extracto llega mal, no llames con esta lista",
    "retrain": "conviene reentrenar el modelo",
    "watch": "hay cambios que seguir antes de tocar el modelo",
    "keep": "la lista se puede usar",
}


def write_report(
    t: Tables,
    found: list[Shift],
    hard: list[Alert],
    rules: Settings | None = None,
    *,
    alerts: list[Alert] | tuple = (),
    **sections: object,
) -> dict:
    """Write `drift_report.json` and give it back.

    Parameters
    ----------
    t : Tables
        What was compared.
    found : list of Shift
        Of every feature and, last, of the score.
    hard : list of Alert
        Findings of the hard rules.
    rules : Settings, optional
        When a shift is said; they are written down.
    alerts : list of Alert
        Further findings, which count for the status like the others.
    **sections
        Further keys of the report: JSON-able, a dataclass, or a table of rows.
    """
    said = [asdict(a) for a in [*hard, *shift_alerts(found), *alerts]]
    said.sort(key=lambda a: -LEVELS.index(a["level"]))
    rows = [asdict(s) for s in found]
    report = {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": max((a["level"] for a in said), key=LEVELS.index, default="ok"),
        **{
            side: {"path": path, "sha256": sha256, "n_rows": profile.n_rows}
            for side, path, sha256, profile in zip(
                ("reference", "current"), t.paths, t.sha256, (t.reference, t.current), strict=True
            )
        },
        "customers": t.customers,
        "settings": asdict(rules or Settings()),
        "features": rows[:-1],
        "score": rows[-1],
        "quality": [asdict(a) for a in hard],
        "alerts": said,
        **{name: _plain(section) for name, section in sections.items()},
    }
    store.write_json(config.resolve(config.DRIFT_REPORT), report)
    return report


def _plain(section: object) -> object:
    if isinstance(section, pd.DataFrame):
        return section.to_dict("records")
    return asdict(section) if is_dataclass(section) else section


def headline(report: dict, advice: Advice) -> str:
    """Status of the batch and whether its list can be used, in one line."""
    n = len(report["alerts"])
    what = plural(n, "hallazgo", "hallazgos") if n else "ningún hallazgo"
    use = VERDICTS[advice.decision]
    return (
        f"**{LEVEL_WORDS[report['status']]}: {use}** ({what} en un lote de "
        f"{plural(report['current']['n_rows'], 'cliente', 'clientes')})."
    )


def broken_sentence(report: dict, advice: Advice) -> str:
    """What is wrong in an extract that must be repaired, and what it does to the score."""
    said = " ".join(a["message"] for a in advice.broken)
    score = report["score"]
    if score["status"] != "ok":
        said += f" Con esos datos {what_moved(Shift(**score))}."
    return f"**Qué llega mal.** {said}"


def moved_sentence(report: dict) -> str:
    """What moved, the largest first."""
    rows = [*report["features"], report["score"]]
    moved = sorted((r for r in rows if r["status"] != "ok"), key=lambda r: -r["psi_corrected"])
    if not moved:
        return (
            f"**Qué ha cambiado.** Nada: ni las {len(rows) - 1} columnas ni la puntuación se han "
            "movido más de lo que trae el azar y se considera importante."
        )
    said = [what_moved(Shift(**row)) for row in moved]
    score = "la puntuación también" if report["score"]["status"] != "ok" else "la puntuación no"
    return (
        f"**Qué ha cambiado.** {len(moved) - (report['score']['status'] != 'ok')} de "
        f"{len(rows) - 1} columnas, y {score}: {listed(said, 4)}."
    )


def action_sentence(report: dict) -> str:
    """What to do first: the action of the worst finding."""
    if not report["alerts"]:
        return "**Qué hacer.** Usa las puntuaciones como hasta ahora."
    return f"**Qué hacer.** {report['alerts'][0]['action']}"


def measured_sentence(report: dict) -> str:
    """What the outcomes have shown to be worse than promised; empty where nothing is."""
    said = " ".join(a["message"] for a in report["alerts"] if a["code"] in PROOF)
    return f"**Cuánto acertó.** {said}" if said else ""


def answer(report: dict, advice: Advice) -> str:
    """Whether the list can be used, why, and what to do: the first lines of the report."""
    act = action_sentence(report)
    if advice.broken:
        why = broken_sentence(report, advice)
        act += " Con el extracto corregido, repite `retencion infer` y `retencion monitor`; con "
        act += "este, ni llames ni reentrenes."
    else:
        why = " ".join(filter(None, [measured_sentence(report), moved_sentence(report)]))
        act += f" {advice.sentence()}"
    return "\n\n".join([headline(report, advice), why, act])


def alert_sentences(report: dict) -> list[str]:
    """Each finding with its code, and what to do."""
    return [
        f"**{a['code']} · {LEVEL_WORDS[a['level']]}.** {a['message']} {a['action']}"
        for a in report["alerts"]
    ]

"""Stage 05: does today's batch still look like the customers that the model learnt from?

Two kinds of finding. Hard rules are exact at any size: columns, types, volume, nulls, range,
unseen categories, duplicates. A shift is said only when it is significant (Benjamini-Hochberg
over all columns and the score) and large enough (PSI less what chance brings).
"""

from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from retencion_lib import config, drift, metrics, store
from retencion_lib.data import need_columns, read_table
from retencion_lib.data.training import as_labels
from retencion_lib.errors import DataError
from retencion_lib.quality import Alert, Tables
from retencion_lib.words import count, es, listed, pct, plural

PSI_WARNING, PSI_ALERT = 0.10, 0.25  # Siddiqi (2006), Credit Risk Scorecards
KS_FLOOR = 0.05
FALSE_DISCOVERY = 0.01
LEVELS = ("ok", "warning", "alert")


def load(reference: str, current: str, *, id_col: str, score_col: str, target: str) -> Tables:
    """Read both tables.

    Raises
    ------
    OrderError
        If the default files are not there yet: it names the stage that writes them.
    DataError
        If the score or the id is missing, or a score is not a probability.
    """
    if reference == config.REFERENCE:
        store.need(config.resolve(reference), made_by="evaluate")
    if current == "data/new_batch_with_score.csv":
        store.need(config.resolve(current), made_by="infer")
    frames = [read_table(path) for path in (reference, current)]
    for frame, path in zip(frames, (reference, current), strict=True):
        need_columns(frame, [id_col, score_col], config.relative(path))
        scores = pd.to_numeric(frame[score_col], errors="coerce")
        wrong = frame.loc[~scores.between(0, 1), score_col]
        if len(wrong):
            raise DataError(
                f"{config.relative(path)}: '{score_col}' tiene "
                f"{plural(len(wrong), 'valor', 'valores')} fuera de [0, 1] "
                f"({listed(wrong.astype(str).unique())}). Debe ser una probabilidad: elige la "
                "columna con score_col."
            )
    paths = config.relative(reference), config.relative(current)
    return Tables(*frames, paths, id_col, score_col, target)


def shifts(t: Tables) -> pd.DataFrame:
    """Shift of every shared feature and, last, of the score, with its status."""
    found = [
        drift.compare_numbers(c, t.reference[c], t.current[c])
        if t.numeric(c)
        else drift.compare_categories(c, as_labels(t.reference[c]), as_labels(t.current[c]))
        for c in t.shared
    ]
    score = drift.compare_numbers("score", t.reference[t.score_col], t.current[t.score_col])
    table = pd.DataFrame([asdict(s) for s in [*found, score]])
    table["significant"] = drift.benjamini_hochberg(
        table["p_value"].to_numpy(float), FALSE_DISCOVERY
    )
    table["status"] = [_status(row) for row in table.itertuples()]
    return table


def _status(row) -> str:
    """Level of one shift: nothing unless significant, then by size."""
    if not row.significant or (row.kind == "numeric" and row.ks < KS_FLOOR):
        return "ok"
    return ["ok", "warning", "alert"][int(np.digitize(row.psi_corrected, [PSI_WARNING, PSI_ALERT]))]


def shift_alerts(table: pd.DataFrame) -> list[Alert]:
    """RET010 for a feature and RET011 for the score that have moved."""
    alerts = []
    for row in table[table["status"] != "ok"].itertuples():
        limit = PSI_ALERT if row.status == "alert" else PSI_WARNING
        score = row.Index == table.index[-1]
        what = "La puntuación se ha movido" if score else f"'{row.name}' se ha movido"
        message = (
            f"{what}: PSI {es(row.psi_corrected, 3)} descontado el azar, límite {es(limit, 2)}."
        )
        action = (
            "No decidas con el umbral actual sin revisar qué ha cambiado; valora reentrenar."
            if score
            else "Busca la causa (campaña, precio, extracto) y mira si mueve la puntuación."
        )
        code = "RET011" if score else "RET010"
        alerts.append(Alert(code, row.status, row.name, row.psi_corrected, limit, message, action))
    return alerts


def realised(t: Tables, labels: str, *, threshold: float = 0.5) -> dict | None:
    """Performance once outcomes have arrived: a CSV of id and outcome; None without one."""
    if not labels:
        return None
    frame = read_table(labels)
    need_columns(frame, [t.id_col, t.target], config.relative(labels))
    outcome = dict(zip(as_labels(frame[t.id_col]), frame[t.target], strict=True))
    y = as_labels(t.current[t.id_col]).map(outcome)
    known = y.notna().to_numpy()
    if set(pd.unique(y[known])) != {0, 1}:
        raise DataError(
            f"{config.relative(labels)}: de los clientes del lote, '{t.target}' tiene los valores "
            f"{listed(sorted(pd.unique(y[known])))}. Hacen falta 0 y 1, y de ambos."
        )
    scores = t.current.loc[known, t.score_col].to_numpy()
    outcomes = y[known].astype(int).to_numpy()
    return {
        "n_labelled": int(known.sum()),
        "n_missing": int((~known).sum()),
        "metrics": metrics.evaluate(outcomes, scores, threshold=threshold),
    }


def realised_sentence(found: dict | None) -> str:
    """What the outcomes say, and how many are still missing."""
    if found is None:
        return "Todavía no hay resultados (labels): el acierto de este lote no se puede medir."
    return (
        f"Con {plural(found['n_labelled'], 'resultado', 'resultados')} "
        f"({count(found['n_missing'])} por llegar), ROC-AUC "
        f"{es(found['metrics']['roc_auc'], 3)} y precisión en los de más riesgo "
        f"{pct(found['metrics']['precision_at_k'])}."
    )


def write_report(
    t: Tables, table: pd.DataFrame, hard: list[Alert], outcomes: dict | None = None
) -> dict:
    """Write `drift_report.json` and give it back."""
    alerts = [asdict(a) for a in [*hard, *shift_alerts(table)]]
    rows = table.to_dict("records")
    report = {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": max((a["level"] for a in alerts), key=LEVELS.index, default="ok"),
        **{
            side: {"path": path, "sha256": store.sha256(config.resolve(path)), "n_rows": len(frame)}
            for side, path, frame in zip(
                ("reference", "current"), t.paths, (t.reference, t.current), strict=True
            )
        },
        "features": rows[:-1],
        "score": rows[-1],
        "quality": [asdict(a) for a in hard],
        "alerts": alerts,
        "realised": outcomes,
    }
    store.write_json(config.resolve(config.DRIFT_REPORT), report)
    return report


def alert_sentences(report: dict) -> list[str]:
    """Each finding with its code, and what to do."""
    said = {"warning": "Aviso", "alert": "Alerta"}
    return [
        f"**{a['code']} · {said[a['level']]}.** {a['message']} {a['action']}"
        for a in report["alerts"]
    ]


def status_sentence(report: dict) -> str:
    """Overall status, in words."""
    said = {"ok": "Sin cambios que avisar", "warning": "Aviso", "alert": "**Alerta**"}
    n = len(report["alerts"])
    moved = sum(f["status"] != "ok" for f in report["features"])
    return (
        f"{said[report['status']]}: {plural(n, 'hallazgo', 'hallazgos')} en un lote de "
        f"{count(report['current']['n_rows'])} clientes; "
        f"{count(moved)} de {count(len(report['features']))} variables se han movido y la "
        f"puntuación {'no ' if report['score']['status'] == 'ok' else ''}ha cambiado "
        f"(PSI {es(report['score']['psi'], 3)})."
    )

"""Follow one customer: from a prediction to its run, model, training, promotion and drift."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import ledger, registry, store
from retencion_lib.home.event import Event
from retencion_lib.show.answers import answers
from retencion_lib.words import es

KNOWN = ("event_id", "run_id", "scored_at", "model", "version", "score", "threshold", "prediction")
DECIDED = {"decile": "decil", "expected_profit": "beneficio esperado", "group": "grupo:",
           "reasons": "razones:", "campaign": "campaña", "snapshot": "foto"}  # fmt: skip
GROUPS = {"contact": "a contactar", "control": "de control"}


@dataclass(frozen=True)
class Chain:
    """What lies behind one prediction: events of the ledger, None where there is none."""

    prediction: dict[str, str]  # the log's row
    artifact: Event | None = None  # the model's file when it was written
    run: Event | None = None
    training: Event | None = None
    promotion: Event | None = None
    monitoring: Event | None = None


def predictions(*, customer: str = "", event: str = "") -> list[dict[str, str]]:
    """Rows of the prediction log of one customer, or of one event; oldest first.

    Raises
    ------
    DataError
        If the log holds none.
    OrderError
        If there is no log yet.
    AuditError
        If what holds them is not as the ledger says.
    """
    if not config.resolve(config.LOG_PARTS).is_dir():
        store.need(config.resolve(config.PREDICTIONS), made_by="infer")
    from retencion_lib.home.predictions import found as rows_of  # here: it reads tables

    found = rows_of(customer=customer, event=event)
    if not found:
        what = f"el evento '{event}'" if event else f"el cliente '{customer}'"
        raise DataError(
            f"{config.PREDICTIONS}: no consta {what}. Comprueba el identificador, tal como "
            "aparece en el lote."
        )
    return found


def _id_column(header: list[str]) -> str:
    """The log's column of customer ids: the one after `scored_at`."""
    return header[header.index("scored_at") + 1]


def trace(*, customer: str = "", event: str = "") -> list[Chain]:
    """The chain behind each prediction of a customer, or behind one event."""
    events = ledger.read()
    return [_chain(row, events) for row in predictions(customer=customer, event=event)]


def _chain(row: dict[str, str], events: list[Event]) -> Chain:
    by_run, model, version = row.get("run_id"), row.get("model"), row.get("version")
    run = _last(events, "run_finished", lambda e: e.run_id == by_run)
    artifact = f"artifacts/{model}__v{version}.pkl"
    written = _last(events, "write", lambda e: e.path == artifact)
    training = written and _last(events, "run_finished", lambda e: e.run_id == written.run_id)
    limit = run.seq if run else float("inf")
    label = f"{model} v{version}".removesuffix("r")  # a refit is in use with its model
    promotion = _last(events, "promotion", lambda e: e.new.model == label and e.seq <= limit)
    outputs = run.outputs if run else ()
    batches = {o.sha256 for o in outputs if o.path.endswith("_with_score.csv")}
    monitoring = _last(
        events, "run_finished", lambda e: bool(batches & {i.sha256 for i in e.inputs})
    )
    return Chain(row, written, run, training, promotion, monitoring)


def _last(events: list[Event], kind: str, wanted: Callable[[Event], bool]) -> Event | None:
    return next((e for e in reversed(events) if e.event == kind and wanted(e)), None)


def sentences(chain: Chain) -> list[str]:
    """The chain in words, one line a link."""
    row = chain.prediction
    id_col = _id_column(list(row))
    decided = "avisar" if row["prediction"] == "1" else "no avisar"
    extra = [_said(k, v) for k, v in row.items() if k not in (*KNOWN, id_col) and v]
    return [
        f"{id_col} {row[id_col]} · evento {row['event_id']} · {row['scored_at']}",
        f"  Puntuación {row['score']}, umbral {row['threshold']}: {decided}"
        + (f" ({'; '.join(extra)})" if extra else ""),
        f"  Ejecución  {row['run_id']} · {_report(chain.run)}",
        f"  Modelo     {_model(row['model'], row['version'])} · {_sha(chain.artifact)}",
        f"  Entrenado  {_training(chain.training)}",
        f"  En uso     {_promotion(chain.promotion)}",
        f"  Vigilancia {_monitoring(chain.monitoring)}",
    ]


def _said(name: str, value: str) -> str:
    """What was decided besides the notice, in words; the exact digits are in the log."""
    if name == "expected_profit":
        return f"{DECIDED[name]} {es(float(value), 2)}"
    return f"{DECIDED.get(name, name)} {GROUPS.get(value, value)}"


def _report(run: Event | None) -> str:
    pages = [f for f in (run.files if run else ()) if Path(f).suffix == ".html"]
    return pages[0] if pages else "sin informe sellado"


def _model(family: str, version: str) -> str:
    """A model as readers know it."""
    label = f"{family} v{version}"
    return next((m.said for m in registry.read().models if m.label == label), label)


def _sha(event: Event | None) -> str:
    return f"SHA-256 {event.sha256[:16]}…" if event else "no consta quién lo entrenó"


def _training(run: Event | None) -> str:
    if run is None:
        return "no consta"
    data = [f"{i.path} (SHA-256 {i.sha256[:16]}…)" for i in run.inputs if i.rows is not None]
    return f"{run.run_id} · {_report(run)} · datos {data[0] if data else '—'}"


def _promotion(event: Event | None) -> str:
    if event is None:
        return "no era el campeón: lo eligió quien puntuó"
    return f"desde {event.at[:10]}, lo aprobó {event.approver}: {event.reason}"


def _monitoring(run: Event | None) -> str:
    if run is None:
        return "ningún informe ha mirado este lote"
    said = [f"{question} {answer}" for question, answer in answers(run.results).items()]
    return f"{run.run_id} · {' '.join(said) or '—'} · {_report(run)}"

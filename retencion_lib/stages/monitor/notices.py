"""Who is told of a finding: a file, the log, and a webhook if there is one.

`monitoring/alerts.jsonl` gets one line a finding. `RETENCION_WEBHOOK`, an http(s) address,
gets one JSON POST a run with findings; it is tried a few times with a short wait, and whatever
happens there the run goes on: a chat that is down must not stop a report.
"""

import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.stages.monitor.rules import LEVEL_WORDS
from retencion_lib.words import plural

ALERTS = "monitoring/alerts.jsonl"
VARIABLE = "RETENCION_WEBHOOK"
TIMEOUT = 5.0  # seconds an answer may take
WAITS = (0.5, 2.0)  # seconds before the second and the third try
LEVELS = {"warning": logging.WARNING, "alert": logging.ERROR}
logger = logging.getLogger("retencion")


def send(report: dict, *, run_id: str, date: str) -> str:
    """Tell of every finding of a run; give back what was done, in words."""
    alerts = report["alerts"]
    if not alerts:
        return "No hay hallazgos que comunicar."
    write(alerts, run_id=run_id, date=date)
    for alert in alerts:
        logger.log(LEVELS[alert["level"]], "%s %s", alert["code"], alert["message"])
    said = f"{plural(len(alerts), 'hallazgo anotado', 'hallazgos anotados')} en {ALERTS}."
    address = os.environ.get(VARIABLE, "")
    if not address:
        return said
    failure = post(address, message(report, run_id=run_id, date=date))
    if failure:
        logger.warning("Webhook: %s", failure)
        return f"{said} El aviso externo no se pudo entregar ({failure}); la ejecución sigue."
    return f"{said} Entregados también al aviso externo."


def write(alerts: Sequence[dict], *, run_id: str, date: str) -> None:
    """Append the findings of a run to `ALERTS`, one JSON line each, whole or not at all."""
    path = config.resolve(ALERTS)
    lines = [
        json.dumps({"run_id": run_id, "date": date, **store.clean(a)}, ensure_ascii=False)
        for a in alerts
    ]
    with store.locked(path):
        before = store.read_bytes(path) if path.exists() else b""
        store.write_bytes(path, before + ("\n".join(lines) + "\n").encode())


def message(report: dict, *, run_id: str, date: str) -> dict:
    """Body of the webhook; `text` is what chats such as Slack or Mattermost show."""
    found = [f"{a['code']}: {a['message']}" for a in report["alerts"]]
    return {
        "text": "\n".join([f"Retención {date}: {LEVEL_WORDS[report['status']].lower()}", *found]),
        "status": report["status"],
        "run_id": run_id,
        "date": date,
        "batch": report["current"]["path"],
        "alerts": report["alerts"],
    }


def post(
    address: str,
    body: dict,
    *,
    timeout: float = TIMEOUT,
    waits: Sequence[float] = WAITS,
    sleep: Callable[[float], object] | None = None,
) -> str:
    """POST a body as JSON, trying again after each wait; give back "" or the last failure.

    A refusal by the receiver (4xx other than 408 and 429) is not tried again. The failure names
    the host only: the rest of a webhook's address is its password.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{VARIABLE} no es una dirección http(s)"
    data = json.dumps(store.clean(body), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    failure = ""
    for wait in (None, *waits):
        if wait is not None:
            (sleep or time.sleep)(wait)
        request = urllib.request.Request(address, data, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=timeout):
                return ""
        except urllib.error.HTTPError as error:
            failure = f"{parts.hostname} respondió {error.code}"
            if 400 <= error.code < 500 and error.code not in (408, 429):
                return failure
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            failure = f"{parts.hostname}: {type(reason).__name__}"
    return failure

"""Who is told of a finding: a file, the log, and a webhook if there is one.

`monitoring/alerts.jsonl` gets one line a finding. `RETENCION_WEBHOOK`, an http(s) address,
gets one JSON POST a run with findings; it is tried a few times with a short wait, and whatever
happens there the run goes on: a chat that is down must not stop a report.
"""

import contextlib
import http.client
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.watch_report import WatchReport
from retencion_lib.stages.checks.findings import Alert

ALERTS = "monitoring/alerts.jsonl"
VARIABLE = "RETENCION_WEBHOOK"
TIMEOUT = 5.0  # seconds an answer may take
WAITS = (0.5, 2.0)  # seconds before the second and the third try
LEVELS = {"warning": logging.WARNING, "alert": logging.ERROR}
logger = logging.getLogger("retencion")


@dataclass(frozen=True)
class Failure:
    """Why a webhook did not take what was posted; of its address the host only."""

    host: str = ""  # empty where the address is no http(s) one
    status: int = 0  # HTTP status of a refusal; 0 where nobody answered
    error: str = ""  # name of the error where nobody answered

    def __str__(self) -> str:
        """As the log has it."""
        return f"{self.host or VARIABLE}: {self.status or self.error or 'http(s)'}"


@dataclass(frozen=True)
class Sent:
    """What became of the findings of a run."""

    n: int
    posted: bool = False  # there is a webhook
    failure: Failure | None = None


def send(report: WatchReport, text: str, *, run_id: str, date: str) -> Sent:
    """Tell of every finding of a run: to the file and the log, and to the webhook if there is one.

    Parameters
    ----------
    text : str
        What chats such as Slack or Mattermost show.
    """
    if not report.alerts:
        return Sent(0)
    note(report.alerts, run_id=run_id, date=date)
    for alert in report.alerts:
        logger.log(LEVELS[alert.level], "%s %s", alert.code, alert.message)
    address = os.environ.get(VARIABLE, "")
    if not address:
        return Sent(len(report.alerts))
    failure = post(address, webhook_body(report, text, run_id=run_id, date=date))
    if failure:
        logger.warning("Webhook: %s", failure)
    return Sent(len(report.alerts), True, failure)


def note(alerts: Sequence[Alert], *, run_id: str, date: str) -> None:
    """Append the findings of a run to `ALERTS`, one JSON line each, whole or not at all."""
    path = config.resolve(ALERTS)
    lines = [
        json.dumps({"run_id": run_id, "date": date} | store.clean(asdict(a)), ensure_ascii=False)
        for a in alerts
    ]
    with store.locked(path):
        before = store.read_bytes(path) if path.exists() else b""
        store.write_bytes(path, before + ("\n".join(lines) + "\n").encode())


def webhook_body(report: WatchReport, text: str, *, run_id: str, date: str) -> dict[str, object]:
    """Body of the webhook."""
    return {
        "text": text,
        "status": report.status,
        "run_id": run_id,
        "date": date,
        "batch": report.current.path,
        **report.answers,
        "alerts": [asdict(a) for a in report.alerts],
    }


def post(
    address: str,
    body: Mapping[str, object],
    *,
    timeout: float = TIMEOUT,
    waits: Sequence[float] = WAITS,
    sleep: Callable[[float], object] | None = None,
) -> Failure | None:
    """POST a body as JSON, trying again after each wait; give back None or the last failure.

    A refusal by the receiver (4xx other than 408 and 429) is not tried again. The failure names
    the host only: the rest of a webhook's address is its password.
    """
    host = _host(address)
    if not host:
        return Failure()
    data = json.dumps(store.clean(body), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    failure = None
    for wait in (None, *waits):
        if wait is not None:
            (sleep or time.sleep)(wait)
        request = urllib.request.Request(address, data, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=timeout):
                return None
        except urllib.error.HTTPError as error:
            failure = Failure(host, error.code)
            if 400 <= error.code < 500 and error.code not in (408, 429):
                return failure
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            said = reason if isinstance(reason, BaseException) else error
            failure = Failure(host, error=type(said).__name__)
    return failure


def _host(address: str) -> str:
    """Host of an http(s) address that can be written; empty where it is none."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(address)
        _ = parts.port, address.encode()  # raise what cannot be
        if parts.scheme in ("http", "https") and address.isprintable() and " " not in address:
            return parts.hostname or ""
    return ""

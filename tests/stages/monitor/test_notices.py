"""Findings told to a file, to the log and to a webhook that may be down, slow or rude."""

import json
import logging
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from retencion_lib.home.watch_report import WatchReport
from retencion_lib.show.naming import use_names
from retencion_lib.stages.checks.findings import Alert
from retencion_lib.stages.monitor import notices
from retencion_lib.stages.monitor.notices import Failure
from retencion_lib.stages.monitor.say_report import failure_words, sent_sentence, webhook_text
from tests.watch_reports import quiet

FOUND = Alert("RET004", "alert", "x", float("nan"), 0.05, {}, "Faltan «x».", "Pídelo.")
REPORT = quiet(status="alert", alerts=[FOUND], list_usable="no", retrain="wait",
               retrain_until="extract")  # fmt: skip


def send(report: WatchReport = REPORT, *, run_id: str = "r1") -> str:
    date = "2026-01-31"
    sent = notices.send(report, webhook_text(report, date), run_id=run_id, date=date)
    return sent_sentence(sent)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    monkeypatch.delenv(notices.VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def receiver():
    """A server that answers with the codes put in `answers`, and keeps what it was sent."""
    received, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            received.append((self.headers["Content-Type"], json.loads(self.rfile.read(length))))
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secreto", answers, received
    server.shutdown()
    server.server_close()


def post(address, **given):
    waited = []
    failure = notices.post(address, {"a": "ñ"}, sleep=waited.append, **given)
    return failure_words(failure) if failure else "", waited


def test_the_webhook_gets_the_findings_as_json(receiver, monkeypatch):
    address, answers, received = receiver
    answers.append(200)
    monkeypatch.setenv(notices.VARIABLE, address)
    assert "Entregados" in send()
    ((kind, body),) = received
    assert kind.startswith("application/json")
    assert body["text"] == (
        "Retención 2026-01-31: lote.csv\n¿Se puede usar esta lista? No\n¿Hay que reentrenar? "
        "Esperar hasta que el extracto esté corregido\nRET004: Faltan «x»."
    )
    assert (body["list_usable"], body["retrain"]) == ("no", "wait")
    assert body["alerts"][0]["value"] is None  # no NaN leaves the house


@pytest.mark.parametrize(
    ("codes", "failure", "waits"),
    [
        pytest.param([500, 200], "", [0.5], id="500-then-200"),
        pytest.param([503, 503, 503], "127.0.0.1 respondió 503", [0.5, 2.0], id="always-503"),
        pytest.param([429, 200], "", [0.5], id="too-many-then-200"),
        pytest.param([404], "127.0.0.1 respondió 404", [], id="404-is-final"),
    ],
)
def test_a_failure_is_tried_again_unless_the_receiver_refuses(receiver, codes, failure, waits):
    address, answers, received = receiver
    answers.extend(codes)
    assert post(address) == (failure, waits)
    assert len(received) == len(codes)


def test_nobody_listening_is_a_failure_and_not_an_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failure, waits = post(f"http://127.0.0.1:{port}/")
    assert failure == "127.0.0.1: ConnectionRefusedError"
    assert waits == [0.5, 2.0]


def test_a_receiver_that_hangs_is_left_after_the_timeout():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        failure, _ = post(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.1)
    assert failure == "127.0.0.1: TimeoutError"


@pytest.mark.parametrize("answer", [b"hola", b"", b"HTTP/1.1 200 x\r\n" + b"a: b\r\n" * 200])
def test_an_answer_that_is_none_is_a_failure_that_names_the_kind_alone(answer):
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def serve():
            asked, _ = rude.accept()
            with asked:
                asked.recv(1 << 16)
                asked.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        failure, _ = post(f"http://127.0.0.1:{rude.getsockname()[1]}/secreto", waits=())
    assert failure.startswith("127.0.0.1: ")
    assert "secreto" not in failure


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "hola", "ftp://x/y", "http://[x/secreto", "http://[::1/secreto",
     "http://x:puerto/secreto", "http://x:99999/secreto", "http://x y/secreto", "http://x/se creto",
     "http://x\r\nA: 1/secreto", "http:///secreto", "http://x\udc80/secreto", "http://x\x1b/"],
)  # fmt: skip
def test_only_http_addresses_are_called(address):
    assert post(address) == (f"{notices.VARIABLE} no es una dirección http(s)", [])


def test_the_log_tells_a_failure_without_the_address():
    assert str(Failure("host", 503)) == "host: 503"


def test_a_webhook_that_is_down_does_not_stop_the_run_nor_show_its_secret(monkeypatch):
    monkeypatch.setattr(notices.time, "sleep", lambda seconds: None)
    monkeypatch.setenv(notices.VARIABLE, "http://127.0.0.1:9/secreto")
    said = send()
    assert "no se pudo entregar" in said
    assert "secreto" not in said


def test_every_finding_is_a_line_of_the_file_and_of_the_log(home, caplog):
    with caplog.at_level(logging.WARNING, logger="retencion"):
        for run in ("r1", "r2"):
            send(run_id=run)
    lines = [json.loads(line) for line in (home / notices.ALERTS).read_text().splitlines()]
    assert [(line["run_id"], line["code"]) for line in lines] == [
        ("r1", "RET004"),
        ("r2", "RET004"),
    ]
    assert [r.levelname for r in caplog.records] == ["ERROR", "ERROR"]


def test_nothing_found_leaves_nothing(home):
    assert "No hay hallazgos" in send(quiet())
    assert not (home / notices.ALERTS).exists()


def test_a_chat_reads_of_columns_as_the_team_calls_them():
    use_names({"x": "cuota de {}"})
    told = webhook_text(quiet(alerts=[replace(FOUND, message="Faltan 'x'.")]), "2026-01-31")
    use_names({})
    assert told.endswith("RET004: Faltan 'cuota'.")

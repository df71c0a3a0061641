"""Time stamps of an authority outside: a real one of `openssl ts`, at the other end of a socket."""

import base64
import json
import re
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from retencion_lib.__main__ import main
from retencion_lib.audit import stamp
from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, ledger
from tests import sealed_home
from tests.audit import edits
from tests.audit.test_auditoria import STAMP

AUTHORITY = """
[ tsa ]
default_tsa = ours
[ ours ]
serial = {0}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""
OTHER = "0" * 63 + "1"


def openssl(*words, **kwargs):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True, **kwargs)
    return done.stdout


def certificate(folder):
    """Key and certificate of an authority of its own; give back the certificate."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(AUTHORITY.format(folder))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=hora",
            "-addext", "extendedKeyUsage=critical,timeStamping")  # fmt: skip
    return folder / "cert.pem"


class Authority(BaseHTTPRequestHandler):
    """Answers as `openssl ts -reply` does, or as the server was told to."""

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["Content-Type"], query))
        code, body = self.server.rude or (200, self.server.reply(query))
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hora") / "tsa"
    cert = certificate(folder)
    server = HTTPServer(("127.0.0.1", 0), Authority)

    def reply(query):
        (folder / "query.tsq").write_bytes(query)
        ours = ("-config", folder / "tsa.cnf", "-section", "ours", "-inkey", folder / "key.pem")
        return openssl("ts", "-reply", *ours, "-signer", cert, "-queryfile", folder / "query.tsq")

    server.reply, server.cert = reply, str(cert)
    server.address = f"http://127.0.0.1:{server.server_port}/clave-secreta"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def tsa(authority):
    authority.rude, authority.heard = None, []
    return authority


@pytest.fixture
def home(sealed, tmp_path, monkeypatch):
    shutil.copytree(sealed[0], tmp_path / "home")
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def stamped(home, tsa):
    """The home, stamped; and the line that was."""
    line = ledger.head()[0]
    assert main(["stamp", "--tsa", tsa.address]) == 0
    return line


def later():
    """A promotion and an erasure."""
    ledger.append("erasure", reason="a", approver="b", rows=0, files={}, blocks={})
    sealed_home.start("r6", "03_champion_eval")
    sealed_home.propose("0.2", run_id="r6")
    sealed_home.finish("r6", "03_champion_eval")


def test_only_the_hash_of_the_last_line_leaves_the_machine(home, tsa, capsys):
    seq, sha256 = ledger.head()
    assert main(["stamp", "--tsa", tsa.address]) == 0
    assert f"Sellada {seq}:{sha256} a las " in capsys.readouterr().out
    [(kind, query)] = tsa.heard
    assert kind == "application/timestamp-query"
    assert bytes.fromhex(sha256) in query
    assert len(query) < 100


def test_verify_says_what_was_stamped_when_and_what_came_after(stamped, tsa, capsys):
    later()
    capsys.readouterr()
    assert main(["verify", "--authority", tsa.cert]) == 0
    last = ledger.head()[0]
    said = capsys.readouterr().out.splitlines()[0]
    now = datetime.now(UTC)
    assert re.fullmatch(
        rf"Sello de tiempo de 127\.0\.0\.1, a las {now:%Y-%m}-\d\d \d\d:\d\d UTC: responde hasta "
        rf"la línea {stamped} \(.* UTC\)\. Hay {last - stamped} líneas después, de las que no dice "
        r"nada: entre ellas, 1 borrado, 1 cambio de campeón y 0 cambios de campaña\.", said
    )  # fmt: skip


def test_without_certificates_it_is_said_that_nobody_was_asked(stamped, tsa, capsys):
    assert main(["verify"]) == 0
    assert "sin comprobar quién lo hizo (--authority): dice que llega" in capsys.readouterr().out
    assert main(["verify", "--json"]) == 0
    [anchor] = json.loads(capsys.readouterr().out)["anchors"]
    assert (anchor["kind"], anchor["checked"], anchor["line"]) == ("stamp", False, stamped)


def test_the_stamp_of_another_authority_is_named(stamped, tmp_path, capsys):
    capsys.readouterr()
    assert main(["verify", "--authority", str(certificate(tmp_path / "another"))]) == 2
    said = capsys.readouterr()
    assert f"línea {stamped + 1}: el sello de tiempo de 127.0.0.1 sobre la línea {stamped} no " in (
        said.err
    )  # fmt: skip
    assert "certificate verify error" in said.err
    assert "Sello de tiempo" not in said.out  # nothing answers for anything


def test_a_chain_computed_again_no_longer_has_the_hash_stamped(stamped, home, tsa):
    edits.with_fact("promotion", approver="la dirección")(home)
    assert {f.code for f in faults()} == {"anchor"}

    def to_the_new_line(events):
        new = disk.digest(ledger.lines()[stamped - 1])
        return [e | ({"sha256": new} if e["event"] == "stamped" else {}) for e in events]

    edits.forged(to_the_new_line)(home)
    [fault] = faults()
    assert fault.code == "stamp"
    assert "no vale: no es un sello de la huella que dice." in fault.message


def test_a_token_of_our_own_making_is_one_only_to_who_asks_no_authority(home, tsa, capsys):
    seq, sha256 = ledger.head()
    forged = base64.b64encode(bytes.fromhex(sha256) + b"\x18\x0f20200101000000Z").decode()
    edits.said("stamped", line=seq, sha256=sha256, authority="x", token=forged)(home)
    assert "time" in {f.code for f in faults()}  # lines of later than 2020
    assert main(["verify", "--authority", tsa.cert]) == 2
    assert "sobre la línea" in capsys.readouterr().err


def test_a_stamp_is_checked_by_hand_as_the_page_says(stamped, home, tsa):
    script = STAMP.replace("certificados.pem", tsa.cert)
    done = subprocess.run(["bash", "-c", script], cwd=home, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout
    assert f" {datetime.now(UTC).year} GMT" in done.stdout
    [event] = [e for e in ledger.read() if e.event == "stamped"]
    assert event.sha256 == disk.digest(ledger.lines()[stamped - 1])


def test_a_clock_ahead_of_the_authority_is_named_until_it_is_known(home, tsa):
    hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="milliseconds")
    *others, last = (home / ledger.LEDGER).read_bytes().splitlines(keepends=True)
    last = re.sub(rb'"at": "[^"]*"', f'"at": "{hour}"'.encode(), last)
    (home / ledger.LEDGER).write_bytes(b"".join([*others, last]))
    assert main(["stamp", "--tsa", tsa.address]) == 0
    line = len(others) + 1
    assert [f.code for f in faults()] == ["time", "time"]
    said = rf"línea {line}: dice {re.escape(hour)}, y quien selló la hora la vio 3\.\d+ s antes\."
    assert any(re.search(rf"{said} 'retencion seal' lo da por sabido", str(f)) for f in faults())
    assert main(["seal"]) == 0
    assert faults() == []


@pytest.mark.parametrize(
    ("rude", "said"),
    [
        pytest.param((404, b""), "127.0.0.1 respondió 404", id="refused"),
        pytest.param((200, b"<html>"), "su respuesta (6 bytes) no es un sello", id="a-page"),
        pytest.param((200, b""), "su respuesta (0 bytes) no es un sello", id="nothing"),
    ],
)
def test_an_answer_that_is_no_stamp_is_named_and_nothing_noted(home, tsa, capsys, rude, said):
    tsa.rude, before = rude, (home / ledger.LEDGER).read_bytes()
    assert main(["stamp", "--tsa", tsa.address]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "clave-secreta" not in err
    assert (home / ledger.LEDGER).read_bytes() == before


def test_the_stamp_of_another_hash_is_refused(home, tsa, capsys):
    query = openssl("ts", "-query", "-digest", OTHER, "-sha256", "-cert")
    tsa.rude = (200, tsa.reply(query))
    assert main(["stamp", "--tsa", tsa.address]) == 2
    assert "no es un sello de tiempo (RFC 3161) de esa huella. Comprueba la dirección" in (
        capsys.readouterr().err
    )  # fmt: skip


def test_an_answer_without_end_is_refused(home, tsa, capsys):
    query = openssl("ts", "-query", "-digest", ledger.head()[1], "-sha256", "-cert")
    tsa.rude = (200, tsa.reply(query) + b" " * stamp.LONGEST)
    assert main(["stamp", "--tsa", tsa.address]) == 2
    assert f"su respuesta ({stamp.LONGEST + 1} bytes) no es un sello" in capsys.readouterr().err


def test_an_authority_that_is_not_there_is_named_without_its_address(home, capsys):
    assert main(["stamp", "--tsa", "http://127.0.0.1:9/clave-secreta"]) == 2
    err = capsys.readouterr().err
    assert "La autoridad 127.0.0.1 no responde (URLError): no se ha sellado ni anotado nada" in err
    assert "clave-secreta" not in err


def test_without_openssl_it_says_what_to_install(stamped, tsa, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    for words in (["stamp", "--tsa", tsa.address], ["verify", "--authority", tsa.cert]):
        assert main(words) == 2
        assert "No está 'openssl': instálalo" in capsys.readouterr().err


def test_an_empty_ledger_is_not_stamped(monkeypatch, tmp_path, tsa, capsys):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "empty"))
    assert main(["stamp", "--tsa", tsa.address]) == 2
    assert "está vacío: todavía no hay nada que sellar" in capsys.readouterr().err
    assert tsa.heard == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stamp"], "Falta --tsa"),
        (["stamp", "--tsa", "ftp://hora"], "empieza por http:// o https://"),
        (["stamp", "--tsa", "http://[hora"], "empieza por http:// o https://"),
        (["stamp", "--tsa", "https:///tsr"], "lleva un servidor"),
        (["verify", "--authority", "no.pem"], "authority = 'no.pem': no existe ese archivo"),
        (["verify", "--authority", __file__], "No hay ningún sello de tiempo: pide antes uno"),
    ],
)
def test_wrong_use_is_one_spanish_sentence(home, capsys, words, said):
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_certificates_that_are_none_are_named(stamped, capsys):
    assert main(["verify", "--authority", __file__]) == 2
    assert "el sello de tiempo de 127.0.0.1" in capsys.readouterr().err


def test_the_time_of_a_token_is_the_one_that_openssl_reads(home, tsa, tmp_path):
    query = openssl("ts", "-query", "-digest", OTHER, "-sha256", "-cert")
    reply = tmp_path / "reply.tsr"
    reply.write_bytes(tsa.reply(query))
    said = re.search(
        r"Time stamp: (.*) GMT", openssl("ts", "-reply", "-in", reply, "-text").decode()
    )
    at = datetime.strptime(said[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    assert stamp._time(reply.read_bytes(), OTHER) == at

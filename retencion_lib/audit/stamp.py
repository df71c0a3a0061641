"""Let an authority outside say when the ledger's head was there: time stamps of RFC 3161.

The authority signs the SHA-256 of the last line together with its own time; nothing else leaves
this machine. Its token lies in the ledger, in the line that says so. `openssl ts` writes the
request and checks the token, so anybody can do it by hand.
"""

import base64
import contextlib
import http.client
import re
import subprocess
import tempfile
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from retencion_lib.errors import AuditError, ParameterError
from retencion_lib.home import ledger
from retencion_lib.home.event import Event

QUERY = "application/timestamp-query"
TIMEOUT = 30  # seconds
LONGEST = 1 << 18  # bytes of a reply; they have some thousand
NO_STAMP = "no es un sello de la huella que dice"
TIME = re.compile(rb"\x18[\x0f-\x1f](\d{14})(?:\.\d+)?Z")  # GeneralizedTime of ASN.1, in DER


def stamp(address: str) -> tuple[int, str, datetime]:
    """Have the head stamped by an authority, and note its token; give back head and its time.

    Parameters
    ----------
    address : str
        Where the authority takes requests, http or https.

    Raises
    ------
    ParameterError
        If the address is none.
    AuditError
        If the ledger is empty, `openssl` is missing, or the authority does not answer, refuses,
        or stamps something else. Nothing is noted then.
    """
    authority = _host(address)
    seq, sha256 = ledger.head()
    if not seq:
        raise AuditError(f"{ledger.LEDGER} está vacío: todavía no hay nada que sellar.")
    query = _openssl("-query", "-digest", sha256, "-sha256", "-cert")
    if query.returncode:
        raise AuditError(f"No se pudo escribir la petición del sello: {_said(query)}.")
    raw = _asked(address, authority, query.stdout)
    at = _time(raw, sha256)
    if at is None or len(raw) > LONGEST:
        raise AuditError(
            f"{authority} no ha sellado la línea {seq}: su respuesta ({len(raw)} bytes) no es un "
            "sello de tiempo (RFC 3161) de esa huella. Comprueba la dirección, o pide el sello a "
            "otra autoridad. No se ha anotado nada."
        )
    ledger.append("stamped", line=seq, sha256=sha256, authority=authority,
                  token=base64.b64encode(raw).decode(), actor=ledger.actor())  # fmt: skip
    return seq, sha256, at


def trusted(file: str) -> str:
    """Path of the certificates of who is trusted to say the time, for `objection`.

    Raises
    ------
    ParameterError
        If there is no such file.
    AuditError
        If there is no time stamp to check with them.
    """
    path = Path(file).expanduser()
    if not path.is_file():
        raise ParameterError(
            f"authority = '{file}': no existe ese archivo. Son los certificados (PEM) de la "
            "autoridad de sellado de tiempo, como ella los publica."
        )
    if not any(e.event == "stamped" for e in ledger.mentioning('"stamped"')):
        raise AuditError(
            "No hay ningún sello de tiempo: pide antes uno, 'retencion stamp --tsa …'."
        )
    return str(path)


def time(event: Event) -> datetime | None:
    """Time that a token gives the line it is of; None if it is no stamp of that line."""
    return _time(_raw(event), event.sha256)


def objection(event: Event, authorities: str) -> str | None:
    """Why a token does not hold, as `openssl` says it; None if it does.

    Parameters
    ----------
    event : Event
        The line that holds it.
    authorities : str
        File of certificates (PEM) of those who are trusted to say the time.

    Raises
    ------
    AuditError
        If `openssl` is missing.
    """
    at = time(event)
    if at is None:
        return NO_STAMP
    with tempfile.TemporaryDirectory() as folder:
        reply = Path(folder) / "token.tsr"
        reply.write_bytes(_raw(event))
        # A certificate need not outlive its stamps: it had to be good at their time.
        done = _openssl("-verify", "-digest", event.sha256, "-in", str(reply),
                        "-CAfile", authorities, "-attime", str(int(at.timestamp())))  # fmt: skip
    return _said(done) if done.returncode else None


def _host(address: str) -> str:
    with contextlib.suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname:
            return parts.hostname
    raise ParameterError(
        "tsa: la dirección de la autoridad de sellado de tiempo empieza por http:// o https:// y "
        "lleva un servidor, como https://freetsa.org/tsr."
    )


def _asked(address: str, authority: str, query: bytes) -> bytes:
    """The authority's reply; errors name its host and the kind, for an address may hold a key."""
    request = urllib.request.Request(address, query, {"Content-Type": QUERY}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:
            return reply.read(LONGEST + 1)
    except urllib.error.HTTPError as error:
        why = f"respondió {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = f"no responde ({type(error).__name__})"
    raise AuditError(
        f"La autoridad {authority} {why}: no se ha sellado ni anotado nada. Repite la orden, o "
        "pide el sello a otra."
    )


def _raw(event: Event) -> bytes:
    with contextlib.suppress(ValueError):
        return base64.b64decode(event.token, validate=True)
    return b""


def _time(raw: bytes, sha256: str) -> datetime | None:
    """Time in a token of that hash: it stands right after it, by RFC 3161."""
    _, found, after = raw.partition(bytes.fromhex(sha256))
    said = TIME.search(after[:64])
    with contextlib.suppress(ValueError):
        if found and said:
            return datetime.strptime(said[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return None


def _openssl(*words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["openssl", "ts", *words], capture_output=True)
    except FileNotFoundError:
        raise AuditError("No está 'openssl': instálalo para pedir o comprobar sellos.") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """What `openssl` says last, without where in its own code."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    parts = lines[-1].split(":") if lines else ["openssl ts falló"]
    return ": ".join([*parts[5:6], *filter(None, parts[8:])]) if len(parts) > 8 else parts[-1]

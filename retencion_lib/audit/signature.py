"""Sign the ledger's head with an SSH key, so that nobody without the key can make another.

`ssh-keygen` signs and checks; the signed text and its signature lie in `runs/head.txt` and
`runs/head.txt.sig`, and can be checked by hand with `ssh-keygen -Y verify`.
"""

import re
import subprocess
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import AuditError, ParameterError
from retencion_lib.home import disk, ledger
from retencion_lib.home.events import SIGNS

HEAD, SIGNATURE = SIGNS
NAMESPACE = "retencion"


def sign(key: str) -> tuple[int, str]:
    """Sign the head as it stands, and note in the ledger which line was signed; give it back.

    Raises
    ------
    AuditError
        If the ledger is empty, or `ssh-keygen` is missing or refuses the key.
    """
    head = ledger.head()
    if not head[0]:
        raise AuditError(f"{ledger.LEDGER} está vacío: todavía no hay nada que firmar.")
    content = f"{head[0]}:{head[1]}\n".encode()
    signed = _ssh_keygen("sign", "-f", str(Path(key).expanduser()), "-n", NAMESPACE, stdin=content)
    files = {HEAD: content, SIGNATURE: signed}
    ledger.append("signed", line=head[0], sha256=head[1], actor=ledger.actor(),
                  files={path: disk.digest(made) for path, made in files.items()})  # fmt: skip
    for path, made in files.items():
        disk.write(config.resolve(path), made)
    return head


def signed_head(allowed_signers: str, identity: str) -> tuple[int, str]:
    """Head that was signed last, once its signature holds: an anchor for `verify`.

    Parameters
    ----------
    allowed_signers : str
        File of ``ssh-keygen``: one line a signer, ``identity key-type key``.
    identity : str
        Who must have signed.

    Raises
    ------
    AuditError
        If there is no signature, or it is not of that signer over that head.
    """
    head, signature = config.resolve(HEAD), config.resolve(SIGNATURE)
    if not (head.is_file() and signature.is_file()):
        raise AuditError(f"Falta {HEAD} o {SIGNATURE}: firma antes con 'retencion sign --key …'.")
    content = head.read_bytes()
    signers = str(Path(allowed_signers).expanduser())
    _ssh_keygen("verify", "-f", signers, "-I", identity, "-n", NAMESPACE, "-s", str(signature),
                stdin=content)  # fmt: skip
    return parsed(content.decode(errors="replace").strip())


def parsed(head: str) -> tuple[int, str]:
    """Number and SHA-256 of an anchor as ``retencion head`` writes it.

    Raises
    ------
    ParameterError
        If it is none, or is that of an empty ledger, which anchors nothing.
    """
    if not re.fullmatch(r"[1-9]\d{0,14}:[0-9a-f]{64}", head):
        raise ParameterError(
            f"head = '{head}': debe ser NÚMERO:SHA256, como lo escribe 'retencion head', y la de "
            "un libro vacío (0) no ancla nada."
        )
    seq, _, sha256 = head.partition(":")
    return int(seq), sha256


def _ssh_keygen(action: str, *words: str, stdin: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", action, *words], input=stdin, capture_output=True
        )
    except FileNotFoundError:
        raise AuditError("No está 'ssh-keygen': instala OpenSSH para firmar o comprobar.") from None
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip().splitlines()
        verb = "firmar" if action == "sign" else "comprobar la firma"
        raise AuditError(f"No se pudo {verb}: {said[-1] if said else 'ssh-keygen falló'}.")
    return done.stdout

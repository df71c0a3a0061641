"""Sign the ledger's head with an SSH key, so that nobody without the key can make another.

`ssh-keygen` signs and checks; the signed text and its signature lie in `runs/head.txt` and
`runs/head.txt.sig`, and can be checked by hand with `ssh-keygen -Y verify`.
"""

import subprocess
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, ledger

HEAD = "runs/head.txt"
SIGNATURE = "runs/head.txt.sig"
NAMESPACE = "retencion"


def sign(key: str) -> tuple[int, str]:
    """Sign the head as it stands; give it back.

    Raises
    ------
    AuditError
        If `ssh-keygen` is missing or refuses the key.
    """
    head = ledger.head()
    content = f"{head[0]}:{head[1]}\n".encode()
    signed = _ssh_keygen("sign", "-f", str(Path(key).expanduser()), "-n", NAMESPACE, stdin=content)
    disk.write(config.resolve(HEAD), content)
    disk.write(config.resolve(SIGNATURE), signed)
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
    seq, _, sha256 = content.decode().strip().partition(":")
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

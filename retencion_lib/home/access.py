"""Who may read a file of ours, and who holds the lock that guards it."""

import errno
import fcntl
import glob
import os
import platform
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from retencion_lib import config
from retencion_lib.errors import StorageError
from retencion_lib.words import listed

PATIENCE = 10.0  # seconds of waiting before it is said for whom
MASK = os.umask(0o077)  # read once, here: the only way to ask for it is to change it
os.umask(MASK)
# Tables have a line a customer, and models are learnt from them (some keep a few rows).
OF_CUSTOMERS = {".csv", ".parquet", ".xlsx", ".gz", ".pkl", ".skops"}


def mode(path: Path) -> int:
    """Permissions of a file of ours: what tells of single customers is its owner's alone."""
    return (0o600 if path.suffix.lower() in OF_CUSTOMERS else 0o666) & ~MASK


def take(lock: FileLock, guarded: Path) -> None:
    """Take a lock, however long it takes; after a while say who has it.

    Raises
    ------
    StorageError
        If the disk knows no locks: two orders at once would spoil what they share.
    """
    try:
        if not lock.is_locked:
            _try_out(Path(lock.lock_file))
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        who = holders(Path(lock.lock_file))
        said = f"el proceso {listed(who)} de {platform.node()}" if who else "otra orden"
        _tell(f"Esperando a que {said} termine con {config.relative(guarded)}.")
        lock.acquire()
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
            raise
        raise StorageError(
            f"El disco de {config.relative(guarded)} no admite bloqueos ({error.strerror}), y sin "
            "ellos dos órdenes a la vez lo estropearían. Elige con RETENCION_HOME una carpeta de "
            "un disco local, o pide que el de red se monte con bloqueos."
        ) from error


def _try_out(file: Path) -> None:
    """Meet here the error of a disk without locks: some versions of filelock wait for ever."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # held: locks work
    finally:
        os.close(descriptor)


def holders(file: Path) -> list[int]:
    """Other processes of this machine that have a file open, where the system tells."""
    found = set()
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.path.samestat(os.stat(link), file.stat()):
                found.add(int(link.split("/")[2]))
        except OSError:
            continue  # of another user, or already closed
    return sorted(found - {os.getpid()})


def _tell(said: str) -> None:
    """Say something on the terminal: in a kernel too, whose own stderr goes into the report."""
    terminal = getattr(sys.stderr, "_original_stdstream_copy", None)
    if terminal is None:
        print(said, file=sys.stderr)
    else:
        os.write(terminal, f"{said}\n".encode())

"""What the command line asks of the machine around it, and does without where it is missing.

Schedulers end a process with TERM and a closed terminal with HUP; service accounts have no home
folder; old terminals do not know every letter. None of these is a reason for a traceback.
"""

import atexit
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator

ENDINGS = ("SIGTERM", "SIGHUP")  # Windows has no HUP
# Where Jupyter, IPython and matplotlib keep what they need while they work.
SCRATCH = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
UNUSED = ("rfc3987_syntax", "boto3", "azure", "gcsfs", "pyarrow.fs", "github")


@contextlib.contextmanager
def fitted() -> Iterator[None]:
    """Fit this process to its surroundings while an order is obeyed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a caller may have put something else there
            stream.reconfigure(errors="replace")  # a letter that the terminal lacks becomes a '?'
    _find_scratch()
    with _ended_like_an_interruption():
        yield


@contextlib.contextmanager
def _ended_like_an_interruption() -> Iterator[None]:
    def interrupt(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: the run is being closed
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
    before = {n: signal.getsignal(n) for n in numbers}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:  # who asked for another end has it: `nohup` ignores HUP
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, handler)


def _find_scratch() -> None:
    """Lend a folder to the libraries that want to write in the user's, where there is none."""
    home = os.path.expanduser("~")
    if os.path.isdir(home) and os.access(home, os.W_OK):
        return
    folder = tempfile.mkdtemp(prefix="retencion-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in SCRATCH:
        os.environ.setdefault(name, os.path.join(folder, name.lower()))
    if not os.path.isdir(home):
        os.environ["HOME"] = folder


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """Let what no run of ours needs look as if it were not installed, while papermill loads.

    It tries every store that it could write to, and a grammar of addresses is compiled where
    jsonschema finds one: half of what an order costs before its kernel starts.
    """
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)

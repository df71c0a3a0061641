"""A kernel that is made ready while another notebook works, and can be stopped at any moment.

It may die at any moment too: out of memory, or killed. Nothing here fails then. Whoever executes
in it finds it dead, inside a run that is sealed as failed and says so.
"""

import ast
import contextlib
import os
import queue
import sys
import tempfile
import threading
from collections.abc import Iterator

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from retencion_lib.runs.parameters import cells_of
from retencion_lib.runs.record import new_run_id
from retencion_lib.runs.seal import kernel_environment

START_SECONDS = 120
POLL_SECONDS = 0.5  # between two looks at whether it still lives
LONGEST_SOCKET = 100  # bytes of a path that every system takes for a socket; Linux takes 107


@contextlib.contextmanager
def own_sockets() -> Iterator[Config]:
    """Settings of a kernel that talks through files of this user alone, not through ports.

    Jupyter chooses a port before it takes it, so runs at once can choose the same one, and the
    kernel that comes second dies as it starts. The files live as long as the context.

    Yields
    ------
    Config
        For the constructor of a kernel manager or of a client that makes one; empty (ports)
        where the system has no such files, or where their path would be too long.
    """
    with tempfile.TemporaryDirectory(prefix="retencion-", ignore_cleanup_errors=True) as folder:
        socket = os.path.join(folder, "k")
        usable = os.name == "posix" and len(os.fsencode(f"{socket}-99")) <= LONGEST_SOCKET
        yield Config(KernelManager={"transport": "ipc", "ip": socket} if usable else {})


class Prepared:
    """The kernel of a run to come: it starts and imports in a thread of its own."""

    def __init__(self, notebook: str) -> None:
        self.run_id = new_run_id(notebook)
        # The client that executes must not block: beside it somebody watches whether the kernel
        # lives, which a blocking one would keep from ever looking.
        self._sockets = contextlib.ExitStack()
        self.manager = KernelManager(
            client_class="jupyter_client.asynchronous.AsyncKernelClient",
            config=self._sockets.enter_context(own_sockets()),
        )
        self.manager.kernel_spec.argv = [
            sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f",
            "{connection_file}", "--log-level=50",
        ]  # fmt: skip
        self._launched = threading.Event()
        self._thread = threading.Thread(target=self._prepare, args=[notebook], daemon=True)
        self._thread.start()

    def ready(self) -> KernelManager:
        """The kernel, once it has imported what its notebook will; it may be dead by then."""
        while self._thread.is_alive():
            self._thread.join(POLL_SECONDS)
        return self.manager

    def stop(self) -> None:
        """End the kernel, ready or not."""
        self._launched.wait()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self._sockets.close()

    def _prepare(self, notebook: str) -> None:
        try:
            self.manager.start_kernel(env=kernel_environment(self.run_id))
        except OSError:
            return  # papermill starts one itself, and meets the same fault in a sealed run
        finally:
            self._launched.set()
        with contextlib.suppress(RuntimeError):  # it died, or was stopped
            wait_until_ready(self.manager)
            warm_up(self.manager, imports_of(notebook))


@contextlib.contextmanager
def _talking(kernel: KernelManager) -> Iterator[BlockingKernelClient]:
    client = kernel.blocking_client()
    client.start_channels(hb=False)  # whether it lives is asked of its process, in this loop
    try:
        yield client
    finally:
        client.stop_channels()


def wait_until_ready(kernel: KernelManager) -> None:
    """Wait until a kernel answers.

    Raises
    ------
    RuntimeError
        If it dies before it does.
    """
    with _talking(kernel) as client:
        client.wait_for_ready(timeout=START_SECONDS)


def warm_up(kernel: KernelManager, code: str) -> None:
    """Let a kernel execute something, while nobody waits for it; until it dies, at the latest."""
    with _talking(kernel) as client:
        asked = client.execute(code, silent=True)
        while kernel.is_alive():
            with contextlib.suppress(queue.Empty):
                if client.get_shell_msg(timeout=POLL_SECONDS)["parent_header"]["msg_id"] == asked:
                    return


def imports_of(notebook: str) -> str:
    """Import statements of a notebook, one a line."""
    code = ["".join(c["source"]) for c in cells_of(notebook) if c["cell_type"] == "code"]
    nodes = [node for source in code for node in ast.parse(source).body]
    return "\n".join(ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom))

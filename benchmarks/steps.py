"""What would lie on disk if an order were struck at each of its steps?

A step is what an order asks of the disk below its home: open a file to write, make a folder,
rename, remove, cut, and two for each flush: half of what was written is there, then all of it.
The order is the command line's and is obeyed once, in a child of this process; before each step
the home as it is then is kept, which is what a kill of everything leaves. A clone of the order
meets the other fate, in a copy of the home: the disk is full from there on (`full`) or for that
step alone (`once`). Cells are executed in the order's own process, so that a clone has all of it.
"""

import ast
import contextlib
import errno
import fcntl
import hashlib
import os
import pickle
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output
from papermill.engines import papermill_engines  # noqa: F401 (before ours, which it loads)

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import adopt, erase, signature, verify  # noqa: F401 (for the children)
from retencion_lib.runs import engine, execute

showing = True  # whether cells show what they found: it takes no step
KINDS = ("kill", "full", "once")
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NEW = {"os.rename": 1, "os.link": 1}  # event, and which argument is the new path
LESS = {"os.remove": 0, "os.truncate": 0, "os.rmdir": 0}  # a full disk allows these


@dataclass
class Disk:
    """Counts the steps of this process, and keeps what would lie there if each were the last."""

    states: Path | None = None  # folder of what is kept; None only counts
    kinds: Sequence[str] = ("kill",)
    every: int = 1  # keep one in so many
    only: str = ""  # and only of steps whose name holds this
    steps: list[str] = field(default_factory=list)
    fate: str = ""  # of a clone
    busy: bool = False
    sizes: dict[tuple[int, int], int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)  # ends of clones that no order should have

    def watch(self) -> None:
        """Count from now on."""
        self.home = os.path.realpath(config.home()) + os.sep
        self.fsync, os.fsync = os.fsync, self._flushed
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple) -> None:
        if self.busy:
            return
        if event == "open":
            self._opened(*given)
        elif event == "os.mkdir" and self._ours(given[0]) and not os.path.isdir(given[0]):
            self._step(f"mkdir {self._name(given[0])}")
        elif event in NEW or event in LESS:
            path = given[NEW.get(event, 0)]
            if self._ours(path):
                self._step(f"{event[3:]} {self._name(path)}", room=event in NEW)

    def _opened(self, path: object, mode: object, flags: object) -> None:
        if not isinstance(flags, int) or not flags & TO_WRITE or not self._ours(path):
            return
        if os.path.isdir(path):  # `tempfile` says its folder before its file
            return
        step = f"open {self._name(path)}"
        if mode is not None or not self.steps or self.steps[-1] != step:  # an opener says it twice
            self._step(step, room=not os.path.lexists(path))
        with contextlib.suppress(OSError):
            info = os.stat(path)
            whole = 0 if flags & os.O_TRUNC else info.st_size
            self.sizes[info.st_dev, info.st_ino] = whole

    def _flushed(self, descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if self._ours(path) and not self.busy:
            info = os.fstat(descriptor)
            before = self.sizes.get((info.st_dev, info.st_ino), 0)
            half = before + (info.st_size - before) // 2
            self._step(f"write {self._name(path)}", torn=(path, half))
            self._step(f"flush {self._name(path)}")
        self.fsync(descriptor)

    def _step(self, name: str, *, room: bool = True, torn: tuple[str, int] | None = None) -> None:
        if self.fate:
            if self.fate == "full" and room:
                if torn:
                    os.truncate(*torn)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return
        number = len(self.steps)
        self.steps.append(name)
        if self.states is None or number % self.every or self.only not in name:
            return
        self.busy = True
        kept = self.states / f"{number:03}-kill"
        shutil.copytree(self.home, kept)
        if torn:
            os.truncate(kept / os.path.relpath(torn[0], self.home), torn[1])
        for kind in self.kinds[1:]:
            if room:
                self._cloned(number, kind, torn)
        self.busy = False

    def _cloned(self, number: int, kind: str, torn: tuple[str, int] | None) -> None:
        """Let a clone of this process meet its fate in a copy of the home, and keep that."""
        home = self.home.rstrip(os.sep)
        os.rename(home, home + ".aside")
        shutil.copytree(home + ".aside", home)
        clone = os.fork()
        if clone:
            code = os.waitstatus_to_exitcode(os.waitpid(clone, 0)[1])
            if code not in (0, 2):
                self.odd.append(f"{number:03}-{kind} ends with {code}")
            os.rename(home, self.states / f"{number:03}-{kind}")
            os.rename(home + ".aside", home)
            return
        _reopen(home + ".aside", home)
        if torn:
            os.truncate(*torn)
        self.busy, self.fate = False, kind
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _ours(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        full = os.path.join(os.getcwd(), os.fsdecode(path))
        return full.startswith(self.home) and not full.endswith(".lock")

    def _name(self, path: object) -> str:
        """A path that is the same in every execution."""
        full = os.path.join(os.getcwd(), os.fsdecode(path)).removeprefix(self.home)
        return re.sub(r"\w+-\d+-\w+(?=\.tmp)|\d{8}T\d{6}|[0-9a-f]{64}|-[0-9a-f]{6}\b", "*", full)


def _reopen(before: str, now: str) -> None:
    """Let open files be those of the copy."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            path = os.readlink(f"/proc/self/fd/{name}")
            if path.startswith(before + os.sep):
                flags = fcntl.fcntl(int(name), fcntl.F_GETFL)
                fresh = os.open(now + path.removeprefix(before), flags)
                os.lseek(fresh, os.lseek(int(name), 0, os.SEEK_CUR), os.SEEK_SET)
                os.dup2(fresh, int(name))
                os.close(fresh)


@dataclass(frozen=True)
class Obeyed:
    """How an order ended."""

    code: int
    said: str
    steps: list[str]
    odd: list[str]


def obey(words: list[str], states: Path | None = None, kinds: Sequence[str] = KINDS,
         every: int = 1, only: str = "") -> Obeyed:  # fmt: skip
    """Obey an order of the command line in a child; keep what each step would leave in `states`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(words, Disk(states, kinds, every, only), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        raw = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said, steps, odd = (*raw.decode(errors="replace").split("\0"), "", "")[:3]
    return Obeyed(code, said, steps.splitlines(), odd.splitlines())


def _child(words: list[str], disk: Disk, writing: int) -> None:
    code = 1
    try:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        sys.stdout = sys.stderr = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
        _execute_here()
        disk.watch()
        code = main(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
    finally:
        if not disk.fate:
            os.write(1, "\0".join(["", *map("\n".join, (disk.steps, disk.odd))]).encode())
        os._exit(code)


class Ready:
    """Stands for a prepared kernel: there is nothing to prepare."""

    manager = None

    def __init__(self, notebook: str) -> None:
        from retencion_lib.runs.record import new_run_id

        self.run_id = new_run_id(notebook)

    def ready(self) -> None:
        """It is."""

    def stop(self) -> None:
        """Nothing goes on."""


def _execute_here() -> None:
    """Let papermill execute cells in this process; all else stays as it is."""

    def managed(cls, nb_man, kernel_name, environment=None, **kwargs):
        os.environ.update(environment)
        run_cells(nb_man)

    execute.Prepared = Ready
    engine.RetencionEngine.execute_managed_notebook = classmethod(managed)


def run_cells(nb_man) -> None:
    """Execute a notebook's cells here; stop at the first that fails."""
    shell = InteractiveShell.instance()
    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        if cell.cell_type == "code":
            with capture_output() as captured:
                source = cell.source if showing else _not_shown(cell.source)
                result = shell.run_cell(source, store_history=False)
            cell.execution_count = index + 1
            cell.outputs = [
                new_output("display_data", dict(o.data), metadata=dict(o.metadata or {}))
                for o in captured.outputs
            ]
            error = result.error_in_exec or result.error_before_exec
            if error:
                said = {"ename": type(error).__name__, "evalue": str(error)}
                cell.outputs.append(new_output("error", traceback=[str(error)], **said))
                nb_man.cell_exception(cell, index)
        nb_man.cell_complete(cell, index)
        if cell.metadata.papermill["exception"]:
            break


def _not_shown(source: str) -> str:
    """A cell without its calls of `show`."""
    tree = ast.parse(source)
    tree.body = [s for s in tree.body if not ast.unparse(s).startswith("show.")]
    return ast.unparse(tree)


def remembered(work: Callable, folder: Path) -> Callable:
    """A function that computes and writes nothing, asked the same again: what it gave before."""

    def asked(*args, **kwargs):
        key = hashlib.sha256(pickle.dumps((work.__qualname__, args, kwargs))).hexdigest()
        kept = folder / key
        if not kept.exists():
            made = pickle.dumps(work(*args, **kwargs))
            kept.with_suffix(".part").write_bytes(made)
            kept.with_suffix(".part").rename(kept)
        return pickle.loads(kept.read_bytes())

    return asked

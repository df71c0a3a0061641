"""Execute stages headless: one folder a run; the engine leaves notebook, report and seal there.

Papermill and nbconvert run in this process. For a sequence of notebooks the kernel of the
next one starts and imports while the current one works.
"""

import ast
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import papermill
from jupyter_client.manager import KernelManager
from papermill.exceptions import PapermillExecutionError

from retencion_lib import config, errors
from retencion_lib.home import disk
from retencion_lib.runs.context import new_run_id
from retencion_lib.runs.parameters import cells_of, notebook_path, refuse_unknown
from retencion_lib.runs.seal import kernel_environment

ENGINE = "retencion"  # retencion_lib.runs.engine, which papermill loads by itself


class RunFailed(Exception):
    """A notebook that did not finish; its report says where."""


@dataclass(frozen=True)
class Finished:
    """Where a run left its report."""

    run_id: str
    report: Path


def start_kernel(run_id: str) -> KernelManager:
    """Start a kernel of this very interpreter and wait until it answers."""
    manager = KernelManager()
    manager.kernel_spec.argv = [
        sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f",
        "{connection_file}", "--log-level=40",
    ]  # fmt: skip
    manager.start_kernel(env=kernel_environment(run_id))
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    client.stop_channels()
    return manager


def warm_up(kernel: KernelManager, notebook: str) -> None:
    """Let a kernel import what its notebook will, while nobody waits for it."""
    client = kernel.blocking_client()
    client.start_channels()
    client.execute(imports_of(notebook), silent=True, reply=True, timeout=120)
    client.stop_channels()


def imports_of(notebook: str) -> str:
    """Import statements of a notebook, one a line."""
    code = ["".join(c["source"]) for c in cells_of(notebook) if c["cell_type"] == "code"]
    nodes = [node for source in code for node in ast.parse(source).body]
    return "\n".join(ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom))


def run_stages(stages: list[str], given: dict[str, dict]) -> list[Finished]:
    """Execute stages in order and stop at the first that fails.

    Parameters
    ----------
    stages : list of str
        Names of `config.NOTEBOOKS`.
    given : dict
        Parameters passed to each stage.

    Raises
    ------
    UserError
        If the input or a parameter is wrong; the failed run's report is left.
    RunFailed
        If a notebook fails by a bug of ours.
    """
    for stage in stages:
        refuse_unknown(config.NOTEBOOKS[stage], list(given.get(stage, {})))
    finished = []
    with ThreadPoolExecutor(1) as pool:
        upcoming = _prepare(pool, stages[0])
        for stage, after in zip(stages, [*stages[1:], None], strict=True):
            run_id, kernel = upcoming
            if after:
                upcoming = _prepare(pool, after)
            try:
                finished.append(_run(stage, run_id, wait_for(kernel), given.get(stage, {})))
            except BaseException:
                if after:
                    _stop(upcoming[1])
                raise
    return finished


def _prepare(pool: ThreadPoolExecutor, stage: str) -> tuple[str, Future]:
    notebook = config.NOTEBOOKS[stage]
    run_id = new_run_id(notebook)
    return run_id, pool.submit(_ready_kernel, run_id, notebook)


def _ready_kernel(run_id: str, notebook: str) -> KernelManager:
    kernel = start_kernel(run_id)
    warm_up(kernel, notebook)
    return kernel


def wait_for(kernel: Future) -> KernelManager:
    """The kernel that was being prepared."""
    return kernel.result()


def _stop(kernel: Future) -> None:
    wait_for(kernel).shutdown_kernel(now=True)


def _run(stage: str, run_id: str, kernel: KernelManager, params: dict) -> Finished:
    notebook = config.NOTEBOOKS[stage]
    date = config.run_date(str(params.get("date", "")))
    folder = config.resolve("runs") / date / run_id
    with disk.explained(folder):
        folder.mkdir(parents=True)
    executed = folder / f"{notebook}.ipynb"
    try:
        papermill.execute_notebook(
            str(notebook_path(notebook)), str(executed), parameters=params, engine_name=ENGINE,
            kernel_name="python3", kernel=kernel, run_id=run_id, cwd=str(config.root()),
            progress_bar=False, request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        _raise(error, executed.with_suffix(".html"))
    finally:
        threading.Thread(target=kernel.shutdown_kernel, kwargs={"now": True}).start()
    return Finished(run_id, executed.with_suffix(".html"))


def _raise(failure: PapermillExecutionError, page: Path) -> None:
    where = f"Informe: {config.relative(page)}"
    if failure.ename == "KeyboardInterrupt":  # the terminal interrupts the kernel too
        raise KeyboardInterrupt from None
    kind = getattr(errors, failure.ename, None)
    if kind is not None:
        raise kind(f"{failure.evalue}\n{where}") from None
    raise RunFailed(f"{failure}\n{where}") from failure

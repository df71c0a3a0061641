"""Execute notebooks headless: one folder a run, the executed notebook, its report, its seal.

Papermill and nbconvert run in this process. For a sequence of notebooks the kernel of the
next one starts and imports while the current one works.
"""

import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import papermill
from jupyter_client.manager import KernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from retencion_lib import config, errors, ledger, store
from retencion_lib.runs import index, report
from retencion_lib.runs.context import RUN_VARIABLE, new_run_id
from retencion_lib.runs.parameters import notebook_path, refuse_unknown

ENGINE = "retencion-warm"
WARM_UP = (
    "from retencion_lib import eda, training, champion, scoring, monitoring, show\n"
    "from retencion_lib.plots import eda as _a, training as _b, champion as _c, monitoring as _d\n"
    "del _a, _b, _c, _d, eda, training, champion, scoring, monitoring, show"
)


class RunFailed(Exception):
    """A notebook that did not finish; its report says where."""


@dataclass(frozen=True)
class Finished:
    """Where a run left its report."""

    run_id: str
    report: Path


class WarmEngine(NBClientEngine):
    """Papermill's own engine on a kernel that is already running."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, log_output=False, kernel=None, execution_timeout=None, **_
    ):
        """Run the cells on the given kernel manager."""
        return PapermillNotebookClient(
            nb_man, km=kernel, timeout=execution_timeout, log_output=log_output
        ).execute()


def start_kernel(run_id: str) -> KernelManager:
    """Start a kernel of this very interpreter and let it import while nobody waits."""
    manager = KernelManager()
    manager.kernel_spec.argv = [
        sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f",
        "{connection_file}", "--log-level=40",
    ]  # fmt: skip
    environment = os.environ | {
        RUN_VARIABLE: run_id,
        config.HOME_VARIABLE: str(config.home()),
        "MPLBACKEND": "agg",
    }
    manager.start_kernel(env=environment)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    client.execute(WARM_UP, silent=True, reply=True, timeout=120)
    client.stop_channels()
    return manager


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
    papermill_engines.register(ENGINE, WarmEngine)
    finished = []
    with ThreadPoolExecutor(1) as pool:
        upcoming = _prepare(pool, stages[0])
        for stage, after in zip(stages, [*stages[1:], None], strict=True):
            run_id, kernel = upcoming
            if after:
                upcoming = _prepare(pool, after)
            try:
                finished.append(_run(stage, run_id, kernel.result(), given.get(stage, {})))
            except BaseException:
                if after:
                    _stop(upcoming[1])
                raise
    return finished


def _prepare(pool: ThreadPoolExecutor, stage: str) -> tuple[str, Future]:
    run_id = new_run_id(config.NOTEBOOKS[stage])
    return run_id, pool.submit(start_kernel, run_id)


def _stop(kernel: Future) -> None:
    kernel.result().shutdown_kernel(now=True)


def _run(stage: str, run_id: str, kernel: KernelManager, params: dict) -> Finished:
    notebook = config.NOTEBOOKS[stage]
    date = config.run_date(str(params.get("date", "")))
    folder = config.resolve("runs") / date / run_id
    folder.mkdir(parents=True)
    executed = folder / f"{notebook}.ipynb"
    ledger.append("run_started", run_id=run_id, notebook=notebook, parameters=params)
    status, failure = "ok", None
    try:
        papermill.execute_notebook(
            str(notebook_path(notebook)), str(executed), parameters=params, engine_name=ENGINE,
            kernel_name="python3", kernel=kernel, cwd=str(config.root()), progress_bar=False,
            request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        failure = error
        status = "refused" if hasattr(errors, error.ename) else "failed"
    finally:
        threading.Thread(target=kernel.shutdown_kernel, kwargs={"now": True}).start()
    page = report.render(executed, status=status, run_id=run_id)
    _seal(run_id, notebook, status, params, [executed, page])
    if failure is not None:
        _raise(failure, page)
    return Finished(run_id, page)


def _seal(run_id: str, notebook: str, status: str, params: dict, files: list[Path]) -> None:
    ledger.append(
        "run_finished", run_id=run_id, notebook=notebook, status=status, parameters=params,
        source_sha256=store.sha256(notebook_path(notebook)),
        files={config.relative(path): store.sha256(path) for path in files},
    )  # fmt: skip
    index.write()


def _raise(failure: PapermillExecutionError, page: Path) -> None:
    where = f"Informe: {config.relative(page)}"
    kind = getattr(errors, failure.ename, None)
    if kind is not None:
        raise kind(f"{failure.evalue}\n{where}") from None
    raise RunFailed(f"{failure}\n{where}") from failure

"""Execute stages headless: one folder a run; the engine leaves notebook, report and seal there.

Papermill and nbconvert run in this process. For a sequence of notebooks the kernel of the
next one starts and imports while the current one works.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError

from retencion_lib import config, errors
from retencion_lib.home import disk
from retencion_lib.runs import record
from retencion_lib.runs.kernels import Prepared
from retencion_lib.runs.parameters import notebook_path, refuse_unknown

ENGINE = "retencion"  # retencion_lib.runs.engine, which papermill loads by itself
# What papermill logs while it gives up is in the report, and in our one sentence.
logging.getLogger("papermill").addHandler(logging.NullHandler())


class RunFailed(Exception):
    """A notebook that did not finish; its report says where."""


@dataclass(frozen=True)
class Finished:
    """Where a run left its report, and what it handed over for its first lines."""

    run_id: str
    report: Path
    results: Mapping[str, Any] = field(default_factory=dict)


def run_stages(
    stages: list[str],
    given: dict[str, dict[str, Any]],
    ended: Callable[[Finished], None] = lambda _: None,
) -> list[Finished]:
    """Execute stages in order and stop at the first that fails.

    Parameters
    ----------
    stages : list of str
        Names of `config.NOTEBOOKS`.
    given : dict
        Parameters passed to each stage.
    ended : function
        Told of each stage as soon as it ends.

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
    kernel = Prepared(config.NOTEBOOKS[stages[0]])
    for stage, after in zip(stages, [*stages[1:], None], strict=True):
        upcoming = None
        try:
            kernel.ready()
            upcoming = Prepared(config.NOTEBOOKS[after]) if after else None
            finished.append(_run(stage, kernel, given.get(stage, {})))
            ended(finished[-1])
        except BaseException:
            if upcoming:
                upcoming.stop()
            raise
        finally:
            threading.Thread(target=kernel.stop).start()
        kernel = upcoming
    return finished


def _run(stage: str, kernel: Prepared, params: dict[str, Any]) -> Finished:
    notebook = config.NOTEBOOKS[stage]
    date = config.run_date(str(params.get("date", "")))
    folder = config.resolve("runs") / date / kernel.run_id
    with disk.explained(folder):
        folder.mkdir(parents=True)
    executed = folder / f"{notebook}.ipynb"
    try:
        done = papermill.execute_notebook(
            str(notebook_path(notebook)), str(executed), parameters=params, engine_name=ENGINE,
            kernel_name="python3", kernel=kernel.manager, run_id=kernel.run_id,
            cwd=str(config.clone() or config.home()), progress_bar=False,
            request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        _raise(error, executed)
    except errors.KernelError as error:
        raise errors.KernelError(f"{error}\n{_where(executed)}") from None
    said = record.find(done)
    return Finished(kernel.run_id, executed.with_suffix(".html"), said.results if said else {})


def _where(executed: Path) -> str:
    return f"Informe: {config.relative(executed.with_suffix('.html'))}"


def _raise(failure: PapermillExecutionError, executed: Path) -> None:
    where = _where(executed)
    if failure.ename == "KeyboardInterrupt":  # the terminal interrupts the kernel too
        raise KeyboardInterrupt from None
    kind = getattr(errors, failure.ename, None)
    if kind is not None:
        raise kind(f"{failure.evalue}\n{where}") from None
    raise RunFailed(f"{failure}\n{where}") from failure
